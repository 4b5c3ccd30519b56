// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"

#include <algorithm>

// cat and stack.

namespace fxscope::ops {
namespace {

/// A 1-d tensor without elements joins anything, as it did before tensors of 0 elements had shapes.
bool isLegacyEmpty(const TensorMeta& x) { return x.sizes.size() == 1 && x.sizes[0].is(0); }

Result<Done> checkSizes(const TensorMeta& first, const TensorMeta& other, size_t dim, size_t index) {
    if (other.sizes.size() != first.sizes.size())
        return Diagnostic{"Tensors must have same number of dimensions: got " + std::to_string(first.sizes.size()) +
                              " and " + std::to_string(other.sizes.size()),
                          "", ""};
    for (size_t d = 0; d < first.sizes.size(); ++d)
        if (d != dim && first.sizes[d].isConstant() && other.sizes[d].isConstant() &&
            !(first.sizes[d] == other.sizes[d]))
            return Diagnostic{"Sizes of tensors must match except in dimension " + std::to_string(dim) +
                                  ". Expected size " + first.sizes[d].str() + " but got size " + other.sizes[d].str() +
                                  " for tensor number " + std::to_string(index) + " in the list.",
                              "", ""};
    return Done{};
}

/// channels_last if every part is that and not row-major at the same time.
bool allChannelsLast(const std::vector<TensorMeta>& parts) {
    return std::all_of(parts.begin(), parts.end(), [](const TensorMeta& x) {
        return x.strides && isChannelsLast(x.sizes, *x.strides) && !isContiguous(x.sizes, *x.strides);
    });
}

Result<ValueMeta> joined(const std::vector<TensorMeta>& parts, int64_t wantedDim) {
    if (parts.empty())
        return Diagnostic{"torch.cat(): expected a non-empty list of Tensors", "", ""};
    const auto first = std::find_if(parts.begin(), parts.end(), [](const TensorMeta& x) { return !isLegacyEmpty(x); });
    const TensorMeta& like = first == parts.end() ? parts.front() : *first;
    if (like.sizes.empty())
        return Diagnostic{"zero-dimensional tensor (at position 0) cannot be concatenated", "", ""};
    FX_TRY(const size_t dim, wrapDim(wantedDim, like.sizes.size()));
    ResultType type;
    SymInt length = 0;
    for (size_t i = 0; i < parts.size(); ++i) {
        type.add(parts[i]);
        if (isLegacyEmpty(parts[i]))
            continue;
        FX_CHECK(checkSizes(like, parts[i], dim, i));
        length = length + parts[i].sizes[dim];
    }
    TensorMeta result = newMeta(type.dtype(), like.sizes, &like);
    result.sizes[dim] = length;
    result.strides = allChannelsLast(parts) ? channelsLastStrides(result.sizes) : contiguousStrides(result.sizes);
    return ValueMeta::tensor(std::move(result));
}

Result<ValueMeta> inferCat(Metas args) {
    FX_TRY(const auto parts, tensorsAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    return joined(parts, dim);
}

Result<Value> cat(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferCat, args));
    FX_TRY(const auto parts, tensorsAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, out.dim()));
    int64_t start = 0;
    for (const Tensor& part : parts) {
        if (part.dim() == 1 && part.numel() == 0)
            continue;
        FX_TRY(Tensor place, out.asStrided(part.sizes(), out.strides(), out.offset() + start * out.strides()[dim]));
        FX_CHECK(copyInto(part, place));
        start += part.size(dim);
    }
    return Value(out);
}

// --- stack: every part gets a dimension of its own

Result<ValueMeta> inferStack(Metas args) {
    FX_TRY(const auto parts, tensorsAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    if (parts.empty())
        return Diagnostic{"stack expects a non-empty TensorList", "", ""};
    FX_TRY(const size_t dim, wrapDim(wanted, parts.front().sizes.size() + 1));
    ResultType type;
    for (size_t i = 0; i < parts.size(); ++i) {
        type.add(parts[i]);
        if (!std::equal(parts[i].sizes.begin(), parts[i].sizes.end(), parts[0].sizes.begin(), parts[0].sizes.end(),
                        [](const SymInt& a, const SymInt& b) { return !differ(a, b); }))
            return Diagnostic{"stack expects each tensor to be equal size, but got " +
                                  ValueMeta::tensor(parts[0]).str() + " at entry 0 and " +
                                  ValueMeta::tensor(parts[i]).str() + " at entry " + std::to_string(i),
                              "", ""};
    }
    SymSizes sizes = parts.front().sizes;
    sizes.insert(sizes.begin() + static_cast<std::ptrdiff_t>(dim), SymInt(static_cast<int64_t>(parts.size())));
    return ValueMeta::tensor(newMeta(type.dtype(), std::move(sizes), &parts.front()));
}

Result<Value> stack(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferStack, args));
    FX_TRY(const auto parts, tensorsAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    FX_TRY(const size_t dim, wrapDim(wanted, out.dim()));
    Sizes strides = out.strides();
    const int64_t step = strides[dim];
    strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(dim));
    for (size_t i = 0; i < parts.size(); ++i) {
        FX_TRY(Tensor place, out.asStrided(parts[i].sizes(), strides, out.offset() + static_cast<int64_t>(i) * step));
        FX_CHECK(copyInto(parts[i], place));
    }
    return Value(out);
}

// --- diff(self, n, dim, prepend, append): x_(i + 1) - x_i along a dimension, n times; of bool whether they differ

/// `x` between what is to stand before and behind it.
Result<ValueList> diffParts(Values args) {
    ValueList parts;
    for (const size_t i : {size_t(3), size_t(0), size_t(4)})
        if (!isNoneAt(args, i))
            parts.push_back(args[i]);
    return parts;
}

Result<ValueMeta> inferDiff(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t n, intAt(args, 1));
    FX_TRY(const int64_t wanted, intAt(args, 2));
    if (x.sizes.empty())
        return Diagnostic{"diff expects input to be at least one-dimensional", "", ""};
    if (n < 0)
        return Diagnostic{"order must be non-negative but got " + std::to_string(n), "", ""};
    std::vector<TensorMeta> parts{x};
    for (const size_t i : {size_t(3), size_t(4)})
        if (isTensorAt(args, i))
            parts.push_back(args[i].tensor());
    FX_TRY(const ValueMeta whole, joined(parts, wanted));
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    TensorMeta result = newMeta(whole.tensor().dtype, whole.tensor().sizes, &x);
    const SymInt left = result.sizes[dim] - SymInt(n);
    result.sizes[dim] = left.isConstant() && left.constant() < 0 ? SymInt(0) : left;
    return ValueMeta::tensor(newMeta(result.dtype, result.sizes, &x));
}

Result<Value> diff(Values args, KernelContext& context) {
    FX_TRY(const Tensor out, allocateResult(inferDiff, args));
    FX_TRY(const size_t dim, wrapDim(args[2].toInt(), out.dim()));
    FX_TRY(ValueList parts, diffParts(args));
    const std::array<Value, 2> whole{Value(std::move(parts)), Value(static_cast<int64_t>(dim))};
    FX_TRY(const Value start, cat(whole, context));
    Tensor x = start.tensor();
    for (int64_t n = args[1].toInt(); n > 0 && x.size(dim) > 0; --n) {
        Sizes sizes = x.sizes();
        --sizes[dim];
        FX_TRY(const Tensor lower, x.asStrided(sizes, x.strides(), x.offset()));
        FX_TRY(const Tensor upper, x.asStrided(sizes, x.strides(), x.offset() + (sizes[dim] ? x.strides()[dim] : 0)));
        FX_TRY(Tensor next, Tensor::empty(x.dtype(), sizes));
        FX_CHECK(dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Done> {
            mapElements<T, T, T>(next, {&upper, &lower}, [](T a, T b) {
                if constexpr (std::same_as<T, bool>)
                    return a != b;
                else
                    return T(a - b);
            });
            return Done{};
        }));
        x = next;
    }
    return Value(x);
}

} // namespace

const OpDef diff_default{.target = "torch.ops.aten.diff.default", .infer = inferDiff, .reference = diff};
const OpDef cat_default{.target = "torch.ops.aten.cat.default", .infer = inferCat, .reference = cat, .moves = true};
const OpDef stack_default{
    .target = "torch.ops.aten.stack.default", .infer = inferStack, .reference = stack, .moves = true};

} // namespace fxscope::ops
