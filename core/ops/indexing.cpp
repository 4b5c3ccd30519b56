// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/indexing.h"

#include "core/ops/words.h"

namespace fxscope {
namespace {

bool isMask(DType dtype) { return dtype == DType::Bool || dtype == DType::UInt8; }

std::string shapes(const IndexMetas& indices) {
    std::string text;
    for (const auto& index : indices)
        if (index)
            text += (text.empty() ? "" : ", ") + sizesText(index->sizes);
    return text;
}

/// Which dimensions are indexed, and where their replacement stands.
struct IndexLayout {
    std::vector<size_t> indexed, rest;
    size_t place = 0; ///< in `rest`
};
IndexLayout layoutOf(size_t rank, const auto& indices) {
    IndexLayout layout;
    bool adjacent = true;
    for (size_t d = 0; d < rank; ++d) {
        if (d >= indices.size() || !indices[d]) {
            layout.rest.push_back(d);
            continue;
        }
        adjacent = adjacent && (layout.indexed.empty() || layout.indexed.back() + 1 == d);
        layout.indexed.push_back(d);
    }
    layout.place = adjacent && !layout.indexed.empty() ? layout.indexed.front() : 0;
    return layout;
}

Result<SymSizes> broadcastIndices(const IndexMetas& indices) {
    SymSizes sizes;
    for (const auto& index : indices) {
        if (!index)
            continue;
        auto joined = broadcast(sizes, index->sizes);
        if (!joined.ok())
            return Diagnostic{"shape mismatch: indexing tensors could not be broadcast together with shapes " +
                                  shapes(indices),
                              "", ""};
        sizes = std::move(joined).value();
    }
    return sizes;
}

/// The strides of the result: those of an elementwise loop over x, standing still in the index dimensions, and the
/// index tensors, standing still in all others.
std::optional<SymSizes> indexedStrides(const TensorMeta& x, const IndexMetas& indices, const IndexLayout& layout,
                                       const SymSizes& sizes, size_t indexRank) {
    if (!x.strides)
        return std::nullopt;
    TensorMeta source = newMeta(x.dtype, sizes);
    source.strides->clear();
    for (size_t i = 0; i <= layout.rest.size(); ++i) {
        if (i == layout.place)
            source.strides->insert(source.strides->end(), indexRank, SymInt(0));
        if (i < layout.rest.size())
            source.strides->push_back((*x.strides)[layout.rest[i]]);
    }
    std::vector<TensorMeta> operands{source};
    const size_t behind = layout.rest.size() - layout.place;
    for (const auto& index : indices) {
        if (!index)
            continue;
        if (!index->strides)
            return std::nullopt;
        TensorMeta operand = *index;
        operand.sizes.insert(operand.sizes.end(), behind, SymInt(1));
        operand.strides->insert(operand.strides->end(), behind, SymInt(0));
        operands.push_back(std::move(operand));
    }
    std::vector<const TensorMeta*> pointers;
    for (const TensorMeta& operand : operands)
        pointers.push_back(&operand);
    return elementwiseStrides(sizes, pointers);
}

Result<Done> checkIndices(const TensorMeta& x, const IndexMetas& indices) {
    if (indices.size() > x.sizes.size())
        return Diagnostic{"too many indices for tensor of dimension " + std::to_string(x.sizes.size()) + " (got " +
                              std::to_string(indices.size()) + ")",
                          "", ""};
    for (const auto& index : indices)
        if (index && isMask(index->dtype))
            return Diagnostic{"the number of elements that a mask selects is known only when it runs", "", ""};
        else if (index && index->dtype != DType::Int64 && index->dtype != DType::Int32)
            return Diagnostic{"tensors used as indices must be long, int, byte or bool tensors", "", ""};
    return Done{};
}

/// The coordinates of the true elements of `mask`, one tensor per dimension.
Result<IndexTensors> coordinates(const Tensor& mask) {
    std::vector<int64_t> found; // row-major positions
    FX_TRY(const Tensor flags, mask.contiguous());
    for (int64_t i = 0; i < flags.numel(); ++i)
        if (flags.data<uint8_t>()[i] != 0)
            found.push_back(i);
    const Sizes strides = rowMajorStrides(mask.sizes());
    IndexTensors result;
    for (size_t d = 0; d < mask.dim(); ++d) {
        FX_TRY(Tensor index, Tensor::empty(DType::Int64, {static_cast<int64_t>(found.size())}));
        for (size_t i = 0; i < found.size(); ++i)
            index.data<int64_t>()[i] = found[i] / strides[d] % mask.size(d);
        result.emplace_back(std::move(index));
    }
    return result;
}

} // namespace

Sizes Indexing::sizes() const {
    Sizes numbers;
    for (const SymInt& size : result.sizes)
        numbers.push_back(size.constant());
    return numbers;
}

Result<TensorMeta> indexedMeta(const TensorMeta& x, const IndexMetas& indices) {
    FX_CHECK(checkIndices(x, indices));
    const IndexLayout layout = layoutOf(x.sizes.size(), indices);
    FX_TRY(const SymSizes indexSizes, broadcastIndices(indices));
    SymSizes sizes;
    for (size_t i = 0; i <= layout.rest.size(); ++i) {
        if (i == layout.place)
            sizes.insert(sizes.end(), indexSizes.begin(), indexSizes.end());
        if (i < layout.rest.size())
            sizes.push_back(x.sizes[layout.rest[i]]);
    }
    TensorMeta result = newMeta(x.dtype, sizes, &x);
    result.strides = indexedStrides(x, indices, layout, sizes, indexSizes.size());
    return result;
}

Result<IndexTensors> expandMasks(const Tensor& x, const IndexTensors& indices) {
    IndexTensors result;
    for (const auto& index : indices) {
        if (!index || !isMask(index->dtype())) {
            result.push_back(index);
            continue;
        }
        for (size_t d = 0; d < index->dim(); ++d)
            if (result.size() + d >= x.dim() || index->size(d) != x.size(result.size() + d))
                return Diagnostic{"The shape of the mask " + sizesText(index->sizes()) + " at index " +
                                      std::to_string(d) + " does not match the shape of the indexed tensor " +
                                      sizesText(x.sizes()) + " at index " + std::to_string(result.size() + d),
                                  "", ""};
        FX_TRY(const IndexTensors found, coordinates(*index));
        result.insert(result.end(), found.begin(), found.end());
    }
    return result;
}

Result<Tensor> checkedIndex(const Tensor& index, int64_t size, size_t dim) {
    if (size == 0 && index.numel() > 0)
        return Diagnostic{"index is out of bounds for dimension with size 0", "", ""};
    FX_TRY(const Tensor wide, castTensor(index, DType::Int64));
    FX_TRY(Tensor result, wide.clone());
    int64_t* entries = result.data<int64_t>();
    for (int64_t i = 0; i < result.numel(); ++i) {
        const int64_t entry = entries[i];
        if (entry < -size || entry >= size)
            return Diagnostic{"index " + std::to_string(entry) + " is out of bounds for dimension " +
                                  std::to_string(dim) + " with size " + std::to_string(size),
                              "", ""};
        entries[i] = entry < 0 ? entry + size : entry;
    }
    return result;
}

Result<Indexing> planIndexing(const Tensor& x, const IndexTensors& indices) {
    IndexMetas metas;
    for (const auto& index : indices)
        metas.push_back(index ? std::optional(index->meta()) : std::nullopt);
    Indexing plan;
    FX_TRY(plan.result, indexedMeta(x.meta(), metas));
    const IndexLayout layout = layoutOf(x.dim(), indices);
    plan.place = layout.place;
    plan.rank = plan.result.sizes.size() - layout.rest.size();
    for (const size_t d : layout.rest) {
        plan.restSizes.push_back(x.size(d));
        plan.restStrides.push_back(x.strides()[d]);
    }
    const Sizes all = plan.sizes();
    const Sizes indexSizes(all.begin() + static_cast<std::ptrdiff_t>(plan.place),
                           all.begin() + static_cast<std::ptrdiff_t>(plan.place + plan.rank));
    plan.offsets.assign(static_cast<size_t>(elementCount(indexSizes).value_or(0)), 0);
    for (const size_t d : layout.indexed) {
        FX_TRY(const Tensor checked, checkedIndex(*indices[d], x.size(d), d));
        FX_TRY(const Tensor spread, expandTo(checked, indexSizes));
        FX_TRY(const Tensor entries, spread.contiguous());
        for (size_t i = 0; i < plan.offsets.size(); ++i)
            plan.offsets[i] += entries.data<int64_t>()[i] * x.strides()[d];
    }
    return plan;
}

} // namespace fxscope
