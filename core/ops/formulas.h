// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cmath>
#include <complex>
#include <type_traits>

/// Marks what host and device share; a CUDA compiler sees the attributes, others nothing.
#if defined(__CUDACC__)
#define FX_HD __host__ __device__
#else
#define FX_HD
#endif

/// Scalar formulas of operators, written once for every device.
namespace fxscope::formulas {

template <class T> FX_HD inline T sigmoid(T x) { return T(1) / (T(1) + std::exp(-x)); }

template <class T> FX_HD inline T silu(T x) { return x / (T(1) + std::exp(-x)); }

/// x * P(N(0, 1) <= x)
template <class T> FX_HD inline T gelu(T x) { return x * T(0.5) * (T(1) + std::erf(x * T(0.70710678118654752440))); }

/// The tanh approximation of gelu.
template <class T> FX_HD inline T geluTanh(T x) {
    const T inner = T(0.79788456080286535588) * (x + T(0.044715) * x * x * x);
    return T(0.5) * x * (T(1) + std::tanh(inner));
}

/// -1, 0 or 1; of NaN 0, as in ATen.
template <class T> FX_HD inline T sign(T x) {
    if constexpr (std::is_unsigned_v<T>)
        return x > T(0);
    else
        return T((T(0) < x) - (x < T(0)));
}

template <class T> FX_HD inline bool isInf(T x) {
    if constexpr (std::is_integral_v<T>)
        return false;
    else
        return std::isinf(x);
}
template <class T> inline bool isInf(std::complex<T> x) { return std::isinf(x.real()) || std::isinf(x.imag()); }

/// Python's floor division and remainder (the sign of the divisor); integers: `b` must not be 0.
template <class T> FX_HD inline T floorDivide(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
        if constexpr (std::is_signed_v<T>)
            if (b == T(-1))
                return static_cast<T>(std::make_unsigned_t<T>(0) - static_cast<std::make_unsigned_t<T>>(a));
        const T quotient = a / b;
        return a % b != 0 && (a < 0) != (b < 0) ? T(quotient - 1) : quotient;
    } else {
        if (b == T(0))
            return a / b;
        const T remainder = std::fmod(a, b);
        T quotient = (a - remainder) / b;
        if (remainder != T(0) && (b < T(0)) != (remainder < T(0)))
            quotient -= T(1);
        if (quotient == T(0))
            return std::copysign(T(0), a / b);
        const T whole = std::floor(quotient);
        return quotient - whole > T(0.5) ? whole + T(1) : whole;
    }
}
template <class T> FX_HD inline T remainder(T a, T b) {
    if constexpr (std::is_integral_v<T>) {
        if constexpr (std::is_signed_v<T>)
            if (b == T(-1))
                return 0;
        const T rest = a % b;
        return rest != 0 && (rest < 0) != (b < 0) ? T(rest + b) : rest;
    } else {
        const T rest = std::fmod(a, b);
        return rest != T(0) && (rest < T(0)) != (b < T(0)) ? rest + b : rest;
    }
}

} // namespace fxscope::formulas
