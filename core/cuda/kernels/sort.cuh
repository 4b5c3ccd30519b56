// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/ops/cast.h"

// Elements as unsigned numbers in the same order, and short rows sorted by them in a block's shared memory.

namespace fxscope::cuda {

struct SortArguments {
    const void* x; ///< [rows, count], row-major
    void* values;  ///< [rows, keep]
    long long* places;
    long long rows;
    int count, keep;
    int padded; ///< the power of two from count on that a row takes in shared memory
    int descending;
};

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
template <class T> using SortKey = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

/// A number of as many bits as T has whose order is that of sort: NaN is larger than everything, -0 equals 0;
/// descending, the other way round.
template <class T> __device__ inline SortKey<T> sortKey(T value, bool descending) {
    using K = SortKey<T>;
    constexpr K kMask = K(~K(0)) >> (sizeof(K) - sizeof(T)) * 8, kSign = K(1) << (sizeof(T) * 8 - 1);
    K key = 0;
    if constexpr (kIsFloat<T>) {
        memcpy(&key, &value, sizeof(T));
        const ComputeType<T> number = value;
        if (number != number)
            key = kMask;
        else if (number == 0)
            key = kSign;
        else
            key ^= (key & kSign) ? kMask : kSign;
    } else if constexpr (std::is_unsigned_v<T>)
        key = K(value);
    else
        key = (K(value) & kMask) ^ kSign;
    return descending ? K(~key & kMask) : key;
}

/// Sorts the rows that fit into M elements of shared memory with a bitonic network. Equal keys are told apart by their
/// places, so that the order is stable.
template <class T, int M> __device__ inline void sortShortRows(const SortArguments& a) {
    using K = SortKey<T>;
    __shared__ K keys[M];
    __shared__ int places[M];
    const T* x = static_cast<const T*>(a.x);
    const long long first = (long long)blockIdx.x * (M / a.padded);
    for (int i = threadIdx.x; i < M; i += blockDim.x) {
        const long long row = first + i / a.padded;
        const int at = i & (a.padded - 1);
        keys[i] = row < a.rows && at < a.count ? sortKey(x[row * a.count + at], a.descending != 0) : K(~K(0));
        places[i] = at; // those behind the row come last among equal keys
    }
    for (int size = 2; size <= a.padded; size *= 2)
        for (int by = size / 2; by > 0; by /= 2) {
            __syncthreads();
            for (int i = threadIdx.x; i < M / 2; i += blockDim.x) {
                const int low = 2 * i - (i & (by - 1)), high = low + by;
                const bool up = ((low & (a.padded - 1)) & size) == 0;
                const bool after = keys[low] > keys[high] || (keys[low] == keys[high] && places[low] > places[high]);
                if (after != up)
                    continue;
                const K key = keys[low];
                keys[low] = keys[high];
                keys[high] = key;
                const int place = places[low];
                places[low] = places[high];
                places[high] = place;
            }
        }
    __syncthreads();
    for (int i = threadIdx.x; i < M; i += blockDim.x) {
        const long long row = first + i / a.padded;
        const int at = i & (a.padded - 1);
        if (row >= a.rows || at >= a.keep)
            continue;
        static_cast<T*>(a.values)[row * a.keep + at] = x[row * a.count + places[i]];
        a.places[row * a.keep + at] = places[i];
    }
}
#endif

} // namespace fxscope::cuda
