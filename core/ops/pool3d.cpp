// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/each_rounded.h"
#include "core/ops/pool_util.h"

#include <limits>

// The pools of volumes: avg_pool3d, _adaptive_avg_pool3d, max_pool3d_with_indices; and adaptive_max_pool2d. As in the
// plane: windows of a mean count padding or not, the first of equal maxima counts, a NaN wins, and places count within
// the volume.

namespace fxscope::ops {
namespace {

/// Elements [begin, end) of one dimension in steps of `step`, and what the window counts for in a mean.
struct Reach {
    int64_t begin = 0, end = 0, step = 1, counted = 0;
};
/// By dimension and output place.
using Reaches = std::array<std::vector<Reach>, 3>;

Reach meanReach(const PoolAxis<int64_t>& axis, int64_t in, int64_t o, bool countsPadding) {
    const int64_t start = o * axis.stride - axis.padding, stop = std::min(start + axis.kernel, in + axis.padding);
    const int64_t begin = std::max<int64_t>(start, 0), end = std::max(begin, std::min(stop, in));
    return {begin, end, 1, countsPadding ? stop - start : end - begin};
}

Reach maxReach(const PoolAxis<int64_t>& axis, int64_t in, int64_t o) {
    int64_t start = o * axis.stride - axis.padding;
    const int64_t end = std::min(start + (axis.kernel - 1) * axis.dilation + 1, in);
    while (start < 0)
        start += axis.dilation;
    return {start, end, axis.dilation, 0};
}

Reach adaptiveReach(int64_t in, int64_t out, int64_t o) {
    const int64_t begin = o * in / out, end = ((o + 1) * in + out - 1) / out;
    return {begin, end, 1, end - begin};
}

/// The reaches of the last `dims` dimensions of x and y; a plane is a volume of depth 1.
Reaches reachesOf(const Tensor& x, const Tensor& y, size_t dims, const auto& reach) {
    Reaches result;
    for (size_t i = 0; i < 3; ++i) {
        const size_t d = x.dim() + i - 3, axis = i + dims - 3;
        if (i + dims < 3)
            result[i] = {{0, 1, 1, 1}};
        for (int64_t o = 0; i + dims >= 3 && o < y.size(d); ++o)
            result[i].push_back(reach(axis, x.size(d), o));
    }
    return result;
}

/// fn(depth, row, column, volume of x, place in y) for every output element of row-major x and y.
void forEachWindow(const Tensor& x, const Tensor& y, const Reaches& reaches, auto&& fn) {
    int64_t outVolume = 1;
    for (const auto& along : reaches)
        outVolume *= static_cast<int64_t>(along.size());
    const int64_t volumes = outVolume ? y.numel() / outVolume : 0;
    int64_t at = 0;
    for (int64_t volume = 0; volume < volumes; ++volume)
        for (const Reach& depth : reaches[0])
            for (const Reach& row : reaches[1])
                for (const Reach& column : reaches[2])
                    fn(depth, row, column, volume * (x.numel() / volumes), at++);
}

template <class T> void volumeMeans(const Tensor& x, const Reaches& reaches, int64_t divisor, Tensor& y) {
    const int64_t width = x.size(x.dim() - 1), area = x.size(x.dim() - 2) * width;
    forEachWindow(x, y, reaches, [&](const Reach& d, const Reach& h, const Reach& w, int64_t start, int64_t at) {
        Accumulate<T> sum{};
        for (int64_t i = d.begin; i < d.end; ++i)
            for (int64_t j = h.begin; j < h.end; ++j)
                for (int64_t k = w.begin; k < w.end; ++k)
                    sum += widen(x.data<T>()[start + i * area + j * width + k]);
        const int64_t count = divisor ? divisor : d.counted * h.counted * w.counted;
        const bool empty = d.begin >= d.end || h.begin >= h.end || w.begin >= w.end;
        y.data<T>()[at] = castTo<T>(empty && !divisor ? Accumulate<T>{} : sum / static_cast<Accumulate<T>>(count));
    });
}

/// As PyTorch takes the mean of an adaptive volume: in T, divided by one side of the window after the other.
template <class T> void adaptiveMeans(const Tensor& x, const Reaches& reaches, Tensor& y) {
    using C = Stepwise<T>;
    const int64_t width = x.size(x.dim() - 1), area = x.size(x.dim() - 2) * width;
    forEachWindow(x, y, reaches, [&](const Reach& d, const Reach& h, const Reach& w, int64_t start, int64_t at) {
        C sum(0);
        for (int64_t i = d.begin; i < d.end; ++i)
            for (int64_t j = h.begin; j < h.end; ++j)
                for (int64_t k = w.begin; k < w.end; ++k)
                    sum = sum + C(x.data<T>()[start + i * area + j * width + k]);
        for (const Reach* side : {&d, &h, &w})
            sum = sum / C(static_cast<double>(side->counted));
        y.data<T>()[at] = static_cast<T>(sum);
    });
}

template <class T> void volumeMaxima(const Tensor& x, const Reaches& reaches, Tensor& y, Tensor& places) {
    const int64_t width = x.size(x.dim() - 1), area = x.size(x.dim() - 2) * width;
    forEachWindow(x, y, reaches, [&](const Reach& d, const Reach& h, const Reach& w, int64_t start, int64_t at) {
        const T* from = x.data<T>() + start;
        int64_t best = d.begin * area + h.begin * width + w.begin;
        bool found = false;
        for (int64_t i = d.begin; i < d.end; i += d.step)
            for (int64_t j = h.begin; j < h.end; j += h.step)
                for (int64_t k = w.begin; k < w.end; k += w.step)
                    if (const int64_t place = i * area + j * width + k;
                        !found || from[place] > from[best] || isNan(from[place])) {
                        best = place;
                        found = true;
                    }
        y.data<T>()[at] = found ? from[best] : std::numeric_limits<T>::lowest();
        places.data<int64_t>()[at] = best;
    });
}

template <size_t Dims>
Result<SymSizes> windowSizes(const TensorMeta& x, const std::array<PoolAxis<SymInt>, Dims>& axes, bool ceilMode) {
    SymSizes last;
    FX_CHECK(pooledSizes(x, SymSizes(Dims, SymInt(1))));
    for (size_t i = 0; i < Dims; ++i) {
        FX_TRY(SymInt size, pooledSize(x.sizes[x.sizes.size() - Dims + i], axes[i], ceilMode));
        last.push_back(std::move(size));
    }
    return pooledSizes(x, last);
}

// --- avg_pool3d(self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)

Result<ValueMeta> inferAvgPool3d(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto axes, poolAxes<3>(args, 0));
    FX_TRY(const bool ceilMode, boolAt(args, 4));
    FX_TRY(const auto divisor, optionalIntAt(args, 6));
    if (divisor && *divisor == 0)
        return Diagnostic{"divisor must be not zero", "", ""};
    FX_TRY(SymSizes sizes, windowSizes<3>(x, axes, ceilMode));
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

Result<Value> runAvgPool3d(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAvgPool3d, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const auto axes, poolAxes<3>(args, 0));
    FX_TRY(const bool countsPadding, boolAt(args, 5));
    FX_TRY(const auto divisor, optionalIntAt(args, 6));
    const Reaches reaches =
        reachesOf(x, y, 3, [&](size_t d, int64_t in, int64_t o) { return meanReach(axes[d], in, o, countsPadding); });
    return dispatch<DTypes::RealNoBool>(x.dtype(), [&]<class T>() -> Result<Value> {
        volumeMeans<T>(x, reaches, divisor.value_or(0), y);
        return settle(y, out);
    });
}

// --- _adaptive_avg_pool3d(self, output_size), adaptive_max_pool2d(self, output_size)

template <size_t Dims> Result<SymSizes> adaptiveSizes(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes size, symIntsAt(args, 1));
    if (size.size() != Dims)
        return Diagnostic{"output_size must have " + std::to_string(Dims) + " elements, got " + sizesText(size), "",
                          ""};
    return pooledSizes(x, size);
}

Result<ValueMeta> inferAdaptive3d(Metas args) {
    FX_TRY(SymSizes sizes, adaptiveSizes<3>(args));
    const TensorMeta& x = args[0].tensor();
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

Result<Value> runAdaptive3d(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAdaptive3d, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const Reaches reaches = reachesOf(
        x, y, 3, [&](size_t d, int64_t in, int64_t o) { return adaptiveReach(in, y.size(y.dim() - 3 + d), o); });
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        adaptiveMeans<T>(x, reaches, y);
        return settle(y, out);
    });
}

ValueMeta withPlaces(const TensorMeta& x, SymSizes sizes) {
    const TensorMeta values = sameFormatMeta(x, x.dtype, std::move(sizes));
    TensorMeta places = values;
    places.dtype = DType::Int64;
    return tensorList({values, places});
}

Result<Value> maximaOf(Values args, Infer rule, size_t dims, const auto& reach) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(rule, args));
    FX_TRY(Tensor y, rowMajorFor(out[0]));
    FX_TRY(Tensor places, rowMajorFor(out[1]));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const Reaches reaches = reachesOf(x, y, dims, [&](size_t d, int64_t in, int64_t o) { return reach(d, in, o, y); });
    return dispatch<DTypes::RealNoBool>(x.dtype(), [&]<class T>() -> Result<Value> {
        volumeMaxima<T>(x, reaches, y, places);
        return Value(ValueList{settle(y, out[0]), settle(places, out[1])});
    });
}

Result<ValueMeta> inferAdaptiveMax2d(Metas args) {
    FX_TRY(SymSizes sizes, adaptiveSizes<2>(args));
    return withPlaces(args[0].tensor(), std::move(sizes));
}

Result<Value> runAdaptiveMax2d(Values args, KernelContext&) {
    return maximaOf(args, inferAdaptiveMax2d, 2, [](size_t d, int64_t in, int64_t o, const Tensor& y) {
        return adaptiveReach(in, y.size(y.dim() - 2 + d), o);
    });
}

// --- max_pool3d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)

Result<ValueMeta> inferMaxPool3d(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto axes, poolAxes<3>(args, 4));
    FX_TRY(const bool ceilMode, boolAt(args, 5));
    FX_TRY(SymSizes sizes, windowSizes<3>(x, axes, ceilMode));
    return withPlaces(x, std::move(sizes));
}

Result<Value> runMaxPool3d(Values args, KernelContext&) {
    FX_TRY(const auto axes, poolAxes<3>(args, 4));
    return maximaOf(args, inferMaxPool3d, 3,
                    [&](size_t d, int64_t in, int64_t o, const Tensor&) { return maxReach(axes[d], in, o); });
}

} // namespace

const OpDef avg_pool3d{
    .target = "torch.ops.aten.avg_pool3d.default", .infer = inferAvgPool3d, .reference = runAvgPool3d};
const OpDef _adaptive_avg_pool3d{
    .target = "torch.ops.aten._adaptive_avg_pool3d.default", .infer = inferAdaptive3d, .reference = runAdaptive3d};
const OpDef adaptive_max_pool2d{
    .target = "torch.ops.aten.adaptive_max_pool2d.default", .infer = inferAdaptiveMax2d, .reference = runAdaptiveMax2d};
const OpDef max_pool3d_with_indices{
    .target = "torch.ops.aten.max_pool3d_with_indices.default", .infer = inferMaxPool3d, .reference = runMaxPool3d};

} // namespace fxscope::ops
