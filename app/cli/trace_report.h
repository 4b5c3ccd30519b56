// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/cli/json_print.h"
#include "core/rewrite/trace.h"

namespace fxscope::cli {

/// "24: randperm_index 12, randperm_index_add 12", by rule; "none".
std::string countByRule(const Trace& trace);
/// One row per pass: rewrites by rule, near misses, time; and the passes' own warnings on stderr.
void printPassTable(const Trace& trace);
void printSteps(const Trace& trace);
Json passesJson(const Trace& trace, bool withSteps);

} // namespace fxscope::cli
