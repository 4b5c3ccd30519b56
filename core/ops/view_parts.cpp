// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/view_shape.h"

// Parts of a tensor along one dimension.

namespace fxscope::ops {
namespace {

Result<size_t> dimAt(Metas args, size_t i, const TensorMeta& x) {
    FX_TRY(const int64_t dim, intAt(args, i));
    return wrapDim(dim, x.sizes.size());
}

Result<ValueMeta> inferSlice(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimAt(args, 1, x));
    FX_TRY(const auto start, optionalSymIntAt(args, 2));
    FX_TRY(const auto end, optionalSymIntAt(args, 3));
    FX_TRY(const int64_t step, intAt(args, 4));
    FX_TRY(TensorMeta part, sliceMeta(x, dim, start, end, step));
    return ValueMeta::tensor(std::move(part));
}

Result<ValueMeta> inferSelect(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimAt(args, 1, x));
    FX_TRY(const SymInt index, symIntAt(args, 2));
    FX_TRY(TensorMeta part, selectMeta(x, dim, index));
    return ValueMeta::tensor(std::move(part));
}

/// narrow(x, dim, start, length)
Result<ValueMeta> inferNarrow(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimAt(args, 1, x));
    FX_TRY(const SymInt start, symIntAt(args, 2));
    FX_TRY(const SymInt length, symIntAt(args, 3));
    const SymInt from = start.isConstant() && start.constant() < 0 ? start + x.sizes[dim] : start;
    if (less(x.sizes[dim], from + length))
        return Diagnostic{"start (" + from.str() + ") + length (" + length.str() + ") exceeds dimension size (" +
                              x.sizes[dim].str() + ").",
                          "", ""};
    FX_TRY(TensorMeta part, sliceMeta(x, dim, from, from + length, 1));
    return ValueMeta::tensor(std::move(part));
}

Result<ValueMeta> inferUnbind(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimAt(args, 1, x));
    if (x.sizes.empty() || !x.sizes[dim].isConstant())
        return Diagnostic{"unbind needs a dimension of known size", "", ""};
    std::vector<ValueMeta> parts;
    for (int64_t i = 0; i < x.sizes[dim].constant(); ++i) {
        FX_TRY(TensorMeta part, selectMeta(x, dim, SymInt(i)));
        parts.push_back(ValueMeta::tensor(std::move(part)));
    }
    return ValueMeta::list(std::move(parts));
}

/// Neighbouring parts of these lengths along `dim`.
Result<ValueMeta> cut(const TensorMeta& x, size_t dim, const SymSizes& lengths) {
    std::vector<ValueMeta> parts;
    SymInt start = 0;
    for (const SymInt& length : lengths) {
        FX_TRY(TensorMeta part, sliceMeta(x, dim, start, start + length, 1));
        parts.push_back(ValueMeta::tensor(std::move(part)));
        start = start + length;
    }
    return ValueMeta::list(std::move(parts));
}

/// The dimension to cut, argument 2. Error: there is none.
Result<size_t> cutDim(std::string_view op, Metas args, const TensorMeta& x) {
    if (x.sizes.empty())
        return Diagnostic{std::string(op) + " expects at least a 1-dimensional tensor", "", ""};
    return dimAt(args, 2, x);
}

/// Parts of `length`, the last one shorter where it does not divide.
Result<ValueMeta> cutEvery(const TensorMeta& x, size_t dim, int64_t length) {
    if (!x.sizes[dim].isConstant())
        return Diagnostic{"split needs a dimension of known size", "", ""};
    const int64_t size = x.sizes[dim].constant();
    if (length < 0 || (length == 0 && size != 0))
        return Diagnostic{"split_size must be positive, but got split_size=" + std::to_string(length), "", ""};
    SymSizes lengths;
    for (int64_t start = 0; start < size; start += length)
        lengths.push_back(SymInt(std::min(length, size - start)));
    return cut(x, dim, lengths.empty() ? SymSizes{SymInt(0)} : lengths);
}

Result<ValueMeta> inferSplit(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, cutDim("split", args, x));
    FX_TRY(const int64_t length, intAt(args, 1));
    return cutEvery(x, dim, length);
}

Result<ValueMeta> inferSplitWithSizes(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, cutDim("split_with_sizes", args, x));
    FX_TRY(const SymSizes lengths, symIntsAt(args, 1));
    SymInt total = 0;
    for (const SymInt& length : lengths)
        total = total + length;
    if (differ(total, x.sizes[dim]))
        return Diagnostic{"split_with_sizes expects split_sizes to sum exactly to " + x.sizes[dim].str() +
                              " (input tensor's size at dimension " + std::to_string(dim) + "), but got " + total.str(),
                          "", ""};
    return cut(x, dim, lengths);
}

/// chunk(x, n, dim): n parts or fewer, all but the last of one length.
Result<ValueMeta> inferChunk(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, cutDim("chunk", args, x));
    FX_TRY(const int64_t chunks, intAt(args, 1));
    if (chunks <= 0)
        return Diagnostic{"chunk expects `chunks` to be greater than 0, got: " + std::to_string(chunks), "", ""};
    if (!x.sizes[dim].isConstant())
        return Diagnostic{"chunk needs a dimension of known size", "", ""};
    const int64_t size = x.sizes[dim].constant(), length = (size + chunks - 1) / chunks;
    if (length == 0)
        return cut(x, dim, SymSizes(static_cast<size_t>(chunks), SymInt(0)));
    return cutEvery(x, dim, length);
}

/// as_strided(x, size, stride, storage_offset): offsets count from the start of the storage.
Result<ValueMeta> inferAsStrided(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes sizes, symIntsAt(args, 1));
    FX_TRY(const SymSizes strides, symIntsAt(args, 2));
    FX_TRY(const auto offset, optionalSymIntAt(args, 3));
    if (sizes.size() != strides.size())
        return Diagnostic{"mismatch in length of strides and shape", "", ""};
    return ValueMeta::tensor(viewMeta(x, sizes, strides, offset.value_or(x.storageOffset)));
}

/// unfold(x, dim, size, step): windows along `dim`, the window last.
Result<ValueMeta> inferUnfold(Metas args) {
    FX_TRY(TensorMeta x, tensorAt(args, 0));
    FX_TRY(const size_t dim, dimAt(args, 1, x));
    FX_TRY(const int64_t size, intAt(args, 2));
    FX_TRY(const int64_t step, intAt(args, 3));
    if (step <= 0)
        return Diagnostic{"step is " + std::to_string(step) + " but must be > 0", "", ""};
    const SymInt length = x.sizes.empty() ? SymInt(1) : x.sizes[dim];
    if (less(length, SymInt(size)))
        return Diagnostic{"maximum size for tensor at dimension " + std::to_string(dim) + " is " + length.str() +
                              " but size is " + std::to_string(size),
                          "", ""};
    const SymInt stride = x.sizes.empty() || !x.strides ? SymInt(1) : (*x.strides)[dim];
    if (!x.sizes.empty()) {
        x.sizes[dim] = floorDiv(length - SymInt(size), SymInt(step)) + SymInt(1);
        if (x.strides)
            (*x.strides)[dim] = stride * SymInt(step);
    }
    x.sizes.push_back(SymInt(size));
    if (x.strides)
        x.strides->push_back(stride);
    return ValueMeta::tensor(std::move(x));
}

} // namespace

const OpDef as_strided{.target = "torch.ops.aten.as_strided.default",
                       .infer = inferAsStrided,
                       .reference = viewKernel<inferAsStrided>,
                       .view = true};
const OpDef chunk{
    .target = "torch.ops.aten.chunk.default", .infer = inferChunk, .reference = viewKernel<inferChunk>, .view = true};
const OpDef narrow{.target = "torch.ops.aten.narrow.default",
                   .infer = inferNarrow,
                   .reference = viewKernel<inferNarrow>,
                   .view = true};
const OpDef select_int{
    .target = "torch.ops.aten.select.int", .infer = inferSelect, .reference = viewKernel<inferSelect>, .view = true};
const OpDef slice_Tensor{
    .target = "torch.ops.aten.slice.Tensor", .infer = inferSlice, .reference = viewKernel<inferSlice>, .view = true};
const OpDef split_Tensor{
    .target = "torch.ops.aten.split.Tensor", .infer = inferSplit, .reference = viewKernel<inferSplit>, .view = true};
const OpDef split_with_sizes{.target = "torch.ops.aten.split_with_sizes.default",
                             .infer = inferSplitWithSizes,
                             .reference = viewKernel<inferSplitWithSizes>,
                             .view = true};
const OpDef unbind_int{
    .target = "torch.ops.aten.unbind.int", .infer = inferUnbind, .reference = viewKernel<inferUnbind>, .view = true};
const OpDef unfold{.target = "torch.ops.aten.unfold.default",
                   .infer = inferUnfold,
                   .reference = viewKernel<inferUnfold>,
                   .view = true};

} // namespace fxscope::ops
