// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/body.h"

#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io {
namespace {

bool mentionsLater(const Graph& graph, NodeId id) {
    bool later = false;
    const auto look = [&](NodeId input) { later = later || input.index >= id.index; };
    for (const Argument& arg : graph[id].args)
        forEachNode(arg, look);
    for (const Kwarg& kwarg : graph[id].kwargs)
        forEachNode(kwarg.second, look);
    return later;
}

std::vector<std::string> outputNames(const Graph& graph) {
    std::vector<std::string> names;
    for (const NodeId id : graph.order())
        if (graph[id].op == Op::Output)
            names.push_back(graph[id].name);
    return names;
}

} // namespace

Diagnostic NameTable::undefined(std::string_view name, std::string where) const {
    std::vector<std::string> known;
    for (const auto& entry : m_index)
        known.emplace_back(entry.first);
    std::sort(known.begin(), known.end());
    const auto near = nearest(name, known);
    return {"the name " + displayText(name) + " is not defined in this graph", std::move(where),
            near.empty() ? "define it, or check its spelling" : "did you mean " + join(near, ", ") + "?"};
}

void addOutput(std::vector<NodeBody>& nodes, Argument value, const NameTable& names) {
    NodeBody body;
    body.op = Op::Output;
    body.target = Target("output");
    body.name = "output";
    for (int i = 1; names.find(body.name); ++i)
        body.name = "output_" + std::to_string(i);
    body.args.push_back(std::move(value));
    nodes.push_back(std::move(body));
}

Result<Graph> finishGraph(std::vector<NodeBody> nodes, const std::string& where) {
    auto graph = Graph::fromBodies(std::move(nodes));
    if (!graph.ok())
        return Diagnostic{graph.error().what, where + ", " + graph.error().where, graph.error().next};
    if (const auto outputs = outputNames(*graph); outputs.size() > 1)
        return Diagnostic{"two output nodes, " + displayText(outputs[0]) + " and " + displayText(outputs[1]), where,
                          "a graph has one"};
    for (const NodeId id : graph->order()) {
        if (!mentionsLater(*graph, id))
            continue;
        if (auto sorted = topologicalOrder(*graph); !sorted.ok())
            return Diagnostic{sorted.error().what, where + ", node " + sorted.error().where, sorted.error().next};
        break;
    }
    return graph;
}

} // namespace fxscope::io
