// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/dtype.h"
#include "core/support/result.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fxscope {

/// Elements of 16 bytes as something that can be copied.
using Unit16 = std::array<uint64_t, 2>;

/// Calls `fn.operator()<U>()` with an unsigned type as wide as the elements of `dtype`: for kernels that only move
/// them.
template <class Fn> auto dispatchUnit(DType dtype, Fn&& fn) -> decltype(fn.template operator()<uint8_t>()) {
    switch (bytesOf(dtype)) {
    case 1: return fn.template operator()<uint8_t>();
    case 2: return fn.template operator()<uint16_t>();
    case 4: return fn.template operator()<uint32_t>();
    case 8: return fn.template operator()<uint64_t>();
    default: return fn.template operator()<Unit16>();
    }
}

} // namespace fxscope
