// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/cuda/kernels/fault.cuh"
#include "core/ops/formulas.h"

// Loops over elements of strided tensors, for code that elements.cpp writes. See there.

namespace fxscope::cuda {

/// Division by a size that is known when the kernel starts: a multiplication and a shift. For numbers below 2^31.
struct Divisor {
    uint32_t size, factor, shift;
    __device__ uint32_t quotient(uint32_t n) const { return (__umulhi(n, factor) + n) >> shift; }
};

template <class T, int N> struct alignas(sizeof(T) * N) Vector { T at[N]; };
template <int N, class T> __device__ inline void load(T (&to)[N], const T* from) {
    const auto packed = *reinterpret_cast<const Vector<T, N>*>(from);
#pragma unroll
    for (int i = 0; i < N; ++i)
        to[i] = packed.at[i];
}
template <int N, class T> __device__ inline void store(T* to, const T (&from)[N]) {
    Vector<T, N> packed;
#pragma unroll
    for (int i = 0; i < N; ++i)
        packed.at[i] = from[i];
    *reinterpret_cast<Vector<T, N>*>(to) = packed;
}

} // namespace fxscope::cuda
