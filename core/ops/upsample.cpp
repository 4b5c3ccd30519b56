// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// upsample_nearest2d: output o takes input floor(o * scale); upsample_bilinear2d: the two inputs around
// (o + 0.5) * scale - 0.5, or o * scale with align_corners. scale is 1 / the given factor, else in / out; it is
// computed in float for float and narrower types, because the rounding decides which input is taken.

namespace fxscope::ops {
namespace {

/// Which scale an axis uses.
template <class S> struct Axis {
    int64_t in, out;
    bool aligned = false; ///< align_corners
    S scale = 1;

    Axis(int64_t inSize, int64_t outSize, std::optional<double> factor, bool alignCorners)
        : in(inSize), out(outSize), aligned(alignCorners) {
        if (aligned)
            scale = out > 1 ? static_cast<S>(in - 1) / static_cast<S>(out - 1) : S(0);
        else
            scale = factor && *factor > 0 ? static_cast<S>(1.0 / *factor) : static_cast<S>(in) / static_cast<S>(out);
    }
    int64_t nearest(int64_t o) const {
        return std::min(static_cast<int64_t>(std::floor(static_cast<S>(o) * scale)), in - 1);
    }
    /// Position between two inputs: the lower one, the upper one and the weight of the upper one.
    struct Between {
        int64_t low, high;
        S weight;
    };
    Between between(int64_t o) const {
        const S place =
            aligned ? scale * static_cast<S>(o) : std::max(S(0), scale * (static_cast<S>(o) + S(0.5)) - S(0.5));
        const int64_t low = std::min(static_cast<int64_t>(place), in - 1);
        return {low, std::min(low + 1, in - 1), std::min(std::max(place - static_cast<S>(low), S(0)), S(1))};
    }
};

/// Where scale_factors stand: upsample_nearest2d.vec(x, output_size, scale_factors), bilinear has align_corners before.
Result<SymSizes> outputSize(Metas args, const TensorMeta& x, size_t factorsAt) {
    if (x.sizes.size() != 4)
        return Diagnostic{"expected a 4D input, got " + sizesText(x.sizes), "", ""};
    if (isNoneAt(args, 1) == isNoneAt(args, factorsAt))
        return Diagnostic{"must specify exactly one of output_size and scale_factors", "", ""};
    if (!isNoneAt(args, 1))
        return symIntsAt(args, 1);
    const MetaArgs* factors = std::get_if<MetaArgs>(&args[factorsAt].v);
    SymSizes sizes;
    for (size_t i = 0; factors && i < factors->size() && i < 2; ++i) {
        const SymInt& in = x.sizes[2 + i];
        const double* factor = std::get_if<double>(&(*factors)[i].v);
        if (const SymInt* whole = std::get_if<SymInt>(&(*factors)[i].v))
            sizes.push_back(in * *whole);
        else if (factor && *factor == std::floor(*factor))
            sizes.push_back(in * static_cast<int64_t>(*factor));
        else if (factor && in.isConstant())
            sizes.push_back(static_cast<int64_t>(static_cast<double>(in.constant()) * *factor));
        else
            return Diagnostic{"a broken scale factor of a symbolic size", "", "use output_size"};
    }
    return sizes;
}

Result<ValueMeta> infer(Metas args, size_t factorsAt) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes size, outputSize(args, x, factorsAt));
    if (size.size() != 2)
        return Diagnostic{"output_size and scale_factors must have 2 elements", "", ""};
    for (const SymInt& side : {x.sizes[1], x.sizes[2], x.sizes[3], size[0], size[1]})
        if (side.isConstant() && side.constant() < 1)
            return Diagnostic{"input and output sizes should be greater than 0, but got input " + sizesText(x.sizes) +
                                  " and output " + sizesText(size),
                              "", ""};
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, {x.sizes[0], x.sizes[1], size[0], size[1]}));
}
Result<ValueMeta> inferNearest(Metas args) { return infer(args, 2); }
Result<ValueMeta> inferBilinear(Metas args) { return infer(args, 3); }

Result<std::optional<double>> factorAt(Values args, size_t factorsAt, size_t axis) {
    if (isNoneAt(args, factorsAt))
        return std::optional<double>();
    if (!args[factorsAt].isList())
        return Diagnostic{"scale_factors must be a list", "", ""};
    return optionalDoubleAt(args[factorsAt].list(), axis);
}

template <class T> using Scale = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <class T> void nearest(const Tensor& x, Tensor& y, const Axis<Scale<T>>& rows, const Axis<Scale<T>>& columns) {
    T* to = y.data<T>();
    for (int64_t plane = 0; plane < y.size(0) * y.size(1); ++plane)
        for (int64_t h = 0; h < rows.out; ++h)
            for (int64_t w = 0; w < columns.out; ++w)
                *to++ = x.data<T>()[(plane * rows.in + rows.nearest(h)) * columns.in + columns.nearest(w)];
}

template <class T>
void bilinear(const Tensor& x, Tensor& y, const Axis<Scale<T>>& rows, const Axis<Scale<T>>& columns) {
    using S = Scale<T>;
    T* to = y.data<T>();
    for (int64_t plane = 0; plane < y.size(0) * y.size(1); ++plane)
        for (int64_t h = 0; h < rows.out; ++h)
            for (int64_t w = 0; w < columns.out; ++w) {
                const auto [top, bottom, down] = rows.between(h);
                const auto [left, right, across] = columns.between(w);
                const T* from = x.data<T>() + plane * rows.in * columns.in;
                const auto at = [&](int64_t r, int64_t c) { return static_cast<S>(from[r * columns.in + c]); };
                const S upper = (1 - across) * at(top, left) + across * at(top, right);
                const S lower = (1 - across) * at(bottom, left) + across * at(bottom, right);
                *to++ = castTo<T>((1 - down) * upper + down * lower);
            }
}

enum class Method { Nearest, Bilinear };

template <Method M> Result<Value> run(Values args, KernelContext&) {
    constexpr size_t kFactorsAt = M == Method::Nearest ? 2 : 3;
    FX_TRY(const Tensor out, allocateResult(M == Method::Nearest ? inferNearest : inferBilinear, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const bool aligned, M == Method::Nearest ? Result<bool>(false) : boolAt(args, 2));
    FX_TRY(const auto tall, factorAt(args, kFactorsAt, 0));
    FX_TRY(const auto wide, factorAt(args, kFactorsAt, 1));
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        const Axis<Scale<T>> rows(x.size(2), y.size(2), tall, aligned), columns(x.size(3), y.size(3), wide, aligned);
        if constexpr (M == Method::Nearest)
            nearest<T>(x, y, rows, columns);
        else
            bilinear<T>(x, y, rows, columns);
        return settle(y, out);
    });
}

} // namespace

const OpDef upsample_nearest2d{
    .target = "torch.ops.aten.upsample_nearest2d.vec", .infer = inferNearest, .reference = run<Method::Nearest>};
const OpDef upsample_bilinear2d{
    .target = "torch.ops.aten.upsample_bilinear2d.vec", .infer = inferBilinear, .reference = run<Method::Bilinear>};

} // namespace fxscope::ops
