// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/md5.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace fxscope {
namespace {

using State = std::array<uint32_t, 4>;
constexpr size_t kBlock = 64;

/// floor(2^32 * |sin(i + 1)|)
const std::array<uint32_t, 64>& sines() {
    static const auto table = [] {
        std::array<uint32_t, 64> values{};
        for (size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<uint32_t>(std::floor(std::abs(std::sin(static_cast<double>(i + 1))) * 0x1p32));
        return values;
    }();
    return table;
}

void addBlock(State& state, const unsigned char* block) {
    static constexpr int kShifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    std::array<uint32_t, 16> words;
    std::memcpy(words.data(), block, kBlock); // little-endian, as everything this program runs on
    auto [a, b, c, d] = state;
    for (uint32_t i = 0; i < 64; ++i) {
        const uint32_t round = i / 16;
        const uint32_t mixed = round == 0   ? (b & c) | (~b & d)
                               : round == 1 ? (d & b) | (~d & c)
                               : round == 2 ? b ^ c ^ d
                                            : c ^ (b | ~d);
        const uint32_t word = (round == 0 ? i : round == 1 ? 5 * i + 1 : round == 2 ? 3 * i + 5 : 7 * i) % 16;
        const uint32_t sum = a + mixed + sines()[i] + words[word];
        a = d;
        d = c;
        c = b;
        b += std::rotl(sum, kShifts[round][i % 4]);
    }
    state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d};
}

} // namespace

std::string md5(std::string_view bytes) {
    State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    size_t left = bytes.size();
    for (; left >= kBlock; left -= kBlock, data += kBlock)
        addBlock(state, data);
    std::array<unsigned char, 2 * kBlock> tail{};
    if (left > 0)
        std::memcpy(tail.data(), data, left);
    tail[left] = 0x80;
    const size_t size = left < kBlock - 8 ? kBlock : 2 * kBlock;
    const uint64_t bits = uint64_t{bytes.size()} * 8;
    std::memcpy(tail.data() + size - 8, &bits, 8);
    for (size_t at = 0; at < size; at += kBlock)
        addBlock(state, tail.data() + at);
    std::string text;
    for (const uint32_t word : state)
        for (int shift = 0; shift < 32; shift += 8)
            for (const uint32_t digit : {word >> shift >> 4 & 15, word >> shift & 15})
                text += "0123456789abcdef"[digit];
    return text;
}

} // namespace fxscope
