// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

/// Before a function with hot loops: it is compiled for several instruction sets and the best one is taken at run time.
/// Not under sanitizers, whose start-up the choice would come before.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&               \
    !defined(__SANITIZE_THREAD__)
#define FX_VECTOR __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define FX_VECTOR
#endif

namespace fxscope {

/// e^x in float without branches or calls, so that loops over it become vector code; within 2 units in the last place,
/// 0 below -87.3, infinite above 88.7, NaN for NaN.
[[gnu::always_inline]] inline float vectorExp(float x) {
    constexpr float kLog2e = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
    const float bounded = std::min(std::max(x, -87.3f), 88.72f); // NaN becomes a bound here and is put back below
    const float n = std::floor(bounded * kLog2e + 0.5f);
    const float r = bounded - n * kLn2High - n * kLn2Low; // |r| <= ln 2 / 2: eight terms of the series are enough
    // written out: a loop over the terms would keep the compiler from making vector code of the loop around it
    const float high3 = ((1.0f / 5040 * r + 1.0f / 720) * r + 1.0f / 120) * r + 1.0f / 24;
    const float sum = (((high3 * r + 1.0f / 6) * r + 0.5f) * r + 1.0f) * r + 1.0f;
    const int32_t half = static_cast<int32_t>(n) / 2,
                  rest = static_cast<int32_t>(n) - half; // 2^n in two steps: n may be 128
    const float power = std::bit_cast<float>((half + 127) << 23), again = std::bit_cast<float>((rest + 127) << 23);
    const float result = sum * power * again;
    const float low = x < -87.3f ? 0.0f : result, high = x > 88.72f ? INFINITY : low;
    return x != x ? x : high;
}

/// tanh(x) in float: an odd polynomial near 0, where the quotient of exponentials would cancel, else
/// 1 - 2 / (e^2|x| + 1).
[[gnu::always_inline]] inline float vectorTanh(float x) {
    const float a = std::fabs(x), s = x * x;
    const float small =
        x * (1.0f + s * (-0.333333333f + s * (0.133333333f + s * (-0.0539682540f + s * 0.0218694885f))));
    const float large = std::copysign(1.0f - 2.0f / (vectorExp(2.0f * a) + 1.0f), x);
    return a < 0.3f ? small : large;
}

/// erf(x) in float within 2e-7, from e^(-x^2) and a polynomial in 1 / (1 + p |x|).
[[gnu::always_inline]] inline float vectorErf(float x) {
    const float a = std::fabs(x), t = 1.0f / (1.0f + 0.3275911f * a);
    const float tail =
        t * (0.254829592f + t * (-0.284496736f + t * (1.421413741f + t * (-1.453152027f + t * 1.061405429f))));
    return std::copysign(1.0f - tail * vectorExp(-a * a), x);
}

} // namespace fxscope
