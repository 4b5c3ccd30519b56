// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/cancel.h"
#include "core/support/result.h"

#include <chrono>
#include <string>
#include <vector>

namespace fxscope::layout {

/// Where `program` stands in the search path; empty if nowhere.
std::string findProgram(const std::string& program);

/// What `command` writes to its output when given `input`. The child is killed at the time limit and on cancel.
/// Errors: it does not start, runs out of time, is cancelled, or ends with another status than 0.
Result<std::string> runProgram(const std::vector<std::string>& command, const std::string& input,
                               std::chrono::milliseconds limit, const Cancel& cancel);

} // namespace fxscope::layout
