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

/// What memory moves at once. Structs of several numbers would be moved number by number.
template <int Bytes> struct WordOf;
template <> struct WordOf<16> { using type = uint4; };
template <> struct WordOf<8> { using type = uint2; };
template <> struct WordOf<4> { using type = unsigned int; };
template <> struct WordOf<2> { using type = unsigned short; };
template <> struct WordOf<1> { using type = unsigned char; };

/// N elements at an address that is a multiple of their bytes, 16 at most.
template <int N, class T> __device__ inline void load(T (&to)[N], const T* from) {
    using Word = typename WordOf<N * sizeof(T)>::type;
    const Word word = *reinterpret_cast<const Word*>(from);
    memcpy(to, &word, sizeof word);
}
template <int N, class T> __device__ inline void store(T* to, const T (&from)[N]) {
    using Word = typename WordOf<N * sizeof(T)>::type;
    Word word;
    memcpy(&word, from, sizeof word);
    *reinterpret_cast<Word*>(to) = word;
}

} // namespace fxscope::cuda
