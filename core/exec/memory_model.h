// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/run.h"

namespace fxscope {

/// The largest sum of values that are live at once in a run of this plan, from metadata: views live in their root's
/// storage, values inside a fused group take none, and results that are written over an input take none of their own.
/// 0 where sizes are unknown.
int64_t estimatePeak(const Graph& graph, const Plan& plan);

} // namespace fxscope
