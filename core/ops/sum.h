// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/cast.h"

#include <cmath>

namespace fxscope {

/// a + b in T: bool adds as "or", integers wrap around, half and bfloat16 round after each addition.
template <class T> FX_HD T sumOf(T a, T b) {
    if constexpr (std::same_as<T, bool>)
        return a || b;
    else if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
    else
        return T(ComputeType<T>(a) + ComputeType<T>(b));
}

/// a * b in T: bool multiplies as "and".
template <class T> FX_HD T productOf(T a, T b) {
    if constexpr (std::same_as<T, bool>)
        return a && b;
    else if constexpr (std::is_integral_v<T>)
        return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
    else
        return T(ComputeType<T>(a) * ComputeType<T>(b));
}

/// a + scale * b with one rounding where T is real, as PyTorch's fused multiply-add.
template <class T> FX_HD T sumOfScaled(T a, T scale, T b) {
    using C = ComputeType<T>;
    if constexpr (std::is_floating_point_v<C>)
        return T(std::fma(C(scale), C(b), C(a)));
    else
        return sumOf(a, productOf(scale, b));
}

} // namespace fxscope
