// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"

namespace fxscope::cuda {

/// y_k = sum of x_j e^(-2 pi i j k / n) along each of `dims` (+ in the exponent: not forward), not scaled. Complex, of
/// x's sizes and any strides; x is not changed.
Result<Tensor> fourierTransform(CudaDevice& device, const Tensor& x, const std::vector<size_t>& dims, bool forward);

/// The same by cuFFT, in the precision of x. Nothing: there is none, or it refuses.
Result<std::optional<Tensor>> fourierByLibrary(CudaDevice& device, const Tensor& x, const std::vector<size_t>& dims,
                                               bool forward);
/// By kernels of our own, in complex128.
Result<Tensor> fourierByFactors(CudaDevice& device, const Tensor& x, const std::vector<size_t>& dims, bool forward);

} // namespace fxscope::cuda
