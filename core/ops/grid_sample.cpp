// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/each_rounded.h"
#include "core/ops/memory_format.h"

#include <cmath>

// grid_sampler_2d(input, grid, interpolation_mode, padding_mode, align_corners): the image at places (x, y) in [-1, 1].
// -1 and 1 are the centres of the corner elements with align_corners, else the image's edges. Interpolation is bilinear
// (0), nearest (1) or bicubic (2); outside the image is 0 (0), the nearest edge (1), or a reflection (2).

namespace fxscope::ops {
namespace {

enum GridMode : int64_t { kGridBilinear = 0, kGridNearest = 1, kGridBicubic = 2 };
enum GridPadding : int64_t { kGridZeros = 0, kGridBorder = 1, kGridReflection = 2 };

Result<ValueMeta> inferGridSampler(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta grid, tensorAt(args, 1));
    FX_TRY(const int64_t mode, intAt(args, 2));
    FX_TRY(const int64_t padding, intAt(args, 3));
    const bool shapes =
        x.sizes.size() == 4 && grid.sizes.size() == 4 && grid.sizes[3].is(2) && !differ(x.sizes[0], grid.sizes[0]);
    if (!shapes)
        return Diagnostic{"grid_sampler(): expected 4D input and grid with the same batch size and a last dimension of "
                          "2 in grid, but got input with sizes " +
                              sizesText(x.sizes) + " and grid with sizes " + sizesText(grid.sizes),
                          "", ""};
    if (x.dtype != grid.dtype)
        return Diagnostic{"grid_sampler(): expected input and grid to have same dtype, but input has " +
                              std::string(scalarTypeName(x.dtype)) + " and grid has " +
                              std::string(scalarTypeName(grid.dtype)),
                          "", ""};
    if (x.sizes[2].is(0) || x.sizes[3].is(0))
        return Diagnostic{"grid_sampler(): expected input to have non-empty spatial dimensions", "", ""};
    if (mode < kGridBilinear || mode > kGridBicubic || padding < kGridZeros || padding > kGridReflection)
        return Diagnostic{"grid_sampler(): interpolation_mode and padding_mode must be 0, 1 or 2", "", ""};
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, {x.sizes[0], x.sizes[1], grid.sizes[1], grid.sizes[2]}));
}

/// One axis of the image: from a grid coordinate to a place, and what is outside. C is what PyTorch computes in, the
/// order of operations as well, because half types are rounded after each.
template <class C> struct GridAxis {
    int64_t size;
    int64_t padding;
    bool aligned;

    C number(int64_t i) const { return C(static_cast<double>(i)); }
    C unnormalised(C coordinate) const {
        const C halfSpan = C(static_cast<double>(aligned ? size - 1 : size) / 2);
        const C scaled = (coordinate + C(1)) * halfSpan;
        return aligned ? scaled : scaled - C(0.5);
    }
    /// A place folded or clamped into the image; `kGridZeros` leaves it.
    C inside(C place) const {
        if (padding == kGridZeros)
            return place;
        const C folded = padding == kGridReflection ? reflected(place) : place;
        const C last = number(size - 1);
        return folded > C(0) ? (folded < last ? folded : last) : C(0); // NaN becomes 0
    }
    /// Mirrored at the centres (aligned) or the edges of the outer elements.
    C reflected(C place) const {
        const C span = number(2 * (aligned ? size - 1 : size)), shift = C(aligned ? 0 : 0.5);
        if (!(span > C(0)))
            return 0;
        const C distance = C(std::fabs(static_cast<double>(place + shift)));
        const C flips = C(std::trunc(static_cast<double>(distance / span)));
        const C extra = distance - flips * span, other = span - extra;
        return (extra < other ? extra : other) - shift;
    }
    bool holds(int64_t i) const { return i >= 0 && i < size; }
};

/// A whole number as an index; places too far out to count (and NaN) become -100, which is outside.
int64_t indexOf(double whole) { return whole > -1e9 && whole < 1e9 ? static_cast<int64_t>(whole) : -100; }
template <class C> double floorOf(C place) { return std::floor(static_cast<double>(place)); }

/// Keys' cubic with a = -0.75: weights of the elements at -1, 0, 1 and 2.
template <class C> std::array<C, 4> cubicWeights(C t) {
    const C a(-0.75);
    const auto near = [a](C d) { return ((a + C(2)) * d - (a + C(3))) * d * d + C(1); };
    const auto far = [a](C d) { return ((a * d - C(5) * a) * d + C(8) * a) * d - C(4) * a; };
    return {far(t + C(1)), near(t), near(C(1) - t), far(C(2) - t)};
}

/// An image plane sampled at one place.
template <class T, class C> struct GridSampler {
    GridAxis<C> rows, columns;
    int64_t mode;

    C at(const T* plane, int64_t h, int64_t w) const {
        return rows.holds(h) && columns.holds(w) ? C(plane[h * columns.size + w]) : C(0);
    }
    C sample(const T* plane, C x, C y) const {
        const C w = columns.unnormalised(x), h = rows.unnormalised(y);
        if (mode == kGridBicubic)
            return bicubic(plane, w, h);
        const C column = columns.inside(w), row = rows.inside(h);
        if (mode == kGridBilinear)
            return bilinear(plane, column, row);
        return at(plane, indexOf(std::nearbyint(static_cast<double>(row))),
                  indexOf(std::nearbyint(static_cast<double>(column))));
    }
    C bilinear(const T* plane, C w, C h) const {
        const double left = floorOf(w), top = floorOf(h);
        const int64_t j = indexOf(left), i = indexOf(top);
        const C right = w - C(left), below = h - C(top), nearLeft = C(1) - right, nearTop = C(1) - below;
        return at(plane, i, j) * (nearLeft * nearTop) + at(plane, i, j + 1) * (right * nearTop) +
               at(plane, i + 1, j) * (nearLeft * below) + at(plane, i + 1, j + 1) * (right * below);
    }
    C bicubic(const T* plane, C w, C h) const {
        const double left = floorOf(w), top = floorOf(h);
        const auto across = cubicWeights(w - C(left)), down = cubicWeights(h - C(top));
        std::array<C, 4> lines;
        for (int i = 0; i < 4; ++i) {
            std::array<C, 4> four;
            for (int j = 0; j < 4; ++j)
                four[size_t(j)] = at(plane, bounded(rows, top - 1 + i), bounded(columns, left - 1 + j));
            lines[size_t(i)] = weighted(across, four);
        }
        return weighted(down, lines);
    }
    static C weighted(const std::array<C, 4>& w, const std::array<C, 4>& v) {
        return w[0] * v[0] + w[1] * v[1] + w[2] * v[2] + w[3] * v[3];
    }
    static int64_t bounded(const GridAxis<C>& axis, double place) {
        return indexOf(std::nearbyint(static_cast<double>(axis.inside(C(place)))));
    }
};

Result<Value> runGridSampler(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferGridSampler, args));
    FX_TRY(Tensor y, rowMajorFor(out));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const Tensor grid, args[1].tensor().contiguous());
    FX_TRY(const bool aligned, boolAt(args, 4));
    const int64_t mode = args[2].toInt(), padding = args[3].toInt();
    const int64_t places = y.size(2) * y.size(3), channels = y.size(1), plane = x.size(2) * x.size(3);
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        using C = Stepwise<T>;
        const GridSampler<T, C> sampler{{x.size(2), padding, aligned}, {x.size(3), padding, aligned}, mode};
        for (int64_t i = 0; i < y.numel(); ++i) {
            const int64_t image = i / (places * channels), place = image * places + i % places;
            const T* at = grid.data<T>() + 2 * place;
            y.data<T>()[i] = T(sampler.sample(x.data<T>() + i / places * plane, C(at[0]), C(at[1])));
        }
        return settle(y, out);
    });
}

} // namespace

const OpDef grid_sampler_2d{
    .target = "torch.ops.aten.grid_sampler_2d.default", .infer = inferGridSampler, .reference = runGridSampler};

} // namespace fxscope::ops
