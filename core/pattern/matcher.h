// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/pattern/match_reason.h"

#include <variant>

namespace fxscope {

/// Reasons that are switched off to see what would match without them; all on: as PyTorch has it.
struct WhatIf {
    bool userCounts = false;      ///< any number of users will do
    bool dtypes = false;          ///< unsupported types are tried, bfloat16 traces as float32
    bool mutationRegions = false; ///< memory may change between the matched nodes
    bool recheck = false;         ///< phase two is not asked
    bool any() const { return userCounts || dtypes || mutationRegions || recheck; }
};

/// Tries `pattern` with its first output at `node` (matcher.md 3.2 to 3.5, 3.8, 3.9). Only looks.
std::variant<PatternMatch, MatchFailure> matchPattern(const Pattern& pattern, const Graph& graph, NodeId node,
                                                      const WhatIf& whatIf = {});

/// 3.4: the arguments of an ATen call with defaults filled in and as many positionals as it has; false if impossible.
bool normaliseForMatch(const Node& node, ArgumentList& args, Kwargs& kwargs);

} // namespace fxscope
