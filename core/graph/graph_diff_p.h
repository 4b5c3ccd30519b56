// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph_diff.h"

namespace fxscope {

/// Which node is which, both ways; invalid ids where there is no counterpart. Index: NodeId::index.
struct Pairing {
    std::vector<NodeId> toAfter, toBefore;
    bool free(const NodeId before, const NodeId after) const {
        return !toAfter[before.index].valid() && !toBefore[after.index].valid();
    }
    void join(NodeId before, NodeId after) {
        toAfter[before.index] = after;
        toBefore[after.index] = before;
    }
};
Pairing pairNodes(const Graph& before, const Graph& after);

/// What differs between the two nodes of a pair; references to paired nodes do not.
std::vector<Difference> nodeChanges(const Graph& before, const Graph& after, const Pairing& pairing, NodePair pair);

} // namespace fxscope
