// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/half.h"
#include "core/tensor/tensor.h"

#include <complex>
#include <span>
#include <type_traits>

namespace fxscope {

/// Calls `visit` with the elements of a row-major tensor as a typed span; false for dtypes that are stored only
/// (complex32, float8, float4). Bools are read as bytes: a file may hold other values than 0 and 1.
template <class Visit> bool visitElements(const Tensor& tensor, const Visit& visit) {
    const auto as = [&]<class T>(std::type_identity<T>) {
        visit(std::span<const T>(tensor.data<T>(), static_cast<size_t>(tensor.numel())));
        return true;
    };
    switch (tensor.dtype()) {
    case DType::Bool:
    case DType::UInt8: return as(std::type_identity<uint8_t>());
    case DType::Int8: return as(std::type_identity<int8_t>());
    case DType::Int16: return as(std::type_identity<int16_t>());
    case DType::Int32: return as(std::type_identity<int32_t>());
    case DType::Int64: return as(std::type_identity<int64_t>());
    case DType::UInt16: return as(std::type_identity<uint16_t>());
    case DType::UInt32: return as(std::type_identity<uint32_t>());
    case DType::UInt64: return as(std::type_identity<uint64_t>());
    case DType::Float16: return as(std::type_identity<Half>());
    case DType::BFloat16: return as(std::type_identity<BFloat16>());
    case DType::Float32: return as(std::type_identity<float>());
    case DType::Float64: return as(std::type_identity<double>());
    case DType::Complex64: return as(std::type_identity<std::complex<float>>());
    case DType::Complex128: return as(std::type_identity<std::complex<double>>());
    default: return false;
    }
}

template <class T> inline constexpr bool kIsComplex = false;
template <class T> inline constexpr bool kIsComplex<std::complex<T>> = true;

} // namespace fxscope
