// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

namespace fxscope {

/// A tensor as rows along one dimension, row-major [rows, count]; a 0-dim tensor is one row of one element.
struct RowsAlong {
    Tensor rows;
    int64_t outer = 0, count = 0;
};

/// `x` seen with dimension `dim` last.
Result<Tensor> withDimLast(const Tensor& x, size_t dim);
/// The elements of `x`, those along `dim` behind one another. Copies unless they lie so already.
Result<RowsAlong> rowsAlong(const Tensor& x, size_t dim);
/// Writes rows (of `out`'s dtype, as `rowsAlong` gave them) back into `out`.
Result<Done> putRows(const Tensor& rows, Tensor& out, size_t dim);

} // namespace fxscope
