// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/copy_bandwidth.h"

#include "core/cuda/call_clock.h"

#include <algorithm>

namespace fxscope::cuda {
namespace {

using Times = std::vector<std::chrono::nanoseconds>;

/// `count` copies between the two halves of an array.
Result<Times> copies(CudaDevice& device, Tensor& both, int count) {
    const size_t half = both.bytes() / 2;
    EventClock clock(device);
    for (int i = 0; i < count; ++i) {
        clock.begin();
        FX_CHECK(device.copyBytes(both.raw() + half, both.raw(), half));
        clock.end();
    }
    return clock.read();
}

} // namespace

Result<double> copyBandwidth(CudaDevice& device) {
    constexpr int64_t kBytes = int64_t(1) << 29;
    constexpr std::chrono::nanoseconds kEnough = std::chrono::milliseconds(20);
    const int64_t half = std::min(kBytes, device.facts().memoryBytes / 32 / 512 * 512);
    FX_TRY(Tensor both, device.pool().empty(DType::UInt8, {2 * half}));
    FX_CHECK(device.clear(both.raw(), both.bytes()));
    FX_CHECK(copies(device, both, 1));
    Times times;
    for (std::chrono::nanoseconds sum{}; sum < kEnough || times.size() < 3;) {
        FX_TRY(const Times next, copies(device, both, 3));
        for (const std::chrono::nanoseconds took : next)
            times.push_back(took), sum += std::max(took, std::chrono::nanoseconds(1));
    }
    both = {};
    device.pool().trim(); // nobody else needs blocks of this size
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return 2.0 * static_cast<double>(half) / std::chrono::duration<double>(times[times.size() / 2]).count();
}

} // namespace fxscope::cuda
