// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <span>
#include <vector>

namespace fxscope {

/// Which calls of a graph write to memory, and whose. Looks once at every node; the graph's mutating calls must not
/// change meanwhile (a rewrite that keeps them in place is fine).
class Effects {
public:
    explicit Effects(const Graph& graph);

    /// The first call between `from` and `to` (both left out, list order) that may write to memory `values` live in;
    /// invalid if there is none, as in every functional graph.
    NodeId writerBetween(NodeId from, NodeId to, std::span<const NodeId> values) const;

private:
    const Graph& m_graph;
    std::vector<NodeId> m_writers; ///< in list order
};

/// The nodes whose memory `value` may live in: itself if fresh, else what it views. Where no schema says, every tensor
/// argument counts.
std::vector<NodeId> memoryOf(const Graph& graph, NodeId value);

} // namespace fxscope
