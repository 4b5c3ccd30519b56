// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/steps.h"

#include <algorithm>

namespace fxscope {

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
