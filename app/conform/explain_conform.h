// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/report.h"
#include "core/support/result.h"

#include <string>

namespace fxscope::conform {

/// {sets, patterns, cases: [{name, shapes, decomp, set, before, meta, tries, ...}]}: what PyTorch's matcher tried at
/// every anchor of a program and what it answered, the counters, names and order, the graph after. Each case must come
/// out the same in every field. Groups: "case SET SHAPES" counts programs, "try CODE PHASE" single answers.
Result<Report> replayExplanations(const std::string& path);

/// {name, shapes, decomp, before, before_readable, after, matches}: the graph after PyTorch 2.11's own pass, to the
/// letter but for the numbers behind names that earlier passes had used up. `set` names the pattern set,
/// "pytorch-2.11".
Result<Report> replayRandpermTraced(const std::string& path, const std::string& set);

} // namespace fxscope::conform
