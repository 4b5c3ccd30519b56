// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <span>
#include <vector>

namespace fxscope {

struct WalkOptions {
    bool inputs = true, users = true; ///< which ways to go
    int distance = 1;                 ///< edges
};
/// The living nodes at most `distance` edges away from one of `from`, these included, in list order.
std::vector<NodeId> nodesWithin(const Graph& graph, std::span<const NodeId> from, const WalkOptions& options);

/// The nodes of all paths along the flow between two nodes, whichever of them is above; both included, in list order.
/// Empty if neither feeds the other.
std::vector<NodeId> nodesBetween(const Graph& graph, NodeId a, NodeId b);

} // namespace fxscope
