// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/kernel_util.h"

namespace fxscope {

template <class T> struct AccumulateOf {
    using type = std::conditional_t<std::is_floating_point_v<T>, double, int64_t>;
};
template <> struct AccumulateOf<Half> { using type = float; };
template <> struct AccumulateOf<BFloat16> { using type = float; };
template <class T> struct AccumulateOf<std::complex<T>> { using type = std::complex<T>; };
/// What reference kernels keep sums of T in: float for the half types, as PyTorch's CPU kernels do; double for
/// the others, T for complex numbers, int64 for integers (it wraps as the narrower type does, once it is narrowed).
template <class T> using Accumulate = typename AccumulateOf<T>::type;

template <class T> Accumulate<T> widen(T value) { return static_cast<Accumulate<T>>(value); }

/// Integers and bool are never NaN.
template <class T> bool isNan(T value) {
    if constexpr (kIsFloat<T>)
        return static_cast<double>(value) != static_cast<double>(value);
    else if constexpr (kIsComplex<T>)
        return isNan(value.real()) || isNan(value.imag());
    else
        return false;
}

/// A Python number in the type that sums of T are kept in.
template <class T> Accumulate<T> scalarAt(Values values, size_t i, Accumulate<T> fallback) {
    if (i >= values.size())
        return fallback;
    if constexpr (kIsComplex<T>)
        if (const auto* c = std::get_if<std::complex<double>>(&values[i].v))
            return static_cast<Accumulate<T>>(*c);
    if (!values[i].isNumber())
        return fallback;
    if constexpr (std::is_integral_v<Accumulate<T>>)
        return values[i].toInt();
    else
        return static_cast<Accumulate<T>>(values[i].toDouble());
}

/// A row-major tensor with the elements of `tensor` in another dtype; `tensor` itself if it is that already.
inline Result<Tensor> converted(const Tensor& tensor, DType dtype) {
    FX_TRY(const Tensor cast, castTensor(tensor, dtype));
    return cast.contiguous();
}

} // namespace fxscope
