// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/copy_bandwidth.h"

#include "core/cpu/parallel.h"
#include "core/tensor/tensor.h"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace fxscope {
namespace {

double copySeconds(std::byte* to, const std::byte* from, size_t bytes) {
    const auto begin = std::chrono::steady_clock::now();
    parallelFor(static_cast<int64_t>(bytes), 1 << 20, [&](int64_t first, int64_t last) {
        std::memcpy(to + first, from + first, static_cast<size_t>(last - first));
    });
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

Result<double> cpuCopyBandwidth(size_t bytes) {
    FX_TRY(const auto from, Storage::allocate(bytes));
    FX_TRY(const auto to, Storage::allocate(bytes));
    std::memset(from->data(), 1, bytes);
    for (int i = 0; i < 2; ++i) // pages and caches
        copySeconds(to->data(), from->data(), bytes);
    std::vector<double> times;
    for (double sum = 0; times.size() < 5 || sum < 0.2; sum += times.back())
        times.push_back(copySeconds(to->data(), from->data(), bytes));
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return 2.0 * static_cast<double>(bytes) / times[times.size() / 2];
}

} // namespace fxscope
