// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/promote.h"

namespace fxscope {
namespace {

int category(DType dtype) { return dtype == DType::Bool ? 0 : isIntegral(dtype) ? 1 : isFloating(dtype) ? 2 : 3; }

bool isUnsigned(DType dtype) {
    return dtype == DType::UInt8 || dtype == DType::UInt16 || dtype == DType::UInt32 || dtype == DType::UInt64;
}

DType signedOf(size_t bytes) {
    return bytes <= 1 ? DType::Int8 : bytes == 2 ? DType::Int16 : bytes == 4 ? DType::Int32 : DType::Int64;
}

DType promoteIntegers(DType a, DType b) {
    if (isUnsigned(a) == isUnsigned(b))
        return bytesOf(a) >= bytesOf(b) ? a : b;
    const DType unsignedOne = isUnsigned(a) ? a : b, signedOne = isUnsigned(a) ? b : a;
    return bytesOf(signedOne) > bytesOf(unsignedOne) ? signedOne : signedOf(2 * bytesOf(unsignedOne));
}

DType promoteFloats(DType a, DType b) {
    const bool mixedHalves = bytesOf(a) == bytesOf(b) && a != b;
    return mixedHalves ? DType::Float32 : bytesOf(a) >= bytesOf(b) ? a : b;
}

DType complexOf(DType real) {
    return real == DType::Float16 ? DType::Complex32 : real == DType::Float64 ? DType::Complex128 : DType::Complex64;
}

/// `higher` outranks `lower`, unless the latter's category is the higher one.
std::optional<DType> combine(std::optional<DType> higher, std::optional<DType> lower) {
    if (!higher || !lower)
        return higher ? higher : lower;
    if (category(*higher) >= category(*lower))
        return higher;
    if (isFloating(*higher))
        return complexOf(*higher);
    return *higher == DType::Bool || category(*lower) >= 2 ? promoteTypes(*higher, *lower) : *higher;
}

} // namespace

DType realOf(DType dtype) {
    switch (dtype) {
    case DType::Complex32: return DType::Float16;
    case DType::Complex64: return DType::Float32;
    case DType::Complex128: return DType::Float64;
    default: return dtype;
    }
}

DType promoteTypes(DType a, DType b) {
    if (a == b)
        return a;
    if (category(a) < category(b))
        std::swap(a, b);
    if (isComplex(a))
        return category(b) < 2 ? a : complexOf(promoteFloats(realOf(a), realOf(b)));
    if (category(b) < category(a))
        return a;
    return isFloating(a) ? promoteFloats(a, b) : promoteIntegers(a, b);
}

void ResultType::add(const MetaArg& arg) {
    if (const auto* tensor = std::get_if<TensorMeta>(&arg.v))
        add(*tensor);
    else if (std::holds_alternative<SymInt>(arg.v))
        join(m_numbers, DType::Int64);
    else if (std::holds_alternative<bool>(arg.v))
        join(m_numbers, DType::Bool);
    else if (std::holds_alternative<double>(arg.v))
        join(m_numbers, DType::Float32);
    else if (std::holds_alternative<std::complex<double>>(arg.v))
        join(m_numbers, DType::Complex64);
    else if (const auto* number = std::get_if<SymNumber>(&arg.v))
        join(m_numbers, number->boolean ? DType::Bool : DType::Float32);
}

DType ResultType::dtype() const { return combine(m_tensors, combine(m_zeroDim, m_numbers)).value_or(DType::Float32); }

DType resultType(std::span<const MetaArg> args) {
    ResultType type;
    for (const MetaArg& arg : args)
        type.add(arg);
    return type.dtype();
}

} // namespace fxscope
