// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/run.h"

namespace fxscope {

std::chrono::nanoseconds median(std::vector<std::chrono::nanoseconds> times); ///< 0 of none

/// Runs a graph `times` times (at least once) and returns the run of median time. The last one is also replayed so many
/// times as one where `replay` is true and the backend can; those times are the result's whichever run is returned.
Result<RunResult> medianRun(const Graph& graph, const Plan& plan, const ValueList& inputs, Backend& backend,
                            const ExecOptions& options, int times, bool replay);

} // namespace fxscope
