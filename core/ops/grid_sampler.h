// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Shared with device code: see core/ops/cast.h.

#include "core/ops/each_rounded.h"

#include <cmath>

/// The image of grid_sampler_2d at one place, see core/ops/grid_sample.cpp.
namespace fxscope::grid {

enum GridMode : int64_t { kGridBilinear = 0, kGridNearest = 1, kGridBicubic = 2 };
enum GridPadding : int64_t { kGridZeros = 0, kGridBorder = 1, kGridReflection = 2 };

/// x - 1/2 of a product x that is rounded first: one fused operation could fall on the other side of a rounding.
template <class C> FX_HD C halfBelow(C x) { return x - C(0.5); }
#if defined(__CUDACC_RTC__)
template <> __device__ inline float halfBelow(float x) { return __fadd_rn(x, -0.5f); }
template <> __device__ inline double halfBelow(double x) { return __dadd_rn(x, -0.5); }
#endif

/// One axis of the image: from a grid coordinate to a place, and what is outside. C is what PyTorch computes in, the
/// order of operations as well, because half types are rounded after each.
template <class C> struct GridAxis {
    int64_t size;
    int64_t padding;
    bool aligned;

    FX_HD C number(int64_t i) const { return C(static_cast<double>(i)); }
    FX_HD C unnormalised(C coordinate) const {
        const C halfSpan = C(static_cast<double>(aligned ? size - 1 : size) / 2);
        const C scaled = (coordinate + C(1)) * halfSpan;
        return aligned ? scaled : halfBelow(scaled);
    }
    /// A place folded or clamped into the image; `kGridZeros` leaves it.
    FX_HD C inside(C place) const {
        if (padding == kGridZeros)
            return place;
        const C folded = padding == kGridReflection ? reflected(place) : place;
        const C last = number(size - 1);
        return folded > C(0) ? (folded < last ? folded : last) : C(0); // NaN becomes 0
    }
    /// Mirrored at the centres (aligned) or the edges of the outer elements.
    FX_HD C reflected(C place) const {
        const C span = number(2 * (aligned ? size - 1 : size)), shift = C(aligned ? 0 : 0.5);
        if (!(span > C(0)))
            return 0;
        const C distance = C(std::abs(static_cast<double>(place + shift)));
        const C flips = C(std::trunc(static_cast<double>(distance / span)));
        const C extra = distance - flips * span, other = span - extra;
        return (extra < other ? extra : other) - shift;
    }
    FX_HD bool holds(int64_t i) const { return i >= 0 && i < size; }
};

/// A whole number as an index; places too far out to count (and NaN) become -100, which is outside.
FX_HD inline int64_t indexOf(double whole) { return whole > -1e9 && whole < 1e9 ? static_cast<int64_t>(whole) : -100; }
template <class C> FX_HD double floorOf(C place) { return std::floor(static_cast<double>(place)); }

template <class C> struct Four { C at[4]; };

/// Keys' cubic with a = -0.75: weights of the elements at -1, 0, 1 and 2.
template <class C> FX_HD Four<C> cubicWeights(C t) {
    const C a(-0.75);
    const auto near = [a](C d) { return ((a + C(2)) * d - (a + C(3))) * d * d + C(1); };
    const auto far = [a](C d) { return ((a * d - C(5) * a) * d + C(8) * a) * d - C(4) * a; };
    return {far(t + C(1)), near(t), near(C(1) - t), far(C(2) - t)};
}

/// An image plane sampled at one place.
template <class T, class C> struct GridSampler {
    GridAxis<C> rows, columns;
    int64_t mode;
    int64_t rowStep, columnStep; ///< strides in memory

    FX_HD C at(const T* plane, int64_t h, int64_t w) const {
        return rows.holds(h) && columns.holds(w) ? C(plane[h * rowStep + w * columnStep]) : C(0);
    }
    FX_HD C sample(const T* plane, C x, C y) const {
        const C w = columns.unnormalised(x), h = rows.unnormalised(y);
        if (mode == kGridBicubic)
            return bicubic(plane, w, h);
        const C column = columns.inside(w), row = rows.inside(h);
        if (mode == kGridBilinear)
            return bilinear(plane, column, row);
        return at(plane, indexOf(std::nearbyint(static_cast<double>(row))),
                  indexOf(std::nearbyint(static_cast<double>(column))));
    }
    FX_HD C bilinear(const T* plane, C w, C h) const {
        const double left = floorOf(w), top = floorOf(h);
        const int64_t j = indexOf(left), i = indexOf(top);
        const C right = w - C(left), below = h - C(top), nearLeft = C(1) - right, nearTop = C(1) - below;
        return at(plane, i, j) * (nearLeft * nearTop) + at(plane, i, j + 1) * (right * nearTop) +
               at(plane, i + 1, j) * (nearLeft * below) + at(plane, i + 1, j + 1) * (right * below);
    }
    FX_HD C bicubic(const T* plane, C w, C h) const {
        const double left = floorOf(w), top = floorOf(h);
        const auto across = cubicWeights(w - C(left)), down = cubicWeights(h - C(top));
        Four<C> lines;
        for (int i = 0; i < 4; ++i) {
            Four<C> four;
            for (int j = 0; j < 4; ++j)
                four.at[j] = at(plane, bounded(rows, top - 1 + i), bounded(columns, left - 1 + j));
            lines.at[i] = weighted(across, four);
        }
        return weighted(down, lines);
    }
    FX_HD static C weighted(const Four<C>& w, const Four<C>& v) {
        return w.at[0] * v.at[0] + w.at[1] * v.at[1] + w.at[2] * v.at[2] + w.at[3] * v.at[3];
    }
    FX_HD static int64_t bounded(const GridAxis<C>& axis, double place) {
        return indexOf(std::nearbyint(static_cast<double>(axis.inside(C(place)))));
    }
};

} // namespace fxscope::grid
