// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/pass.h"

namespace fxscope {

/// The set that writes additions at distinct rows in one pass over memory (see add_once.h).
inline constexpr std::string_view kOncePatterns = "fxscope";

/// The sets that the two index rewrites know: our own sound conditions first, then PyTorch's patterns by version.
std::vector<std::string> indexPatternSets();
/// Those that are made of pattern files, traced as PyTorch does it.
std::vector<std::string> tracedPatternSets();

/// Whether the run asks for one of PyTorch's sets instead of our own conditions.
bool usesPatternFiles(const PassContext& context);
/// Runs the patterns of that set (a name or a folder) whose rule is one of `rules`, all if it is empty, as PyTorch's
/// matcher does. Error: a set that cannot be read.
Result<Done> runPatternFiles(PassContext& context, const std::vector<std::string>& rules);

} // namespace fxscope
