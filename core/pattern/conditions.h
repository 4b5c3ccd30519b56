// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/match_reason.h"
#include "core/rewrite/index_facts.h"

#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// A condition that a pattern file sets on what its parameters stand for, beside the form of the graph:
///     requires = ["distinct(index)", "in_bounds(index, x)", "same_dtype(x, y)"]
/// distinct: no two entries address the same row; in_bounds: every entry addresses a row of the tensor's dimension 0;
/// matrix: two dimensions; row_per_entry: the tensor has as many rows as the index has entries, one at least.
/// Proven from the graph, never guessed: what cannot be shown does not hold.
struct PatternCondition {
    std::string text, name;
    std::vector<std::string> arguments; ///< parameters of the pattern
};

/// Error: no such condition, another number of arguments, or an argument that is none of `parameters`.
Result<PatternCondition> parseCondition(std::string_view text, const std::vector<std::string>& parameters);

/// The first condition that cannot be shown for this match of `analysis.graph()`; null: all hold.
const PatternCondition* firstUnproven(IndexAnalysis& analysis, const std::vector<PatternCondition>& conditions,
                                      const PatternMatch& match);

} // namespace fxscope
