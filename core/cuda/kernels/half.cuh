// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include <cstdint>

// core/tensor/half.h for device code: the same types, converted by the card's own instructions.

namespace fxscope {

struct Half {
    uint16_t bits;
    Half() = default;
    __device__ Half(float value) { asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value)); }
    __device__ operator float() const {
        float value;
        asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
        return value;
    }
};
struct BFloat16 {
    uint16_t bits;
    BFloat16() = default;
    __device__ BFloat16(float value) { asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(value)); }
    __device__ operator float() const { return __uint_as_float(uint32_t(bits) << 16); }
};

} // namespace fxscope
