// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/view_shape.h"

#include <algorithm>
#include <numeric>

// Dimensions in another order, added, dropped or repeated.

namespace fxscope::ops {
namespace {

/// Dimension d of the result is dimension order[d] of `x`.
ValueMeta permuted(const TensorMeta& x, const std::vector<size_t>& order) {
    SymSizes sizes, strides;
    for (const size_t d : order) {
        sizes.push_back(x.sizes[d]);
        if (x.strides)
            strides.push_back((*x.strides)[d]);
    }
    return ValueMeta::tensor(viewMeta(x, std::move(sizes), x.strides ? std::optional(strides) : std::nullopt));
}

Result<ValueMeta> inferPermute(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const Sizes dims, intsAt(args, 1));
    if (dims.size() != x.sizes.size())
        return Diagnostic{
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired "
            "ordering of dimensions i.e. input.dim() = " +
                std::to_string(x.sizes.size()) + " is not equal to len(dims) = " + std::to_string(dims.size()),
            "", ""};
    const auto order = wrapDims(dims, dims.size());
    if (!order.ok())
        return order.error().what.starts_with("dim ") ? Diagnostic{"permute(): duplicate dims are not allowed.", "", ""}
                                                      : order.error();
    return permuted(x, *order);
}

Result<ValueMeta> swapped(const TensorMeta& x, int64_t first, int64_t second) {
    FX_TRY(const size_t a, wrapDim(first, x.sizes.size()));
    FX_TRY(const size_t b, wrapDim(second, x.sizes.size()));
    std::vector<size_t> order(x.sizes.size());
    std::iota(order.begin(), order.end(), size_t(0));
    if (a != b)
        std::swap(order[a], order[b]);
    return permuted(x, order);
}

Result<ValueMeta> inferTranspose(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t first, intAt(args, 1));
    FX_TRY(const int64_t second, intAt(args, 2));
    return swapped(x, first, second);
}

Result<ValueMeta> inferT(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (x.sizes.size() > 2)
        return Diagnostic{
            "t() expects a tensor with <= 2 dimensions, but self is " + std::to_string(x.sizes.size()) + "D", "", ""};
    return x.sizes.size() < 2
               ? Result<ValueMeta>(permuted(x, x.sizes.empty() ? std::vector<size_t>{} : std::vector<size_t>{0}))
               : swapped(x, 0, 1);
}

Result<ValueMeta> inferUnsqueeze(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size() + 1));
    SymSizes sizes = x.sizes;
    sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(dim), SymInt(1));
    if (!x.strides)
        return ValueMeta::tensor(viewMeta(x, std::move(sizes), std::nullopt));
    SymSizes strides = *x.strides;
    const SymInt step = dim < x.sizes.size() ? x.sizes[dim] * strides[dim] : SymInt(1);
    strides.insert(strides.begin() + static_cast<std::ptrdiff_t>(dim), step);
    return ValueMeta::tensor(viewMeta(x, std::move(sizes), std::move(strides)));
}

/// Drops those of `dims` that have size 1.
ValueMeta squeezed(const TensorMeta& x, const std::vector<size_t>& dims) {
    std::vector<size_t> kept;
    for (size_t d = 0; d < x.sizes.size(); ++d)
        if (!x.sizes[d].is(1) || std::find(dims.begin(), dims.end(), d) == dims.end())
            kept.push_back(d);
    return permuted(x, kept);
}

Result<ValueMeta> inferSqueezeAll(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    std::vector<size_t> all(x.sizes.size());
    std::iota(all.begin(), all.end(), size_t(0));
    return squeezed(x, all);
}
Result<ValueMeta> inferSqueezeDim(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    return squeezed(x, {dim});
}
Result<ValueMeta> inferSqueezeDims(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const Sizes wanted, intsAt(args, 1));
    FX_TRY(const auto dims, wrapDims(wanted, x.sizes.size()));
    return squeezed(x, dims);
}

// --- expand

Diagnostic cannotExpand(const SymInt& wanted, const SymInt& size, size_t dim) {
    return Diagnostic{"The expanded size of the tensor (" + wanted.str() + ") must match the existing size (" +
                          size.str() + ") at non-singleton dimension " + std::to_string(dim) + ".",
                      "", ""};
}

/// Added and repeated dimensions have stride 0, an added one of size 1 what it would have if row-major.
Result<ValueMeta> expanded(const TensorMeta& x, const SymSizes& wanted) {
    if (wanted.size() < x.sizes.size())
        return Diagnostic{"expand: the number of sizes provided (" + std::to_string(wanted.size()) +
                              ") must be greater or equal to the number of dimensions in the tensor (" +
                              std::to_string(x.sizes.size()) + ")",
                          "", ""};
    const size_t added = wanted.size() - x.sizes.size();
    SymSizes sizes = wanted, strides(wanted.size(), SymInt(0));
    for (size_t d = wanted.size(); d-- > 0;) {
        const bool isNew = d < added;
        if (isNew && wanted[d].is(-1))
            return Diagnostic{
                "The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension " +
                    std::to_string(d),
                "", ""};
        const SymInt size = isNew ? SymInt(1) : x.sizes[d - added];
        sizes[d] = wanted[d].is(-1) ? size : wanted[d];
        const bool repeats = size.is(1) && !sizes[d].is(1);
        if (!repeats && size.isConstant() && sizes[d].isConstant() && !(size == sizes[d]))
            return cannotExpand(sizes[d], size, d);
        if (!repeats && isNew)
            strides[d] = d + 1 < wanted.size() ? sizes[d + 1] * strides[d + 1] : SymInt(1);
        else if (!repeats && x.strides)
            strides[d] = (*x.strides)[d - added];
    }
    return ValueMeta::tensor(
        viewMeta(x, std::move(sizes), x.strides ? std::optional(std::move(strides)) : std::nullopt));
}

Result<ValueMeta> inferExpand(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes wanted, symIntsAt(args, 1));
    return expanded(x, wanted);
}
Result<ValueMeta> inferExpandAs(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta like, tensorAt(args, 1));
    return expanded(x, like.sizes);
}

Result<ValueMeta> inferAlias(Metas args) {
    FX_TRY(TensorMeta x, tensorAt(args, 0));
    x.requiresGrad = false;
    return ValueMeta::tensor(std::move(x));
}

/// diagonal(x, offset, dim1, dim2): the diagonal becomes the last dimension.
Result<ValueMeta> inferDiagonal(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t shift, intAt(args, 1));
    FX_TRY(const int64_t first, intAt(args, 2));
    FX_TRY(const int64_t second, intAt(args, 3));
    FX_TRY(const auto dims, wrapDims({first, second}, x.sizes.size()));
    const SymInt rows = x.sizes[dims[0]] - SymInt(std::max<int64_t>(-shift, 0));
    const SymInt columns = x.sizes[dims[1]] - SymInt(std::max<int64_t>(shift, 0));
    const SymInt length = symMax(symMin(rows, columns), SymInt(0));
    std::vector<size_t> kept;
    for (size_t d = 0; d < x.sizes.size(); ++d)
        if (d != dims[0] && d != dims[1])
            kept.push_back(d);
    TensorMeta meta = permuted(x, kept).tensor();
    meta.sizes.push_back(length);
    if (x.strides) {
        meta.strides->push_back((*x.strides)[dims[0]] + (*x.strides)[dims[1]]);
        if (!length.is(0))
            meta.storageOffset = meta.storageOffset + SymInt(std::abs(shift)) * (*x.strides)[dims[shift < 0 ? 0 : 1]];
    }
    return ValueMeta::tensor(std::move(meta));
}

} // namespace

const OpDef alias{
    .target = "torch.ops.aten.alias.default", .infer = inferAlias, .reference = viewKernel<inferAlias>, .view = true};
const OpDef detach{
    .target = "torch.ops.aten.detach.default", .infer = inferAlias, .reference = viewKernel<inferAlias>, .view = true};
const OpDef detach_{
    .target = "torch.ops.aten.detach_.default", .infer = inferAlias, .reference = viewKernel<inferAlias>, .view = true};
const OpDef diagonal{.target = "torch.ops.aten.diagonal.default",
                     .infer = inferDiagonal,
                     .reference = viewKernel<inferDiagonal>,
                     .view = true};
const OpDef expand{.target = "torch.ops.aten.expand.default",
                   .infer = inferExpand,
                   .reference = viewKernel<inferExpand>,
                   .view = true};
const OpDef expand_as{.target = "torch.ops.aten.expand_as.default",
                      .infer = inferExpandAs,
                      .reference = viewKernel<inferExpandAs>,
                      .view = true};
const OpDef permute{.target = "torch.ops.aten.permute.default",
                    .infer = inferPermute,
                    .reference = viewKernel<inferPermute>,
                    .view = true};
const OpDef squeeze{.target = "torch.ops.aten.squeeze.default",
                    .infer = inferSqueezeAll,
                    .reference = viewKernel<inferSqueezeAll>,
                    .view = true};
const OpDef squeeze_dim{.target = "torch.ops.aten.squeeze.dim",
                        .infer = inferSqueezeDim,
                        .reference = viewKernel<inferSqueezeDim>,
                        .view = true};
const OpDef squeeze_dims{.target = "torch.ops.aten.squeeze.dims",
                         .infer = inferSqueezeDims,
                         .reference = viewKernel<inferSqueezeDims>,
                         .view = true};
const OpDef t{.target = "torch.ops.aten.t.default", .infer = inferT, .reference = viewKernel<inferT>, .view = true};
const OpDef transpose_int{.target = "torch.ops.aten.transpose.int",
                          .infer = inferTranspose,
                          .reference = viewKernel<inferTranspose>,
                          .view = true};
const OpDef unsqueeze{.target = "torch.ops.aten.unsqueeze.default",
                      .infer = inferUnsqueeze,
                      .reference = viewKernel<inferUnsqueeze>,
                      .view = true};

} // namespace fxscope::ops
