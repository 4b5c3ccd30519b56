// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <vector>

namespace fxscope {

/// May the result share memory with an input? True for views, in-place operators, tuple access, and operators that
/// return their input as it is when nothing is to do (contiguous, to, reshape).
bool mayAlias(const Node& node);
/// Placeholders and attributes that in-place operators of the graph may write to, seen through aliases.
std::vector<NodeId> writtenInputs(const Graph& graph);
/// Has the graph an operator that writes to an input?
bool writesInPlace(const Graph& graph);

} // namespace fxscope
