// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/match_count.h"

namespace fxscope {

/// What a step has to do with a node.
enum class Touch { None, Matched, Removed, Created, Changed };
Touch touchOf(const RewriteStep& step, NodeId node);

} // namespace fxscope
