// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/view_shape.h"
#include "core/ops/words.h"

#include <algorithm>

namespace fxscope {
namespace {

/// Fills `strides` for the dimensions of `to` that end at `last` and make up a block of `count` elements whose
/// innermost step is `base`. Returns the first dimension not used, or nothing if they do not fit.
std::optional<size_t> fillBlock(const SymSizes& to, size_t last, const SymInt& count, const SymInt& base,
                                SymSizes& strides) {
    SymInt inside = 1;
    while (last > 0 && (!same(inside, count) || to[last - 1].is(1))) {
        if (less(count, inside))
            return std::nullopt;
        strides[last - 1] = inside * base;
        inside = inside * to[last - 1];
        --last;
    }
    return same(inside, count) ? std::optional(last) : std::nullopt;
}

/// a // b, written without a division where both are single products and b divides a: 8*s0*s1 // 2*s0 is 4*s1.
SymInt divided(const SymInt& a, const SymInt& b) {
    std::vector<std::string> above, below;
    a.collectSymbols(above);
    b.collectSymbols(below);
    SymHints ones;
    for (const std::string& symbol : above)
        ones[symbol] = 1;
    for (const std::string& symbol : below)
        ones[symbol] = 1;
    const auto coefficient = a.eval(ones), divisor = b.eval(ones);
    if (!coefficient || !divisor || *divisor == 0 || *coefficient % *divisor != 0)
        return floorDiv(a, b);
    SymInt candidate = *coefficient / *divisor;
    for (const std::string& symbol : above)
        if (std::find(below.begin(), below.end(), symbol) == below.end())
            candidate = candidate * SymInt::symbol(symbol);
    return candidate * b == a ? candidate : floorDiv(a, b);
}

/// The product of `sizes` divided by that of `parts` (one of them -1): equal factors cancel, what is left is divided.
SymInt quotient(const SymSizes& sizes, const SymSizes& parts) {
    SymSizes factors = sizes;
    SymInt divisor = 1;
    for (const SymInt& part : parts) {
        const auto equal =
            std::find_if(factors.begin(), factors.end(), [&](const SymInt& size) { return size == part; });
        if (equal != factors.end())
            factors.erase(equal);
        else if (!part.is(-1))
            divisor = divisor * part;
    }
    const SymInt rest = numelOf(factors);
    return divisor.is(1) ? rest : divided(rest, divisor);
}

/// A bound counted from the end if negative, clamped to [0, size]; a symbolic one is taken to lie within.
SymInt clampBound(const SymInt& bound, const SymInt& size) {
    if (!bound.isConstant())
        return less(size, bound) ? size : bound;
    const int64_t value = bound.constant();
    if (value < 0) {
        const SymInt wrapped = size + bound;
        return wrapped.isConstant() && wrapped.constant() < 0 ? SymInt(0) : wrapped;
    }
    const bool beyond = value == INT64_MAX || (size.isConstant() && value > size.constant());
    return beyond ? size : bound;
}

} // namespace

// Note [View strides]
// Neighbouring dimensions that lie behind one another in memory form a block; the new dimensions must divide each block
// evenly. Sizes of 1 belong to any block.
std::optional<SymSizes> viewStrides(const SymSizes& sizes, const SymSizes& strides, const SymSizes& to) {
    if (sizes == to && !sizes.empty())
        return strides;
    if (isContiguous(sizes, strides))
        return contiguousStrides(to);
    SymSizes result(to.size(), SymInt(1));
    size_t unused = to.size();
    SymInt count = 1, base = strides.back();
    for (size_t d = sizes.size(); d-- > 0;) {
        count = count * sizes[d];
        const bool ends = d == 0 || (!sizes[d - 1].is(1) && !same(strides[d - 1], count * base));
        if (!ends)
            continue;
        const auto rest = fillBlock(to, unused, count, base, result);
        if (!rest)
            return std::nullopt;
        unused = *rest;
        if (d > 0)
            base = strides[d - 1];
        count = 1;
    }
    return unused == 0 ? std::optional(result) : std::nullopt;
}

Result<SymSizes> resolveSizes(const SymSizes& wanted, const SymSizes& sizes) {
    const SymInt total = numelOf(sizes);
    const Diagnostic invalid{"shape '" + sizesText(wanted) + "' is invalid for input of size " + total.str(), "", ""};
    SymSizes result = wanted;
    std::optional<size_t> open;
    SymInt known = 1;
    for (size_t d = 0; d < wanted.size(); ++d) {
        if (wanted[d].is(-1) && open)
            return Diagnostic{"only one dimension can be inferred", "", ""};
        if (wanted[d].is(-1))
            open = d;
        else if (wanted[d].isConstant() && wanted[d].constant() < 0)
            return Diagnostic{"invalid shape dimension " + wanted[d].str(), "", ""};
        else
            known = known * wanted[d];
    }
    if (!open)
        return known.isConstant() && total.isConstant() && !(known == total) ? Result<SymSizes>(invalid) : result;
    if (known.is(0))
        return Diagnostic{"cannot reshape tensor of 0 elements into shape " + sizesText(wanted) +
                              " because the unspecified dimension size -1 can be any value and is ambiguous",
                          "", ""};
    if (known.isConstant() && total.isConstant() && total.constant() % known.constant() != 0)
        return invalid;
    result[*open] = quotient(sizes, wanted);
    return result;
}

TensorMeta viewMeta(const TensorMeta& x, SymSizes sizes, std::optional<SymSizes> strides, SymInt offset) {
    TensorMeta meta = x;
    meta.sizes = std::move(sizes);
    meta.strides = std::move(strides);
    meta.storageOffset = std::move(offset);
    meta.requiresGrad = false;
    return meta;
}

Result<TensorMeta> sliceMeta(const TensorMeta& x, size_t dim, std::optional<SymInt> start, std::optional<SymInt> end,
                             int64_t step) {
    if (x.sizes.empty())
        return Diagnostic{"slice() cannot be applied to a 0-dim tensor.", "", ""};
    if (step <= 0)
        return Diagnostic{"slice step must be positive", "", ""};
    SymSizes sizes = x.sizes;
    const SymInt from = clampBound(start.value_or(SymInt(0)), sizes[dim]);
    SymInt to = clampBound(end.value_or(SymInt(INT64_MAX)), sizes[dim]);
    if (less(to, from))
        to = from;
    const SymInt length = to - from;
    sizes[dim] = step == 1 ? length : floorDiv(length + SymInt(step - 1), SymInt(step));
    if (!x.strides)
        return viewMeta(x, std::move(sizes), std::nullopt);
    SymSizes strides = *x.strides;
    const SymInt offset = x.storageOffset + from * strides[dim];
    strides[dim] = strides[dim] * SymInt(step);
    return viewMeta(x, std::move(sizes), std::move(strides), offset);
}

Result<TensorMeta> selectMeta(const TensorMeta& x, size_t dim, const SymInt& index) {
    if (x.sizes.empty())
        return Diagnostic{"select() cannot be applied to a 0-dim tensor.", "", ""};
    const SymInt& size = x.sizes[dim];
    const bool known = index.isConstant() && size.isConstant();
    if (known && (index.constant() < -size.constant() || index.constant() >= size.constant()))
        return Diagnostic{"select(): index " + index.str() + " out of range for tensor of size " + sizesText(x.sizes) +
                              " at dimension " + std::to_string(dim),
                          "", ""};
    const SymInt at = index.isConstant() && index.constant() < 0 ? index + size : index;
    SymSizes sizes = x.sizes;
    sizes.erase(sizes.begin() + static_cast<std::ptrdiff_t>(dim));
    if (!x.strides)
        return viewMeta(x, std::move(sizes), std::nullopt);
    SymSizes strides = *x.strides;
    const SymInt offset = x.storageOffset + at * strides[dim];
    strides.erase(strides.begin() + static_cast<std::ptrdiff_t>(dim));
    return viewMeta(x, std::move(sizes), std::move(strides), offset);
}

Result<Value> viewsOf(const Tensor& x, const ValueMeta& meta) {
    if (meta.kind() == ValueMeta::Kind::List) {
        ValueList views;
        for (const ValueMeta& item : meta.items()) {
            FX_TRY(Value view, viewsOf(x, item));
            views.push_back(std::move(view));
        }
        return Value(std::move(views));
    }
    const TensorMeta& wanted = meta.tensor();
    Sizes sizes, strides;
    for (size_t d = 0; d < wanted.sizes.size(); ++d) {
        sizes.push_back(wanted.sizes[d].constant());
        strides.push_back((*wanted.strides)[d].constant());
    }
    FX_TRY(Tensor view, x.asStrided(std::move(sizes), std::move(strides), wanted.storageOffset.constant()));
    return Value(std::move(view));
}

} // namespace fxscope
