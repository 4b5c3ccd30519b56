// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/sha256.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace fxscope::conform {
namespace {

using State = std::array<uint32_t, 8>;

/// The constants are the first 32 bits of the fractions of square roots (state) and cube roots (rounds) of the primes.
/// floor(root * 2^32) by bisection on whole numbers: floating point is not sure to round the same everywhere.
uint32_t fractionOfRoot(unsigned __int128 prime, int degree) {
    const auto tooLarge = [&](unsigned __int128 root) {
        return degree == 2 ? root * root > prime << 64 : root * root * root > prime << 96;
    };
    uint64_t low = 0, high = uint64_t(1) << 37;
    while (high - low > 1) {
        const uint64_t middle = low + (high - low) / 2;
        (tooLarge(middle) ? high : low) = middle;
    }
    return static_cast<uint32_t>(low);
}

std::array<uint32_t, 64> primes() {
    std::array<uint32_t, 64> found{};
    size_t count = 0;
    for (uint32_t candidate = 2; count < found.size(); ++candidate) {
        bool prime = true;
        for (size_t i = 0; i < count; ++i)
            prime = prime && candidate % found[i] != 0;
        if (prime)
            found[count++] = candidate;
    }
    return found;
}

struct Constants {
    State start{};
    std::array<uint32_t, 64> rounds{};
    Constants() {
        const auto p = primes();
        for (size_t i = 0; i < 64; ++i)
            rounds[i] = fractionOfRoot(p[i], 3);
        for (size_t i = 0; i < 8; ++i)
            start[i] = fractionOfRoot(p[i], 2);
    }
};

const Constants& constants() {
    static const Constants all;
    return all;
}

uint32_t bigEndian(const std::byte* bytes) {
    uint32_t word = 0;
    for (int i = 0; i < 4; ++i)
        word = word << 8 | static_cast<uint32_t>(bytes[i]);
    return word;
}

void addBlock(State& state, const std::byte* block) {
    std::array<uint32_t, 64> w;
    for (size_t i = 0; i < 16; ++i)
        w[i] = bigEndian(block + 4 * i);
    for (size_t i = 16; i < 64; ++i) {
        const uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + (std::rotr(a, 7) ^ std::rotr(a, 18) ^ (a >> 3)) + w[i - 7] +
               (std::rotr(b, 17) ^ std::rotr(b, 19) ^ (b >> 10));
    }
    auto [a, b, c, d, e, f, g, h] = state;
    for (size_t i = 0; i < 64; ++i) {
        const uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + ((e & f) ^ (~e & g)) +
                            constants().rounds[i] + w[i];
        const uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1;
        d = c, c = b, b = a, a = t1 + t2;
    }
    const State sum{a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < 8; ++i)
        state[i] += sum[i];
}

} // namespace

std::string sha256(std::span<const std::byte> bytes) {
    State state = constants().start;
    size_t at = 0;
    for (; at + 64 <= bytes.size(); at += 64)
        addBlock(state, bytes.data() + at);
    std::vector<std::byte> tail(bytes.begin() + static_cast<long>(at), bytes.end());
    tail.push_back(std::byte{0x80});
    tail.resize(tail.size() <= 56 ? 56 : 120);
    for (int shift = 56; shift >= 0; shift -= 8)
        tail.push_back(static_cast<std::byte>(static_cast<uint64_t>(bytes.size()) * 8 >> shift));
    for (size_t i = 0; i < tail.size(); i += 64)
        addBlock(state, tail.data() + i);
    std::string hex;
    for (const uint32_t word : state)
        for (int shift = 28; shift >= 0; shift -= 4)
            hex += "0123456789abcdef"[word >> shift & 15];
    return hex;
}

} // namespace fxscope::conform
