// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/match_reason.h"
#include "core/pattern/pattern_set.h"

#include <string>
#include <vector>

namespace fxscope {

/// Something a rewrite of PyTorch's changes beside speed (matcher.md 10.4).
struct Caveat {
    std::string code; ///< "n_not_proven", "index_dtype_changed" ...
    std::string sentence;
};

/// What replacing this match as PyTorch does would change in what `graph` computes; empty: nothing that fxscope knows
/// of. PyTorch makes the permutation anew from x's rows, so the facts of the old one are compared with that. Patterns
/// without a permutation have no caveats. The match must be of `graph`.
std::vector<Caveat> caveatsOf(const Graph& graph, const PatternEntry& entry, const PatternMatch& match);

} // namespace fxscope
