// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/elements.h"
#include "core/ops/kernel_util.h"

#include <optional>

namespace fxscope::cuda {

/// What a kernel of the device may use besides its arguments.
struct Call {
    CudaDevice& device;
    KernelContext& context;
};

/// A kernel for one operator, listed in cuda_kernels.def. Tensors are on the device. Nothing (std::nullopt) is "not
/// this call": the operator's reference kernel then runs on the host, which also says what is wrong with wrong calls.
struct CudaKernel {
    std::string_view target;
    Result<std::optional<Value>> (*run)(const OpDef& op, Values args, Call& call);
};

/// The kernel of a target, or null.
const CudaKernel* findCudaKernel(Target target);

/// Results of the operator's shape rule, uninitialised, on the device. Error: a wrong call.
Result<std::vector<Tensor>> allocateResults(const OpDef& op, Values args, CudaDevice& device);
/// A tensor, or a list of them if there are several.
Value resultOf(std::vector<Tensor> tensors);

/// A row-major tensor with these elements in this dtype: itself if it is that.
Result<Tensor> contiguous(CudaDevice& device, const Tensor& x, DType dtype);
inline Result<Tensor> contiguous(CudaDevice& device, const Tensor& x) { return contiguous(device, x, x.dtype()); }

#define CUDA_KERNEL(x) extern const CudaKernel x;
#include "core/cuda/cuda_kernels.def"

#undef CUDA_KERNEL

} // namespace fxscope::cuda
