// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <array>

namespace fxscope {

/// One dimension of a pooling window.
template <class Int> struct PoolAxis { Int kernel = 1, stride = 1, padding = 0, dilation = 1; };

/// Both dimensions from arguments kernel_size, stride (empty: as the kernel), padding and, if `dilationAt` is not 0,
/// dilation; lists of one stand for both. Errors in PyTorch's meaning.
Result<std::array<PoolAxis<SymInt>, 2>> poolAxes(Metas args, size_t dilationAt);
Result<std::array<PoolAxis<int64_t>, 2>> poolAxes(Values args, size_t dilationAt);

/// Windows along a dimension: floor or (ceil mode) ceil of (in + 2 padding - reach) / stride, plus one; a last window
/// that would start in the right padding is left out. Error: less than one.
Result<SymInt> pooledSize(const SymInt& in, const PoolAxis<SymInt>& axis, bool ceilMode);

/// Sizes of `x` ([N,] C, H, W) with the last two replaced. Error: another rank, or no channels.
Result<SymSizes> imageSizes(const TensorMeta& x, const SymInt& height, const SymInt& width);

} // namespace fxscope
