// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Shared with device code, which is compiled at run time: no headers but those of the standard library's basics.

#include "core/ops/host_device.h"
#include "core/tensor/half.h"

#include <complex>
#include <concepts>
#include <cstdint>
#include <type_traits>

namespace fxscope {

/// What a kernel computes in: half and bfloat16 in float, everything else in itself.
template <class T> struct ComputeTypeOf {
    using type = std::conditional_t<std::same_as<T, Half> || std::same_as<T, BFloat16>, float, T>;
};
template <class T> using ComputeType = typename ComputeTypeOf<T>::type;

template <class T> inline constexpr bool kIsReducedFloat = std::same_as<T, Half> || std::same_as<T, BFloat16>;
template <class T> inline constexpr bool kIsFloat = kIsReducedFloat<T> || std::is_floating_point_v<T>;
template <class T>
inline constexpr bool kIsComplex = std::same_as<T, std::complex<float>> || std::same_as<T, std::complex<double>>;
template <class T> inline constexpr bool kIsInteger = std::is_integral_v<T> && !std::same_as<T, bool>;

/// One type to another as PyTorch casts: complex to real drops the imaginary part, floats truncate, anything but 0 is
/// true.
template <class To, class From> FX_HD To castTo(From value) {
    if constexpr (std::same_as<To, From>)
        return value;
    else if constexpr (kIsReducedFloat<From>)
        return castTo<To>(static_cast<float>(value));
    else if constexpr (kIsComplex<From> && kIsComplex<To>)
        return To(static_cast<typename To::value_type>(value.real()),
                  static_cast<typename To::value_type>(value.imag()));
    else if constexpr (std::same_as<To, bool>)
        return value != From(0);
    else if constexpr (kIsComplex<From>)
        return castTo<To>(value.real());
    else if constexpr (kIsComplex<To>)
        return To(static_cast<typename To::value_type>(value));
    else if constexpr (kIsReducedFloat<To>)
        return To(static_cast<float>(value));
    else if constexpr (std::is_floating_point_v<From> && kIsInteger<To>) {
        // Out of range is undefined in C++; PyTorch's x86 build goes through int64, and what does not fit is its
        // minimum.
        const bool fits = value >= From(-0x1p63) && value < From(0x1p63);
        return static_cast<To>(fits ? static_cast<int64_t>(value) : INT64_MIN);
    } else
        return static_cast<To>(value);
}

} // namespace fxscope
