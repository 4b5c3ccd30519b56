// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/json_fields.h"
#include "core/compare/compare.h"

namespace fxscope::worker {

/// COMPARISON and STATISTICS of protocol.h. Only for .cpp files.
Json toJson(const Comparison& comparison);
Result<Comparison> fromJson(const Json& json);
Json statisticsJson(const TensorStatistics& statistics);
bool readStatistics(const Json& json, TensorStatistics& into); ///< false: a member of the wrong type

} // namespace fxscope::worker
