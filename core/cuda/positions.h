// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/elements.h"

namespace fxscope::cuda {

/// Coordinates of what is not 0, in row-major order: int64 [count, rank], whose columns lie one behind the other. Waits
/// for the device, which counts first. Error: more than 16 dimensions.
Result<Tensor> nonzeroPlaces(CudaDevice& device, const Tensor& x);
/// The same as positions in row-major order: int64 [count].
Result<Tensor> nonzeroPositions(CudaDevice& device, const Tensor& x);

// --- for tests, which have no device
/// The source of the kernel that is `function` of kernels/positions.cuh: "countTile<float>", "sumTiles".
std::string positionsSource(std::string_view function);

} // namespace fxscope::cuda
