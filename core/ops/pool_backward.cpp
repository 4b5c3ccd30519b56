// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pool_util.h"

// Gradients of pools of images: a mean gives each element of its window its share, a maximum everything to the place
// that `indices` names.

namespace fxscope::ops {
namespace {

/// Rows or columns [begin, end) of a window, and what it counts for.
struct Share {
    int64_t begin = 0, end = 0, counted = 0;
};

/// The gradient has the input's sizes, in the format the input suggests.
Result<ValueMeta> inferLikeInput(Metas args) {
    FX_TRY(const TensorMeta gradient, tensorAt(args, 0));
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    FX_CHECK(imageSizes(x, 1, 1));
    bool fits = gradient.sizes.size() == x.sizes.size();
    for (size_t d = 0; fits && d + 2 < x.sizes.size(); ++d)
        fits = !differ(gradient.sizes[d], x.sizes[d]);
    if (!fits)
        return Diagnostic{"expected a gradient of the input's rank, with as many planes, got " +
                              sizesText(gradient.sizes) + " for an input of size " + sizesText(x.sizes),
                          "", ""};
    if (gradient.dtype != x.dtype)
        return Diagnostic{"expected dtype " + std::string(scalarTypeName(x.dtype)) +
                              " for `grad_output` but got dtype " + std::string(scalarTypeName(gradient.dtype)),
                          "", ""};
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, x.sizes));
}

/// Spreads row-major `g` over row-major `dx`; `divisor` 0: what the window counts.
template <class T> void spread(const Tensor& g, int64_t divisor, const auto& rows, const auto& columns, Tensor& dx) {
    const size_t rank = g.dim();
    const int64_t width = g.size(rank - 1), area = g.size(rank - 2) * width;
    const int64_t inWidth = dx.size(rank - 1), inArea = dx.size(rank - 2) * inWidth;
    for (int64_t i = 0; i < g.numel(); ++i) {
        const Share h = rows(i % area / width), w = columns(i % width);
        const int64_t count = divisor ? divisor : h.counted * w.counted;
        const auto share = widen(g.data<T>()[i]) / static_cast<Accumulate<T>>(count);
        T* plane = dx.data<T>() + i / area * inArea;
        for (int64_t r = h.begin; r < h.end; ++r)
            for (int64_t c = w.begin; c < w.end; ++c)
                plane[r * inWidth + c] = castTo<T>(widen(plane[r * inWidth + c]) + share);
    }
}

Result<Value> spreadInto(const Tensor& out, const Tensor& gradient, int64_t divisor, const auto& rows,
                         const auto& columns) {
    FX_TRY(Tensor dx, rowMajorFor(out));
    FX_TRY(const Tensor g, gradient.contiguous());
    FX_CHECK(fill(dx, Value(int64_t(0))));
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        spread<T>(g, divisor, rows, columns, dx);
        return settle(dx, out);
    });
}

// --- _adaptive_avg_pool2d_backward(grad_output, self)

Result<Value> runAdaptiveBackward(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferLikeInput, args));
    const Tensor& g = args[0].tensor();
    const auto share = [&](size_t dim) {
        return [in = out.size(dim), size = g.size(dim)](int64_t o) -> Share {
            const int64_t begin = o * in / size, end = ((o + 1) * in + size - 1) / size;
            return {begin, end, end - begin};
        };
    };
    return spreadInto(out, g, 0, share(g.dim() - 2), share(g.dim() - 1));
}

// --- avg_pool2d_backward(grad_output, self, kernel_size, stride, padding, ceil_mode, count_include_pad,
// divisor_override)

Result<ValueMeta> inferAvgBackward(Metas args) {
    FX_CHECK(poolAxes(args, 0, 2));
    FX_TRY(const auto divisor, optionalIntAt(args, 7));
    if (divisor && *divisor == 0)
        return Diagnostic{"divisor must be not zero", "", ""};
    return inferLikeInput(args);
}

Result<Value> runAvgBackward(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAvgBackward, args));
    FX_TRY(const auto axes, poolAxes(args, 0, 2));
    FX_TRY(const bool countsPadding, boolAt(args, 6));
    FX_TRY(const auto divisor, optionalIntAt(args, 7));
    const auto share = [&](size_t axis) {
        return [=, at = axes[axis], in = out.size(out.dim() - 2 + axis)](int64_t o) -> Share {
            const int64_t start = o * at.stride - at.padding, stop = std::min(start + at.kernel, in + at.padding);
            const int64_t begin = std::max<int64_t>(start, 0), end = std::max(begin, std::min(stop, in));
            return {begin, end, countsPadding ? stop - start : end - begin};
        };
    };
    return spreadInto(out, args[0].tensor(), divisor.value_or(0), share(0), share(1));
}

// --- max_pool2d_with_indices_backward(grad_output, self, kernel_size, stride, padding, dilation, ceil_mode, indices)

Result<ValueMeta> inferMaxBackward(Metas args) {
    FX_TRY(const TensorMeta indices, tensorAt(args, 7));
    if (indices.dtype != DType::Int64)
        return Diagnostic{
            "expected dtype Long for `indices` but got dtype " + std::string(scalarTypeName(indices.dtype)), "", ""};
    return inferLikeInput(args);
}

Result<Value> runMaxBackward(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferMaxBackward, args));
    FX_TRY(Tensor dx, rowMajorFor(out));
    FX_TRY(const Tensor g, args[0].tensor().contiguous());
    FX_TRY(const Tensor places, args[7].tensor().contiguous());
    FX_CHECK(fill(dx, Value(int64_t(0))));
    if (places.sizes() != g.sizes())
        return Diagnostic{"expected indices of size " + sizesText(g.sizes()) + ", got " + sizesText(places.sizes()), "",
                          ""};
    const size_t rank = g.dim();
    const int64_t area = g.size(rank - 1) * g.size(rank - 2), inArea = dx.size(rank - 1) * dx.size(rank - 2);
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t i = 0; i < g.numel(); ++i) {
            const int64_t place = places.data<int64_t>()[i];
            if (place < 0 || place >= inArea)
                return Diagnostic{"invalid max index " + std::to_string(place) + " for planes of " +
                                      std::to_string(inArea) + " elements",
                                  "", ""};
            T& to = dx.data<T>()[i / area * inArea + place];
            to = castTo<T>(widen(to) + widen(g.data<T>()[i]));
        }
        return settle(dx, out);
    });
}

} // namespace

const OpDef _adaptive_avg_pool2d_backward{.target = "torch.ops.aten._adaptive_avg_pool2d_backward.default",
                                          .infer = inferLikeInput,
                                          .reference = runAdaptiveBackward};
const OpDef avg_pool2d_backward{
    .target = "torch.ops.aten.avg_pool2d_backward.default", .infer = inferAvgBackward, .reference = runAvgBackward};
const OpDef max_pool2d_with_indices_backward{.target = "torch.ops.aten.max_pool2d_with_indices_backward.default",
                                             .infer = inferMaxBackward,
                                             .reference = runMaxBackward};

} // namespace fxscope::ops
