// SPDX-License-Identifier: BSD-3-Clause
#include "core/compare/compare.h"
#include "core/compare/elements.h"

#include <algorithm>
#include <cmath>

namespace fxscope {
namespace {

constexpr int64_t kBins = 32;

/// Calls `visit` with each element as a double (complex: its absolute value).
template <class Visit> void forEachNumber(const Tensor& tensor, const Visit& visit) {
    const bool typed = visitElements(tensor, [&]<class T>(std::span<const T> elements) {
        for (const T element : elements)
            if constexpr (kIsComplex<T>)
                visit(static_cast<double>(std::abs(element)));
            else if constexpr (std::is_arithmetic_v<T>)
                visit(static_cast<double>(element));
            else
                visit(static_cast<double>(static_cast<float>(element)));
    });
    for (int64_t i = 0; !typed && i < tensor.numel(); ++i)
        visit(elementAsDouble(tensor, i));
}

int64_t binOf(double value, const TensorStatistics& statistics) {
    const double width = statistics.max - statistics.min;
    const double at = width > 0 && std::isfinite(width) ? (value - statistics.min) / width * kBins : 0;
    return std::clamp<int64_t>(static_cast<int64_t>(at), 0, kBins - 1);
}

} // namespace

TensorStatistics statistics(const Tensor& tensor) {
    TensorStatistics result;
    result.histogram.assign(kBins, 0);
    result.elements = tensor.numel();
    const Result<Tensor> rowMajor = tensor.contiguous();
    if (!rowMajor || result.elements == 0)
        return result;
    int64_t finite = 0;
    double squares = 0;
    forEachNumber(*rowMajor, [&](double value) {
        result.nans += std::isnan(value);
        result.infinities += std::isinf(value);
        if (!std::isfinite(value))
            return;
        result.min = finite ? std::min(result.min, value) : value;
        result.max = finite ? std::max(result.max, value) : value;
        const double before = value - result.mean; // Welford: stable in one pass
        result.mean += before / static_cast<double>(++finite);
        squares += before * (value - result.mean);
    });
    result.stddev = finite ? std::sqrt(squares / static_cast<double>(finite)) : 0;
    forEachNumber(*rowMajor, [&](double value) {
        if (std::isfinite(value))
            ++result.histogram[static_cast<size_t>(binOf(value, result))];
    });
    return result;
}

} // namespace fxscope
