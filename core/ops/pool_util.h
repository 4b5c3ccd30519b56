// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <array>

namespace fxscope {

/// One dimension of a pooling window.
template <class Int> struct PoolAxis { Int kernel = 1, stride = 1, padding = 0, dilation = 1; };

/// The dimensions (2 or 3) from arguments kernel_size (argument `first`), stride (empty: as the kernel), padding and,
/// if `dilationAt` is not 0, dilation; lists of one stand for all. Errors in PyTorch's meaning.
template <size_t Dims = 2>
Result<std::array<PoolAxis<SymInt>, Dims>> poolAxes(Metas args, size_t dilationAt, size_t first = 1);
template <size_t Dims = 2>
Result<std::array<PoolAxis<int64_t>, Dims>> poolAxes(Values args, size_t dilationAt, size_t first = 1);

/// Windows along a dimension: floor or (ceil mode) ceil of (in + 2 padding - reach) / stride, plus one; a last window
/// that would start in the right padding is left out. Error: less than one.
Result<SymInt> pooledSize(const SymInt& in, const PoolAxis<SymInt>& axis, bool ceilMode);

/// Sizes of `x` ([N,] C, and the dimensions that are pooled) with the last ones replaced. Error: another rank, or an
/// empty dimension other than N.
Result<SymSizes> pooledSizes(const TensorMeta& x, const SymSizes& last);
/// The same for images, [N,] C, H, W.
Result<SymSizes> imageSizes(const TensorMeta& x, const SymInt& height, const SymInt& width);

} // namespace fxscope
