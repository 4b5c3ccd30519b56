// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"
#include "core/ops/pool_util.h"

namespace fxscope::cuda {

/// Windows over the last dimensions (1 to 3) of a tensor, for kernels/windows.cuh.
using WindowAxes = std::vector<PoolAxis<int64_t>>;
template <size_t Dims> WindowAxes windowAxes(const std::array<PoolAxis<int64_t>, Dims>& axes) {
    return WindowAxes(axes.begin(), axes.end());
}
inline WindowAxes adaptiveAxes(size_t dims) { return WindowAxes(dims); }

/// Gives `elements` the tensor `read`, whose leading dimensions are those of the places, and lets its body see
///   plane    the first element of the plane that belongs to the place
///   axes     the windows: `in` and `out` are the sizes of the pooled tensor and of the result
///   place    the place in the last dimensions; missing ones come first
void readWindows(Elements& elements, const Tensor& read, const Sizes& in, const Sizes& out, const WindowAxes& axes);

/// The next of `elements.integers`, by name.
std::string addInteger(Elements& elements, int64_t value);

} // namespace fxscope::cuda
