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

// --- avg_pool1d(self, kernel_size, stride, padding, ceil_mode, count_include_pad) and adaptive_avg_pool1d(self,
// output_size): rows as images of height 1

MetaArg asImage(const TensorMeta& row) {
    TensorMeta image = row;
    image.sizes.insert(image.sizes.end() - 1, SymInt(1));
    if (image.strides)
        image.strides->insert(image.strides->end() - 1, row.sizes.back() * row.strides->back());
    return {std::move(image)};
}
Result<Value> asImage(const Tensor& row) {
    Sizes sizes = row.sizes(), strides = row.strides();
    sizes.insert(sizes.end() - 1, 1);
    strides.insert(strides.end() - 1, row.sizes().back() * row.strides().back());
    FX_TRY(Tensor image, row.asStrided(std::move(sizes), std::move(strides), row.offset()));
    return Value(std::move(image));
}

/// A list of one number with another in front; an empty one (stride as the kernel) stays so.
template <class List, class Arg> Arg withFront(const Arg& list, Arg front) {
    const auto* items = std::get_if<List>(&list.v);
    return !items || items->empty() ? list : Arg{List{std::move(front), items->front()}};
}

Result<MetaArgs> imageCall(Metas args, bool adaptive) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (x.sizes.size() != 2 && x.sizes.size() != 3)
        return Diagnostic{"Expected 2D or 3D tensor, but got " + sizesText(x.sizes), "", ""};
    const auto front = [](int64_t number) { return MetaArg{SymInt(number)}; };
    if (adaptive)
        return MetaArgs{asImage(x), withFront<MetaArgs>(args[1], front(1))};
    return MetaArgs{asImage(x),
                    withFront<MetaArgs>(args[1], front(1)),
                    withFront<MetaArgs>(args[2], front(1)),
                    withFront<MetaArgs>(args[3], front(0)),
                    args[4],
                    args[5],
                    MetaArg{}};
}

template <bool Adaptive> Result<ValueMeta> inferRows(Metas args) {
    FX_TRY(const MetaArgs call, imageCall(args, Adaptive));
    FX_TRY(const ValueMeta image, Adaptive ? inferAdaptive(call) : inferAvgPool(call));
    SymSizes sizes = image.tensor().sizes;
    sizes.erase(sizes.end() - 2);
    return ValueMeta::tensor(newMeta(image.tensor().dtype, std::move(sizes), &image.tensor()));
}

template <bool Adaptive> Result<Value> runRows(Values args, KernelContext& context) {
    FX_TRY(const Tensor out, allocateResult(inferRows<Adaptive>, args));
    FX_TRY(Value x, asImage(args[0].tensor()));
    const auto front = [](int64_t number) { return Value(number); };
    ValueList call{std::move(x), withFront<ValueList>(args[1], front(1))};
    if (!Adaptive)
        call.insert(call.end(), {withFront<ValueList>(args[2], front(1)), withFront<ValueList>(args[3], front(0)),
                                 args[4], args[5], Value()});
    FX_TRY(const Value image, Adaptive ? runAdaptive(call, context) : runAvgPool(call, context));
    FX_TRY(const Tensor rows, image.tensor().contiguous());
    FX_TRY(const Tensor flat, rows.asStrided(out.sizes(), rowMajorStrides(out.sizes()), rows.offset()));
    return Value(flat);
}

} // namespace

const OpDef avg_pool1d{
    .target = "torch.ops.aten.avg_pool1d.default", .infer = inferRows<false>, .reference = runRows<false>};
const OpDef adaptive_avg_pool1d{
    .target = "torch.ops.aten.adaptive_avg_pool1d.default", .infer = inferRows<true>, .reference = runRows<true>};
const OpDef avg_pool2d{.target = "torch.ops.aten.avg_pool2d.default", .infer = inferAvgPool, .reference = runAvgPool};
const OpDef _adaptive_avg_pool2d{
    .target = "torch.ops.aten._adaptive_avg_pool2d.default", .infer = inferAdaptive, .reference = runAdaptive};
const OpDef adaptive_avg_pool2d{
    .target = "torch.ops.aten.adaptive_avg_pool2d.default", .infer = inferAdaptive, .reference = runAdaptive};

} // namespace fxscope::ops
