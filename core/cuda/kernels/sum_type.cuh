// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/ops/sum.h"

// What kernels keep sums of T in: float for the half types, double for
// float and double, int64 for integers and bool. Those of complex numbers are kept in complex<double>: fused operations
// round products of float otherwise than the host does, which shows where terms cancel.

namespace fxscope::cuda {

template <class T> struct SumTypeOf { using type = long long; };
template <> struct SumTypeOf<float> { using type = double; };
template <> struct SumTypeOf<double> { using type = double; };
template <> struct SumTypeOf<Half> { using type = float; };
template <> struct SumTypeOf<BFloat16> { using type = float; };
template <class T> struct SumTypeOf<std::complex<T>> { using type = std::complex<double>; };
template <class T> using SumType = typename SumTypeOf<T>::type;

template <class T> __device__ inline SumType<T> widened(T value) { return static_cast<SumType<T>>(value); }
/// An integer sum is narrowed to what it would have wrapped to.
template <class T> __device__ inline T narrowed(SumType<T> sum) { return castTo<T>(sum); }

template <class T> __device__ inline bool isNaN(T value) {
    if constexpr (kIsFloat<T>)
        return static_cast<double>(value) != static_cast<double>(value);
    else
        return false;
}

/// a + b and a * b, each rounded: not one fused operation, whose other result can fall on the other side of an integer.
__device__ inline float addRounded(float a, float b) { return __fadd_rn(a, b); }
__device__ inline double addRounded(double a, double b) { return __dadd_rn(a, b); }

} // namespace fxscope::cuda
