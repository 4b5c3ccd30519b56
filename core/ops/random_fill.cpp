// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/random_fill.h"

#include "core/ops/dispatch.h"
#include "core/ops/loop.h"
#include "core/ops/normal.h"
#include "core/ops/operand.h"

#include <cmath>

namespace fxscope {
namespace {

/// The smallest difference of bounds that draws 64 random bits.
constexpr uint64_t kWideRange = uint64_t(1) << 28;
/// Permutations of fewer elements draw 32 bits for each.
constexpr int64_t kWidePermutation = UINT32_MAX / 20;

template <class T> int mantissaBits() {
    return std::same_as<T, double> ? 53 : std::same_as<T, float> ? 24 : std::same_as<T, Half> ? 11 : 8;
}

} // namespace

template <class T> double uniformDraw(Generator& generator) {
    const uint64_t bits = std::same_as<T, double> ? generator.random64() : generator.random();
    const uint64_t range = uint64_t(1) << mantissaBits<T>();
    return static_cast<double>(bits & (range - 1)) / static_cast<double>(range);
}
template double uniformDraw<Half>(Generator&);
template double uniformDraw<BFloat16>(Generator&);
template double uniformDraw<float>(Generator&);
template double uniformDraw<double>(Generator&);

Result<Done> fillUniform(Tensor& x, double from, double to, Generator& generator) {
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Done> {
        using C = ComputeType<T>;
        const C low = static_cast<C>(from), width = static_cast<C>(static_cast<C>(to) - low);
        mapElements<T>(x, {}, [&] { return T(std::fma(static_cast<C>(uniformDraw<T>(generator)), width, low)); });
        return Done{};
    });
}

Result<Done> fillNormal(Tensor& x, double mean, double stddev, Generator& generator) {
    if (stddev < 0)
        return Diagnostic{"normal expects std >= 0.0, but found std " + std::to_string(stddev), "", ""};
    const bool inBlocks = x.numel() >= kNormalBlock && x.isContiguous();
    if (inBlocks && x.dtype() == DType::Float32) {
        fillNormalBlocks(x.data<float>(), x.numel(), static_cast<float>(mean), static_cast<float>(stddev), generator);
        return Done{};
    }
    if (inBlocks && x.dtype() == DType::Float64) {
        fillNormalBlocks(x.data<double>(), x.numel(), mean, stddev, generator);
        return Done{};
    }
    if (inBlocks) // their blocks compute in the storage type, step by step
        return Diagnostic{"no kernel for " + std::to_string(kNormalBlock) + " or more normal numbers of dtype torch." +
                              std::string(name(x.dtype())),
                          "", "draw them as float32 and convert"};
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Done> {
        mapElements<T>(x, {}, [&] { return castTo<T>(normalDraw(generator) * stddev + mean); });
        return Done{};
    });
}

Result<Done> fillIntegers(Tensor& x, int64_t low, int64_t high, Generator& generator) {
    if (low >= high)
        return Diagnostic{"random_ expects 'from' to be less than 'to', but got from=" + std::to_string(low) +
                              " >= to=" + std::to_string(high),
                          "", ""};
    const uint64_t range = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Done> {
        mapElements<T>(x, {}, [&] {
            const uint64_t bits = range >= kWideRange ? generator.random64() : generator.random();
            return castTo<T>(static_cast<int64_t>(bits % range + static_cast<uint64_t>(low)));
        });
        return Done{};
    });
}

Result<Done> fillBernoulli(Tensor& x, double p, Generator& generator) {
    if (!(p >= 0 && p <= 1))
        return Diagnostic{"bernoulli_ expects p to be in [0, 1], but got p=" + std::to_string(p), "", ""};
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Done> {
        mapElements<T>(x, {}, [&] { return castTo<T>(uniformDraw<double>(generator) < p); });
        return Done{};
    });
}

Result<Done> fillBernoulli(Tensor& x, const Tensor& p, Generator& generator) {
    for (int64_t i = 0; i < p.numel(); ++i)
        if (const double one = elementAsDouble(p, i); !(one >= 0 && one <= 1))
            return Diagnostic{"Expected p_in >= 0 && p_in <= 1 to be true, got " + std::to_string(one), "", ""};
    FX_TRY(const Tensor wide, castTensor(p, p.dtype() == DType::Float64 ? DType::Float64 : DType::Float32));
    FX_TRY(const Tensor spread, expandTo(wide, x.sizes()));
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Done> {
        if (p.dtype() == DType::Float64)
            mapElements<T, double>(x, {&spread},
                                   [&](double one) { return castTo<T>(uniformDraw<double>(generator) < one); });
        else
            mapElements<T, float>(x, {&spread}, [&](float one) {
                return castTo<T>(static_cast<float>(uniformDraw<float>(generator)) < one);
            });
        return Done{};
    });
}

Result<Done> fillPermutation(Tensor& x, Generator& generator) {
    const int64_t n = x.numel();
    return dispatch<DTypes::RealNoBool>(x.dtype(), [&]<class T>() -> Result<Done> {
        T* entries = x.data<T>();
        for (int64_t i = 0; i < n; ++i)
            entries[i] = castTo<T>(i);
        for (int64_t i = 0; i + 1 < n; ++i) {
            const uint64_t bits = n < kWidePermutation ? generator.random() : generator.random64();
            std::swap(entries[i], entries[i + static_cast<int64_t>(bits % static_cast<uint64_t>(n - i))]);
        }
        return Done{};
    });
}

} // namespace fxscope
