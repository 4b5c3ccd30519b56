// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/random_elements.h"

namespace fxscope::cuda {

// Note [randperm on CUDA]
// A permutation of n is what sorting random keys by their low `bits` does to 0 ... n-1. Equal keys are left in order by
// the sort, which is stable, so each run of equal keys (an island) is shuffled afterwards. For n > 0:
//  1. bits = randpermBits(n) on the host: so many that a collision is rare. Keys have 32 bits up to 32, else 64.
//  2. keys: element i is elementAt(RandpermKeys<Key>..., start, shape, i), i.e. one launch of fillStream with
//     shape = drawShape(n, 2, device) and start = state.take(shape.advance); Key is int32_t or int64_t.
//  3. a stable sort of (key, i) by key, all keys and bits [0, bits) of them: cub::DeviceRadixSort::SortPairs with
//  signed
//     keys and end_bit = bits, or any stable sort by sortedBy(key, bits). The values are 0 ... n-1 in the dtype.
//  4. one thread for each i < n calls shuffleIsland with start = state.take(n), even if no keys are equal.
// PyTorch knows the dtypes uint8, int8, int16, int32, int64, float16, float32 and float64 here, and not bfloat16.

/// Above this PyTorch draws the keys in pieces, which this does not follow.
inline constexpr int64_t kRandpermLimit = int64_t(1) << 28;

#if !defined(__CUDACC_RTC__)
/// The least number of bits for which n keys are all different with a probability of 0.9 (https://osf.io/af2hy).
inline int randpermBits(int64_t n) {
    const double count = static_cast<double>(n);
    const double bits = std::ceil(std::log2(count - (6 * count * count + 1) / (std::log(0.9) * 12)));
    return bits < 64 ? static_cast<int>(bits) : 64;
}
#endif

/// Makes keys: uniform over Key, without its largest value.
template <class Key> struct RandpermKeys {
    static constexpr uint32_t kUnroll = 2;

    FX_HD Key operator()(const Words& words, uint32_t lane) const {
        constexpr uint64_t kAll = sizeof(Key) == 4 ? 0xFFFFFFFF : 0xFFFFFFFFFFFFFFFF;
        constexpr uint64_t kLeast = kAll / 2 + 1; // the smallest Key, as its bits
        return static_cast<Key>(WideIntegers<int64_t>{kAll, static_cast<int64_t>(0 - kLeast)}(words, lane));
    }
};

/// An unsigned number in whose order a radix sort of signed keys by bits [0, bits) puts them.
template <class Key> FX_HD constexpr uint64_t sortedBy(Key key, int bits) {
    constexpr int kWidth = static_cast<int>(8 * sizeof(Key));
    const uint64_t sign = uint64_t(1) << (kWidth - 1);
    const uint64_t mask = bits >= 64 ? ~uint64_t(0) : (uint64_t(1) << bits) - 1;
    return (static_cast<uint64_t>(key) ^ sign) & mask;
}

/// What thread i does: if sorted keys i, i + 1, ... are equal and i - 1 is another, shuffles data[i, i + 1, ...] from
/// the back, position j with one below (Fisher and Yates), the numbers those of stream i one by one.
template <class Key, class T>
FX_HD void shuffleIsland(const Key* keys, int bits, int64_t n, int64_t i, const PhiloxStart& start, T* data) {
    const uint64_t mine = sortedBy(keys[i], bits);
    if (i > 0 && sortedBy(keys[i - 1], bits) == mine)
        return;
    int64_t size = 1;
    while (i + size < n && sortedBy(keys[i + size], bits) == mine)
        ++size;
    for (int64_t j = size - 1, drawn = 0; j > 0; --j, ++drawn) {
        const uint32_t word =
            philoxWord(start.seed, static_cast<uint64_t>(i), start.offset + static_cast<uint64_t>(drawn));
        const int64_t other = word % static_cast<uint32_t>(j + 1);
        const T kept = data[i + j];
        data[i + j] = data[i + other];
        data[i + other] = kept;
    }
}

} // namespace fxscope::cuda
