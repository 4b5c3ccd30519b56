// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace fxscope {

/// From here on a result is written past the caches, which could not hold it anyway and would read it first.
inline constexpr size_t kStreamedBytes = size_t(32) << 20;

/// Copies a row, past the caches if it is `streamed` and aligned to 16 bytes.
inline void copyRow(std::byte* to, const std::byte* from, size_t bytes, [[maybe_unused]] bool streamed) {
#if defined(__x86_64__)
    if (streamed && bytes % 16 == 0 && reinterpret_cast<uintptr_t>(to) % 16 == 0) {
        for (size_t i = 0; i < bytes; i += 16)
            _mm_stream_si128(reinterpret_cast<__m128i*>(to + i),
                             _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)));
        return;
    }
#endif
    std::memcpy(to, from, bytes);
}

/// After streamed rows, before another thread reads them.
inline void finishStreaming() {
#if defined(__x86_64__)
    _mm_sfence();
#endif
}

} // namespace fxscope
