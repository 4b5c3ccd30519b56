// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#if defined(__CUDACC_RTC__) // has no standard headers
#define FX_HD __host__ __device__
namespace fxscope {
using int32_t = int;
using uint32_t = unsigned int;
using int64_t = long long;
using uint64_t = unsigned long long;
} // namespace fxscope
#else
#include "core/ops/formulas.h"
#include <cmath>
#include <cstdint>
#endif

/// Random numbers of the CUDA backend, equal to those of PyTorch's CUDA generator. Everything below runs on host and
/// device; only randperm_host.h is for the host alone.
namespace fxscope::cuda {

// Note [Order of Philox numbers]
// A stream is named by a seed and a subsequence (the index of a thread); its numbers come in blocks of four words.
// Word k of a stream is word k % 4 of Philox4x32-10 of the key (seed) and the counter (k / 4, subsequence), each 64
// bits wide, low word first. PyTorch's offset counts words of every stream and is always a multiple of 4, so a call
// that starts at `offset` and takes four words at a time takes block offset / 4 first.

/// What a call of an operator starts from: PyTorch's seed and offset of the generator.
struct PhiloxStart {
    uint64_t seed = 0;
    uint64_t offset = 0; ///< a multiple of 4
};

/// The state of a generator between calls: torch.cuda.manual_seed(seed) is {seed, 0}.
struct PhiloxState {
    uint64_t seed = 0;
    uint64_t offset = 0;

    /// What the next call starts from; the calls after it start `words`, rounded up to a multiple of 4, further on.
    FX_HD constexpr PhiloxStart take(uint64_t words) {
        const PhiloxStart start{seed, offset};
        offset += (words + 3) / 4 * 4;
        return start;
    }
};

/// One block of random bits.
struct Words {
    uint32_t word[4];
};

/// High and low half of a * b.
FX_HD constexpr uint32_t highProduct(uint32_t a, uint32_t b) {
    return static_cast<uint32_t>(static_cast<uint64_t>(a) * b >> 32);
}

/// Block `block` of the stream, after Salmon, Moraes, Dror, Shaw: Parallel Random Numbers: As Easy as 1, 2, 3 (2011):
/// ten rounds of two products, the key raised by two Weyl constants between rounds.
FX_HD constexpr Words philox(uint64_t seed, uint64_t subsequence, uint64_t block) {
    constexpr uint32_t kProduct0 = 0xD2511F53, kProduct1 = 0xCD9E8D57, kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
    Words x{{static_cast<uint32_t>(block), static_cast<uint32_t>(block >> 32), static_cast<uint32_t>(subsequence),
             static_cast<uint32_t>(subsequence >> 32)}};
    uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
    for (int round = 0; round < 10; ++round) {
        const uint32_t high0 = highProduct(kProduct0, x.word[0]), low0 = kProduct0 * x.word[0];
        const uint32_t high1 = highProduct(kProduct1, x.word[2]), low1 = kProduct1 * x.word[2];
        x = Words{{high1 ^ x.word[1] ^ key0, low1, high0 ^ x.word[3] ^ key1, low0}};
        key0 += kWeyl0;
        key1 += kWeyl1;
    }
    return x;
}

/// Word `index` of a stream, for draws one by one.
FX_HD constexpr uint32_t philoxWord(uint64_t seed, uint64_t subsequence, uint64_t index) {
    return philox(seed, subsequence, index / 4).word[index % 4];
}

} // namespace fxscope::cuda
