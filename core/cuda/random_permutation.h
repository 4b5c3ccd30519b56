// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_device.h"
#include "core/cuda/philox.h"

namespace fxscope::cuda {

/// out = a permutation of 0 ... n-1, n = out.numel(), as PyTorch's CUDA generator draws it (Note in randperm.h). `out`
/// is row-major. Advances `state`. Up to kOneBlock
/// elements are one kernel; larger ones are sorted by CUB. Error: n beyond kRandpermLimit, bfloat16, bool or a complex
/// dtype.
inline constexpr int64_t kOneBlock = 8192;
Result<Done> drawPermutation(CudaDevice& device, const Tensor& out, PhiloxState& state);

} // namespace fxscope::cuda
