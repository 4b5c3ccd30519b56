// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string>
#include <vector>

namespace fxscope::test {

/// Collects nodes for a graph. A node may be mentioned before it is added: ids count up from 0 in the order of adding.
class GraphBuilder {
public:
    NodeId input(std::string name, ValueMeta meta = {}) {
        return add(Op::Placeholder, name, name, {}, {}, std::move(meta));
    }
    NodeId call(std::string name, Target target, ArgumentList args, Kwargs kwargs = {}, ValueMeta meta = {}) {
        return add(Op::CallFunction, std::move(name), target, std::move(args), std::move(kwargs), std::move(meta));
    }
    NodeId output(Argument value) { return add(Op::Output, "output", "output", {std::move(value)}, {}, {}); }
    NodeId add(Op op, std::string name, Target target, ArgumentList args, Kwargs kwargs, ValueMeta meta) {
        NodeBody body;
        body.op = op;
        body.name = std::move(name);
        body.target = target;
        body.args = std::move(args);
        body.kwargs = std::move(kwargs);
        body.meta = std::move(meta);
        m_bodies.push_back(std::move(body));
        return NodeId{static_cast<uint32_t>(m_bodies.size() - 1)};
    }
    std::vector<NodeBody> takeBodies() { return std::move(m_bodies); }
    Graph build() { return Graph::fromBodies(takeBodies()).value(); }

private:
    std::vector<NodeBody> m_bodies;
};

inline Argument ref(NodeId id) { return Argument::node(id); }
inline NodeId nodeId(uint32_t index) { return NodeId{index}; }

/// Names in list order, separated by blanks.
inline std::string namesOf(const Graph& graph) {
    std::string text;
    for (const NodeId id : graph.order())
        text += (text.empty() ? "" : " ") + graph[id].name;
    return text;
}
inline std::string namesOf(const Graph& graph, const std::vector<NodeId>& ids) {
    std::string text;
    for (const NodeId id : ids)
        text += (text.empty() ? "" : " ") + graph[id].name;
    return text;
}

inline ValueMeta tensorMeta(DType dtype, SymSizes sizes) {
    TensorMeta meta;
    meta.dtype = dtype;
    meta.sizes = std::move(sizes);
    return ValueMeta::tensor(std::move(meta));
}

} // namespace fxscope::test
