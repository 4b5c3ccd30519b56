// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/indexing.h"
#include "core/ops/sum.h"
#include "core/ops/words.h"

#include <cstring>

// index, index_put and the forms without bounds checks. The reference checks bounds in those too: what PyTorch leaves
// undefined is an error here.

namespace fxscope::ops {
namespace {

Result<ValueMeta> inferIndex(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const IndexMetas indices, optionalTensorsAt(args, 1));
    FX_TRY(TensorMeta result, indexedMeta(x, indices));
    return ValueMeta::tensor(std::move(result));
}

/// y[...] = x[indices], element by element.
Result<Value> index(Values args, KernelContext&) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_TRY(const IndexTensors given, optionalTensorsAt(args, 1));
    FX_TRY(const IndexTensors indices, expandMasks(x, given));
    FX_TRY(const Indexing plan, planIndexing(x, indices));
    FX_TRY(Tensor out, allocate(plan.result));
    const size_t width = bytesOf(x.dtype());
    const std::byte* from = x.raw();
    std::byte* to = out.raw();
    forEachIndexed(plan, out.strides(), [&](int64_t n, int64_t inX, int64_t stepX, int64_t inOut, int64_t stepOut) {
        const auto w = static_cast<int64_t>(width);
        if (stepX == 1 && stepOut == 1)
            std::memcpy(to + inOut * w, from + inX * w, static_cast<size_t>(n) * width);
        else
            for (int64_t i = 0; i < n; ++i)
                std::memcpy(to + (inOut + i * stepOut) * w, from + (inX + i * stepX) * w, width);
    });
    return Value(out);
}

// --- index_put(self, indices, values, accumulate)

Result<Done> checkPut(const TensorMeta& self, const TensorMeta& values) {
    if (self.dtype != values.dtype)
        return Diagnostic{"Index put requires the source and destination dtypes match, got " +
                              std::string(scalarTypeName(self.dtype)) + " for the destination and " +
                              std::string(scalarTypeName(values.dtype)) + " for the source.",
                          "", ""};
    return Done{};
}

/// Can `values` be repeated to the shape of self[indices]?
Result<Done> checkValues(const TensorMeta& target, const TensorMeta& values) {
    const Diagnostic mismatch{"shape mismatch: value tensor of shape " + sizesText(values.sizes) +
                                  " cannot be broadcast to indexing result of shape " + sizesText(target.sizes),
                              "", ""};
    if (values.sizes.size() > target.sizes.size())
        return mismatch;
    const size_t added = target.sizes.size() - values.sizes.size();
    for (size_t d = 0; d < values.sizes.size(); ++d) {
        const SymInt &size = values.sizes[d], &wanted = target.sizes[added + d];
        if (!size.is(1) && size.isConstant() && wanted.isConstant() && !(size == wanted))
            return mismatch;
    }
    return Done{};
}

Result<ValueMeta> inferIndexPut(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const IndexMetas indices, optionalTensorsAt(args, 1));
    FX_TRY(const TensorMeta values, tensorAt(args, 2));
    FX_CHECK(checkPut(self, values));
    if (const auto target = indexedMeta(self, indices); target.ok()) // not where a mask hides the count
        FX_CHECK(checkValues(*target, values));
    return inferSameAsFirst(args);
}

Result<ValueMeta> inferIndexPutInPlace(Metas args) {
    FX_CHECK(inferIndexPut(args));
    FX_TRY(TensorMeta self, tensorAt(args, 0));
    return ValueMeta::tensor(std::move(self));
}

/// Writes in the order of the index tensors: of several values for one place the last one stays, or all are added.
Result<Done> putInto(Tensor& self, const IndexTensors& given, const Tensor& values, bool accumulate) {
    FX_CHECK(checkPut(self.meta(), values.meta()));
    FX_TRY(const IndexTensors indices, expandMasks(self, given));
    FX_TRY(const Indexing plan, planIndexing(self, indices));
    FX_CHECK(checkValues(plan.result, values.meta()));
    FX_TRY(const Tensor source, expandTo(values, plan.sizes()));
    return dispatch<DTypes::All>(self.dtype(), [&]<class T>() -> Result<Done> {
        T* to = self.data<T>();
        const T* from = source.data<T>();
        forEachIndexed(plan, source.strides(),
                       [&](int64_t n, int64_t at, int64_t step, int64_t inSource, int64_t sourceStep) {
                           for (int64_t i = 0; i < n; ++i) {
                               T& place = to[at + i * step];
                               const T& value = from[inSource + i * sourceStep];
                               place = accumulate ? sumOf(place, value) : value;
                           }
                       });
        return Done{};
    });
}

Result<Value> indexPutInPlace(Values args, KernelContext&) {
    FX_TRY(Tensor self, tensorAt(args, 0));
    FX_TRY(const IndexTensors indices, optionalTensorsAt(args, 1));
    FX_TRY(const Tensor values, tensorAt(args, 2));
    FX_TRY(const bool accumulate, boolAt(args, 3));
    FX_CHECK(checkWritable(self));
    FX_TRY(const Tensor apart, values.clone()); // may share memory with self
    FX_CHECK(putInto(self, indices, apart, accumulate));
    return Value(self);
}

Result<Value> indexPut(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferSameAsFirst, args));
    FX_TRY(const IndexTensors indices, optionalTensorsAt(args, 1));
    FX_TRY(const Tensor values, tensorAt(args, 2));
    FX_TRY(const bool accumulate, boolAt(args, 3));
    FX_CHECK(copyInto(args[0].tensor(), out));
    FX_CHECK(putInto(out, indices, values, accumulate));
    return Value(out);
}

} // namespace

const OpDef index_Tensor{.target = "torch.ops.aten.index.Tensor", .infer = inferIndex, .reference = index};
const OpDef _unsafe_index{.target = "torch.ops.aten._unsafe_index.Tensor", .infer = inferIndex, .reference = index};
const OpDef index_put{.target = "torch.ops.aten.index_put.default", .infer = inferIndexPut, .reference = indexPut};
const OpDef index_put_{
    .target = "torch.ops.aten.index_put_.default", .infer = inferIndexPutInPlace, .reference = indexPutInPlace};
const OpDef _unsafe_index_put{
    .target = "torch.ops.aten._unsafe_index_put.default", .infer = inferIndexPut, .reference = indexPut};

} // namespace fxscope::ops
