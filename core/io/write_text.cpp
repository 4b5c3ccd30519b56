// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/io/repr.h"

namespace fxscope::io {
namespace {

void appendCall(std::string& out, const Graph& graph, const Node& node) {
    out += "(args = (";
    for (size_t i = 0; i < node.args.size(); ++i) {
        if (i)
            out += ", ";
        appendArgument(out, graph, node.args[i], Dialect::Printed);
    }
    out += node.args.size() == 1 ? ",), kwargs = {" : "), kwargs = {";
    for (size_t i = 0; i < node.kwargs.size(); ++i) {
        if (i)
            out += ", ";
        (out += node.kwargs[i].first) += ": ";
        appendArgument(out, graph, node.kwargs[i].second, Dialect::Printed);
    }
    out += "})";
}

void appendNode(std::string& out, const Graph& graph, const Node& node) {
    if (node.op == Op::Output) {
        out += "\n    return ";
        if (!node.args.empty())
            appendArgument(out, graph, node.args[0]);
        return;
    }
    ((out += "\n    %") += node.name) += " : ";
    if (!node.declaredType.empty())
        (out += node.declaredType) += ' ';
    (out += "[num_users=") += std::to_string(node.users.size());
    ((((out += "] = ") += name(node.op)) += "[target=") += node.target.str()) += ']';
    if (node.op == Op::Placeholder) {
        if (node.args.empty())
            return;
        out += "(default=";
        appendArgument(out, graph, node.args[0], Dialect::Printed);
        out += ')';
    } else if (node.op != Op::GetAttr) {
        appendCall(out, graph, node);
    }
}

} // namespace

std::string writeText(const Graph& graph) {
    std::string out = "graph():";
    out.reserve(graph.size() * 128);
    for (const NodeId id : graph.order())
        appendNode(out, graph, graph[id]);
    return out;
}

} // namespace fxscope::io
