// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"

#include <unordered_map>

namespace fxscope::cuda {

const CudaKernel* findCudaKernel(Target target) {
    static const auto table = [] {
        std::unordered_map<const std::string*, const CudaKernel*> kernels; // targets are unique strings
#define CUDA_KERNEL(x) kernels.emplace(&Target(x.target).str(), &x);
#include "core/cuda/cuda_kernels.def"
#undef CUDA_KERNEL
        return kernels;
    }();
    const auto found = table.find(&target.str());
    return found == table.end() ? nullptr : found->second;
}

Result<std::vector<Tensor>> allocateResults(const OpDef& op, Values args, CudaDevice& device) {
    FX_TRY(const ValueMeta meta, op.infer(metaArgs(args)));
    std::vector<Tensor> results;
    if (meta.isTensor()) {
        FX_TRY(Tensor one, device.allocate(meta.tensor()));
        results.push_back(std::move(one));
        return results;
    }
    for (const ValueMeta& item : meta.items()) {
        FX_TRY(Tensor one, device.allocate(item.tensor()));
        results.push_back(std::move(one));
    }
    return results;
}

Value resultOf(std::vector<Tensor> tensors) {
    if (tensors.size() == 1)
        return Value(std::move(tensors.front()));
    ValueList list;
    for (Tensor& tensor : tensors)
        list.emplace_back(std::move(tensor));
    return Value(std::move(list));
}

Result<Tensor> contiguous(CudaDevice& device, const Tensor& x, DType dtype) {
    if (x.dtype() == dtype && x.isContiguous())
        return x;
    FX_TRY(Tensor made, device.pool().empty(dtype, x.sizes()));
    FX_CHECK(device.copy(x, made));
    return made;
}

} // namespace fxscope::cuda
