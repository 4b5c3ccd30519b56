// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_device.h"

namespace fxscope::cuda {

// Kernels that move whole rows: the operators that the index rewrites are about. Rows lie behind one another; a row has
// `rowBytes` bytes. Indices are int64 in device memory. Floors are the bytes that any kernel must move.

/// Whether the program has machine code of these kernels for the device; else none of them runs.
bool hasCompiledKernels();

/// Indices outside the rows. None: the caller promises that there are none. Within: those outside [0, rows) are a
/// fault, and the row is left as it is. Wrapped: the same, but a negative one counts from the end.
enum class RowCheck { None, Within, Wrapped };

/// out[k] = x[index[k]]. Floor: `count` rows read, `count` rows written, the indices.
struct RowGather {
    void* out;
    const void* x;
    const int64_t* index;
    int64_t count, rowBytes, sourceRows;
    RowCheck check;
};
Result<Done> gatherRows(CudaDevice& device, const RowGather& rows);

/// out[index[k]] = values[k] in place; no two indices are the same, so there is nothing to add up and no order to keep.
/// Floor: `count` rows read and written, the indices.
struct RowStore {
    void* out;
    const void* values;
    const int64_t* index;
    int64_t count, rowBytes, targetRows;
    RowCheck check;
};
Result<Done> storeRows(CudaDevice& device, const RowStore& rows);

/// out[index[k]] += alpha * y[k] by atomic additions: indices may repeat, sums have no fixed order. What index_add does
/// without a promise. Not for every dtype: see takesRowSums.
struct RowSums {
    void* out;
    const void* y;
    const int64_t* index;
    int64_t count, rowElements, targetRows;
    DType dtype;
    double alpha;
};
Result<Done> addRowsAtomically(CudaDevice& device, const RowSums& rows);

/// out[i] = x[i] + alpha * y[inverse[i]], or x[i] where inverse[i] is negative: index_add of unique indices in one
/// pass. Floor: x and y read, out written. `inverse` is int32 (see inverseOf).
struct RowAdd {
    void* out;
    const void* x;
    const void* y;
    const int32_t* inverse;
    int64_t rows, rowElements;
    DType dtype;
    double alpha;
};
Result<Done> addRowsOnce(CudaDevice& device, const RowAdd& rows);
/// inverse[index[k]] = k, -1 elsewhere; `rows` below 2^31.
Result<Done> inverseOf(CudaDevice& device, int32_t* inverse, int64_t rows, const int64_t* index, int64_t count,
                       RowCheck check);

/// Dtypes that addRowsOnce and addRowsAtomically add.
bool takesRowSums(DType dtype);

// --- launch shapes, for tests without a device

/// How rows are cut: pieces of `unit` bytes (16 where rows and addresses allow), `pieces` a row.
struct RowPieces {
    int unit;
    int64_t pieces;
};
constexpr RowPieces rowPieces(int64_t rowBytes, uint64_t addresses) {
    int unit = 16;
    while (unit > 1 && (rowBytes % unit != 0 || addresses % static_cast<uint64_t>(unit) != 0))
        unit /= 2;
    return {unit, rowBytes / unit};
}

} // namespace fxscope::cuda
