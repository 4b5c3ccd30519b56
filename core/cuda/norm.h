// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/reduction.h"

namespace fxscope::cuda {

/// `x`, of sizes [n, c, ...] or with as many elements, as [n, groups, c / groups, positions...]. Error: it does not
/// have that many.
Result<Tensor> groupedView(CudaDevice& device, const Tensor& x, int64_t n, int64_t channels, int64_t groups);
/// A vector with one element per channel, seen in the same dimensions (`rank` of them).
Result<Tensor> groupedVector(const Tensor& vector, int64_t groups, size_t rank);
/// A tensor [n, groups], seen in the same dimensions.
Result<Tensor> groupedStatistic(const Tensor& statistic, int64_t n, int64_t groups, size_t rank);

/// A vector with one element per channel, seen in the dimensions [n, c, ...] (`rank` of them).
Result<Tensor> channelView(const Tensor& vector, size_t rank);
/// Every dimension but the second: what batch norm reduces over.
DimSet allButChannels(size_t rank);

} // namespace fxscope::cuda
