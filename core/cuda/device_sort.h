// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace fxscope::cuda {

/// Sorts long rows of unsigned keys, stable and ascending, by CUB's radix sort. Sizes: rows * count elements each.
struct LongRows {
    const void* keys; ///< of `keyBytes` (4 or 8) bytes, of which the lowest `bits` count
    void* sortedKeys;
    const int32_t* places;
    int32_t* sortedPlaces;
    int64_t rows, count; ///< count below 2^31
    int keyBytes, bits;
};
/// With `temporary` null: writes how many bytes of it are needed. An answer other than success: nothing was sorted; a
/// card that these kernels were not built for has none of them.
cudaError_t sortLongRows(void* temporary, size_t& bytes, const LongRows& rows, cudaStream_t stream);

} // namespace fxscope::cuda
