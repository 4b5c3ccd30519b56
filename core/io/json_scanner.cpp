// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/json_scanner.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace fxscope::io {
namespace {

// Note [64 characters at once]
// Most of a program's JSON is strings full of escaped quotes. A block of 64 characters becomes one bit each in a few
// words: where quotes and backslashes are, and where brackets are. What is escaped and what lies within a string
// follows by arithmetic on those words, so that no character is looked at alone.
constexpr size_t kBlock = 64;

struct Marks {
    uint64_t quotes = 0, backslashes = 0, opens = 0, closes = 0; ///< opens: { and [
};

#ifdef __SSE2__
Marks marksOf(const char* block) {
    Marks marks;
    const auto bits = [](__m128i equal, size_t at) { return uint64_t(uint32_t(_mm_movemask_epi8(equal))) << at; };
    for (size_t at = 0; at < kBlock; at += 16) {
        const __m128i text = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + at));
        const __m128i folded = _mm_or_si128(text, _mm_set1_epi8(0x20)); // [ and { alike
        marks.quotes |= bits(_mm_cmpeq_epi8(text, _mm_set1_epi8('"')), at);
        marks.backslashes |= bits(_mm_cmpeq_epi8(text, _mm_set1_epi8('\\')), at);
        marks.opens |= bits(_mm_cmpeq_epi8(folded, _mm_set1_epi8('{')), at);
        marks.closes |= bits(_mm_cmpeq_epi8(folded, _mm_set1_epi8('}')), at);
    }
    return marks;
}
#else
Marks marksOf(const char* block) {
    Marks marks;
    for (size_t i = 0; i < kBlock; ++i) {
        marks.quotes |= uint64_t(block[i] == '"') << i;
        marks.backslashes |= uint64_t(block[i] == '\\') << i;
        marks.opens |= uint64_t((block[i] | 0x20) == '{') << i;
        marks.closes |= uint64_t((block[i] | 0x20) == '}') << i;
    }
    return marks;
}
#endif

/// The characters behind a backslash that counts. `carry`: whether the last block ended in such a backslash.
uint64_t escapedBits(uint64_t backslashes, bool& carry) {
    uint64_t escaped = carry;
    carry = false;
    for (uint64_t rest = backslashes & ~escaped; rest != 0;) {
        const int at = std::countr_zero(rest);
        carry = at == 63;
        if (carry)
            break;
        escaped |= uint64_t{2} << at;
        rest &= ~(uint64_t{3} << at);
    }
    return escaped;
}

/// Bit i is the parity of bits 0 to i: the characters from an opening quote up to its closing one.
uint64_t betweenPairs(uint64_t quotes) {
    for (int step = 1; step < 64; step *= 2)
        quotes ^= quotes << step;
    return quotes;
}

/// The blocks of a text from a place on; zeros follow behind its end.
class Blocks {
public:
    Blocks(std::string_view text, size_t at) : m_text(text), m_at(at) {}
    size_t position() const { return m_at; }
    bool atEnd() const { return m_at >= m_text.size(); }
    void next() { m_at += kBlock; }
    /// Quotes and brackets; escaped quotes and all backslashes are gone.
    Marks marks() {
        Marks found;
        if (m_text.size() - m_at >= kBlock) {
            found = marksOf(m_text.data() + m_at);
        } else {
            char last[kBlock] = {};
            std::memcpy(last, m_text.data() + m_at, m_text.size() - m_at);
            found = marksOf(last);
        }
        if (found.backslashes != 0 || m_escaped)
            found.quotes &= ~escapedBits(found.backslashes, m_escaped);
        return found;
    }

private:
    std::string_view m_text;
    size_t m_at;
    bool m_escaped = false;
};

} // namespace

char JsonScanner::peek() {
    while (m_at < m_text.size() &&
           (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t' || m_text[m_at] == '\r'))
        ++m_at;
    return m_at < m_text.size() ? m_text[m_at] : '\0';
}

bool JsonScanner::string(std::string_view& content) {
    if (!eat('"'))
        return false;
    const size_t from = m_at;
    for (Blocks blocks(m_text, from); !blocks.atEnd(); blocks.next()) {
        const uint64_t quotes = blocks.marks().quotes;
        if (quotes == 0)
            continue;
        const size_t end = blocks.position() + static_cast<size_t>(std::countr_zero(quotes));
        content = m_text.substr(from, end - from);
        m_at = end + 1;
        return true;
    }
    return false;
}

/// Past an object or a list. See Note [64 characters at once].
bool JsonScanner::container() {
    int64_t depth = 0;
    uint64_t inString = 0; // all ones: the block begins within a string
    for (Blocks blocks(m_text, m_at); !blocks.atEnd(); blocks.next()) {
        const Marks marks = blocks.marks();
        const uint64_t strings = betweenPairs(marks.quotes) ^ inString;
        inString = strings >> 63 ? ~uint64_t{0} : 0;
        const uint64_t opens = marks.opens & ~strings, closes = marks.closes & ~strings;
        if (depth > std::popcount(closes)) { // it cannot end here
            depth += std::popcount(opens) - std::popcount(closes);
            continue;
        }
        for (uint64_t rest = opens | closes; rest != 0; rest &= rest - 1) {
            const uint64_t bit = rest & ~(rest - 1);
            depth += opens & bit ? 1 : -1;
            if (depth == 0) {
                m_at = blocks.position() + static_cast<size_t>(std::countr_zero(rest)) + 1;
                return true;
            }
        }
    }
    return false;
}

bool JsonScanner::value() {
    std::string_view ignored;
    switch (peek()) {
    case '{':
    case '[': return container();
    case '"': return string(ignored);
    case '\0':
    case '}':
    case ']':
    case ',':
    case ':': return false;
    default: m_at = std::min(m_text.find_first_of(",:]}{[\" \n\t\r", m_at), m_text.size()); return true;
    }
}

bool JsonScanner::member(std::string_view key) {
    if (!eat('{'))
        return false;
    std::string_view found;
    while (string(found) && eat(':')) {
        if (found == key)
            return true;
        if (!value() || !eat(','))
            return false;
    }
    return false;
}

} // namespace fxscope::io
