// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"

// diff(self, n, dim, prepend, append): x_(i + 1) - x_i along a dimension, n times; of bool whether they differ.

namespace fxscope::cuda {
namespace {

/// One difference along `dim`, which has an element at least.
Result<Tensor> differences(CudaDevice& device, const Tensor& x, size_t dim) {
    Sizes sizes = x.sizes();
    --sizes[dim];
    FX_TRY(Tensor next, device.pool().empty(x.dtype(), sizes));
    FX_TRY(const Tensor lower, x.asStrided(sizes, x.strides(), x.offset()));
    FX_TRY(const Tensor upper, x.asStrided(sizes, x.strides(), x.offset() + (sizes[dim] ? x.strides()[dim] : 0)));
    FX_CHECK(launch(device, {.outputs = {next},
                             .inputs = {upper, lower},
                             .body = "if constexpr (std::same_as<O0, bool>) out0 = in0 != in1; else { using C = "
                                     "ComputeType<O0>; out0 = castTo<O0>(C(C(in0) - C(in1))); }"}));
    return next;
}

Result<std::optional<Value>> runDiff(const OpDef& op, Values args, Call& call) {
    const OpDef* const join = findOp(Target("torch.ops.aten.cat.default"));
    if (!isTensorAt(args, 0) || !join)
        return std::optional<Value>();
    FX_TRY(const ValueMeta meta, op.infer(metaArgs(args)));
    if (deviceType(meta.tensor().dtype).empty())
        return std::optional<Value>();
    FX_TRY(const size_t dim, wrapDim(args[2].toInt(), meta.tensor().sizes.size()));
    ValueList parts;
    for (const size_t i : {size_t(3), size_t(0), size_t(4)})
        if (!isNoneAt(args, i))
            parts.push_back(args[i]);
    const std::array<Value, 2> whole{Value(std::move(parts)), Value(static_cast<int64_t>(dim))};
    const UseMemory here(&call.device);
    FX_TRY(const Value start, join->reference(whole, call.context));
    Tensor x = start.tensor();
    for (int64_t n = args[1].toInt(); n > 0 && x.size(dim) > 0; --n) {
        FX_TRY(x, differences(call.device, x, dim));
    }
    return std::optional(Value(x));
}

} // namespace

const CudaKernel diff_default{"torch.ops.aten.diff.default", runDiff};

} // namespace fxscope::cuda
