// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/shapes.h"

#include "core/ops/args.h"

#include <algorithm>
#include <numeric>

namespace fxscope {
namespace {

const SymRanges kNoRanges; // every symbol at least 2

/// A stride as an elementwise loop over the broadcast shape sees it: 0 where the dimension is added or repeated.
SymSizes expandedStrides(const TensorMeta& meta, const SymSizes& sizes) {
    SymSizes strides(sizes.size(), SymInt(0));
    const size_t added = sizes.size() - meta.sizes.size();
    for (size_t d = 0; d < meta.sizes.size(); ++d)
        if (!(meta.sizes[d].is(1) && !sizes[added + d].is(1)))
            strides[added + d] = (*meta.strides)[d];
    return strides;
}

/// -1: `a` varies faster than `b` already; 1: they should swap; 0: the inputs do not say.
int compareDims(size_t a, size_t b, const SymSizes& sizes, const std::vector<SymSizes>& inputs) {
    for (const SymSizes& strides : inputs) {
        if (strides[a].is(0) || strides[b].is(0))
            continue;
        if (less(strides[a], strides[b]))
            return -1;
        if (less(strides[b], strides[a]))
            return 1;
        if (same(strides[a], strides[b]) && less(sizes[b], sizes[a]))
            return 1;
    }
    return 0;
}

// Note [Elementwise strides]
// The dimensions are sorted by the strides of the inputs, fastest first, beginning with the reverse of their order; an
// insertion sort that passes over pairs nobody orders. The result is dense in that order. Inputs earlier in the
// argument list win, and dimensions an input repeats say nothing.
std::vector<size_t> fastestFirst(const SymSizes& sizes, const std::vector<SymSizes>& inputs) {
    std::vector<size_t> order(sizes.size());
    std::iota(order.rbegin(), order.rend(), size_t(0));
    for (size_t i = 1; i < order.size(); ++i) {
        size_t moving = i;
        for (size_t j = i; j-- > 0;) {
            const int comparison = compareDims(order[j], order[moving], sizes, inputs);
            if (comparison > 0) {
                std::swap(order[j], order[moving]);
                moving = j;
            } else if (comparison < 0)
                break;
        }
    }
    return order;
}

SymSizes denseStrides(const SymSizes& sizes, const std::vector<size_t>& fastestFirstOrder) {
    SymSizes strides(sizes.size());
    SymInt step = 1;
    for (const size_t d : fastestFirstOrder) {
        strides[d] = step;
        step = step * sizes[d];
    }
    return strides;
}

bool followsOrder(const SymSizes& sizes, const SymSizes& strides, std::span<const size_t> fastestFirstOrder) {
    SymInt expected = 1;
    for (const size_t d : fastestFirstOrder) {
        if (sizes[d].is(0))
            return true;
        if (!sizes[d].is(1)) {
            if (!same(strides[d], expected))
                return false;
            expected = expected * sizes[d];
        }
    }
    return true;
}

} // namespace

bool same(const SymInt& a, const SymInt& b) { return a == b || provablyEqual(a, b, kNoRanges) == Proof::Yes; }
bool differ(const SymInt& a, const SymInt& b) { return provablyEqual(a, b, kNoRanges) == Proof::No; }
bool less(const SymInt& a, const SymInt& b) {
    if (a.isConstant() && b.isConstant())
        return a.constant() < b.constant();
    return provablyLessEqual(a + SymInt(1), b, kNoRanges) == Proof::Yes;
}

SymInt numelOf(const SymSizes& sizes) {
    SymInt count = 1;
    for (const SymInt& size : sizes)
        count = count * size;
    return count;
}

bool isContiguous(const SymSizes& sizes, const SymSizes& strides) {
    std::vector<size_t> order(sizes.size());
    std::iota(order.rbegin(), order.rend(), size_t(0));
    return std::any_of(sizes.begin(), sizes.end(), [](const SymInt& s) { return s.is(0); }) ||
           followsOrder(sizes, strides, order);
}

bool isChannelsLast(const SymSizes& sizes, const SymSizes& strides) {
    static constexpr size_t kNhwc[]{1, 3, 2, 0}, kNdhwc[]{1, 4, 3, 2, 0};
    if (sizes.size() == 4)
        return followsOrder(sizes, strides, kNhwc);
    return sizes.size() == 5 && followsOrder(sizes, strides, kNdhwc);
}

SymSizes channelsLastStrides(const SymSizes& sizes) {
    return denseStrides(sizes,
                        sizes.size() == 4 ? std::vector<size_t>{1, 3, 2, 0} : std::vector<size_t>{1, 4, 3, 2, 0});
}

/// From the dimension of stride 1 outwards; symbolic strides need no order then, only equality.
bool isDense(const SymSizes& sizes, const SymSizes& strides) {
    if (isContiguous(sizes, strides))
        return true;
    std::vector<size_t> left;
    for (size_t d = 0; d < sizes.size(); ++d)
        if (!sizes[d].is(1))
            left.push_back(d);
    SymInt expected = 1;
    while (!left.empty()) {
        const auto next = std::find_if(left.begin(), left.end(), [&](size_t d) { return same(strides[d], expected); });
        if (next == left.end())
            return false;
        expected = expected * sizes[*next];
        left.erase(next);
    }
    return true;
}

Result<SymSizes> broadcast(const SymSizes& a, const SymSizes& b) {
    const size_t rank = std::max(a.size(), b.size());
    SymSizes result(rank);
    for (size_t i = 0; i < rank; ++i) { // from the last dimension on
        const SymInt sizeA = i < a.size() ? a[a.size() - 1 - i] : SymInt(1);
        const SymInt sizeB = i < b.size() ? b[b.size() - 1 - i] : SymInt(1);
        if (sizeA.isConstant() && sizeB.isConstant() && !(sizeA == sizeB) && !sizeA.is(1) && !sizeB.is(1))
            return Diagnostic{"The size of tensor a (" + sizeA.str() + ") must match the size of tensor b (" +
                                  sizeB.str() + ") at non-singleton dimension " + std::to_string(rank - 1 - i),
                              "", ""};
        const bool takeB = sizeA.is(1) || (sizeB.isConstant() && !sizeB.is(1));
        result[rank - 1 - i] = takeB ? sizeB : sizeA;
    }
    return result;
}

std::optional<SymSizes> elementwiseStrides(const SymSizes& sizes, std::span<const TensorMeta* const> inputs) {
    bool sameShape = true, contiguous = true, channelsLast = true;
    std::vector<SymSizes> strides;
    for (const TensorMeta* input : inputs) {
        if (!input->strides)
            return std::nullopt;
        strides.push_back(expandedStrides(*input, sizes));
        sameShape = sameShape && input->sizes == sizes;
        contiguous = contiguous && isContiguous(input->sizes, *input->strides);
        channelsLast = channelsLast && isChannelsLast(input->sizes, *input->strides);
    }
    if (strides.empty() || (sameShape && contiguous))
        return contiguousStrides(sizes);
    if (sameShape && channelsLast)
        return channelsLastStrides(sizes);
    if (sameShape && isDense(sizes, strides.front()) &&
        std::all_of(strides.begin(), strides.end(), [&](const SymSizes& s) { return s == strides.front(); }))
        return strides.front();
    return denseStrides(sizes, fastestFirst(sizes, strides));
}

std::optional<SymSizes> preservedStrides(const TensorMeta& meta) {
    if (!meta.strides || isDense(meta.sizes, *meta.strides))
        return meta.strides;
    const TensorMeta* one = &meta;
    return elementwiseStrides(meta.sizes, {&one, 1});
}

Result<std::optional<SymSizes>> stridesFor(MemoryFormat format, const TensorMeta& like) {
    if (format == MemoryFormat::Preserve)
        return preservedStrides(like);
    if (format == MemoryFormat::Contiguous)
        return std::optional(contiguousStrides(like.sizes));
    const size_t rank = format == MemoryFormat::ChannelsLast ? 4 : 5;
    if (like.sizes.size() != rank)
        return Diagnostic{"required rank " + std::to_string(rank) + " tensor to use " + std::string(name(format)) +
                              " format",
                          "", ""};
    return std::optional(channelsLastStrides(like.sizes));
}

TensorMeta newMeta(DType dtype, SymSizes sizes, const TensorMeta* like) {
    return newMeta(dtype, std::move(sizes), like ? like->device : std::nullopt);
}

TensorMeta newMeta(DType dtype, SymSizes sizes, std::optional<Device> device) {
    TensorMeta meta;
    meta.dtype = dtype;
    meta.strides = contiguousStrides(sizes);
    meta.sizes = std::move(sizes);
    meta.device = std::move(device);
    return meta;
}

std::optional<Device> commonDevice(std::span<const TensorMeta* const> inputs) {
    for (const TensorMeta* input : inputs)
        if (input->device && (!input->sizes.empty() || input->device->type != "cpu"))
            return input->device;
    return inputs.empty() ? std::nullopt : inputs.front()->device;
}

Result<ValueMeta> inferSameAsFirst(std::span<const MetaArg> args) {
    FX_TRY(const TensorMeta input, tensorAt(args, 0));
    TensorMeta result = newMeta(input.dtype, input.sizes, &input);
    result.strides = preservedStrides(input);
    return ValueMeta::tensor(std::move(result));
}

} // namespace fxscope
