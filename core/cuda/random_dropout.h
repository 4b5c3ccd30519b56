// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/random_elements.h"

namespace fxscope::cuda {

// Note [The two kernels of dropout]
// native_dropout keeps element i if its uniform float is below 1 - p, and scales what it keeps. Which number is element
// i's depends on how many neighbours a thread loads at once, `width`:
// 1: as any other distribution, Note [Which thread draws which element], but i counts the elements of the input in
//    row-major order, whatever its strides are.
// 2, 4, 8: thread t of T takes elements [t width, (t + 1) width), then those T width further on, in memory's
//    order. Each such step takes one block of four words, two if width is 8; a width of 2 leaves two words unused.
// The launch and the generator's advance are drawShape(numel, 4, device) in both cases; with a width of 2 or 8 a stream
// may draw more than that, and the next call draws these words again. p == 1, no training and numel == 0 draw nothing;
// p == 0 draws.
//
// A kernel: dropStream for thread t of the launch drawShape gives, t = blockIdx.x * blockDim.x + threadIdx.x, which
// draws each block once. Where the input has gaps or another order, keepElement(i) and scaled for each element by
// itself.

/// How many neighbours PyTorch's kernel loads at once. `address` is that of the input's first element: what counts is
/// its remainder by 32, and PyTorch's allocations are aligned to 512 bytes, so the byte offset in a storage does.
/// `dense`: the input has no gaps and no overlaps (its strides may be in any order).
FX_HD constexpr uint32_t dropoutWidth(uint64_t numel, uint32_t itemBytes, uint64_t address, bool dense) {
    uint32_t width = dense ? 8 : 1;
    while (width > 1 && address % (static_cast<uint64_t>(width) * itemBytes) != 0)
        width /= 2;
    width = width < 16 / itemBytes ? width : 16 / itemBytes;
    while (width > 1 && numel % width != 0)
        width /= 2;
    return width;
}

/// The place of element i's number for shape = drawShape(numel, 4, device).
FX_HD constexpr Place dropoutPlace(const DrawShape& shape, uint32_t width, uint64_t i) {
    if (width == 1)
        return placeOf(shape, i);
    const uint64_t chunk = i / width, at = i % width, blocks = (width + 3) / 4;
    return {chunk % shape.threads(), chunk / shape.threads() * blocks + at / 4, static_cast<uint32_t>(at % 4)};
}

/// Dropout of elements of T; `p` as native_dropout takes it, 0 <= p < 1.
template <class T> struct Dropout {
    using C = Compute<T>;
    C keep;  ///< 1 - p
    C scale; ///< its inverse
    uint32_t width;

    FX_HD Dropout(double p, uint32_t neighbours)
        : keep(static_cast<C>(1.0 - p)), scale(static_cast<C>(1.0 / static_cast<C>(1.0 - p))), width(neighbours) {}

    /// The mask of element i.
    FX_HD bool keepElement(const PhiloxStart& start, const DrawShape& shape, uint64_t i) const {
        const Place place = dropoutPlace(shape, width, i);
        return static_cast<C>(uniform01(wordsAt(start, place).word[place.lane])) < keep;
    }

    /// All elements of one stream; input, output and mask are indexed by i.
    FX_HD void dropStream(const PhiloxStart& start, const DrawShape& shape, uint64_t stream, const T* input, T* output,
                          bool* mask) const {
        const uint64_t threads = shape.threads(), step = width == 1 ? threads : 1;
        const uint64_t together = width == 1 ? 4 : width; // elements between two moves of the stream
        uint64_t block = start.offset / 4, first = stream < threads ? stream * width : shape.numel;
        for (; first < shape.numel; first += threads * together)
            for (uint64_t at = 0; at < together; at += 4) {
                const Words words = philox(start.seed, stream, block++);
                for (uint64_t lane = 0; lane < 4; ++lane) {
                    const uint64_t i = first + (at + lane) * step;
                    if (at + lane >= together || i >= shape.numel)
                        continue;
                    mask[i] = static_cast<C>(uniform01(words.word[lane])) < keep;
                    output[i] = scaled(input[i], mask[i]);
                }
            }
    }

    /// The output for an input and its mask; infinity and NaN that are dropped give NaN, as 0 times them does.
    FX_HD T scaled(T input, bool kept) const { return T(static_cast<C>(input) * static_cast<C>(kept ? 1 : 0) * scale); }
};

} // namespace fxscope::cuda
