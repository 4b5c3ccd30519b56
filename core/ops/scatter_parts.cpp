// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/units.h"
#include "core/ops/view_shape.h"
#include "core/ops/words.h"

// A copy of self in which a view of it is replaced by src: slice_scatter, select_scatter,
// as_strided_scatter. Also masked_scatter and index_fill, which replace single elements and parts.

namespace fxscope::ops {
namespace {

/// src in place of the part of self that `part` describes. Error: it has other sizes.
Result<Done> checkSource(std::string_view op, const TensorMeta& part, const TensorMeta& src) {
    bool fits = part.sizes.size() == src.sizes.size();
    for (size_t d = 0; fits && d < part.sizes.size(); ++d)
        fits = !differ(part.sizes[d], src.sizes[d]);
    if (fits)
        return Done{};
    return Diagnostic{"expected src to have a size equal to the " + std::string(op) + " of self. src size = " +
                          sizesText(src.sizes) + ", " + std::string(op) + " size = " + sizesText(part.sizes),
                      "", ""};
}

/// slice_scatter(self, src, dim, start, end, step)
Result<TensorMeta> slicePart(Metas args, const TensorMeta& self) {
    FX_TRY(const int64_t wanted, intAt(args, 2));
    FX_TRY(const size_t dim, wrapDim(wanted, self.sizes.size()));
    FX_TRY(const auto start, optionalSymIntAt(args, 3));
    FX_TRY(const auto end, optionalSymIntAt(args, 4));
    FX_TRY(const int64_t step, intAt(args, 5));
    return sliceMeta(self, dim, start, end, step);
}

/// select_scatter(self, src, dim, index)
Result<TensorMeta> selectPart(Metas args, const TensorMeta& self) {
    FX_TRY(const int64_t wanted, intAt(args, 2));
    FX_TRY(const size_t dim, wrapDim(wanted, self.sizes.size()));
    FX_TRY(const SymInt index, symIntAt(args, 3));
    return selectMeta(self, dim, index);
}

/// as_strided_scatter(self, src, size, stride, storage_offset): like view_as_strided, relative to the storage
Result<TensorMeta> stridedPart(Metas args, const TensorMeta& self) {
    FX_TRY(const SymSizes sizes, symIntsAt(args, 2));
    FX_TRY(const SymSizes strides, symIntsAt(args, 3));
    FX_TRY(const auto offset, optionalSymIntAt(args, 4));
    if (sizes.size() != strides.size())
        return Diagnostic{"mismatch in length of strides and shape", "", ""};
    return viewMeta(self, sizes, strides, offset.value_or(self.storageOffset));
}

using Part = Result<TensorMeta> (*)(Metas args, const TensorMeta& self);
enum class PartKind { Slice, Select, Strided };
constexpr Part partRule(PartKind kind) {
    return kind == PartKind::Slice ? slicePart : kind == PartKind::Select ? selectPart : stridedPart;
}
constexpr std::string_view partName(PartKind kind) { return kind == PartKind::Select ? "selected part" : "slice"; }

template <PartKind K> Result<ValueMeta> inferPartScatter(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const TensorMeta src, tensorAt(args, 1));
    FX_TRY(const TensorMeta part, partRule(K)(args, self));
    FX_CHECK(checkSource(partName(K), part, src));
    TensorMeta result = newMeta(self.dtype, self.sizes, &self);
    result.strides = preservedStrides(self);
    return ValueMeta::tensor(std::move(result));
}

/// Everything that `self` may see of its storage, copied, and self's place in it.
Result<Tensor> copyOfStorage(const Tensor& self) {
    bool overlaps = false;
    for (size_t d = 0; d < self.dim(); ++d)
        overlaps = overlaps || (self.strides()[d] == 0 && self.size(d) > 1);
    if (overlaps)
        return self.clone();
    int64_t end = self.offset() + (self.numel() ? 1 : 0);
    for (size_t d = 0; d < self.dim(); ++d)
        end += self.numel() ? (self.size(d) - 1) * self.strides()[d] : 0;
    FX_TRY(const Tensor whole, self.asStrided({end}, {1}, 0));
    FX_TRY(const Tensor copy, whole.clone());
    return copy.asStrided(self.sizes(), self.strides(), self.offset());
}

template <PartKind K> Result<Value> runPartScatter(Values args, KernelContext&) {
    FX_CHECK(inferPartScatter<K>(metaArgs(args)));
    FX_TRY(const Tensor out, copyOfStorage(args[0].tensor()));
    MetaArgs metas = metaArgs(args);
    const MetaArg self = metaArg(Value(out));
    FX_TRY(const TensorMeta part, partRule(K)(metas, self.tensor()));
    FX_TRY(Value view, viewsOf(out, ValueMeta::tensor(part)));
    FX_CHECK(copyInto(args[1].tensor(), view.tensor()));
    return Value(out);
}

// --- masked_scatter(self, mask, source): the true places, in row-major order, take the next elements of source

Result<ValueMeta> inferMaskedScatter(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const TensorMeta mask, tensorAt(args, 1));
    FX_TRY(const TensorMeta source, tensorAt(args, 2));
    if (self.dtype != source.dtype)
        return Diagnostic{"masked_scatter: expected self and source to have same dtypes but got " +
                              std::string(scalarTypeName(self.dtype)) + " and " +
                              std::string(scalarTypeName(source.dtype)),
                          "", ""};
    if (mask.dtype != DType::Bool)
        return Diagnostic{"masked_scatter_ only supports boolean masks, but got mask with dtype " +
                              std::string(scalarTypeName(mask.dtype)),
                          "", ""};
    FX_TRY(const SymSizes sizes, broadcast(self.sizes, mask.sizes));
    return ValueMeta::tensor(newMeta(self.dtype, sizes, &self));
}

Result<Value> runMaskedScatter(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferMaskedScatter, args));
    FX_CHECK(copyInto(args[0].tensor(), out));
    FX_TRY(const Tensor spread, expandTo(args[1].tensor(), out.sizes()));
    FX_TRY(const Tensor mask, spread.contiguous());
    FX_TRY(const Tensor source, args[2].tensor().contiguous());
    int64_t taken = 0;
    return dispatchUnit(out.dtype(), [&]<class U>() -> Result<Value> {
        for (int64_t i = 0; i < out.numel(); ++i) {
            if (!mask.data<bool>()[i])
                continue;
            if (taken >= source.numel())
                return Diagnostic{"Number of elements of source < number of ones in mask", "", ""};
            out.data<U>()[i] = source.data<U>()[taken++];
        }
        return Value(out);
    });
}

// --- index_fill(self, dim, index, value): parts of a dimension become one number; a negative index counts from the end

Result<ValueMeta> inferIndexFill(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_CHECK(wrapDim(dim, self.sizes.size()));
    FX_TRY(const TensorMeta index, tensorAt(args, 2));
    if (index.dtype != DType::Int64 && index.dtype != DType::Int32)
        return Diagnostic{"index_fill_(): Expected dtype int64 for index.", "", ""};
    if (index.sizes.size() > 1)
        return Diagnostic{"Index has to be a vector/scalar", "", ""};
    if (isTensorAt(args, 3) && !args[3].tensor().sizes.empty())
        return Diagnostic{"index_fill_ only supports a 0-dimensional value tensor, but got tensor with " +
                              std::to_string(args[3].tensor().sizes.size()) + " dimension(s).",
                          "", ""};
    if (std::holds_alternative<std::complex<double>>(args[3].v) && !isComplex(self.dtype))
        return Diagnostic{"index_fill_(): Converting complex Scalar to non-complex type is not supported", "", ""};
    return inferSameAsFirst(args);
}

Result<Value> runIndexFill(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIndexFill, args));
    FX_CHECK(copyInto(args[0].tensor(), out));
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), out.dim()));
    FX_TRY(const Tensor entries, converted(args[2].tensor(), DType::Int64));
    FX_TRY(const Tensor value, operand(args[3], out.dtype(), {}));
    const int64_t size = out.dim() ? out.size(dim) : 1;
    for (int64_t i = 0; i < entries.numel(); ++i) {
        const int64_t entry = entries.data<int64_t>()[i];
        if (entry < -size || entry >= size)
            return Diagnostic{"index out of range in self", "",
                              "entry " + std::to_string(entry) + ", size " + std::to_string(size)};
        Sizes sizes = out.sizes();
        if (out.dim())
            sizes[dim] = 1;
        const int64_t at = entry < 0 ? entry + size : entry;
        FX_TRY(Tensor part, out.asStrided(sizes, out.strides(), out.dim() ? at * out.strides()[dim] : 0));
        FX_CHECK(copyInto(value, part));
    }
    return Value(out);
}

} // namespace

const OpDef slice_scatter{.target = "torch.ops.aten.slice_scatter.default",
                          .infer = inferPartScatter<PartKind::Slice>,
                          .reference = runPartScatter<PartKind::Slice>,
                          .moves = true};
const OpDef select_scatter{.target = "torch.ops.aten.select_scatter.default",
                           .infer = inferPartScatter<PartKind::Select>,
                           .reference = runPartScatter<PartKind::Select>,
                           .moves = true};
const OpDef as_strided_scatter{.target = "torch.ops.aten.as_strided_scatter.default",
                               .infer = inferPartScatter<PartKind::Strided>,
                               .reference = runPartScatter<PartKind::Strided>,
                               .moves = true};
const OpDef masked_scatter{
    .target = "torch.ops.aten.masked_scatter.default", .infer = inferMaskedScatter, .reference = runMaskedScatter};
const OpDef index_fill_int_Scalar{
    .target = "torch.ops.aten.index_fill.int_Scalar", .infer = inferIndexFill, .reference = runIndexFill};
const OpDef index_fill_int_Tensor{
    .target = "torch.ops.aten.index_fill.int_Tensor", .infer = inferIndexFill, .reference = runIndexFill};

} // namespace fxscope::ops
