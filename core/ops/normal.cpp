// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/normal.h"

#include "core/ops/random_fill.h"

#include <bit>
#include <cmath>
#include <initializer_list>
#include <numbers>
#include <utility>

namespace fxscope {
namespace {

/// c[0] x^n + ... + c[n] by Horner's rule, each step one fused multiply-add.
float polynomial(float x, std::initializer_list<float> coefficients) {
    auto c = coefficients.begin();
    float y = *c;
    while (++c != coefficients.end())
        y = std::fma(y, x, *c);
    return y;
}

/// log(x) for a normal x > 0, Cephes' single precision polynomial around 1.
float blockLog(float x) {
    constexpr float kSqrtHalf = 0.707106781186547524f, kLog2High = 0.693359375f, kLog2Low = -2.12194440e-4f;
    const uint32_t bits = std::bit_cast<uint32_t>(x);
    float exponent = static_cast<float>(static_cast<int>(bits >> 23) - 126);
    float m = std::bit_cast<float>((bits & 0x807FFFFFu) | 0x3F000000u); // mantissa in [0.5, 1)
    if (m < kSqrtHalf) {
        exponent -= 1.0f;
        m += m;
    }
    m -= 1.0f;
    const float square = m * m;
    float y = polynomial(m, {7.0376836292e-2f, -1.1514610310e-1f, 1.1676998740e-1f, -1.2420140846e-1f, 1.4249322787e-1f,
                             -1.6668057665e-1f, 2.0000714765e-1f, -2.4999993993e-1f, 3.3333331174e-1f});
    y = y * m * square;
    y = std::fma(exponent, kLog2Low, y);
    y = std::fma(-square, 0.5f, y);
    return std::fma(exponent, kLog2High, m + y);
}

/// sin(x) and cos(x) for x >= 0, Cephes' polynomials on [-pi/4, pi/4] and pi/4 in three parts.
std::pair<float, float> blockSinCos(float x) {
    const int octant = (static_cast<int>(x * 1.27323954473516f) + 1) & ~1;
    const auto count = static_cast<float>(octant);
    x = std::fma(count, -0.78515625f, x);
    x = std::fma(count, -2.4187564849853515625e-4f, x);
    x = std::fma(count, -3.77489497744594108e-8f, x);
    const float square = x * x;
    float cosine = polynomial(square, {2.443315711809948e-5f, -1.388731625493765e-3f, 4.166664568298827e-2f});
    cosine = cosine * square * square;
    cosine = std::fma(-square, 0.5f, cosine) + 1.0f;
    float sine = polynomial(square, {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f});
    sine = std::fma(sine * square, x, x);
    if (octant & 2)
        std::swap(sine, cosine);
    return {octant & 4 ? -sine : sine, (octant - 2) & 4 ? cosine : -cosine};
}

void normalBlock(float* data, float mean, float stddev) {
    for (int j = 0; j < 8; ++j) {
        const float radius = std::sqrt(-2.0f * blockLog(1.0f - data[j]));
        const auto [sine, cosine] = blockSinCos(static_cast<float>(2 * std::numbers::pi) * data[j + 8]);
        data[j] = std::fma(radius * cosine, stddev, mean);
        data[j + 8] = std::fma(radius * sine, stddev, mean);
    }
}

void normalBlock(double* data, double mean, double stddev) {
    for (int j = 0; j < 8; ++j) {
        const double radius = std::sqrt(-2.0 * std::log(1.0 - data[j]));
        const double angle = 2 * std::numbers::pi * data[j + 8];
        data[j] = radius * std::cos(angle) * stddev + mean;
        data[j + 8] = radius * std::sin(angle) * stddev + mean;
    }
}

template <class T> void fillBlocks(T* data, int64_t n, T mean, T stddev, Generator& generator) {
    for (int64_t i = 0; i < n; ++i)
        data[i] = static_cast<T>(uniformDraw<T>(generator));
    for (int64_t i = 0; i + kNormalBlock <= n; i += kNormalBlock)
        normalBlock(data + i, mean, stddev);
    if (n % kNormalBlock == 0)
        return;
    T* last = data + n - kNormalBlock;
    for (int64_t i = 0; i < kNormalBlock; ++i)
        last[i] = static_cast<T>(uniformDraw<T>(generator));
    normalBlock(last, mean, stddev);
}

} // namespace

double normalDraw(Generator& generator) {
    if (const auto cached = std::exchange(generator.cachedNormalDouble, std::nullopt))
        return *cached;
    const double u1 = uniformDraw<double>(generator), u2 = uniformDraw<double>(generator);
    const double radius = std::sqrt(-2.0 * std::log1p(-u2)), angle = 2.0 * std::numbers::pi * u1;
    generator.cachedNormalDouble = radius * std::sin(angle);
    return radius * std::cos(angle);
}

void fillNormalBlocks(float* data, int64_t n, float mean, float stddev, Generator& generator) {
    fillBlocks(data, n, mean, stddev, generator);
}
void fillNormalBlocks(double* data, int64_t n, double mean, double stddev, Generator& generator) {
    fillBlocks(data, n, mean, stddev, generator);
}

} // namespace fxscope
