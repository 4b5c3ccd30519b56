// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/aliases.h"

#include "core/ops/op.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace fxscope {
namespace {

bool maySkipCopy(std::string_view packet) {
    static constexpr std::array<std::string_view, 12> kNames{"contiguous", "to",      "_to_copy",  "reshape",
                                                             "flatten",    "dropout", "expand_as", "type_as",
                                                             "alias",      "detach",  "lift",      "view_as"};
    return std::find(kNames.begin(), kNames.end(), packet) != kNames.end();
}

/// The inputs that a call writes to: those its schema marks, or all of them where there is no schema.
std::vector<NodeId> writtenBy(const Graph& graph, const Node& node) {
    const Schema* schema = findSchema(node.target);
    if (!schema)
        return graph.inputs(node.id);
    const auto bound = bindArguments(*schema, node.args, node.kwargs, node.name);
    if (!bound)
        return graph.inputs(node.id);
    std::vector<NodeId> written;
    for (size_t i = 0; i < schema->args.size(); ++i)
        if (schema->args[i].mutated)
            forEachNode((*bound)[i], [&](NodeId id) { written.push_back(id); });
    return written;
}

} // namespace

bool mayAlias(const Node& node) {
    if (node.op != Op::CallFunction || node.target == Target("operator.getitem") || isMutating(node))
        return true;
    const OpDef* op = findOp(node.target);
    if (!op || op->view)
        return true;
    if (!node.target.isAten())
        return false;
    const std::string_view name = node.target.shortName().substr(5);
    return maySkipCopy(name.substr(0, name.find('.')));
}

bool writesInPlace(const Graph& graph) {
    const Graph::Order order = graph.order();
    return std::any_of(order.begin(), order.end(), [&](NodeId id) { return isMutating(graph[id]); });
}

std::vector<NodeId> writtenInputs(const Graph& graph) {
    std::vector<NodeId> open, found;
    for (const NodeId id : graph.order())
        if (isMutating(graph[id]))
            for (const NodeId written : writtenBy(graph, graph[id]))
                open.push_back(written);
    std::vector<bool> seen(graph.slotCount());
    while (!open.empty()) {
        const NodeId id = open.back();
        open.pop_back();
        if (seen[id.index])
            continue;
        seen[id.index] = true;
        const Node& node = graph[id];
        if (node.op == Op::Placeholder || node.op == Op::GetAttr)
            found.push_back(id);
        else if (mayAlias(node))
            for (const NodeId input : graph.inputs(id))
                open.push_back(input);
    }
    return found;
}

} // namespace fxscope
