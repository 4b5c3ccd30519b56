// SPDX-License-Identifier: BSD-3-Clause
#include "core/compare/compare.h"
#include "core/compare/elements.h"

#include <cmath>
#include <cstring>
#include <limits>

namespace fxscope {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The elements of two tensors of one type, as numbers in which their distance can be told.
template <class T> struct Number {
    static double real(T value) { return static_cast<double>(static_cast<float>(value)); }
};
template <> struct Number<double> {
    static double real(double value) { return value; }
};
template <std::integral T> struct Number<T> {
    static double real(T value) { return static_cast<double>(value); }
};

template <class T> bool isNan(T value) {
    if constexpr (kIsComplex<T>)
        return std::isnan(value.real()) || std::isnan(value.imag());
    else if constexpr (std::is_integral_v<T>)
        return false;
    else
        return std::isnan(static_cast<double>(Number<T>::real(value)));
}

template <class T> double magnitude(T value) {
    if constexpr (kIsComplex<T>)
        return std::abs(std::complex<double>(value));
    else
        return std::abs(Number<T>::real(value));
}

/// Exact for integers whose difference a double holds; infinite where only one is NaN or infinite.
template <class T> double distance(T a, T b) {
    if constexpr (std::is_integral_v<T>)
        return static_cast<double>(a > b ? static_cast<uint64_t>(a) - static_cast<uint64_t>(b)
                                         : static_cast<uint64_t>(b) - static_cast<uint64_t>(a));
    if (isNan(a) || isNan(b))
        return isNan(a) && isNan(b) ? 0 : kInfinity;
    if (a == b) // infinities of one sign
        return 0;
    double apart = 0;
    if constexpr (kIsComplex<T>)
        apart = std::abs(std::complex<double>(a) - std::complex<double>(b));
    else
        apart = std::abs(Number<T>::real(a) - Number<T>::real(b));
    return std::isnan(apart) ? kInfinity : apart;
}

template <class T> double shown(T value) {
    if constexpr (kIsComplex<T>)
        return static_cast<double>(value.real());
    else
        return Number<T>::real(value);
}

template <class T>
void compareElements(std::span<const T> a, std::span<const T> b, const Tolerance& tolerance, TensorDifference& result) {
    for (size_t i = 0; i < a.size(); ++i) {
        const double apart = distance(a[i], b[i]);
        if (apart == 0)
            continue;
        ++result.differing;
        const double size = magnitude(b[i]);
        result.maxAbs = std::max(result.maxAbs, apart);
        const double relative = size > 0 ? apart / size : kInfinity; // NaN where b is infinite or NaN
        result.maxRel = std::max(result.maxRel, std::isnan(relative) ? kInfinity : relative);
        const double allowed =
            std::isinf(tolerance.rtol) ? kInfinity : tolerance.atol + tolerance.rtol * size; // inf * 0 is NaN
        const bool within = apart <= allowed && apart < kInfinity;
        if (within || result.firstBad >= 0)
            continue;
        result.firstBad = static_cast<int64_t>(i);
        result.firstBadA = shown(a[i]);
        result.firstBadB = shown(b[i]);
    }
}

/// Stored-only dtypes have no arithmetic here: their elements are equal or not, by their bytes.
void compareBytes(const Tensor& a, const Tensor& b, TensorDifference& result) {
    const size_t width = bytesOf(a.dtype());
    for (int64_t i = 0; i < a.numel(); ++i) {
        if (std::memcmp(a.raw() + static_cast<size_t>(i) * width, b.raw() + static_cast<size_t>(i) * width, width) == 0)
            continue;
        ++result.differing;
        result.maxAbs = result.maxRel = kInfinity;
        if (result.firstBad < 0) {
            result.firstBad = i;
            result.firstBadA = elementAsDouble(a, i);
            result.firstBadB = elementAsDouble(b, i);
        }
    }
}

TensorDifference mismatched(std::string why) {
    TensorDifference result;
    result.mismatch = std::move(why);
    return result;
}

void compareRowMajor(const Tensor& a, const Tensor& b, const Tolerance& tolerance, TensorDifference& result) {
    result.bitEqual = a.bytes() == 0 || std::memcmp(a.raw(), b.raw(), a.bytes()) == 0;
    if (result.bitEqual)
        return;
    const bool typed = visitElements(a, [&]<class T>(std::span<const T> left) {
        compareElements(left, std::span<const T>(b.data<T>(), left.size()), tolerance, result);
    });
    if (!typed)
        compareBytes(a, b, result);
}

} // namespace

Tolerance defaultTolerance(DType dtype) {
    switch (dtype) {
    case DType::Float16:
    case DType::Complex32: return {1e-3, 1e-5};
    case DType::BFloat16: return {1.6e-2, 1e-5};
    case DType::Float32:
    case DType::Complex64: return {1.3e-6, 1e-5};
    case DType::Float64:
    case DType::Complex128: return {1e-7, 1e-7};
    default: return {};
    }
}

TensorDifference compareTensors(const Tensor& a, const Tensor& b, std::optional<Tolerance> tolerance) {
    if (!a.defined() || !b.defined())
        return mismatched("no value");
    if (a.dtype() != b.dtype())
        return mismatched("dtype " + std::string(name(a.dtype())) + " against " + std::string(name(b.dtype())));
    if (a.sizes() != b.sizes())
        return mismatched("sizes " + Value(a).str() + " against " + Value(b).str());
    const Result<Tensor> left = a.contiguous(), right = b.contiguous();
    if (!left || !right)
        return mismatched((left ? right : left).error().what);
    TensorDifference result;
    result.elements = a.numel();
    const bool exact = !isFloating(a.dtype()) && !isComplex(a.dtype());
    compareRowMajor(*left, *right, exact || !tolerance ? defaultTolerance(a.dtype()) : *tolerance, result);
    result.equal = result.firstBad < 0;
    return result;
}

} // namespace fxscope
