// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace fxscope {

/// PyTorch's CPU generator: mt19937 and the cached second normal. Equal seed and equal calls give equal bits.
class Generator {
public:
    explicit Generator(uint64_t seed = 0);
    uint32_t random();         ///< next 32 bits
    uint64_t random64();       ///< two draws, the first one high
    void skip(uint64_t count); ///< as `count` calls of random(), about a billion a second
    uint64_t seed() const { return m_seed; }

    /// Box-Muller's second value, kept between calls as PyTorch keeps it.
    std::optional<float> cachedNormalFloat;
    std::optional<double> cachedNormalDouble;
    /// What PyTorch's CUDA generator counts: numbers that each thread has drawn from its Philox stream, a multiple
    /// of 4.
    uint64_t philoxOffset = 0;

private:
    void refill();
    uint64_t m_seed;
    std::array<uint32_t, 624> m_state;
    int m_left = 1;
    int m_next = 0;
};

} // namespace fxscope
