// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <cstdint>
#include <string>

namespace fxscope::cuda {

/// What kernels and reports need to know of a card.
struct DeviceProperties {
    int index = 0;
    std::string name; ///< "NVIDIA H100 80GB HBM3"
    int major = 0, minor = 0;
    int multiprocessors = 0;
    int threadsPerMultiprocessor = 0;
    int64_t memoryBytes = 0, l2Bytes = 0;
    int driver = 0, runtime = 0; ///< 13000 is 13.0
    std::string architecture() const { return "sm_" + std::to_string(major) + std::to_string(minor); }
};

/// The oldest card that kernels are built for (bfloat16 conversions and 16-byte copies).
inline constexpr int kOldestMajor = 8;

/// How many cards there are. Error, in a user's words: no driver, too old a driver, no card.
Result<int> deviceCount();
/// Error: there is no such card, or it is too old.
Result<DeviceProperties> factsOf(int index);

} // namespace fxscope::cuda
