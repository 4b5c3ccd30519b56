// SPDX-License-Identifier: BSD-3-Clause
// What print_readable prints, and the files that hold it. See formats.md, section 2.
#include "core/io/formats.h"
#include "core/io/limits.h"
#include "core/io/plain_text.h"
#include "core/io/python_function.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io {
namespace {

/// A module's graph while its children are still to come.
struct OpenModule {
    std::string name;
    int indent = 0, line = 0;
    std::optional<Graph> graph; ///< none: it could not be read
};

/// Hangs finished children into the modules around them; what has no parent, or one that could not be read, is a graph
/// of the file.
class ModuleTree {
public:
    explicit ModuleTree(std::vector<NamedGraph>& roots) : m_roots(roots) {}

    void add(OpenModule module) {
        close(module.indent);
        m_open.push_back(std::move(module));
    }
    void close(int indent) {
        while (!m_open.empty() && m_open.back().indent >= indent) {
            OpenModule done = std::move(m_open.back());
            m_open.pop_back();
            if (!done.graph)
                continue;
            if (m_open.empty() || !m_open.back().graph)
                m_roots.push_back({std::move(done.name), done.line, std::move(*done.graph)});
            else
                m_open.back().graph->children[done.name] = std::make_shared<const Graph>(std::move(*done.graph));
        }
    }

private:
    std::vector<NamedGraph>& m_roots;
    std::vector<OpenModule> m_open;
};

struct Failures {
    std::optional<Diagnostic> first;
    void add(Diagnostic error, Diagnostics& notes) {
        if (!first)
            first = error;
        error.severity = Severity::Warning;
        notes.push_back(std::move(error));
    }
};

std::vector<NamedGraph> readModules(const std::vector<PythonFunction>& functions, const Source& source,
                                    Diagnostics& notes, Failures& failures) {
    std::vector<NamedGraph> roots;
    ModuleTree tree(roots);
    for (const PythonFunction& function : functions) {
        if (function.classIndent < 0)
            continue;
        auto graph = readFunction(function, source.where, notes);
        if (!graph.ok()) {
            failures.add(graph.error(), notes);
            tree.add({std::string(function.className), function.classIndent, function.line, std::nullopt});
            continue;
        }
        graph->name = function.className;
        tree.add({std::string(function.className), function.classIndent, function.line, std::move(graph).value()});
    }
    tree.close(-1);
    std::stable_sort(roots.begin(), roots.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return roots;
}

std::vector<NamedGraph> readPlainFunctions(const std::vector<PythonFunction>& functions, const std::string& where,
                                           Diagnostics& notes, Failures& failures) {
    std::vector<NamedGraph> graphs;
    for (const PythonFunction& function : functions) {
        auto graph = readFunction(function, where, notes);
        if (!graph.ok()) {
            failures.add(graph.error(), notes);
            continue;
        }
        graphs.push_back({std::string(function.name), function.line, std::move(graph).value()});
    }
    return graphs;
}

} // namespace

Result<std::vector<NamedGraph>> readFunctions(std::string_view text, const std::string& where) {
    std::string storage;
    FX_TRY(const PythonText lines, pythonLines(plainText(text, storage), where));
    if (lines.cutOff)
        return Diagnostic{lines.cutOff->what, lines.cutOff->where, "close it"};
    FX_TRY(auto functions, findFunctions(lines, where));
    std::erase_if(functions, [](const PythonFunction& function) { return function.classIndent >= 0; });
    Diagnostics notes;
    Failures failures;
    auto graphs = readPlainFunctions(functions, where, notes, failures);
    if (failures.first)
        return *failures.first;
    return graphs;
}

namespace readable {

bool recognise(const Source& source) {
    std::string storage;
    Lines lines(plainText(source.content, storage));
    for (std::string_view line; lines.next(line);) {
        const std::string_view text = trim(line);
        const bool module = text.starts_with("class ") && text.find("(torch.nn.Module):") != std::string_view::npos;
        if (module || (line.starts_with("def ") && line.find('(') != std::string_view::npos))
            return true;
    }
    return false;
}

Result<Capture> open(const Source& source) {
    std::string storage;
    FX_TRY(const PythonText text, pythonLines(plainText(source.content, storage), source.where));
    FX_TRY(const auto functions, findFunctions(text, source.where));
    Capture capture;
    if (text.cutOff)
        capture.notes.push_back(*text.cutOff);
    Failures failures;
    auto graphs = readModules(functions, source, capture.notes, failures);
    const bool named = graphs.empty() && !failures.first;
    if (named)
        graphs = readPlainFunctions(functions, source.where, capture.notes, failures);
    for (NamedGraph& graph : graphs) {
        std::string id = named && graph.name != "forward" ? graph.name : std::to_string(capture.graphs.size());
        capture.graphs.push_back({std::move(id), "", "", std::make_shared<const Graph>(std::move(graph.graph))});
    }
    if (capture.graphs.empty())
        return failures.first ? *failures.first
                              : Diagnostic{"no function of this Python text is a graph", source.where,
                                           "expected 'class GraphModule(torch.nn.Module):' with a forward"};
    return capture;
}

} // namespace readable
} // namespace fxscope::io
