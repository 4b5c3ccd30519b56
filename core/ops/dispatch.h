// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/dtype.h"
#include "core/ops/cast.h"
#include "core/support/result.h"

namespace fxscope {

/// The refusal of a kernel that has no code for a dtype.
inline Diagnostic unsupportedDType(DType dtype) {
    return Diagnostic{"no kernel for dtype torch." + std::string(name(dtype)), "", ""};
}

enum class DTypes { All, Real, RealNoBool, Floating, FloatingOrComplex, Integral, IntegralOrBool, NoBool };

constexpr bool covers(DTypes set, bool floating, bool complex, bool boolean) {
    const bool integral = !floating && !complex && !boolean;
    switch (set) {
    case DTypes::All: return true;
    case DTypes::Real: return !complex;
    case DTypes::RealNoBool: return !complex && !boolean;
    case DTypes::Floating: return floating;
    case DTypes::FloatingOrComplex: return floating || complex;
    case DTypes::Integral: return integral;
    case DTypes::IntegralOrBool: return integral || boolean;
    case DTypes::NoBool: return !boolean;
    }
    return false;
}

template <DTypes Set, class T, class Fn>
auto dispatchOne(DType dtype, Fn&& fn) -> decltype(fn.template operator()<float>()) {
    if constexpr (covers(Set, kIsFloat<T>, kIsComplex<T>, std::same_as<T, bool>))
        return fn.template operator()<T>();
    else
        return unsupportedDType(dtype);
}

/// Calls `fn.operator()<T>()` with the C++ type of `dtype` (bool, uint8_t ... BFloat16, std::complex<double>) if `Set`
/// has it; else the refusal. `fn` returns a Result. Usage:
///     return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Done> { ... });
template <DTypes Set, class Fn> auto dispatch(DType dtype, Fn&& fn) -> decltype(fn.template operator()<float>()) {
    switch (dtype) {
    case DType::Bool: return dispatchOne<Set, bool>(dtype, fn);
    case DType::UInt8: return dispatchOne<Set, uint8_t>(dtype, fn);
    case DType::Int8: return dispatchOne<Set, int8_t>(dtype, fn);
    case DType::Int16: return dispatchOne<Set, int16_t>(dtype, fn);
    case DType::Int32: return dispatchOne<Set, int32_t>(dtype, fn);
    case DType::Int64: return dispatchOne<Set, int64_t>(dtype, fn);
    case DType::UInt16: return dispatchOne<Set, uint16_t>(dtype, fn);
    case DType::UInt32: return dispatchOne<Set, uint32_t>(dtype, fn);
    case DType::UInt64: return dispatchOne<Set, uint64_t>(dtype, fn);
    case DType::Float16: return dispatchOne<Set, Half>(dtype, fn);
    case DType::BFloat16: return dispatchOne<Set, BFloat16>(dtype, fn);
    case DType::Float32: return dispatchOne<Set, float>(dtype, fn);
    case DType::Float64: return dispatchOne<Set, double>(dtype, fn);
    case DType::Complex64: return dispatchOne<Set, std::complex<float>>(dtype, fn);
    case DType::Complex128: return dispatchOne<Set, std::complex<double>>(dtype, fn);
    default: return unsupportedDType(dtype);
    }
}

} // namespace fxscope
