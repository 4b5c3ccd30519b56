// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/randperm.h"

#include <algorithm>
#include <vector>

namespace fxscope::cuda {

template <class Key, class T> void randpermHostOf(int64_t n, int bits, PhiloxState& state, DeviceFacts device, T* out) {
    const auto count = static_cast<uint64_t>(n);
    const DrawShape shape = drawShape(count, RandpermKeys<Key>::kUnroll, device);
    const PhiloxStart start = state.take(shape.advance);
    std::vector<std::pair<Key, int64_t>> pairs(count);
    for (uint64_t i = 0; i < count; ++i)
        pairs[i] = {elementAt(RandpermKeys<Key>{}, start, shape, i), static_cast<int64_t>(i)};
    std::stable_sort(pairs.begin(), pairs.end(), [bits](const auto& a, const auto& b) {
        return sortedBy(a.first, bits) < sortedBy(b.first, bits);
    });
    std::vector<Key> keys(count);
    for (uint64_t i = 0; i < count; ++i) {
        keys[i] = pairs[i].first;
        out[i] = fromInteger<T>(pairs[i].second);
    }
    const PhiloxStart islands = state.take(count);
    for (int64_t i = 0; i < n; ++i)
        shuffleIsland(keys.data(), bits, n, i, islands, out);
}

/// torch.randperm(n, device="cuda") on the host: fills out[0 ... n), advances the state. 0 <= n <= kRandpermLimit.
template <class T> void randpermHost(int64_t n, PhiloxState& state, DeviceFacts device, T* out) {
    if (n == 0)
        return;
    const int bits = randpermBits(n);
    if (bits <= 32)
        randpermHostOf<int32_t>(n, bits, state, device, out);
    else
        randpermHostOf<int64_t>(n, bits, state, device, out);
}

} // namespace fxscope::cuda
