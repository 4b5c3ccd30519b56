// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/indexed.h"
#include "core/cuda/row_moves.h"

namespace fxscope::cuda {

// Indexing that moves whole rows, by the compiled kernels of row_moves.h. False: nothing was done, as it is not of that
// kind (see isWholeRows), and kernels that take any strides have to do it.

/// out = x[index], rows of the first dimension.
Result<bool> takeRows(CudaDevice& device, const Tensor& x, const Tensor& index, const Tensor& out,
                      Addressing::Entries check);
/// out[index] = values, rows of the first dimension; of several values for one row any may stay.
Result<bool> putRows(CudaDevice& device, const Tensor& out, const Tensor& index, const Tensor& values,
                     Addressing::Entries check);

/// Rows of `table` lie behind one another and so do the `moved` ones, one for each entry of `index`, which is int64;
/// they have 16 bytes or more. No tensor is empty.
bool isWholeRows(const Tensor& table, const Tensor& index, const Tensor& moved);

} // namespace fxscope::cuda
