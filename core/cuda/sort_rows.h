// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/elements.h"

namespace fxscope::cuda {

/// Sorts each row of `rows` (row-major [n, count]), stable; NaN counts as larger than every number. The first elements
/// of each sorted row go to `values`, the places they came from to `places` (int64), both row-major [n, keep] with keep
/// <= count. Error: a row of 2^31 elements.
Result<Done> sortRows(CudaDevice& device, const Tensor& rows, bool descending, const Tensor& values,
                      const Tensor& places);

/// Elements of a row that fit into the shared memory of a block.
inline constexpr int64_t kShortRow = 2048;

// --- for tests, which have no device
/// The source of the kernel for rows of up to `count` elements (at most kShortRow).
std::string shortSortSource(DType dtype, int64_t count);

} // namespace fxscope::cuda
