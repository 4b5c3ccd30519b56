// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"
#include "core/ops/conv_shape.h"

namespace fxscope::cuda {

// A convolution y = conv(x, w) + bias and its gradients. `shape` is that of y from x, also for gradients. Tensors have
// a batch and are of one dtype; w is row-major. Every function writes its first tensor.

/// y; `columns`: rounded as where PyTorch's CPU goes through columns (see core/ops/conv.cpp).
Result<Done> convolve(CudaDevice& device, const Tensor& y, const Tensor& x, const Tensor& w,
                      const std::optional<Tensor>& bias, const ConvShape& shape, bool columns);
Result<Done> inputGradient(CudaDevice& device, const Tensor& dx, const Tensor& g, const Tensor& w,
                           const ConvShape& shape);
Result<Done> weightGradient(CudaDevice& device, const Tensor& dw, const Tensor& g, const Tensor& x,
                            const ConvShape& shape);
Result<Done> biasGradient(CudaDevice& device, const Tensor& db, const Tensor& g, const ConvShape& shape);

// The same by cuDNN, without the bias of y. Whether it was done: not without cuDNN, and not for what it refuses.
Result<bool> convolveByLibrary(CudaDevice& device, const Tensor& y, const Tensor& x, const Tensor& w,
                               const ConvShape& shape);
Result<bool> inputGradientByLibrary(CudaDevice& device, const Tensor& dx, const Tensor& g, const Tensor& w,
                                    const ConvShape& shape);
Result<bool> weightGradientByLibrary(CudaDevice& device, const Tensor& dw, const Tensor& g, const Tensor& x,
                                     const ConvShape& shape);
Result<bool> biasGradientByLibrary(CudaDevice& device, const Tensor& db, const Tensor& g, const ConvShape& shape);

} // namespace fxscope::cuda
