// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/random_shape.h"

namespace fxscope::cuda {

// Note [Makers of elements]
// Each struct below turns a block of words into the `kUnroll` elements it holds. A maker is built on the host from the
// arguments of the operator and passed to the kernel by value. `T` is the dtype's storage type; besides C++'s numbers
// any type that converts from and to float does for half and bfloat16 (Half and BFloat16 on the host, __half and
// __nv_bfloat16 on the device). Where PyTorch's compiler fuses a product and a sum, fma says so here.
// Bits are equal to PyTorch's on the device. On the host, normal and exponential of 32 bits and less differ: there the
// device takes sine, cosine and logarithm from its fast units, with an absolute error of
// 1.2 2^-21 in sine and cosine.

/// The type in which elements of T are computed.
template <class T> struct ComputeOf { using Type = float; };
template <> struct ComputeOf<double> { using Type = double; };
template <class T> using Compute = typename ComputeOf<T>::Type;
template <class T> inline constexpr uint32_t kUnrollOf = 4;
template <> inline constexpr uint32_t kUnrollOf<double> = 2;

/// Whether T is a number of C++, which integers convert to directly; half and bfloat16 go through float.
template <class T> inline constexpr bool kIsBuiltIn = false;
template <> inline constexpr bool kIsBuiltIn<bool> = true;
template <> inline constexpr bool kIsBuiltIn<unsigned char> = true;
template <> inline constexpr bool kIsBuiltIn<signed char> = true;
template <> inline constexpr bool kIsBuiltIn<short> = true;
template <> inline constexpr bool kIsBuiltIn<unsigned short> = true;
template <> inline constexpr bool kIsBuiltIn<int> = true;
template <> inline constexpr bool kIsBuiltIn<unsigned int> = true;
template <> inline constexpr bool kIsBuiltIn<long> = true;
template <> inline constexpr bool kIsBuiltIn<unsigned long> = true;
template <> inline constexpr bool kIsBuiltIn<long long> = true;
template <> inline constexpr bool kIsBuiltIn<unsigned long long> = true;
template <> inline constexpr bool kIsBuiltIn<float> = true;
template <> inline constexpr bool kIsBuiltIn<double> = true;

template <class T> FX_HD T fromInteger(int64_t value) {
    if constexpr (kIsBuiltIn<T>)
        return static_cast<T>(value);
    else
        return T(static_cast<float>(value));
}

/// In (0, 1]: (x + 1/2) 2^-32, rounded to float.
FX_HD inline float uniform01(uint32_t x) { return fmaf(static_cast<float>(x), 0x1p-32f, 0x1p-33f); }

/// In (0, 1]: 53 bits of two words, and half a step.
FX_HD constexpr uint64_t bits53(uint32_t low, uint32_t high) { return low ^ static_cast<uint64_t>(high) << 21; }
FX_HD inline double uniform01(uint32_t low, uint32_t high) {
    return fma(static_cast<double>(bits53(low, high)), 0x1p-53, 0x1p-54);
}

/// Element `lane` of a block as a uniform number of C in (0, 1].
template <class C> FX_HD C uniformLane(const Words& words, uint32_t lane) {
    if constexpr (sizeof(C) == sizeof(double))
        return uniform01(words.word[2 * lane], words.word[2 * lane + 1]);
    else
        return uniform01(words.word[lane]);
}

/// rand, rand_like, uniform, uniform_: in [from, to). `to` itself, which rounding gives too, becomes `from`.
template <class T> struct Uniform {
    using C = Compute<T>;
    static constexpr uint32_t kUnroll = kUnrollOf<T>;
    T from, to;
    C range;

    FX_HD Uniform(double low, double high)
        : from(T(static_cast<C>(low))), to(T(static_cast<C>(high))),
          range(static_cast<C>(T(static_cast<C>(to) - static_cast<C>(from)))) {}

    FX_HD T operator()(const Words& words, uint32_t lane) const {
        const C low = static_cast<C>(from);
        T value;
        if constexpr (sizeof(C) == sizeof(double))
            value = fma(uniformLane<C>(words, lane), range, low);
        else
            value = T(fmaf(uniformLane<C>(words, lane), range, low));
        return static_cast<C>(value) == static_cast<C>(to) ? from : value;
    }
};

/// Sine and cosine of one Box-Muller pair.
template <class C> struct Pair { C sine, cosine; };

/// sqrt(-2 ln u) times sine and cosine of 2 pi v, u and v uniform.
FX_HD inline Pair<float> boxMuller(uint32_t x, uint32_t y) {
    constexpr float kTurn = 0x1p-32f * 6.2831855f;
    const float angle = fmaf(static_cast<float>(y), kTurn, kTurn / 2);
    const float radius = sqrtf(-2.0f * logf(uniform01(x)));
    Pair<float> pair{};
#if defined(__CUDA_ARCH__)
    __sincosf(angle, &pair.sine, &pair.cosine);
#else
    pair = {sinf(angle), cosf(angle)};
#endif
    return {pair.sine * radius, pair.cosine * radius};
}

/// The same with 53 bits each, the angle in half turns.
FX_HD inline Pair<double> boxMuller(const Words& w) {
    const double halfTurns = fma(static_cast<double>(bits53(w.word[2], w.word[3])), 0x1p-52, 0x1p-53);
    const double radius = sqrt(-2.0 * log(uniform01(w.word[0], w.word[1])));
    Pair<double> pair{};
#if defined(__CUDA_ARCH__)
    sincospi(halfTurns, &pair.sine, &pair.cosine);
#else
    constexpr double kPi = 3.14159265358979323846;
    pair = {sin(halfTurns * kPi), cos(halfTurns * kPi)};
#endif
    return {pair.sine * radius, pair.cosine * radius};
}

/// randn, randn_like, normal, normal_ with numbers: mean + std N(0, 1).
template <class T> struct Normal {
    using C = Compute<T>;
    static constexpr uint32_t kUnroll = kUnrollOf<T>;
    C mean, std;

    FX_HD Normal(double meanOf, double stdOf) : mean(static_cast<C>(meanOf)), std(static_cast<C>(stdOf)) {}

    FX_HD T operator()(const Words& words, uint32_t lane) const {
        if constexpr (sizeof(C) == sizeof(double)) {
            const Pair<double> pair = boxMuller(words);
            return fma(lane == 0 ? pair.sine : pair.cosine, std, mean);
        } else {
            const uint32_t first = lane / 2 * 2;
            const Pair<float> pair = boxMuller(words.word[first], words.word[first + 1]);
            return T(fmaf(lane % 2 == 0 ? pair.sine : pair.cosine, std, mean));
        }
    }
};

/// The bounds randint draws between if the dtype is floating and has `digits` significant bits (float64 53, float32 24,
/// float16 11, bfloat16 8): the upper one is lowered so that it cannot come out of rounding, the lower one raised.
/// Integer dtypes keep the bounds they have. Error of PyTorch: low >= high afterwards.
struct IntegerBounds {
    int64_t low, high;
};
template <class T> FX_HD IntegerBounds boundsIn(IntegerBounds bounds, int digits) {
    const auto rounded = [](int64_t value) {
        return static_cast<int64_t>(static_cast<Compute<T>>(fromInteger<T>(value)));
    };
    const auto step = [digits](int64_t value) { // between neighbours of T at value
        uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
        int exponent = 0;
        while (rest >>= 1)
            ++exponent;
        return exponent < digits - 1 ? int64_t(1) : int64_t(1) << (exponent - digits + 1);
    };
    if (const int64_t above = rounded(bounds.low + 1); above < bounds.low)
        bounds.low = above + step(bounds.low + 1);
    if (const int64_t below = rounded(bounds.high - 1); below >= bounds.high)
        bounds.high = below - step(bounds.high - 1);
    return bounds;
}

/// The smallest difference of bounds for which an integer takes 64 random bits.
inline constexpr uint64_t kWideRange = uint64_t(1) << 28;

/// randint, random_ with bounds: low + bits % (high - low), for high - low < kWideRange. `range` = high - low.
template <class T> struct Integers {
    static constexpr uint32_t kUnroll = 4;
    uint64_t range;
    int64_t low;

    FX_HD T operator()(const Words& words, uint32_t lane) const {
        const uint64_t rest = words.word[lane] % static_cast<uint32_t>(range);
        return fromInteger<T>(static_cast<int64_t>(rest + static_cast<uint64_t>(low)));
    }
};

/// The same for high - low >= kWideRange.
template <class T> struct WideIntegers {
    static constexpr uint32_t kUnroll = 2;
    uint64_t range;
    int64_t low;

    FX_HD T operator()(const Words& words, uint32_t lane) const {
        const uint64_t bits = static_cast<uint64_t>(words.word[2 * lane]) << 32 | words.word[2 * lane + 1];
        return fromInteger<T>(static_cast<int64_t>(bits % range + static_cast<uint64_t>(low)));
    }
};

/// bernoulli.p, bernoulli_.float: 1 with probability p; float64 outputs compare in double, all others in float.
template <class T> struct Bernoulli {
    using C = Compute<T>;
    static constexpr uint32_t kUnroll = kUnrollOf<T>;
    C p;

    FX_HD explicit Bernoulli(double probability) : p(static_cast<C>(probability)) {}
    FX_HD T operator()(const Words& words, uint32_t lane) const {
        return fromInteger<T>(uniformLane<C>(words, lane) < p);
    }
};

// Note [Bernoulli with a tensor]
// bernoulli.default, bernoulli.Tensor and bernoulli_.Tensor launch differently: a thread makes four neighbours, blocks
// have 512 threads, and there are as many blocks as that needs. Element i is word i % 4 of the first block of stream
// i / 4. The generator advances by kBernoulliTensorAdvance whatever the size (not at all for numel == 0). i counts in
// the order of memory if output and p have equal strides; else in row-major order of the output. float64 outputs take p
// as float64, others as float32, and the uniform number is a float in both cases.

inline constexpr uint64_t kBernoulliTensorAdvance = 12;
inline constexpr uint32_t kBernoulliTensorBlock = 512;

/// Element i of bernoulli with a tensor, p its probability in [0, 1] (float or double).
template <class T, class P> FX_HD T bernoulliTensorElement(const PhiloxStart& start, uint64_t i, P p) {
    const Words words = philox(start.seed, i / 4, start.offset / 4);
    return fromInteger<T>(static_cast<P>(uniform01(words.word[i % 4])) <= p);
}

/// exponential, exponential_: -ln(u) / lambda, never 0.
template <class T> struct Exponential {
    using C = Compute<T>;
    static constexpr uint32_t kUnroll = kUnrollOf<T>;
    C lambda;

    FX_HD explicit Exponential(double rate) : lambda(static_cast<C>(rate)) {}

    FX_HD T operator()(const Words& words, uint32_t lane) const {
        constexpr C kHalfEpsilon = sizeof(C) == sizeof(double) ? C(0x1p-53) : C(0x1p-24);
        const C u = uniformLane<C>(words, lane);
        const C logarithm = u >= C(1) - kHalfEpsilon ? -kHalfEpsilon : naturalLog(u);
        return T(C(-1) / lambda * logarithm);
    }

private:
    FX_HD static double naturalLog(double u) { return log(u); }
    FX_HD static float naturalLog(float u) {
#if defined(__CUDA_ARCH__)
        return __logf(u);
#else
        return logf(u);
#endif
    }
};

} // namespace fxscope::cuda
