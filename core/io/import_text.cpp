// SPDX-License-Identifier: BSD-3-Clause
// str(graph): one line a node, "graph():" above. See formats.md, section 1.
#include "core/io/formats.h"
#include "core/io/graph_text.h"
#include "core/io/plain_text.h"

namespace fxscope::io {
namespace {

std::vector<GraphText> splitGraphs(std::string_view text) {
    std::vector<GraphText> graphs;
    Lines lines(text);
    for (std::string_view line; lines.next(line);) {
        const auto header = graphHeaderAt(line);
        if (!graphs.empty())
            addGraphLine(graphs.back(), header ? line.substr(0, *header) : line, lines.number());
        if (header)
            graphs.push_back({{}, lines.number()});
    }
    return graphs;
}

} // namespace

namespace text {

bool recognise(const Source& source) {
    std::string storage;
    Lines lines(plainText(source.content, storage));
    for (std::string_view line; lines.next(line);) {
        if (graphHeaderAt(line))
            return true;
        if (line.starts_with("class ") || line.starts_with("def ") || line.starts_with("import "))
            return false;
    }
    return false;
}

Result<Capture> open(const Source& source) {
    std::string storage;
    const auto texts = splitGraphs(plainText(source.content, storage));
    Capture capture;
    std::optional<Diagnostic> failure;
    for (size_t i = 0; i < texts.size(); ++i) {
        auto graph = readGraphText(texts[i], source, capture.notes);
        if (graph.ok() && graph->size() == 0)
            graph =
                Diagnostic{"the graph is empty", atLine(source.where, texts[i].line), "expected lines '%name : ...'"};
        if (!graph.ok()) {
            Diagnostic error = std::move(graph).error();
            if (!failure)
                failure = error;
            error.severity = Severity::Warning;
            capture.notes.push_back(std::move(error));
            continue;
        }
        if (graph->partial)
            capture.notes.push_back({"graph " + std::to_string(i) + " ends before its return",
                                     atLine(source.where, texts[i].line), "", Severity::Warning});
        capture.graphs.push_back({std::to_string(i), "", "", std::make_shared<const Graph>(std::move(graph).value())});
    }
    if (capture.graphs.empty())
        return failure ? *failure : Diagnostic{"there is no graph in this text", source.where, ""};
    return capture;
}

} // namespace text
} // namespace fxscope::io
