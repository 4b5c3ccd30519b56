// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/generator.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr size_t kShift = 397;
constexpr uint32_t kMatrix = 0x9908B0DF, kUpper = 0x80000000, kLower = 0x7FFFFFFF;

uint32_t twist(uint32_t high, uint32_t low) {
    const uint32_t mixed = (high & kUpper) | (low & kLower);
    return (mixed >> 1) ^ (mixed & 1 ? kMatrix : 0);
}

} // namespace

/// The reference initialisation of mt19937 (Matsumoto and Nishimura); only the seed's low 32 bits count, as in PyTorch.
Generator::Generator(uint64_t seed) : m_seed(seed) {
    m_state[0] = static_cast<uint32_t>(seed);
    for (uint32_t i = 1; i < m_state.size(); ++i)
        m_state[i] = 1812433253u * (m_state[i - 1] ^ (m_state[i - 1] >> 30)) + i;
}

void Generator::refill() {
    const size_t n = m_state.size();
    for (size_t i = 0; i < n; ++i)
        m_state[i] = m_state[(i + kShift) % n] ^ twist(m_state[i], m_state[(i + 1) % n]);
    m_left = static_cast<int>(n);
    m_next = 0;
}

uint32_t Generator::random() {
    if (--m_left == 0)
        refill();
    uint32_t y = m_state[static_cast<size_t>(m_next++)];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9D2C5680;
    y ^= (y << 15) & 0xEFC60000;
    return y ^ (y >> 18);
}

void Generator::skip(uint64_t count) {
    while (count > 0) {
        if (m_left == 1) { // nothing is left of this block
            refill();
            ++m_left;
        }
        const uint64_t step = std::min<uint64_t>(count, static_cast<uint64_t>(m_left) - 1);
        m_left -= static_cast<int>(step);
        m_next += static_cast<int>(step);
        count -= step;
    }
}

uint64_t Generator::random64() {
    const uint64_t high = random();
    return high << 32 | random();
}

} // namespace fxscope
