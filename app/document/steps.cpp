// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/steps.h"

#include <algorithm>

namespace fxscope {

bool isMatch(const RewriteStep& step) { return step.rule != "stable_topological_sort"; }

size_t matchCount(const Trace& trace, size_t from, size_t to) {
    const auto first = trace.steps.begin();
    return static_cast<size_t>(
        std::count_if(first + static_cast<std::ptrdiff_t>(from), first + static_cast<std::ptrdiff_t>(to), isMatch));
}

Touch touchOf(const RewriteStep& step, NodeId node) {
    const auto has = [&](const std::vector<NodeId>& nodes) {
        return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
    };
    if (!isMatch(step))
        return Touch::None;
    if (has(step.added))
        return Touch::Created;
    if (has(step.removed))
        return Touch::Removed;
    if (node == step.match.root || has(step.match.nodes))
        return Touch::Matched;
    return has(step.changed) ? Touch::Changed : Touch::None;
}

} // namespace fxscope
