// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/report.h"
#include "core/exec/backend.h"

namespace fxscope::conform {

/// Replays the recorded calls of one operator: OPERATOR.json, its tensors in OPERATOR.safetensors beside it. A case
/// passes if the shape rule and the kernel both give the recorded dtypes, sizes and strides, and the kernel the
/// recorded numbers (tolerance by dtype). A case without a kernel for its operator or dtype is skipped. Errors:
/// unreadable or damaged files.
Result<Report> replayOperator(const std::string& path, Backend& backend);

} // namespace fxscope::conform
