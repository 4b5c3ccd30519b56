// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/cuda/kernels/sum_type.cuh"

#include <limits>

// Windows of pools: up to three dimensions, of which missing ones come first with size 1. Formulas are those of the
// pools in core/ops, and terms are added in their order.

namespace fxscope::cuda::windows {

/// One dimension: sizes of the pooled tensor and of the result, the stride in memory of the one that is read, and the
/// window.
struct Axis {
    long long in, out, step, kernel, stride, padding, dilation;
};
/// Elements [begin, end), `by` apart, and what the window counts for in a mean.
struct Reach {
    long long begin, end, by, counted;
};

__device__ inline long long atMost(long long a, long long b) { return a < b ? a : b; }
__device__ inline long long atLeast(long long a, long long b) { return a > b ? a : b; }
__device__ inline long long floorOver(long long a, long long b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

enum Kind { kPadded, kInside, kAdaptive, kMaximum };

template <Kind K> __device__ inline Reach reachOf(const Axis& axis, long long o) {
    if constexpr (K == kAdaptive) {
        const long long begin = o * axis.in / axis.out, end = ((o + 1) * axis.in + axis.out - 1) / axis.out;
        return {begin, end, 1, end - begin};
    }
    const long long start = o * axis.stride - axis.padding;
    if constexpr (K == kMaximum) {
        const long long missed = start < 0 ? (axis.dilation - 1 - start) / axis.dilation : 0;
        return {start + missed * axis.dilation, atMost(start + (axis.kernel - 1) * axis.dilation + 1, axis.in),
                axis.dilation, 0};
    }
    const long long stop = atMost(start + axis.kernel, axis.in + axis.padding);
    const long long begin = atLeast(start, 0), end = atLeast(begin, atMost(stop, axis.in));
    return {begin, end, 1, K == kPadded ? stop - start : end - begin};
}

/// The mean of a window; `divisor` 0: what it counts for. All padding: 0.
template <Kind K, class T>
__device__ inline T mean(const T* plane, const Axis (&axes)[3], const long long (&o)[3], long long divisor) {
    const Reach d = reachOf<K>(axes[0], o[0]), h = reachOf<K>(axes[1], o[1]), w = reachOf<K>(axes[2], o[2]);
    SumType<T> sum{};
    for (long long i = d.begin; i < d.end; ++i)
        for (long long j = h.begin; j < h.end; ++j)
            for (long long k = w.begin; k < w.end; ++k)
                sum += widened(plane[i * axes[0].step + j * axes[1].step + k * axes[2].step]);
    const bool empty = d.begin >= d.end || h.begin >= h.end || w.begin >= w.end;
    if (empty && !divisor)
        return narrowed<T>(SumType<T>{});
    return narrowed<T>(sum / SumType<T>(divisor ? divisor : d.counted * h.counted * w.counted));
}

/// The mean of an adaptive volume: in T, divided by one side of the window after the other.
template <class T> __device__ inline T volumeMean(const T* plane, const Axis (&axes)[3], const long long (&o)[3]) {
    const Reach d = reachOf<kAdaptive>(axes[0], o[0]), h = reachOf<kAdaptive>(axes[1], o[1]),
                w = reachOf<kAdaptive>(axes[2], o[2]);
    T sum(0);
    for (long long i = d.begin; i < d.end; ++i)
        for (long long j = h.begin; j < h.end; ++j)
            for (long long k = w.begin; k < w.end; ++k)
                sum = sumOf(sum, plane[i * axes[0].step + j * axes[1].step + k * axes[2].step]);
    using C = ComputeType<T>;
    sum = T(C(sum) / C(T(C(d.counted))));
    sum = T(C(sum) / C(T(C(h.counted))));
    return T(C(sum) / C(T(C(w.counted))));
}

template <class T> __device__ inline T lowest() {
    if constexpr (kIsReducedFloat<T>)
        return T(0);
    else
        return std::numeric_limits<T>::lowest();
}

/// The place of the largest element in the plane, -1 where there is none. The first of equal ones; NaN wins.
template <Kind K, class T>
__device__ inline long long placeOfMaximum(const T* plane, const Axis (&axes)[3], const long long (&o)[3], T& maximum) {
    const Reach d = reachOf<K>(axes[0], o[0]), h = reachOf<K>(axes[1], o[1]), w = reachOf<K>(axes[2], o[2]);
    long long best = -1;
    maximum = lowest<T>();
    for (long long i = d.begin; i < d.end; i += d.by)
        for (long long j = h.begin; j < h.end; j += h.by)
            for (long long k = w.begin; k < w.end; k += w.by) {
                const T value = plane[i * axes[0].step + j * axes[1].step + k * axes[2].step];
                if (best < 0 || value > maximum || isNaN(value)) {
                    best = (i * axes[1].in + j) * axes[2].in + k;
                    maximum = value;
                }
            }
    return best;
}
/// Where a search of a volume ends that finds nothing.
template <Kind K> __device__ inline long long firstPlace(const Axis (&axes)[3], const long long (&o)[3]) {
    long long place = 0;
    for (int i = 0; i < 3; ++i)
        place = place * axes[i].in + reachOf<K>(axes[i], o[i]).begin;
    return place;
}

// --- gradients: each element of the input asks which windows hold it

/// Windows [begin, end) that can hold element p.
template <Kind K> __device__ inline Reach windowsOf(const Axis& axis, long long p) {
    if constexpr (K == kAdaptive)
        return {p * axis.out / axis.in, atMost(((p + 1) * axis.out + axis.in - 1) / axis.in, axis.out), 1, 0};
    const long long width = (axis.kernel - 1) * axis.dilation + 1;
    const long long first = floorOver(p + axis.padding - width, axis.stride) + 1;
    return {atLeast(first, 0), atMost(floorOver(p + axis.padding, axis.stride) + 1, axis.out), 1, 0};
}

/// What the means of all windows give back to element p; rounded to T after each of them.
template <Kind K, class T>
__device__ inline T sharesOf(const T* gradients, const Axis (&axes)[3], const long long (&p)[3], long long divisor) {
    const Reach d = windowsOf<K>(axes[0], p[0]), h = windowsOf<K>(axes[1], p[1]), w = windowsOf<K>(axes[2], p[2]);
    T sum(0);
    for (long long i = d.begin; i < d.end; ++i)
        for (long long j = h.begin; j < h.end; ++j)
            for (long long k = w.begin; k < w.end; ++k) {
                const Reach reach[3] = {reachOf<K>(axes[0], i), reachOf<K>(axes[1], j), reachOf<K>(axes[2], k)};
                bool holds = true;
                for (int a = 0; a < 3; ++a)
                    holds = holds && p[a] >= reach[a].begin && p[a] < reach[a].end;
                if (!holds)
                    continue;
                const long long count = divisor ? divisor : reach[0].counted * reach[1].counted * reach[2].counted;
                const T gradient = gradients[i * axes[0].step + j * axes[1].step + k * axes[2].step];
                sum = narrowed<T>(widened(sum) + widened(gradient) / SumType<T>(count));
            }
    return sum;
}

/// The gradients of all windows whose maximum lies at p. `steps` are the strides of `places`.
template <class T>
__device__ inline T gradientsOfMaximum(const T* gradients, const long long* places, const Axis (&axes)[3],
                                       const long long (&steps)[3], const long long (&p)[3]) {
    const long long place = (p[0] * axes[1].in + p[1]) * axes[2].in + p[2];
    const Reach d = windowsOf<kMaximum>(axes[0], p[0]), h = windowsOf<kMaximum>(axes[1], p[1]),
                w = windowsOf<kMaximum>(axes[2], p[2]);
    T sum(0);
    for (long long i = d.begin; i < d.end; ++i)
        for (long long j = h.begin; j < h.end; ++j)
            for (long long k = w.begin; k < w.end; ++k)
                if (places[i * steps[0] + j * steps[1] + k * steps[2]] == place)
                    sum = narrowed<T>(widened(sum) +
                                      widened(gradients[i * axes[0].step + j * axes[1].step + k * axes[2].step]));
    return sum;
}

} // namespace fxscope::cuda::windows
