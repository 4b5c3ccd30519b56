// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <bit>
#include <cstdint>

namespace fxscope {

/// IEEE half and bfloat16 as storage types: arithmetic happens in float, rounding to nearest even on the way back.
struct Half {
    uint16_t bits = 0;
    Half() = default;
    Half(float value);
    operator float() const;
};
struct BFloat16 {
    uint16_t bits = 0;
    BFloat16() = default;
    BFloat16(float value) {
        const uint32_t u = std::bit_cast<uint32_t>(value);
        const bool nan = (u & 0x7FFFFFFFu) > 0x7F800000u;
        bits = nan ? static_cast<uint16_t>(0x7FC0) : static_cast<uint16_t>((u + 0x7FFFu + ((u >> 16) & 1u)) >> 16);
    }
    operator float() const { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }
};

inline Half::operator float() const {
    const uint32_t sign = static_cast<uint32_t>(bits & 0x8000u) << 16;
    const uint32_t exponent = (bits >> 10) & 0x1Fu, mantissa = bits & 0x3FFu;
    if (exponent == 0x1F)
        return std::bit_cast<float>(sign | 0x7F800000u | (mantissa << 13));
    if (exponent == 0) // subnormal: mantissa * 2^-24 is exact in float
        return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(static_cast<float>(mantissa) * 0x1p-24f));
    return std::bit_cast<float>(sign | ((exponent + 112) << 23) | (mantissa << 13));
}

inline Half::Half(float value) {
    const uint32_t u = std::bit_cast<uint32_t>(value);
    const uint16_t sign = static_cast<uint16_t>((u >> 16) & 0x8000u);
    const uint32_t magnitude = u & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u)
        bits = static_cast<uint16_t>(sign | 0x7E00u);
    else if (magnitude >= 0x477FF000u) // rounds to 65536 or is infinite
        bits = static_cast<uint16_t>(sign | 0x7C00u);
    else if (magnitude < 0x38800000u) { // below 2^-14: the sum rounds at 2^-24, as halves do there
        const float rounded = std::bit_cast<float>(magnitude) + 0.5f;
        bits = static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(rounded) - 0x3F000000u));
    } else
        bits = static_cast<uint16_t>(sign | ((magnitude - 0x38000000u + 0xFFFu + ((magnitude >> 13) & 1u)) >> 13));
}

} // namespace fxscope
