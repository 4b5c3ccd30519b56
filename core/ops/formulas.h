// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/cast.h"
#include "core/ops/sum.h"

#include <cmath>
#include <limits>

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
template <class T> FX_HD inline bool isInf(std::complex<T> x) { return std::isinf(x.real()) || std::isinf(x.imag()); }

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

/// log(1 + z), e^z - 1 and log2 of complex numbers, for which the standard library has no function. Written so that
/// small z lose nothing.
template <class C> FX_HD C logOfOnePlus(C z) {
    if constexpr (kIsComplex<C>) {
        using R = typename C::value_type;
        const R x = z.real(), y = z.imag();
        return {std::abs(z) < R(0.5) ? std::log1p(x * (2 + x) + y * y) / 2 : std::log(std::abs(C(1) + z)),
                std::atan2(y, 1 + x)};
    } else
        return std::log1p(z);
}
template <class C> FX_HD C expMinusOne(C z) {
    if constexpr (kIsComplex<C>) {
        using R = typename C::value_type;
        const R grown = std::exp(z.real()), half = std::sin(z.imag() / 2);
        return {std::expm1(z.real()) * std::cos(z.imag()) - 2 * half * half, grown * std::sin(z.imag())};
    } else
        return std::expm1(z);
}
template <class C> FX_HD C logOfTwo(C z) {
    if constexpr (kIsComplex<C>)
        return std::log(z) / std::log(typename C::value_type(2));
    else
        return std::log2(z);
}

/// The smallest integer over -1 wraps around; of an unsigned type, -1 is its largest number and nothing special.
template <class T> FX_HD T truncDivide(T a, T b) {
    if constexpr (std::is_floating_point_v<T>)
        return std::trunc(a / b);
    else if (std::is_signed_v<T> && b == T(-1))
        return T(std::make_unsigned_t<T>(0) - std::make_unsigned_t<T>(a));
    else
        return T(a / b);
}
template <class T> FX_HD T truncRemainder(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) // PyTorch's vector code gives NaN where the quotient overflows
        return std::isfinite(a) && std::isinf(a * (1 / b)) ? std::numeric_limits<T>::quiet_NaN() : std::fmod(a, b);
    else
        return std::is_signed_v<T> && b == T(-1) ? T(0) : T(a % b);
}

template <class T> FX_HD T powerOf(T x, T y) {
    if constexpr (std::is_integral_v<T>) {
        if (std::is_signed_v<T> && y < T(1) && y != T(0)) // 1 / x^-y, truncated
            return T(x == T(1) ? 1 : x == T(-1) ? (y % 2 ? -1 : 1) : 0);
        T result = 1;
        for (T base = x; y != T(0); y = T(y / 2), base = productOf(base, base))
            result = y % 2 ? productOf(result, base) : result;
        return result;
    } else {
        return y == T(2) ? x * x : std::pow(x, y);
    }
}
/// A number as exponent: those that PyTorch computes without pow, which differs at -0.0 and -inf.
template <class T> FX_HD T powerOfNumber(T x, T y) {
    if constexpr (std::is_floating_point_v<T>) {
        if (y == T(0.5))
            return std::sqrt(x);
        if (y == T(-0.5))
            return T(1) / std::sqrt(x);
        if (y == T(-1))
            return T(1) / x;
    }
    return powerOf(x, y);
}

template <class T> FX_HD T larger(T a, T b) {
    return a != a || a > b ? a : b; // a NaN wins: of `b` because a > NaN is false
}
template <class T> FX_HD T smaller(T a, T b) { return a != a || a < b ? a : b; }

template <class T> FX_HD T atLeast(T x, T low) { return x != x ? x : low != low || x < low ? low : x; }
template <class T> FX_HD T atMost(T x, T high) { return x != x ? x : high != high || x > high ? high : x; }

/// x between low and high; NaN stays NaN because it compares false.
template <class C> FX_HD C bounded(C x, C low, C high) { return x < low ? low : x > high ? high : x; }

template <class C> FX_HD C conjugate(C x) {
    if constexpr (kIsComplex<C>)
        return std::conj(x);
    else
        return x;
}

/// g (P(N <= x) + x p(x)), p the density of the normal distribution N(0, 1)
template <class C> FX_HD C geluGradient(C g, C x) {
    const C below = C(0.5) * (C(1) + std::erf(x * C(0.70710678118654752440)));
    const C density = std::exp(C(-0.5) * x * x) * C(0.39894228040143267794);
    return g * (below + x * density);
}
/// The derivative of x / 2 (1 + tanh u), u = sqrt(2 / pi) (x + 0.044715 x^3)
template <class C> FX_HD C geluTanhGradient(C g, C x) {
    constexpr C kBeta = C(0.79788456080286535588), kKappa = C(0.044715);
    const C t = std::tanh(kBeta * (x + kKappa * x * x * x));
    const C inner = kBeta * (C(1) + C(3) * kKappa * x * x);
    return g * (C(0.5) * (C(1) + t) + C(0.5) * x * (C(1) - t * t) * inner);
}

/// The nearer end is the one that is started from, so that w = 1 gives `end` exactly.
template <class C> FX_HD C interpolate(C x, C end, C weight) {
    if (std::abs(weight) < 0.5)
        return x + weight * (end - x);
    return end - (end - x) * (C(1) - weight);
}

// Functions of one number that leave integers as they are.
template <class C> FX_HD C roundedUp(C x) {
    if constexpr (std::is_integral_v<C>)
        return x;
    else
        return std::ceil(x);
}
template <class C> FX_HD C roundedDown(C x) {
    if constexpr (std::is_integral_v<C>)
        return x;
    else
        return std::floor(x);
}
template <class C> FX_HD C roundedToEven(C x) {
    if constexpr (std::is_integral_v<C>)
        return x;
    else
        return std::nearbyint(x);
}
template <class C> FX_HD C truncated(C x) {
    if constexpr (std::is_integral_v<C>)
        return x;
    else
        return std::trunc(x);
}

/// |x|, real for complex x; the smallest integer is its own, as it wraps around.
template <class C> FX_HD auto absolute(C x) {
    if constexpr (std::is_integral_v<C>)
        return x < C(0) ? C(C(0) - x) : x;
    else
        return std::abs(x);
}
template <class C> FX_HD C negative(C x) {
    if constexpr (std::is_integral_v<C>)
        return C(C(0) - x);
    else
        return -x;
}
template <class T> FX_HD T withoutBits(T x) {
    if constexpr (std::is_same_v<T, bool>)
        return !x;
    else
        return T(~x);
}

/// x + value * a * b; integers wrap around.
template <class C> FX_HD C plusProduct(C x, C value, C a, C b) {
    if constexpr (std::is_integral_v<C>)
        return C(uint64_t(x) + uint64_t(value) * uint64_t(a) * uint64_t(b));
    else
        return x + value * a * b;
}

/// x with NaN and infinities replaced; of complex numbers in each part.
template <class T> FX_HD T finite(T x, double nan, double high, double low) {
    if constexpr (kIsComplex<T>) {
        using R = typename T::value_type;
        return T(finite<R>(x.real(), nan, high, low), finite<R>(x.imag(), nan, high, low));
    } else if constexpr (std::is_integral_v<T>) {
        return x;
    } else {
        const double wide = static_cast<double>(x);
        if (wide != wide)
            return castTo<T>(nan);
        return isInf(wide) ? castTo<T>(wide > 0 ? high : low) : x;
    }
}

/// A divisor that integers must not have.
template <class C> FX_HD bool isIntegerZero(C x) {
    if constexpr (std::is_integral_v<C>)
        return x == C(0);
    else
        return false;
}

} // namespace fxscope::formulas
