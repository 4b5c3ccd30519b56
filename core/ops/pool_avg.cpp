// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pool_util.h"

// y = sum of the window / divisor. avg_pool2d divides by the window's size with padding (count_include_pad) or without,
// or by divisor_override; adaptive_avg_pool2d takes for output o of n the elements [floor(o in / n), ceil((o + 1) in /
// n)).

namespace fxscope::ops {
namespace {

/// Elements [begin, end) of one dimension, and what the window counts.
struct Span {
    int64_t begin = 0, end = 0, counted = 0;
};

Span poolSpan(const PoolAxis<int64_t>& axis, int64_t in, int64_t o, bool countsPadding) {
    const int64_t start = o * axis.stride - axis.padding, stop = std::min(start + axis.kernel, in + axis.padding);
    const int64_t begin = std::max<int64_t>(start, 0), end = std::max(begin, std::min(stop, in));
    return {begin, end, countsPadding ? stop - start : end - begin};
}

Span adaptiveSpan(int64_t in, int64_t out, int64_t o) {
    const int64_t begin = o * in / out, end = ((o + 1) * in + out - 1) / out;
    return {begin, end, end - begin};
}

/// Means over windows; `rows(o)` and `columns(o)` say which elements output o covers. `divisor` 0: those that count.
template <class T> void averages(const Tensor& x, int64_t divisor, Tensor& y, const auto& rows, const auto& columns) {
    const size_t rank = y.dim();
    const int64_t inWidth = x.size(rank - 1), inArea = x.size(rank - 2) * inWidth;
    const int64_t width = y.size(rank - 1), area = y.size(rank - 2) * width;
    for (int64_t i = 0; i < y.numel(); ++i) {
        const T* plane = x.data<T>() + i / area * inArea;
        const Span h = rows(i % area / width), w = columns(i % width);
        Accumulate<T> sum{};
        for (int64_t row = h.begin; row < h.end; ++row)
            for (int64_t column = w.begin; column < w.end; ++column)
                sum += widen(plane[row * inWidth + column]);
        const int64_t count = divisor ? divisor : h.counted * w.counted;
        const bool empty = h.begin >= h.end || w.begin >= w.end; // all padding: 0, whatever the divisor
        y.data<T>()[i] = castTo<T>(empty && !divisor ? Accumulate<T>{} : sum / static_cast<Accumulate<T>>(count));
    }
}

/// avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
Result<ValueMeta> inferAvgPool(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto axes, poolAxes(args, 0));
    FX_TRY(const bool ceilMode, boolAt(args, 4));
    FX_TRY(const auto divisor, optionalIntAt(args, 6));
    if (divisor && *divisor == 0)
        return Diagnostic{"divisor must be not zero", "", ""};
    FX_TRY(const SymSizes planes, imageSizes(x, 1, 1));
    const size_t rank = planes.size();
    FX_TRY(const SymInt height, pooledSize(x.sizes[rank - 2], axes[0], ceilMode));
    FX_TRY(const SymInt width, pooledSize(x.sizes[rank - 1], axes[1], ceilMode));
    FX_TRY(SymSizes sizes, imageSizes(x, height, width));
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

Result<Value> runAvgPool(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAvgPool, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const auto axes, poolAxes(args, 0));
    FX_TRY(const bool countsPadding, boolAt(args, 5));
    FX_TRY(const auto divisor, optionalIntAt(args, 6));
    const int64_t height = x.size(x.dim() - 2), width = x.size(x.dim() - 1);
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Value> {
        averages<T>(
            x, divisor.value_or(0), y, [&](int64_t o) { return poolSpan(axes[0], height, o, countsPadding); },
            [&](int64_t o) { return poolSpan(axes[1], width, o, countsPadding); });
        return settle(y, out);
    });
}

/// adaptive_avg_pool2d(x, output_size)
Result<ValueMeta> inferAdaptive(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes size, symIntsAt(args, 1));
    if (size.size() != 2)
        return Diagnostic{"adaptive_avg_pool2d: output_size must have 2 elements", "", ""};
    FX_TRY(SymSizes sizes, imageSizes(x, size[0], size[1]));
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

Result<Value> runAdaptive(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAdaptive, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const size_t h = x.dim() - 2, w = x.dim() - 1;
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        averages<T>(
            x, 0, y, [&](int64_t o) { return adaptiveSpan(x.size(h), y.size(h), o); },
            [&](int64_t o) { return adaptiveSpan(x.size(w), y.size(w), o); });
        return settle(y, out);
    });
}

} // namespace

const OpDef avg_pool2d{.target = "torch.ops.aten.avg_pool2d.default", .infer = inferAvgPool, .reference = runAvgPool};
const OpDef _adaptive_avg_pool2d{
    .target = "torch.ops.aten._adaptive_avg_pool2d.default", .infer = inferAdaptive, .reference = runAdaptive};
const OpDef adaptive_avg_pool2d{
    .target = "torch.ops.aten.adaptive_avg_pool2d.default", .infer = inferAdaptive, .reference = runAdaptive};

} // namespace fxscope::ops
