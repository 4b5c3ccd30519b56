// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/kernel_util.h"

namespace fxscope {

// x[i, :, j] with index tensors, the way torch indexes. Note [Advanced indexing]
// The index tensors are broadcast against each other. Their dimensions replace the indexed ones: in place if these are
// neighbours, else in front of everything. The other dimensions keep their order. A mask (bool, uint8) of d dimensions
// stands for d index tensors, the coordinates of its true elements.

using IndexTensors = std::vector<std::optional<Tensor>>;
using IndexMetas = std::vector<std::optional<TensorMeta>>;

/// Sizes and strides of x[indices]. Errors in PyTorch's words; a mask is an error, as its count is not known.
Result<TensorMeta> indexedMeta(const TensorMeta& x, const IndexMetas& indices);

/// Masks replaced by the coordinates of their true elements. Error: a mask whose shape is not that of `x` there.
Result<IndexTensors> expandMasks(const Tensor& x, const IndexTensors& indices);

/// Which elements of `x` are addressed, in the order of the result.
struct Indexing {
    TensorMeta result;            ///< of x[indices]
    std::vector<int64_t> offsets; ///< per position of the index tensors: elements from the first of x
    size_t place = 0, rank = 0;   ///< the index dimensions of the result: [place, place + rank)
    Sizes restSizes, restStrides; ///< the dimensions of x that are not indexed
    Sizes sizes() const;
};
/// `indices` without masks. Errors: out of bounds ("index 7 is out of bounds for dimension 0 with size 4"), and those
/// above.
Result<Indexing> planIndexing(const Tensor& x, const IndexTensors& indices);

/// Visits x and a tensor `other` of the result's sizes together: fn(count, offset in x, step in x, offset in other,
/// step in other), offsets from the first element, index positions in row-major order.
template <class Fn> void forEachIndexed(const Indexing& plan, const Sizes& otherStrides, Fn&& fn) {
    const auto from = otherStrides.begin();
    const auto place = static_cast<std::ptrdiff_t>(plan.place), rank = static_cast<std::ptrdiff_t>(plan.rank);
    const Sizes indexStrides(from + place, from + place + rank);
    Sizes restStrides(from, from + place);
    restStrides.insert(restStrides.end(), from + place + rank, otherStrides.end());
    const Sizes all = plan.sizes();
    const Sizes indexSizes(all.begin() + place, all.begin() + place + rank);
    const StridedLoop<2> rest(plan.restSizes, {&plan.restStrides, &restStrides});
    size_t position = 0;
    const Sizes positionStrides = rowMajorStrides(indexSizes);
    StridedLoop<2>(indexSizes, {&positionStrides, &indexStrides})
        .rows([&](int64_t count, const auto& offsets, const auto& steps) {
            for (int64_t i = 0; i < count; ++i, ++position) {
                const int64_t inX = plan.offsets[position], inOther = offsets[1] + i * steps[1];
                rest.rows([&](int64_t n, const auto& inner, const auto& step) {
                    fn(n, inX + inner[0], step[0], inOther + inner[1], step[1]);
                });
            }
        });
}

/// `index` as row-major int64, each entry wrapped from the end and within [0, size), or the error of planIndexing.
Result<Tensor> checkedIndex(const Tensor& index, int64_t size, size_t dim);

} // namespace fxscope
