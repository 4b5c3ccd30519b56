// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_run.h"
#include "core/rewrite/match.h"

namespace fxscope {

/// A failed try as a Miss: reason code, a plain sentence's format and its parts, how near it came. It becomes words
/// when somebody reads it. `tried` must be of `graph`.
Miss missOf(const Graph& graph, const PatternTry& tried);
/// That sentence for a failure of `pattern` (the specific one if phase two traced it).
Miss missOf(const Graph& graph, const Pattern& pattern, const MatchFailure& failure, int phase);

} // namespace fxscope
