// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/trace.h"

#include <algorithm>

namespace fxscope {

/// The step that puts the nodes in order after the matches of a traced set, named as PyTorch's function.
inline constexpr std::string_view kSortStep = "stable_topological_sort";

/// Whether the step is a match of a rule. The others only put the nodes in order after the matches of a pass.
inline bool isMatch(const RewriteStep& step) { return step.rule != kSortStep; }

/// The matches among the steps [from, to).
inline size_t matchCount(const Trace& trace, size_t from, size_t to) {
    const auto first = trace.steps.begin();
    return static_cast<size_t>(
        std::count_if(first + static_cast<std::ptrdiff_t>(from), first + static_cast<std::ptrdiff_t>(to), isMatch));
}
inline size_t matchCount(const Trace& trace, const PassRecord& pass) {
    return matchCount(trace, pass.firstStep, pass.firstStep + pass.stepCount);
}
inline size_t matchCount(const Trace& trace) { return matchCount(trace, 0, trace.steps.size()); }

} // namespace fxscope
