// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/cuda/kernels/sum_type.cuh"

// Convolutions term by term, as core/ops/conv.cpp and conv_backward.cpp write them; missing spatial dimensions come
// first, with size 1.

namespace fxscope::cuda::convolution {

struct Axis {
    long long in, out, kernel, stride, padding, dilation;
};
struct Shape {
    long long batch, inGroup, outGroup; ///< channels of a group
    Axis axes[3];
};
/// Strides of a tensor of images: batch, channel, and the spatial ones.
struct Steps {
    long long of[5];
    __device__ long long at(long long n, long long c, long long d, long long h, long long w) const {
        return n * of[0] + c * of[1] + d * of[2] + h * of[3] + w * of[4];
    }
};

/// The input position that output position `o` meets at kernel tap `k`; -1 if there is none.
template <bool Transposed> __device__ inline long long tap(const Axis& axis, long long o, long long k) {
    if constexpr (!Transposed) {
        const long long reach = o * axis.stride - axis.padding + k * axis.dilation;
        return reach >= 0 && reach < axis.in ? reach : -1;
    } else {
        const long long reach = o + axis.padding - k * axis.dilation;
        return reach < 0 || reach % axis.stride != 0 || reach / axis.stride >= axis.in ? -1 : reach / axis.stride;
    }
}

/// fn(place of the first channel in x, tap) for every tap that output position `at` meets.
template <bool Transposed, class Fn>
__device__ inline void forEachTap(const Shape& s, const Steps& steps, const long long (&at)[3], Fn&& fn) {
    long long k = 0;
    for (long long a = 0; a < s.axes[0].kernel; ++a)
        for (long long b = 0; b < s.axes[1].kernel; ++b)
            for (long long c = 0; c < s.axes[2].kernel; ++c, ++k) {
                const long long d = tap<Transposed>(s.axes[0], at[0], a), h = tap<Transposed>(s.axes[1], at[1], b),
                                w = tap<Transposed>(s.axes[2], at[2], c);
                if (d >= 0 && h >= 0 && w >= 0)
                    fn(steps.at(0, 0, d, h, w), k);
            }
}

template <bool Transposed> __device__ inline long long kernelRow(const Shape& s, long long o, long long c) {
    return Transposed ? (o / s.outGroup * s.inGroup + c) * s.outGroup + o % s.outGroup : o * s.inGroup + c;
}

/// Output element (n, o, at); `w` is row-major, `bias` may be null.
template <class T, bool Transposed>
__device__ inline T element(const T* x, const Steps& steps, const T* w, const T* bias, const Shape& s, long long n,
                            long long o, const long long (&at)[3]) {
    const long long taps = s.axes[0].kernel * s.axes[1].kernel * s.axes[2].kernel;
    SumType<T> sum = bias ? widened(bias[o]) : SumType<T>(0);
    for (long long c = 0; c < s.inGroup; ++c) {
        const T* plane = x + steps.at(n, o / s.outGroup * s.inGroup + c, 0, 0, 0);
        const T* kernel = w + kernelRow<Transposed>(s, o, c) * taps;
        forEachTap<Transposed>(
            s, steps, at, [&](long long place, long long k) { sum += widened(plane[place]) * widened(kernel[k]); });
    }
    return narrowed<T>(sum);
}

/// The same rounded to T once per tap, once per addition, and with the bias.
template <class T, bool Transposed>
__device__ inline T elementOfColumns(const T* x, const Steps& steps, const T* w, const T* bias, const Shape& s,
                                     long long n, long long o, const long long (&at)[3]) {
    const long long taps = s.axes[0].kernel * s.axes[1].kernel * s.axes[2].kernel;
    T sum(0);
    forEachTap<Transposed>(s, steps, at, [&](long long place, long long k) {
        SumType<T> column(0);
        for (long long c = 0; c < s.inGroup; ++c)
            column += widened(x[steps.at(n, o / s.outGroup * s.inGroup + c, 0, 0, 0) + place]) *
                      widened(w[kernelRow<Transposed>(s, o, c) * taps + k]);
        sum = narrowed<T>(widened(sum) + widened(narrowed<T>(column)));
    });
    return bias ? narrowed<T>(widened(sum) + widened(bias[o])) : sum;
}

/// The gradient of w[first, second, taps]: every output position meets the tap at one place of x.
template <class T, bool Transposed>
__device__ inline T weightGradient(const T* g, const Steps& gSteps, const T* x, const Steps& xSteps, const Shape& s,
                                   long long first, long long second, const long long (&k)[3]) {
    const long long o = Transposed ? first / s.inGroup * s.outGroup + second : first;
    const long long c = Transposed ? first : first / s.outGroup * s.inGroup + second;
    SumType<T> sum(0);
    for (long long n = 0; n < s.batch; ++n)
        for (long long i = 0; i < s.axes[0].out; ++i) {
            const long long d = tap<Transposed>(s.axes[0], i, k[0]);
            for (long long j = 0; d >= 0 && j < s.axes[1].out; ++j) {
                const long long h = tap<Transposed>(s.axes[1], j, k[1]);
                for (long long l = 0; h >= 0 && l < s.axes[2].out; ++l) {
                    const long long w = tap<Transposed>(s.axes[2], l, k[2]);
                    if (w >= 0)
                        sum += widened(g[gSteps.at(n, o, i, j, l)]) * widened(x[xSteps.at(n, c, d, h, w)]);
                }
            }
        }
    return narrowed<T>(sum);
}

/// The gradient of bias[o].
template <class T> __device__ inline T biasGradient(const T* g, const Steps& steps, const Shape& s, long long o) {
    SumType<T> sum(0);
    for (long long n = 0; n < s.batch; ++n)
        for (long long i = 0; i < s.axes[0].out; ++i)
            for (long long j = 0; j < s.axes[1].out; ++j)
                for (long long l = 0; l < s.axes[2].out; ++l)
                    sum += widened(g[steps.at(n, o, i, j, l)]);
    return narrowed<T>(sum);
}

} // namespace fxscope::cuda::convolution
