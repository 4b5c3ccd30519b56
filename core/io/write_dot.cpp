// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/io/drawing.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

/// A quoted DOT string: backslashes and quotes escaped, so that nothing in a name is taken for Graphviz' own escapes.
std::string dotString(std::string_view text) {
    std::string out = "\"";
    for (const char c : displayText(text)) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out + '"';
}

std::string label(const std::vector<std::string>& lines) {
    std::string out = "\"";
    for (size_t i = 0; i < lines.size(); ++i) {
        const std::string line = dotString(lines[i]);
        (out += i ? "\\n" : "") += std::string_view(line).substr(1, line.size() - 2);
    }
    return out + '"';
}

std::string_view shapeOf(Op op) {
    switch (op) {
    case Op::Placeholder: return "ellipse";
    case Op::GetAttr: return "cylinder";
    case Op::Output: return "doubleoctagon";
    default: return "box";
    }
}

} // namespace

std::string writeDot(const Graph& graph) {
    std::string out = "digraph " + dotString(graph.name.empty() ? "graph" : graph.name) +
                      " {\n    rankdir=TB;\n    node [fontname=\"Helvetica\", fontsize=10, style=filled];\n";
    const auto number = [](NodeId id) { return "n" + std::to_string(id.index); };
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        const NodeLook look = lookOf(node);
        out += "    " + number(id) + " [label=" + label(look.lines) + ", shape=" + std::string(shapeOf(node.op)) +
               ", fillcolor=\"" + std::string(look.fill) + "\", color=\"" + std::string(look.border) +
               "\", tooltip=" + dotString(node.target.str()) + "];\n";
    }
    for (const NodeId id : graph.order())
        for (const NodeId input : graph.inputs(id))
            out += "    " + number(input) + " -> " + number(id) + ";\n";
    return out + "}\n";
}

} // namespace fxscope::io
