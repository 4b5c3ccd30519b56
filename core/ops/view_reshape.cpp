// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/view_shape.h"

#include <algorithm>

// Other sizes over the same elements in the same order.

namespace fxscope::ops {
namespace {

Result<ValueMeta> viewAs(const TensorMeta& x, const SymSizes& wanted) {
    FX_TRY(const SymSizes sizes, resolveSizes(wanted, x.sizes));
    if (!x.strides)
        return ValueMeta::tensor(viewMeta(x, sizes, std::nullopt));
    const auto strides = viewStrides(x.sizes, *x.strides, sizes);
    if (!strides)
        return Diagnostic{
            "view size is not compatible with input tensor's size and stride (at least one dimension spans "
            "across two contiguous subspaces). Use .reshape(...) instead.",
            "", ""};
    return ValueMeta::tensor(viewMeta(x, sizes, strides));
}

Result<ValueMeta> inferView(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes wanted, symIntsAt(args, 1));
    return viewAs(x, wanted);
}

/// A new tensor in all but storage: _unsafe_view promises that nobody sees the alias.
Result<ValueMeta> inferUnsafeView(Metas args) { return inferView(args); }

Result<ValueMeta> inferViewAs(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta like, tensorAt(args, 1));
    return viewAs(x, like.sizes);
}

// --- reshape: a view where possible, else a copy

Result<ValueMeta> reshapeTo(const TensorMeta& x, const SymSizes& wanted) {
    FX_TRY(SymSizes sizes, resolveSizes(wanted, x.sizes));
    if (!x.strides)
        return ValueMeta::tensor(viewMeta(x, sizes, std::nullopt));
    if (const auto strides = viewStrides(x.sizes, *x.strides, sizes))
        return ValueMeta::tensor(viewMeta(x, sizes, strides));
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

Result<Value> reshapeValue(const Tensor& x, const ValueMeta& meta) {
    const TensorMeta& wanted = meta.tensor();
    const TensorMeta have = metaArg(Value(x)).tensor();
    if (viewStrides(have.sizes, *have.strides, wanted.sizes))
        return viewsOf(x, meta);
    FX_TRY(const Tensor copy, x.clone());
    return viewsOf(copy, meta);
}

template <Infer Rule> Result<Value> reshapeKernel(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, Rule(metaArgs(args)));
    return reshapeValue(args[0].tensor(), meta);
}

Result<ValueMeta> inferReshape(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes wanted, symIntsAt(args, 1));
    return reshapeTo(x, wanted);
}

/// flatten(x, start, end) joins the dimensions from start to end.
Result<ValueMeta> inferFlatten(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t first, intAt(args, 1));
    FX_TRY(const int64_t last, intAt(args, 2));
    FX_TRY(const size_t start, wrapDim(first, x.sizes.size()));
    FX_TRY(const size_t end, wrapDim(last, x.sizes.size()));
    if (start > end)
        return Diagnostic{"flatten() has invalid args: start_dim cannot come after end_dim", "", ""};
    if (x.sizes.empty())
        return reshapeTo(x, {SymInt(1)});
    SymSizes sizes(x.sizes.begin(), x.sizes.begin() + static_cast<std::ptrdiff_t>(start));
    sizes.push_back(numelOf(SymSizes(x.sizes.begin() + static_cast<std::ptrdiff_t>(start),
                                     x.sizes.begin() + static_cast<std::ptrdiff_t>(end) + 1)));
    sizes.insert(sizes.end(), x.sizes.begin() + static_cast<std::ptrdiff_t>(end) + 1, x.sizes.end());
    return start == end ? ValueMeta::tensor(x) : reshapeTo(x, sizes);
}

/// unflatten(x, dim, sizes) splits one dimension.
Result<ValueMeta> inferUnflatten(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    FX_TRY(const SymSizes parts, symIntsAt(args, 2));
    FX_TRY(const SymSizes split, resolveSizes(parts, {x.sizes[dim]}));
    SymSizes sizes = x.sizes;
    sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(dim));
    sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(dim), split.begin(), split.end());
    return viewAs(x, sizes);
}

} // namespace

const OpDef view{
    .target = "torch.ops.aten.view.default", .infer = inferView, .reference = viewKernel<inferView>, .view = true};
const OpDef view_as{.target = "torch.ops.aten.view_as.default",
                    .infer = inferViewAs,
                    .reference = viewKernel<inferViewAs>,
                    .view = true};
const OpDef _unsafe_view{.target = "torch.ops.aten._unsafe_view.default",
                         .infer = inferUnsafeView,
                         .reference = viewKernel<inferUnsafeView>,
                         .view = true};
const OpDef reshape{.target = "torch.ops.aten.reshape.default",
                    .infer = inferReshape,
                    .reference = reshapeKernel<inferReshape>,
                    .view = true};
const OpDef flatten_using_ints{.target = "torch.ops.aten.flatten.using_ints",
                               .infer = inferFlatten,
                               .reference = reshapeKernel<inferFlatten>,
                               .view = true};
const OpDef unflatten_int{.target = "torch.ops.aten.unflatten.int",
                          .infer = inferUnflatten,
                          .reference = viewKernel<inferUnflatten>,
                          .view = true};

} // namespace fxscope::ops
