// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/memory_format.h"

#include <algorithm>

// Note [Suggested format]
// PyTorch keeps no memory format with a tensor; it reads one from the strides. Walking C, W, H, N (or C, W, H, D, N)
// the strides must not shrink below what the dimensions so far cover. A channel stride of 0, an empty dimension, and
// the ambiguous case of a batch that steps no further than the channels count as row-major.

namespace fxscope {
namespace {

std::span<const size_t> channelsLastOrder(size_t rank) {
    static constexpr size_t kImages[] = {1, 3, 2, 0}, kVolumes[] = {1, 4, 3, 2, 0};
    return rank == 4   ? std::span<const size_t>(kImages)
           : rank == 5 ? std::span<const size_t>(kVolumes)
                       : std::span<const size_t>();
}

std::optional<Sizes> numbers(const SymSizes& sizes) {
    Sizes result;
    for (const SymInt& size : sizes) {
        if (!size.isConstant())
            return std::nullopt;
        result.push_back(size.constant());
    }
    return result;
}

} // namespace

bool suggestsChannelsLast(const Sizes& sizes, const Sizes& strides) {
    const auto order = channelsLastOrder(sizes.size());
    if (order.empty() || strides[1] == 0)
        return false;
    int64_t covered = 0;
    for (const size_t d : order) {
        if (sizes[d] == 0 || strides[d] < covered || (d == 0 && covered == strides[1]))
            return false;
        covered = strides[d] * std::max<int64_t>(sizes[d], 1);
    }
    return true;
}

bool suggestsChannelsLast(const TensorMeta& meta) {
    if (!meta.strides || channelsLastOrder(meta.sizes.size()).empty())
        return false;
    const auto sizes = numbers(meta.sizes), strides = numbers(*meta.strides);
    if (sizes && strides)
        return suggestsChannelsLast(*sizes, *strides);
    return *meta.strides != contiguousStrides(meta.sizes) && *meta.strides == channelsLastStrides(meta.sizes);
}

TensorMeta formattedMeta(const TensorMeta& like, DType dtype, SymSizes sizes, bool channelsLast) {
    TensorMeta meta = newMeta(dtype, std::move(sizes), &like);
    if (channelsLast && !channelsLastOrder(meta.sizes.size()).empty())
        meta.strides = channelsLastStrides(meta.sizes);
    return meta;
}

TensorMeta sameFormatMeta(const TensorMeta& like, DType dtype, SymSizes sizes) {
    TensorMeta meta = formattedMeta(like, dtype, std::move(sizes), suggestsChannelsLast(like));
    if (!like.strides)
        meta.strides.reset();
    return meta;
}

ValueMeta tensorList(std::vector<TensorMeta> tensors) {
    std::vector<ValueMeta> items;
    for (TensorMeta& meta : tensors)
        items.push_back(ValueMeta::tensor(std::move(meta)));
    return ValueMeta::list(std::move(items));
}

Result<std::vector<Tensor>> allocateResults(Infer infer, Values values) {
    FX_TRY(const ValueMeta meta, infer(metaArgs(values)));
    std::vector<Tensor> tensors;
    const std::vector<ValueMeta> alone{meta};
    for (const ValueMeta& item : meta.isTensor() ? alone : meta.items()) {
        FX_TRY(Tensor tensor, allocate(item.tensor()));
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

Result<Tensor> rowMajorFor(const Tensor& out) {
    return out.isContiguous() ? Result<Tensor>(out) : Tensor::empty(out.dtype(), out.sizes());
}

Value settle(const Tensor& rowMajor, Tensor out) {
    if (rowMajor.storage() != out.storage())
        copyElements(rowMajor, out);
    return out;
}

} // namespace fxscope
