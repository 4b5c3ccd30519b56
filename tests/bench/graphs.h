// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <cstdio>
#include <string>

namespace fxscope {

inline NodeBody renamed(const Node& node, const std::string& suffix, NodeId offset) {
    const auto moved = [&](const Argument& argument) {
        return mapNodes(argument, [&](NodeId id) { return Argument::node(NodeId{id.index + offset.index}); });
    };
    NodeBody body = node;
    body.name += suffix;
    for (Argument& arg : body.args)
        arg = moved(arg);
    for (Kwarg& kwarg : body.kwargs)
        kwarg.second = moved(kwarg.second);
    return body;
}

/// The calls of `graph`, `times` times in a row, with one output node.
inline Graph repeated(const Graph& graph, int times) {
    const std::vector<NodeId> ids = graph.ids();
    std::vector<NodeBody> bodies;
    std::vector<Argument> results;
    for (int copy = 0; copy < times; ++copy) {
        const NodeId offset{static_cast<uint32_t>(bodies.size())};
        for (const NodeId id : ids) {
            const Node& node = graph[id];
            if (node.op != Op::Output)
                bodies.push_back(renamed(node, "_" + std::to_string(1000 + copy), offset));
            else if (copy + 1 == times)
                bodies.push_back(renamed(node, "", offset));
        }
        if (copy + 1 < times && graph[ids.back()].op != Op::Output)
            std::fprintf(stderr, "the output node is not the last\n");
    }
    return Graph::fromBodies(std::move(bodies)).value();
}

/// Printed text carries no shapes, and the second phase needs them: what randperm and slice say, 16 x 32 elsewhere.
inline size_t addShapes(Graph& graph) {
    size_t added = 0;
    const auto give = [&](const Argument& tensor, int64_t rows) {
        NodeBody body = graph[tensor.asNode()];
        if (body.meta.isKnown())
            return;
        TensorMeta meta;
        meta.dtype = DType::Float32;
        meta.sizes = {rows, 16, 32};
        body.meta = ValueMeta::tensor(std::move(meta));
        graph.setBody(tensor.asNode(), std::move(body));
        ++added;
    };
    for (const NodeId id : graph.ids()) {
        const Node& node = graph[id];
        const std::string_view target = node.target.shortName();
        if (target != "aten.index_put.default" && target != "aten.index.Tensor")
            continue;
        const Argument& index = node.args[1].items().front();
        const Node* slice = index.isNode() ? &graph[index.asNode()] : nullptr;
        if (!slice || slice->target.shortName() != "aten.slice.Tensor" || !slice->args[3].isInt())
            continue;
        const Node& randperm = graph[slice->args[0].asNode()];
        if (randperm.target.shortName() != "aten.randperm.default")
            continue;
        const int64_t kept = slice->args[3].asInt(), rows = randperm.args[0].asInt();
        give(node.args[0], rows);
        if (target == "aten.index_put.default")
            give(node.args[2], kept);
    }
    return added;
}

} // namespace fxscope
