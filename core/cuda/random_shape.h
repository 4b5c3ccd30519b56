// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/philox.h"

namespace fxscope::cuda {

// Note [Which thread draws which element]
// PyTorch's numbers depend on the launch: the more threads, the more streams. So the shape of its launch is part of the
// answer, and with it two facts of the device. With T = shape.threads() streams, element i belongs to stream i % T; its
// row is i / T; each block of four words serves `unroll` rows (4, or 2 where an element takes 64 bits). A kernel may
// have any launch shape, as elements are functions of i; it draws each block once only if one thread makes all elements
// of a stream:
//
//     __global__ void fill(Uniform<float> make, PhiloxStart start, DrawShape shape, float* out) {
//         fillStream(make, start, shape, uint64_t(blockIdx.x) * blockDim.x + threadIdx.x, out);
//     }
//     const DrawShape shape = drawShape(numel, Uniform<float>::kUnroll, device);
//     const PhiloxStart start = state.take(shape.advance);
//     fill<<<shape.grid, shape.block, 0, stream>>>(make, start, shape, out);
//
// Elements are counted in the order of memory: a dense output may have its strides in any order. numel == 0 draws
// nothing and launches nothing. An output of more than 2^31 - 1 bytes is drawn in pieces, see forEachPiece.

// Note [What each operator draws]
//   rand, rand_like, uniform, uniform_        Uniform        drawShape(numel, Uniform<T>::kUnroll).advance
//   randn, randn_like, normal, normal_        Normal         the same; so also bernoulli.p, bernoulli_.float,
//   exponential randint                                   Integers, WideIntegers from kWideRange on: 4 and 2 elements
//   of a block bernoulli.default, .Tensor, bernoulli_.Tensor            kBernoulliTensorAdvance native_dropout with 0
//   <= p < 1, train     Dropout        drawShape(numel, 4).advance randperm RandpermKeys   drawShape(n, 2).advance,
//   then n
// Complex outputs are drawn as twice as many real numbers, normal ones with std / sqrt(2).

/// What the launch depends on: cudaDeviceProp's multiProcessorCount and maxThreadsPerMultiProcessor.
struct DeviceFacts {
    uint32_t multiprocessors = 0;
    uint32_t threadsPerMultiprocessor = 0;
};

inline constexpr uint32_t kDrawBlock = 256;

/// A launch as PyTorch makes it.
struct DrawShape {
    uint64_t numel = 0;
    uint32_t grid = 0, block = kDrawBlock;
    uint32_t unroll = 4;  ///< rows that one block of four words serves
    uint64_t advance = 0; ///< words that the generator's offset grows by

    FX_HD constexpr uint64_t threads() const { return static_cast<uint64_t>(grid) * block; }
};

/// The launch of uniform, normal, random, bernoulli with a number, exponential and (unroll 4) dropout.
FX_HD constexpr DrawShape drawShape(uint64_t numel, uint32_t unroll, DeviceFacts device) {
    DrawShape shape;
    shape.numel = numel;
    shape.unroll = unroll;
    if (numel == 0)
        return shape;
    const uint64_t wanted = (numel + kDrawBlock - 1) / kDrawBlock;
    const uint64_t resident =
        static_cast<uint64_t>(device.multiprocessors) * (device.threadsPerMultiprocessor / kDrawBlock);
    shape.grid = static_cast<uint32_t>(wanted < resident ? wanted : resident);
    shape.advance = ((numel - 1) / (shape.threads() * unroll) + 1) * 4;
    return shape;
}

/// Where an element's random bits lie.
struct Place {
    uint64_t stream = 0; ///< subsequence
    uint64_t block = 0;  ///< counted from the start of the call
    uint32_t lane = 0;   ///< which of the block's `unroll` elements
};

/// Place of element i; Note [Which thread draws which element].
FX_HD constexpr Place placeOf(const DrawShape& shape, uint64_t i) {
    const uint64_t row = i / shape.threads();
    return {i % shape.threads(), row / shape.unroll, static_cast<uint32_t>(row % shape.unroll)};
}

/// The words at a place.
FX_HD constexpr Words wordsAt(const PhiloxStart& start, const Place& place) {
    return philox(start.seed, place.stream, start.offset / 4 + place.block);
}

/// Element i by itself. `make` turns words and a lane into an element: see random_elements.h.
template <class Make>
FX_HD auto elementAt(const Make& make, const PhiloxStart& start, const DrawShape& shape, uint64_t i) {
    const Place place = placeOf(shape, i);
    return make(wordsAt(start, place), place.lane);
}

/// All elements of one stream, written to out[0 ... numel); streams from shape.threads() on have none.
template <class Make, class T>
FX_HD void fillStream(const Make& make, const PhiloxStart& start, const DrawShape& shape, uint64_t stream, T* out) {
    const uint64_t threads = shape.threads();
    if (stream >= threads)
        return;
    for (uint64_t block = 0, i = stream; i < shape.numel; ++block) {
        const Words words = philox(start.seed, stream, start.offset / 4 + block);
        T values[Make::kUnroll]; // all at once, as two normals share their work
        for (uint32_t lane = 0; lane < Make::kUnroll; ++lane)
            values[lane] = make(words, lane);
        for (uint32_t lane = 0; lane < Make::kUnroll; ++lane, i += threads) {
            if (i < shape.numel)
                out[i] = values[lane];
        }
    }
}

#if !defined(__CUDACC_RTC__) // for the host, which launches
// Note [Pieces of large outputs]
// An output whose last byte lies beyond 2^31 - 1 is halved until each half lies below, and each half is drawn by a
// launch of its own. The whole takes its share of the generator first and does not use it; so does each part that is
// halved again not: only the launches take theirs.

/// Calls piece(first, count) for the launches that fill a dense output of `numel` elements, in order. Each piece is
/// drawn as an output of `count` elements. Not for dropout, bernoulli with a tensor and randperm, which never split.
/// If there is more than one piece, call state.take(drawShape(numel, ...).advance) once before the first.
template <class Piece> void forEachPiece(uint64_t numel, uint64_t itemBytes, Piece&& piece) {
    constexpr uint64_t kLimit = 0x7FFFFFFF;
    uint64_t ends[64] = {numel}; // ends of the parts that wait, the nearest last
    int waiting = 1;
    for (uint64_t first = 0; waiting > 0;) {
        const uint64_t count = ends[waiting - 1] - first;
        if (count <= kLimit && (count == 0 || 1 + (count - 1) * itemBytes <= kLimit)) {
            piece(first, count);
            first = ends[--waiting];
        } else {
            ends[waiting++] = first + count / 2;
        }
    }
}
#endif

} // namespace fxscope::cuda
