// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace fxscope {

// Turning a matrix, line by line of 64 bytes on both sides: to[i * toStep + j] = from[i + j * fromStep] for a tile of
// `kTurnRows` by one line of columns. Streamed lines go past the caches, into which the result would have to be read
// first; they need `to` and its rows to begin at lines.

/// Columns of a line.
template <class Unit> inline constexpr int64_t kTurnColumns = 64 / sizeof(Unit);
/// Rows of a tile: what one register holds.
template <class Unit> inline constexpr int64_t kTurnRows = 16 / sizeof(Unit);
/// Is there code for units of this size?
template <class Unit>
inline constexpr bool kTurns =
#if defined(__x86_64__)
    sizeof(Unit) == 4 || sizeof(Unit) == 8;
#else
    false;
#endif

#if defined(__x86_64__)
namespace turning {

template <bool Streamed> inline void store(void* to, __m128i line) {
    if constexpr (Streamed)
        _mm_stream_si128(static_cast<__m128i*>(to), line);
    else
        _mm_storeu_si128(static_cast<__m128i*>(to), line);
}
inline __m128i load(const void* from) { return _mm_loadu_si128(static_cast<const __m128i*>(from)); }

/// Four rows of 16 numbers: 16 quarters of a line are read, and 4 lines written.
template <bool Streamed> void tile(const uint32_t* from, int64_t fromStep, uint32_t* to, int64_t toStep) {
    __m128i rows[4][4];
    for (int64_t q = 0; q < 4; ++q) {
        const uint32_t* at = from + q * 4 * fromStep;
        const __m128i a = load(at), b = load(at + fromStep), c = load(at + 2 * fromStep), d = load(at + 3 * fromStep);
        const __m128i ab = _mm_unpacklo_epi32(a, b), cd = _mm_unpacklo_epi32(c, d), abHigh = _mm_unpackhi_epi32(a, b),
                      cdHigh = _mm_unpackhi_epi32(c, d);
        rows[0][q] = _mm_unpacklo_epi64(ab, cd);
        rows[1][q] = _mm_unpackhi_epi64(ab, cd);
        rows[2][q] = _mm_unpacklo_epi64(abHigh, cdHigh);
        rows[3][q] = _mm_unpackhi_epi64(abHigh, cdHigh);
    }
    for (int64_t i = 0; i < 4; ++i)
        for (int64_t q = 0; q < 4; ++q)
            store<Streamed>(to + i * toStep + q * 4, rows[i][q]);
}

/// Two rows of 8 numbers.
template <bool Streamed> void tile(const uint64_t* from, int64_t fromStep, uint64_t* to, int64_t toStep) {
    __m128i rows[2][4];
    for (int64_t q = 0; q < 4; ++q) {
        const __m128i a = load(from + q * 2 * fromStep), b = load(from + (q * 2 + 1) * fromStep);
        rows[0][q] = _mm_unpacklo_epi64(a, b);
        rows[1][q] = _mm_unpackhi_epi64(a, b);
    }
    for (int64_t i = 0; i < 2; ++i)
        for (int64_t q = 0; q < 4; ++q)
            store<Streamed>(to + i * toStep + q * 2, rows[i][q]);
}

} // namespace turning

/// `rows` (a multiple of kTurnRows) by `columns` (a multiple of kTurnColumns). Tiles go along the rows of `from` first:
/// its memory is read in order.
template <class Unit, bool Streamed>
void turnTiles(const Unit* from, int64_t fromStep, Unit* to, int64_t toStep, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; i += kTurnRows<Unit>)
        for (int64_t j = 0; j < columns; j += kTurnColumns<Unit>)
            turning::tile<Streamed>(from + i + j * fromStep, fromStep, to + i * toStep + j, toStep);
}
#else
template <class Unit, bool Streamed> void turnTiles(const Unit*, int64_t, Unit*, int64_t, int64_t, int64_t) {}
#endif

} // namespace fxscope
