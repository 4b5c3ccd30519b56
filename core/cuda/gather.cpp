// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"

// An index of the places' own shape along one dimension: gather, scatter, scatter_add.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

/// The element of `x` that each entry of `index` chooses along `dim`.
Addressing alongDim(const Tensor& x, size_t dim, const Tensor& index) {
    Addressing result{.base = x, .strides = Sizes(index.dim(), 0), .indices = {}, .check = Addressing::Entries::Within};
    for (size_t d = 0; d < index.dim() && d < x.dim(); ++d)
        result.strides[d] = d == dim ? 0 : x.strides()[d];
    result.indices.push_back({index, x.dim() ? x.size(dim) : 1, x.dim() ? x.strides()[dim] : 0});
    return result;
}

Taken runGather(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), x.dim()));
    if (out[0].numel() > 0)
        FX_CHECK(take(call.device, alongDim(x, dim, args[2].tensor()), out[0]));
    return std::optional(resultOf(std::move(out)));
}

/// The part of `source` that `index` covers. Nothing: it is smaller.
Result<std::optional<Tensor>> covered(const Tensor& source, const Tensor& index) {
    if (source.dim() != index.dim())
        return std::optional<Tensor>();
    for (size_t d = 0; d < index.dim(); ++d)
        if (source.size(d) < index.size(d))
            return std::optional<Tensor>();
    FX_TRY(Tensor part, source.asStrided(index.sizes(), source.strides(), source.offset()));
    return std::optional(std::move(part));
}

Result<std::optional<Tensor>> sourceOfScatter(Values args, const Tensor& self, Call& call) {
    const Tensor& index = args[2].tensor();
    if (args[3].isTensor())
        return covered(args[3].tensor(), index);
    FX_TRY(Tensor same, repeated(call.device, args[3], self.dtype(), index.sizes()));
    return std::optional(std::move(same));
}

/// self, written to; `self` is a copy of the first argument or that argument itself.
Taken scatterInto(Tensor self, bool sum, Values args, Call& call) {
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), self.dim()));
    const Tensor& index = args[2].tensor();
    if (index.numel() == 0)
        return std::optional(Value(self));
    FX_TRY(const auto source, sourceOfScatter(args, self, call));
    if (!source)
        return std::optional<Value>();
    const Addressing to = alongDim(self, dim, index);
    FX_CHECK(sum ? add(call.device, to, *source) : put(call.device, to, *source));
    return std::optional(Value(self));
}

template <bool Sum> Taken runScatter(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_CHECK(call.device.copy(args[0].tensor(), out[0]));
    return scatterInto(out[0], Sum, args, call);
}

Taken runScatterAddInPlace(const OpDef&, Values args, Call& call) {
    static const OpDef* const functional = findOp(Target("torch.ops.aten.scatter_add.default"));
    if (!functional->infer(metaArgs(args)).ok() || !checkWritable(args[0].tensor()).ok())
        return std::optional<Value>();
    const Tensor& self = args[0].tensor();
    if (args[2].tensor().storage() == self.storage() || !args[3].isTensor() ||
        args[3].tensor().storage() == self.storage())
        return std::optional<Value>(); // reads what it writes
    return scatterInto(self, true, args, call);
}

} // namespace

const CudaKernel gather_default{"torch.ops.aten.gather.default", runGather};
const CudaKernel scatter_src{"torch.ops.aten.scatter.src", runScatter<false>};
const CudaKernel scatter_value{"torch.ops.aten.scatter.value", runScatter<false>};
const CudaKernel scatter_add{"torch.ops.aten.scatter_add.default", runScatter<true>};
const CudaKernel scatter_add_{"torch.ops.aten.scatter_add_.default", runScatterAddInPlace};

} // namespace fxscope::cuda
