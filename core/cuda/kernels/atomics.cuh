// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include "core/ops/sum.h"

// Additions and other changes of elements that several threads may change at once. The order of additions is not
// determined; integers do not show it.

namespace fxscope::cuda {

/// *at = change(*at) in one step; T of 1 to 8 bytes. Narrow elements are changed with the aligned word that holds them.
template <class T, class Change> __device__ inline void update(T* at, Change change) {
    static_assert(sizeof(T) <= 8);
    using Word = std::conditional_t<sizeof(T) == 8, unsigned long long, unsigned>;
    const auto address = reinterpret_cast<unsigned long long>(at);
    Word* const word = reinterpret_cast<Word*>(address & ~(unsigned long long)(sizeof(Word) - 1));
    const int shift = int(address & (sizeof(Word) - 1)) * 8;
    const Word mask = Word(~Word(0)) >> (sizeof(Word) - sizeof(T)) * 8 << shift;
    Word seen = *const_cast<volatile Word*>(word), before;
    do {
        before = seen;
        Word bits = before >> shift;
        T value;
        memcpy(&value, &bits, sizeof(T));
        value = change(value);
        bits = 0;
        memcpy(&bits, &value, sizeof(T));
        seen = atomicCAS(word, before, Word((before & ~mask) | (bits << shift)));
    } while (seen != before);
}

/// *at += value
template <class T> __device__ inline void addTo(T* at, T value) {
    if constexpr (kIsComplex<T>) {
        auto* parts = reinterpret_cast<typename T::value_type*>(at);
        addTo(parts, value.real());
        addTo(parts + 1, value.imag());
    } else if constexpr (std::is_floating_point_v<T>)
        atomicAdd(at, value);
    else if constexpr (kIsInteger<T> && sizeof(T) == 8)
        atomicAdd(reinterpret_cast<unsigned long long*>(at), (unsigned long long)value);
    else if constexpr (kIsInteger<T> && sizeof(T) == 4)
        atomicAdd(reinterpret_cast<unsigned*>(at), unsigned(value));
#if defined(__CUDA_ARCH__)
    else if constexpr (std::same_as<T, Half>)
        asm volatile("red.add.noftz.f16 [%0], %1;" ::"l"(at), "h"(value.bits) : "memory");
#if __CUDA_ARCH__ >= 900
    else if constexpr (std::same_as<T, BFloat16>)
        asm volatile("red.add.noftz.bf16 [%0], %1;" ::"l"(at), "h"(value.bits) : "memory");
#endif
#endif
    else
        update(at, [&](T old) { return sumOf(old, value); });
}

/// What a unit of several elements holds.
template <class T, int N> struct alignas(N * sizeof(T)) Parts { T at[N]; };

#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 900
/// One request for 16 bytes, which the memory itself adds.
__device__ inline void addParts(float* at, const Parts<float, 4>& v) {
    asm volatile("red.global.add.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(at)), "f"(v.at[0]),
                 "f"(v.at[1]), "f"(v.at[2]), "f"(v.at[3])
                 : "memory");
}
__device__ inline void addParts(Half* at, const Parts<Half, 8>& v) {
    const auto* pair = reinterpret_cast<const unsigned*>(v.at);
    asm volatile("red.global.add.noftz.v4.f16x2 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(at)),
                 "r"(pair[0]), "r"(pair[1]), "r"(pair[2]), "r"(pair[3])
                 : "memory");
}
__device__ inline void addParts(BFloat16* at, const Parts<BFloat16, 8>& v) {
    const auto* pair = reinterpret_cast<const unsigned*>(v.at);
    asm volatile("red.global.add.noftz.v4.bf16x2 [%0], {%1, %2, %3, %4};" ::"l"(__cvta_generic_to_global(at)),
                 "r"(pair[0]), "r"(pair[1]), "r"(pair[2]), "r"(pair[3])
                 : "memory");
}
#endif
template <class T, int N> __device__ inline void addParts(T* at, const Parts<T, N>& v) {
#pragma unroll
    for (int i = 0; i < N; ++i)
        addTo(at + i, v.at[i]);
}

/// *at += value, or += factor * value, where a U holds one or several elements of type T.
template <class T, class U> __device__ inline void addUnit(U* at, U value) {
    Parts<T, int(sizeof(U) / sizeof(T))> parts;
    memcpy(&parts, &value, sizeof(U));
    addParts(reinterpret_cast<T*>(at), parts);
}
template <class T, class U> __device__ inline void addUnit(U* at, U value, T factor) {
    Parts<T, int(sizeof(U) / sizeof(T))> parts;
    memcpy(&parts, &value, sizeof(U));
#pragma unroll
    for (int i = 0; i < int(sizeof(U) / sizeof(T)); ++i)
        parts.at[i] = productOf(factor, parts.at[i]);
    addParts(reinterpret_cast<T*>(at), parts);
}

} // namespace fxscope::cuda
