// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <cuda_runtime_api.h>

#include <string_view>

namespace fxscope::cuda {

/// CUDA's answer as ours: `doing` is what was tried ("copying 12 bytes to the device").
Result<Done> check(cudaError_t answer, std::string_view doing);

/// After such an error nothing more runs on the device in this process: a kernel reached outside its memory, say, and
/// CUDA keeps the error.
bool isSticky(cudaError_t answer);
/// What to do about it.
inline constexpr std::string_view kCannotGoOn = "this process cannot go on; restart the worker";

} // namespace fxscope::cuda
