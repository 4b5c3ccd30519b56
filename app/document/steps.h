// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/trace.h"

namespace fxscope {

/// Whether the step is a match of a rule. The others only put the nodes in order after the matches of a pass.
bool isMatch(const RewriteStep& step);
/// The matches among the steps [from, to).
size_t matchCount(const Trace& trace, size_t from, size_t to);
inline size_t matchCount(const Trace& trace, const PassRecord& pass) {
    return matchCount(trace, pass.firstStep, pass.firstStep + pass.stepCount);
}

/// What a step has to do with a node.
enum class Touch { None, Matched, Removed, Created, Changed };
Touch touchOf(const RewriteStep& step, NodeId node);

} // namespace fxscope
