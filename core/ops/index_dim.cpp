// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/indexing.h"
#include "core/ops/sum.h"
#include "core/ops/words.h"

#include <map>

// One index tensor along one dimension: index_select, index_add, index_copy, embedding.

namespace fxscope::ops {
namespace {

Result<size_t> dimOf(Metas args, const TensorMeta& x) {
    FX_TRY(const int64_t dim, intAt(args, 1));
    return wrapDim(dim, x.sizes.size());
}
Result<size_t> dimOf(Values args, const Tensor& x) {
    FX_TRY(const int64_t dim, intAt(args, 1));
    return wrapDim(dim, x.dim());
}

Result<Done> checkIndexType(DType dtype, std::string_view op) {
    if (dtype == DType::Int64 || dtype == DType::Int32)
        return Done{};
    return Diagnostic{std::string(op) + "(): Expected dtype int32 or int64 for index, got " +
                          std::string(scalarTypeName(dtype)),
                      "", ""};
}

/// The part of `x` at position `i` of dimension `dim` (a 0-dim tensor is its own only part).
Result<Tensor> partOf(const Tensor& x, size_t dim, int64_t i) {
    if (x.dim() == 0)
        return x;
    Sizes sizes = x.sizes(), strides = x.strides();
    const int64_t offset = x.offset() + i * strides[dim];
    sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(dim));
    strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(dim));
    return x.asStrided(std::move(sizes), std::move(strides), offset);
}

/// Entries of a 1-d (or 0-d) index that must be in [0, size): these operators do not count from the end. `dim` is
/// named in the error where PyTorch names it.
Result<std::vector<int64_t>> entriesOf(const Tensor& index, int64_t size, std::optional<size_t> dim = {}) {
    FX_TRY(const Tensor wide, castTensor(index, DType::Int64));
    FX_TRY(const Tensor row, wide.contiguous());
    std::vector<int64_t> entries(row.data<int64_t>(), row.data<int64_t>() + row.numel());
    for (const int64_t entry : entries)
        if (entry < 0 || entry >= size)
            return dim ? Diagnostic{"index " + std::to_string(entry) + " is out of bounds for dimension " +
                                        std::to_string(*dim) + " with size " + std::to_string(size),
                                    "", ""}
                       : Diagnostic{"index out of range in self", "",
                                    "entry " + std::to_string(entry) + ", size " + std::to_string(size)};
    return entries;
}

// --- index_select(self, dim, index)

Result<ValueMeta> inferIndexSelect(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimOf(args, x));
    FX_TRY(const TensorMeta index, tensorAt(args, 2));
    FX_CHECK(checkIndexType(index.dtype, "index_select"));
    if (index.sizes.size() > 1)
        return Diagnostic{"index_select(): Index is supposed to be a vector", "", ""};
    SymSizes sizes = x.sizes;
    if (!sizes.empty())
        sizes[dim] = numelOf(index.sizes);
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

Result<Value> indexSelect(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIndexSelect, args));
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimOf(args, x));
    FX_TRY(const Tensor index, tensorAt(args, 2));
    FX_TRY(const auto entries, entriesOf(index, x.dim() ? x.size(dim) : 1));
    for (size_t i = 0; i < entries.size(); ++i) {
        FX_TRY(const Tensor from, partOf(x, dim, entries[i]));
        FX_TRY(Tensor to, partOf(out, dim, static_cast<int64_t>(i)));
        FX_CHECK(copyInto(from, to));
    }
    return Value(out);
}

// --- embedding(weight, indices, padding_idx, ...): weight[indices], any shape of indices

Result<ValueMeta> inferEmbedding(Metas args) {
    FX_TRY(const TensorMeta weight, tensorAt(args, 0));
    FX_TRY(const TensorMeta indices, tensorAt(args, 1));
    FX_CHECK(checkIndexType(indices.dtype, "embedding"));
    if (weight.sizes.size() != 2)
        return Diagnostic{"'weight' must be 2-D", "", ""};
    SymSizes sizes = indices.sizes;
    sizes.push_back(weight.sizes[1]);
    return ValueMeta::tensor(newMeta(weight.dtype, std::move(sizes), &weight));
}

Result<Value> embedding(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferEmbedding, args));
    FX_TRY(const Tensor weight, tensorAt(args, 0));
    FX_TRY(const Tensor indices, tensorAt(args, 1));
    FX_TRY(const auto entries, entriesOf(indices, weight.size(0)));
    const int64_t width = weight.size(1);
    for (size_t i = 0; i < entries.size(); ++i) {
        FX_TRY(const Tensor from, partOf(weight, 0, entries[i]));
        FX_TRY(Tensor to, out.asStrided({width}, {1}, static_cast<int64_t>(i) * width));
        FX_CHECK(copyInto(from, to));
    }
    return Value(out);
}

// --- index_add(self, dim, index, source, alpha): self[index[i]] += alpha * source[i], i ascending

Result<ValueMeta> inferWriteAlong(Metas args, std::string_view op) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimOf(args, self));
    FX_TRY(const TensorMeta index, tensorAt(args, 2));
    FX_TRY(const TensorMeta source, tensorAt(args, 3));
    FX_CHECK(checkIndexType(index.dtype, op));
    if (self.dtype != source.dtype)
        return Diagnostic{std::string(op) + "(): self (" + std::string(scalarTypeName(self.dtype)) + ") and source (" +
                              std::string(scalarTypeName(source.dtype)) + ") must have the same scalar type",
                          "", ""};
    if (index.sizes.size() > 1)
        return Diagnostic{std::string(op) + "(): Index is supposed to be a vector", "", ""};
    const SymInt along = source.sizes.empty() ? SymInt(1) : dim < source.sizes.size() ? source.sizes[dim] : SymInt(0);
    if (differ(numelOf(index.sizes), along))
        return Diagnostic{std::string(op) + "(): Number of indices (" + numelOf(index.sizes).str() +
                              ") should be equal to source.size(dim): (" + along.str() +
                              "), for dim: " + std::to_string(dim),
                          "", ""};
    for (size_t d = 0; d < self.sizes.size(); ++d)
        if (d != dim && (source.sizes.size() != self.sizes.size() || differ(self.sizes[d], source.sizes[d])))
            return Diagnostic{"source tensor shape must match self tensor shape, excluding the specified dimension. "
                              "Got self.shape = " +
                                  sizesText(self.sizes) + " source.shape = " + sizesText(source.sizes),
                              "", ""};
    return ValueMeta::tensor(newMeta(self.dtype, self.sizes, &self));
}

Result<ValueMeta> inferIndexAdd(Metas args) { return inferWriteAlong(args, "index_add_"); }
Result<ValueMeta> inferIndexCopy(Metas args) { return inferWriteAlong(args, "index_copy"); }

/// part(self at index[i], source at i) for each i.
Result<Done> forEachPart(Tensor& self, Values args, auto&& part) {
    FX_TRY(const size_t dim, dimOf(args, self));
    FX_TRY(const Tensor index, tensorAt(args, 2));
    FX_TRY(const Tensor source, tensorAt(args, 3));
    FX_TRY(const auto entries,
           entriesOf(index, self.dim() ? self.size(dim) : 1, self.dim() > 1 ? std::optional(dim) : std::nullopt));
    for (size_t i = 0; i < entries.size(); ++i) {
        FX_TRY(const Tensor from, partOf(source, dim, static_cast<int64_t>(i)));
        FX_TRY(Tensor to, partOf(self, dim, entries[i]));
        FX_CHECK(part(from, to));
    }
    return Done{};
}

Result<Done> addInto(Tensor& self, Values args) {
    FX_TRY(const Tensor alpha, numberTensor(args[4], self.dtype()));
    return dispatch<DTypes::All>(self.dtype(), [&]<class T>() -> Result<Done> {
        const T factor = *alpha.data<T>();
        return forEachPart(self, args, [&](const Tensor& from, Tensor& to) -> Result<Done> {
            FX_TRY(const Tensor source, expandTo(from, to.sizes()));
            mapElements<T, T, T>(to, {&to, &source}, [&](T a, T b) { return sumOfScaled(a, factor, b); });
            return Done{};
        });
    });
}

Result<Value> indexAdd(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIndexAdd, args));
    FX_CHECK(copyInto(args[0].tensor(), out));
    FX_CHECK(addInto(out, args));
    return Value(out);
}
/// index_add where a row gets the part of its last entry alone, and entries may count from the end: what the one-pass
/// form of the index rewrites computes (core/exec/add_once.h). index_add itself, if all entries differ.
Result<Value> indexAddOnce(Values args, KernelContext& context) {
    FX_CHECK(inferIndexAdd(metaArgs(args)));
    const Tensor& self = args[0].tensor();
    FX_TRY(const size_t dim, dimOf(args, self));
    FX_TRY(Tensor index, checkedIndex(args[2].tensor(), self.dim() ? self.size(dim) : 1, dim));
    std::map<int64_t, int64_t> last; // by row
    for (int64_t i = 0; i < index.numel(); ++i)
        last[index.data<int64_t>()[i]] = i;
    FX_TRY(Tensor rows, Tensor::empty(DType::Int64, {static_cast<int64_t>(last.size())}));
    FX_TRY(Tensor places, Tensor::empty(DType::Int64, rows.sizes()));
    int64_t next = 0;
    for (const auto& [row, place] : last) {
        rows.data<int64_t>()[next] = row;
        places.data<int64_t>()[next++] = place;
    }
    std::vector<Value> once(args.begin(), args.end());
    once[2] = Value(std::move(rows));
    FX_TRY(once[3], indexSelect(std::vector<Value>{args[3], args[1], Value(std::move(places))}, context));
    return indexAdd(once, context);
}

Result<ValueMeta> inferIndexAddInPlace(Metas args) {
    FX_CHECK(inferIndexAdd(args));
    FX_TRY(TensorMeta self, tensorAt(args, 0));
    return ValueMeta::tensor(std::move(self));
}
Result<Value> indexAddInPlace(Values args, KernelContext&) {
    FX_CHECK(inferIndexAdd(metaArgs(args)));
    FX_TRY(Tensor self, tensorAt(args, 0));
    FX_CHECK(checkWritable(self));
    FX_CHECK(addInto(self, args));
    return Value(self);
}

Result<Value> indexCopy(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIndexCopy, args));
    FX_CHECK(copyInto(args[0].tensor(), out));
    FX_CHECK(forEachPart(out, args, [](const Tensor& from, Tensor& to) { return copyInto(from, to); }));
    return Value(out);
}

} // namespace

const OpDef embedding_default{
    .target = "torch.ops.aten.embedding.default", .infer = inferEmbedding, .reference = embedding};
const OpDef index_add{.target = "torch.ops.aten.index_add.default", .infer = inferIndexAdd, .reference = indexAdd};
const OpDef index_add_once{.target = "torch.ops.fxscope.index_add_once.default",
                           .infer = inferIndexAdd,
                           .reference = indexAddOnce,
                           .signature = "(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> "
                                        "Tensor"};
const OpDef index_add_{
    .target = "torch.ops.aten.index_add_.default", .infer = inferIndexAddInPlace, .reference = indexAddInPlace};
const OpDef index_copy{.target = "torch.ops.aten.index_copy.default", .infer = inferIndexCopy, .reference = indexCopy};
const OpDef index_select{
    .target = "torch.ops.aten.index_select.default", .infer = inferIndexSelect, .reference = indexSelect};

} // namespace fxscope::ops
