// SPDX-License-Identifier: BSD-3-Clause
// Code that Inductor generated: the fragments of the graph that its comments hold, one a kernel.
#include "core/io/formats.h"
#include "core/io/graph_text.h"
#include "core/io/node_links.h"
#include "core/io/output_code.h"
#include "core/io/plain_text.h"
#include "core/io/stages.h"
#include "core/support/text.h"

namespace fxscope::io::output_code {
namespace {

Result<ReadGraph> readFragment(const GraphFragment& fragment, const Source& source) {
    std::string joined;
    for (const std::string& line : fragment.lines)
        (joined += line) += '\n';
    GraphText text;
    text.line = fragment.line;
    Lines lines(joined);
    for (std::string_view line; lines.next(line);)
        addGraphLine(text, line, fragment.line + lines.number() - 1);
    Diagnostics notes;
    FX_TRY(Graph graph, readGraphText(text, source, notes, TextKind::Fragment));
    graph.name = fragment.kernel;
    return ReadGraph{std::make_shared<const Graph>(std::move(graph)), std::move(notes)};
}

} // namespace

bool recognise(const Source& source) {
    std::string storage;
    const std::string_view text = trim(plainText(source.content.substr(0, 1 << 16), storage));
    return text.starts_with("# AOT ID: [") || (text.find("import AsyncCompile") != std::string_view::npos &&
                                               text.find("(torch.nn.Module):") == std::string_view::npos);
}

Result<Capture> open(const Source& given) {
    std::string storage;
    const Source plain{given.where, plainText(given.content, storage), storage.empty() ? given.owner : nullptr,
                       given.cancel};
    const Source source = kept(plain);
    Capture capture;
    StageList stages(capture);
    for (const GraphFragment& fragment : graphFragments(source.content)) {
        if (fragment.lines.empty())
            continue;
        const std::string name = fragment.kernel.empty() ? "kernel" : std::string(fragment.kernel);
        const int index = stages.add({"", name, -1, fragment.lines.size() * 100},
                                     [fragment, source] { return readFragment(fragment, source); });
        capture.graphs[static_cast<size_t>(index)].stage = "kernel";
    }
    if (capture.graphs.empty())
        return Diagnostic{"this is the code that Inductor generated (output_code.py), not a graph", source.where,
                          "the graph it was made from is in fx_graph_transformed.py or fx_graph_readable.py beside it"};
    InductorRun run;
    run.links = std::make_shared<const Lazy<NodeLinks>>([source] {
        NodeLinks links;
        fitToCode(links, source.content, source.where);
        return Result<NodeLinks>(std::move(links));
    });
    capture.runs.push_back(std::move(run));
    return capture;
}

} // namespace fxscope::io::output_code
