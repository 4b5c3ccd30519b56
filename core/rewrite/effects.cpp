// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/effects.h"

#include "core/ops/op.h"
#include "core/support/text.h"

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

/// Per argument of a schema text: is it annotated as sharing memory with a result, "Tensor(a) self"?
std::vector<bool> sharedArguments(const Schema& schema) {
    const std::string_view text = schema.text;
    const size_t open = text.find('('), close = text.rfind(") ->");
    std::vector<bool> shared;
    if (open == std::string_view::npos || close == std::string_view::npos)
        return std::vector<bool>(schema.args.size(), true);
    for (const std::string_view part : split(text.substr(open + 1, close - open - 1), ','))
        if (const std::string_view arg = trim(part); arg.starts_with("Tensor"))
            shared.push_back(arg.starts_with("Tensor("));
    return shared;
}

/// The arguments of `node` that satisfy `wanted(position in schema)`; all of them where there is no schema.
template <class Wanted> std::vector<NodeId> nodesIn(const Node& node, const Schema* schema, const Wanted& wanted) {
    std::vector<NodeId> found;
    const auto collect = [&](NodeId id) { found.push_back(id); };
    for (size_t i = 0; i < node.args.size(); ++i)
        if (!schema || wanted(i))
            forEachNode(node.args[i], collect);
    for (const Kwarg& kwarg : node.kwargs)
        if (const int at = schema ? schema->find(kwarg.first) : 0; at < 0 || !schema || wanted(static_cast<size_t>(at)))
            forEachNode(kwarg.second, collect);
    return found;
}

/// What the result of a call may share memory with.
std::vector<NodeId> viewed(const Node& node) {
    if (node.op == Op::Placeholder || node.op == Op::GetAttr)
        return {};
    const Schema* schema = node.op == Op::CallFunction ? findSchema(node.target) : nullptr;
    if (!schema ||
        node.target.str() == "torch.ops.aten._unsafe_view.default") // shares, though its schema does not say so
        return nodesIn(node, nullptr, [](size_t) { return true; });
    const std::vector<bool> shared = sharedArguments(*schema);
    // `shared` counts the arguments that are tensors or lists of them, in schema order.
    std::vector<bool> byPosition;
    size_t tensor = 0;
    for (const SchemaArg& arg : schema->args)
        byPosition.push_back(arg.type.starts_with("Tensor") && tensor < shared.size() && shared[tensor++]);
    return nodesIn(node, schema, [&](size_t i) { return i < byPosition.size() && byPosition[i]; });
}

std::vector<NodeId> written(const Node& node) {
    const Schema* schema = node.op == Op::CallFunction ? findSchema(node.target) : nullptr;
    return nodesIn(node, schema && schema->mutates() ? schema : nullptr,
                   [&](size_t i) { return i < schema->args.size() && schema->args[i].mutated; });
}

} // namespace

Effects::Effects(const Graph& graph) : m_graph(graph) {
    for (const NodeId id : graph.order())
        if (isMutating(graph[id]))
            m_writers.push_back(id);
}

NodeId Effects::writerBetween(NodeId from, NodeId to, std::span<const NodeId> values) const {
    std::unordered_set<uint32_t> memory;
    for (const NodeId writer : m_writers) {
        if (!m_graph.alive(writer) || !m_graph.isBefore(from, writer) || !m_graph.isBefore(writer, to))
            continue;
        if (memory.empty())
            for (const NodeId value : values)
                for (const NodeId owner : memoryOf(m_graph, value))
                    memory.insert(owner.index);
        for (const NodeId target : written(m_graph[writer]))
            for (const NodeId owner : memoryOf(m_graph, target))
                if (memory.contains(owner.index))
                    return writer;
    }
    return {};
}

std::vector<NodeId> memoryOf(const Graph& graph, NodeId value) {
    std::vector<NodeId> pending{value}, owners;
    std::unordered_set<uint32_t> seen{value.index};
    while (!pending.empty()) {
        const NodeId id = pending.back();
        pending.pop_back();
        const std::vector<NodeId> sources = viewed(graph[id]);
        if (sources.empty())
            owners.push_back(id);
        for (const NodeId source : sources)
            if (seen.insert(source.index).second)
                pending.push_back(source);
    }
    return owners;
}

} // namespace fxscope
