// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/device_sort.h"

#include <cub/device/device_radix_sort.cuh>
#include <cub/device/device_segmented_radix_sort.cuh>
#include <cuda/std/functional>
#include <thrust/iterator/counting_iterator.h>
#include <thrust/iterator/transform_iterator.h>

// Note [Long rows]
// One sort over the whole device is faster than a block per row where rows are few or long; CUB's segmented sort gives
// each row to one block, which keeps the card busy from about as many rows on as it has multiprocessors.

namespace fxscope::cuda {
namespace {

constexpr int64_t kRowsForBlocks = 64, kLongForBlocks = int64_t(1) << 20;

/// Where row `row` begins.
struct RowStart {
    int64_t count;
    __host__ __device__ int64_t operator()(int64_t row) const { return row * count; }
};

template <class Key> cudaError_t sortEach(void* temporary, size_t& bytes, const LongRows& r, cudaStream_t stream) {
    const auto* keys = static_cast<const Key*>(r.keys);
    auto* sorted = static_cast<Key*>(r.sortedKeys);
    for (int64_t row = 0; row < r.rows; ++row) {
        const int64_t at = row * r.count;
        const cudaError_t answer =
            cub::DeviceRadixSort::SortPairs(temporary, bytes, keys + at, sorted + at, r.places + at,
                                            r.sortedPlaces + at, static_cast<int>(r.count), 0, r.bits, stream);
        if (answer != cudaSuccess || !temporary)
            return answer;
    }
    return cudaSuccess;
}

template <class Key> cudaError_t sortTogether(void* temporary, size_t& bytes, const LongRows& r, cudaStream_t stream) {
    const auto starts = thrust::make_transform_iterator(thrust::make_counting_iterator<int64_t>(0), RowStart{r.count});
    return cub::DeviceSegmentedRadixSort::SortPairs(temporary, bytes, static_cast<const Key*>(r.keys),
                                                    static_cast<Key*>(r.sortedKeys), r.places, r.sortedPlaces,
                                                    r.rows * r.count, r.rows, starts, starts + 1, 0, r.bits, stream);
}

template <class Key> cudaError_t sortKeys(void* temporary, size_t& bytes, const LongRows& r, cudaStream_t stream) {
    if (r.rows >= kRowsForBlocks && r.count < kLongForBlocks)
        return sortTogether<Key>(temporary, bytes, r, stream);
    return sortEach<Key>(temporary, bytes, r, stream);
}

} // namespace

cudaError_t sortLongRows(void* temporary, size_t& bytes, const LongRows& rows, cudaStream_t stream) {
    return rows.keyBytes == 8 ? sortKeys<uint64_t>(temporary, bytes, rows, stream)
                              : sortKeys<uint32_t>(temporary, bytes, rows, stream);
}

} // namespace fxscope::cuda
