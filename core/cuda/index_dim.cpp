// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/whole_rows.h"

// One index tensor along one dimension: index_select, embedding, index_add, index_copy, index_fill.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;
using Entries = Addressing::Entries;

bool isRight(const OpDef& op, Values args) {
    return op.infer(metaArgs(args)).ok() && !deviceType(args[0].tensor().dtype()).empty();
}

/// The part of `x` that each entry of `index` chooses along `dim`, over places of these sizes.
Result<Addressing> partsOf(const Tensor& x, size_t dim, const Tensor& index, const Sizes& sizes, Entries check) {
    Addressing result{.base = x, .strides = Sizes(sizes.size(), 0), .indices = {}, .check = check};
    for (size_t d = 0; d < sizes.size() && d < x.dim(); ++d)
        result.strides[d] = d == dim ? 0 : x.strides()[d];
    FX_TRY(Tensor entries, spreadAlong(index, dim, sizes));
    result.indices.push_back({std::move(entries), x.dim() ? x.size(dim) : 1, x.dim() ? x.strides()[dim] : 0});
    return result;
}

Taken runIndexSelect(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), x.dim()));
    bool done = out[0].numel() == 0;
    if (dim == 0 && !done) {
        FX_TRY(done, takeRows(call.device, x, args[2].tensor(), out[0], Entries::Within));
    }
    if (!done) {
        FX_TRY(const Addressing from, partsOf(x, dim, args[2].tensor(), out[0].sizes(), Entries::Within));
        FX_CHECK(take(call.device, from, out[0]));
    }
    return std::optional(resultOf(std::move(out)));
}

/// embedding(weight, indices): rows of weight, any shape of indices
Taken runEmbedding(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor &weight = args[0].tensor(), &indices = args[1].tensor();
    bool done = out[0].numel() == 0;
    if (!done) {
        FX_TRY(done, takeRows(call.device, weight, indices, out[0], Entries::Within));
    }
    if (done)
        return std::optional(resultOf(std::move(out)));
    Sizes strides = indices.strides();
    strides.push_back(0);
    FX_TRY(Tensor entries, indices.asStrided(out[0].sizes(), std::move(strides), indices.offset()));
    Addressing from{.base = weight, .strides = Sizes(out[0].dim(), 0), .indices = {}, .check = Entries::Within};
    from.strides.back() = weight.strides()[1];
    from.indices.push_back({std::move(entries), weight.size(0), weight.strides()[0]});
    FX_CHECK(take(call.device, from, out[0]));
    return std::optional(resultOf(std::move(out)));
}

// --- index_add(self, dim, index, source, alpha), index_copy(self, dim, index, source)

Result<Done> addParts(const Tensor& self, Values args, Call& call) {
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), self.dim()));
    const Tensor& source = args[3].tensor();
    if (source.numel() == 0)
        return Done{};
    FX_TRY(const Addressing to, partsOf(self, dim, args[2].tensor(), source.sizes(), Entries::Within));
    FX_TRY(const Number alpha, numberOf(args[4], self.dtype()));
    FX_TRY(const Number one, numberOf(Value(int64_t(1)), self.dtype()));
    return add(call.device, to, source, alpha.bytes == one.bytes ? std::nullopt : std::optional(alpha));
}

Taken runIndexAdd(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args) || !numberOf(args[4], args[0].tensor().dtype()).ok())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_CHECK(call.device.copy(args[0].tensor(), out[0]));
    FX_CHECK(addParts(out[0], args, call));
    return std::optional(resultOf(std::move(out)));
}

Taken runIndexAddInPlace(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args) || !checkWritable(args[0].tensor()).ok() ||
        !numberOf(args[4], args[0].tensor().dtype()).ok())
        return std::optional<Value>();
    const Tensor& self = args[0].tensor();
    std::vector<Value> apart(args.begin(), args.end());
    for (const size_t i : {2, 3}) // what is read while self changes
        if (apart[i].tensor().storage() == self.storage()) {
            FX_TRY(Tensor copy, copied(call.device, apart[i].tensor()));
            apart[i] = Value(std::move(copy));
        }
    FX_CHECK(addParts(self, apart, call));
    return std::optional(args[0]);
}

Taken runIndexCopy(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_CHECK(call.device.copy(args[0].tensor(), out[0]));
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), out[0].dim()));
    const Tensor& source = args[3].tensor();
    bool done = source.numel() == 0;
    if (dim == 0 && !done) {
        FX_TRY(done, putRows(call.device, out[0], args[2].tensor(), source, Entries::Within));
    }
    if (!done) {
        FX_TRY(const Addressing to, partsOf(out[0], dim, args[2].tensor(), source.sizes(), Entries::Within));
        FX_CHECK(put(call.device, to, source));
    }
    return std::optional(resultOf(std::move(out)));
}

/// index_fill(self, dim, index, value): a negative entry counts from the end
Taken runIndexFill(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args) || (!args[3].isTensor() && !numberOf(args[3], args[0].tensor().dtype()).ok()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_CHECK(call.device.copy(args[0].tensor(), out[0]));
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), out[0].dim()));
    Sizes sizes = out[0].sizes();
    if (!sizes.empty())
        sizes[dim] = args[2].tensor().numel();
    if (elementCount(sizes).value_or(0) > 0 && args[2].tensor().numel() > 0) {
        FX_TRY(const Tensor value, repeated(call.device, args[3], out[0].dtype(), sizes));
        FX_TRY(const Addressing to, partsOf(out[0], dim, args[2].tensor(), sizes, Entries::Wrapped));
        FX_CHECK(put(call.device, to, value));
    }
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel index_select{"torch.ops.aten.index_select.default", runIndexSelect};
const CudaKernel embedding_default{"torch.ops.aten.embedding.default", runEmbedding};
const CudaKernel index_add{"torch.ops.aten.index_add.default", runIndexAdd};
const CudaKernel index_add_{"torch.ops.aten.index_add_.default", runIndexAddInPlace};
const CudaKernel index_copy{"torch.ops.aten.index_copy.default", runIndexCopy};
const CudaKernel index_fill_int_Scalar{"torch.ops.aten.index_fill.int_Scalar", runIndexFill};
const CudaKernel index_fill_int_Tensor{"torch.ops.aten.index_fill.int_Tensor", runIndexFill};

} // namespace fxscope::cuda
