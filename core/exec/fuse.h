// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/run.h"

namespace fxscope {

/// A call listed in elementwise.def: element i of its result depends on element i of its operands, broadcast, alone.
bool isElementwise(const Node& node);

/// Results of fewer bytes are not written over inputs: the C library reuses such memory itself, at no cost.
inline constexpr int64_t kSmallestReused = 65536;

/// Groups elementwise nodes of the same sizes that use each other's values, and moves each group in `order` to its last
/// member's place: `together` says where. No user of a member from outside comes before that place. So are the nodes of
/// a form that one call stands for (add_once.h), named in `wholes`. Graphs that write in place stay as they are.
void fuse(const Graph& graph, Plan& plan);

/// Has a value of the group order[begin, end) a user that is not in it?
bool isSeenOutside(const Graph& graph, const Plan& plan, NodeId member, size_t begin, size_t end);

} // namespace fxscope
