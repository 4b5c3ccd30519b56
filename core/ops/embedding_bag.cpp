// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/checks.h"
#include "core/ops/memory_format.h"
#include "core/ops/words.h"

// embedding_dense_backward: the gradient of a table from the gradients of the rows that were looked up.
// _embedding_bag: looked-up rows joined by bag, a bag being the indices from one offset to the next.

namespace fxscope::ops {
namespace {

Result<Tensor> checkedEntries(const Tensor& indices, int64_t size) {
    FX_TRY(const Tensor entries, converted(indices, DType::Int64));
    for (int64_t i = 0; i < entries.numel(); ++i)
        if (const int64_t entry = entries.data<int64_t>()[i]; entry < 0 || entry >= size)
            return Diagnostic{"index out of range in self", "",
                              "entry " + std::to_string(entry) + ", size " + std::to_string(size)};
    return entries;
}

// --- embedding_dense_backward(grad_output, indices, num_weights, padding_idx, scale_grad_by_freq)

Result<ValueMeta> inferEmbeddingBackward(Metas args) {
    FX_TRY(const TensorMeta gradient, tensorAt(args, 0));
    FX_TRY(const TensorMeta indices, tensorAt(args, 1));
    FX_TRY(const SymInt rows, symIntAt(args, 2));
    if (indices.dtype != DType::Int64 && indices.dtype != DType::Int32)
        return Diagnostic{"Expected tensor for argument #2 'indices' to have one of the following scalar types: Long, "
                          "Int; but got " +
                              std::string(scalarTypeName(indices.dtype)),
                          "", ""};
    if (gradient.sizes.empty())
        return Diagnostic{"grad_output must have at least one dimension", "", ""};
    return ValueMeta::tensor(newMeta(gradient.dtype, {rows, gradient.sizes.back()}, &gradient));
}

Result<Value> runEmbeddingBackward(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferEmbeddingBackward, args));
    FX_CHECK(fill(out, Value(int64_t(0))));
    FX_TRY(const int64_t padding, intAt(args, 3));
    FX_TRY(const bool byFrequency, boolAt(args, 4));
    FX_TRY(const Tensor g, args[0].tensor().contiguous());
    const int64_t width = out.size(1);
    FX_TRY(const Tensor wide, converted(args[1].tensor(), DType::Int64));
    FX_CHECK(checkElements("grad_output", g, wide.numel() * width));
    std::vector<int64_t> counts(static_cast<size_t>(out.size(0)), 0);
    for (int64_t i = 0; i < wide.numel(); ++i) { // entries that are skipped need not be in range
        const int64_t entry = wide.data<int64_t>()[i];
        if (entry != padding && (entry < 0 || entry >= out.size(0)))
            return Diagnostic{"index out of range in self", "", "entry " + std::to_string(entry)};
        if (entry != padding)
            ++counts[static_cast<size_t>(entry)];
    }
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        using C = ComputeType<T>;
        for (int64_t i = 0; i < wide.numel(); ++i) {
            const int64_t entry = wide.data<int64_t>()[i];
            if (entry == padding)
                continue;
            const C scale = byFrequency ? C(1) / C(counts[static_cast<size_t>(entry)]) : C(1);
            T* row = out.data<T>() + entry * width;
            for (int64_t j = 0; j < width; ++j)
                row[j] = T(C(row[j]) + C(g.data<T>()[i * width + j]) * scale);
        }
        return Value(out);
    });
}

// --- _embedding_bag(weight, indices, offsets, scale_grad_by_freq, mode, sparse, per_sample_weights,
// include_last_offset, padding_idx) -> output, offset2bag, bag_size, max_indices. A sum needs no sizes: bag_size and
// max_indices are 0 then; a mean has its sizes in both.

enum BagMode : int64_t { kBagSum = 0, kBagMean = 1, kBagMax = 2 };

/// PyTorch leaves offset2bag empty where it sums with its fast kernel: float or narrower, weights with unit steps, no
/// padding index.
bool sumsFast(Metas args, int64_t mode, const TensorMeta& weight) {
    const auto padding = intAt(args, 8);
    const bool unit = weight.strides && weight.strides->size() == 2 && (*weight.strides)[1].is(1);
    return mode == kBagSum && weight.dtype != DType::Float64 && unit && padding.ok() && *padding < 0;
}

Result<ValueMeta> inferEmbeddingBag(Metas args) {
    FX_TRY(const TensorMeta weight, tensorAt(args, 0));
    FX_TRY(const TensorMeta indices, tensorAt(args, 1));
    FX_TRY(const TensorMeta offsets, tensorAt(args, 2));
    FX_TRY(const int64_t mode, intAt(args, 4));
    FX_TRY(const bool lastOffset, boolAt(args, 7));
    FX_TRY(const auto perSample, optionalTensorAt(args, 6));
    if (weight.sizes.size() != 2 || indices.sizes.size() != 1 || offsets.sizes.size() != 1)
        return Diagnostic{"embedding_bag: weight has to be a 2D Tensor, input and offsets 1D Tensors, but got " +
                              sizesText(weight.sizes) + ", " + sizesText(indices.sizes) + " and " +
                              sizesText(offsets.sizes),
                          "", ""};
    if (mode < kBagSum || mode > kBagMax)
        return Diagnostic{"embedding_bag: mode has to be one of sum (0), mean (1) or max (2)", "", ""};
    if (perSample && mode != kBagSum)
        return Diagnostic{"embedding_bag: per_sample_weights only supported with mode='sum'", "", ""};
    const SymInt bags = lastOffset ? offsets.sizes[0] - 1 : offsets.sizes[0];
    const SymSizes extremes = mode == kBagMax ? SymSizes{bags, weight.sizes[1]} : SymSizes{bags};
    const SymInt perIndex = sumsFast(args, mode, weight) ? SymInt(0) : indices.sizes[0];
    return tensorList({newMeta(weight.dtype, {bags, weight.sizes[1]}, &weight),
                       newMeta(indices.dtype, {perIndex}, &indices), newMeta(offsets.dtype, {bags}, &offsets),
                       newMeta(offsets.dtype, extremes, &offsets)});
}

/// One bag: rows [begin, end) of the indices.
struct Bag {
    int64_t begin, end;
};
Result<std::vector<Bag>> bagsOf(const Tensor& offsets, int64_t bags, int64_t count) {
    FX_TRY(const Tensor starts, converted(offsets, DType::Int64));
    if (starts.numel() && starts.data<int64_t>()[0] != 0)
        return Diagnostic{"offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
                          "position 0. However, got " +
                              std::to_string(starts.data<int64_t>()[0]),
                          "", ""};
    std::vector<Bag> result;
    for (int64_t i = 0; i < bags; ++i) {
        const int64_t begin = starts.data<int64_t>()[i],
                      end = i + 1 < starts.numel() ? starts.data<int64_t>()[i + 1] : count;
        if (begin < 0 || end < begin || end > count)
            return Diagnostic{"offsets must grow and stay within the " + std::to_string(count) + " indices", "", ""};
        result.push_back({begin, end});
    }
    return result;
}

/// The operands of the loops below, row-major.
struct BagCall {
    Tensor weight, entries, perSample;
    std::vector<Bag> bags;
    int64_t mode = kBagSum, padding = -1;
};

/// Joins one bag into `to`; returns how many of its indices are no padding. `places` is null unless maxima are taken.
template <class T> int64_t joinBag(const BagCall& call, const Bag& bag, T* to, int64_t* places) {
    using C = ComputeType<T>;
    const int64_t width = call.weight.size(1);
    std::vector<C> sums(static_cast<size_t>(width), C(0));
    int64_t count = 0;
    for (int64_t i = bag.begin; i < bag.end; ++i) {
        const int64_t entry = call.entries.data<int64_t>()[i];
        if (entry == call.padding)
            continue;
        const T* row = call.weight.data<T>() + entry * width;
        const C scale = call.perSample.defined() ? C(call.perSample.data<T>()[i]) : C(1);
        for (int64_t j = 0; j < width; ++j) {
            C& sum = sums[static_cast<size_t>(j)];
            if (call.mode != kBagMax)
                sum += C(row[j]) * scale;
            else if (count == 0 || C(row[j]) > sum) {
                sum = C(row[j]);
                places[j] = entry;
            }
        }
        ++count;
    }
    for (int64_t j = 0; j < width; ++j)
        to[j] =
            T(call.mode == kBagMean && count ? sums[static_cast<size_t>(j)] / C(count) : sums[static_cast<size_t>(j)]);
    return count;
}

template <class T> Result<Done> joinBags(const BagCall& call, std::vector<Tensor>& out) {
    const int64_t width = call.weight.size(1);
    FX_TRY(Tensor perIndex, Tensor::zeros(DType::Int64, out[1].sizes()));
    FX_TRY(Tensor sizes, Tensor::zeros(DType::Int64, out[2].sizes()));
    FX_TRY(Tensor places, Tensor::zeros(DType::Int64, out[3].sizes()));
    for (size_t b = 0; b < call.bags.size(); ++b) {
        const auto i = static_cast<int64_t>(b);
        int64_t* extreme = call.mode == kBagMax ? places.data<int64_t>() + i * width : nullptr;
        const int64_t count = joinBag(call, call.bags[b], out[0].data<T>() + i * width, extreme);
        sizes.data<int64_t>()[i] = call.mode == kBagSum ? 0 : count;
        for (int64_t k = call.bags[b].begin; k < call.bags[b].end && perIndex.numel(); ++k)
            perIndex.data<int64_t>()[k] = i;
    }
    FX_CHECK(copyInto(perIndex, out[1]));
    FX_CHECK(copyInto(sizes, out[2]));
    return copyInto(call.mode == kBagMean ? sizes : places, out[3]);
}

Result<Value> runEmbeddingBag(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferEmbeddingBag, args));
    BagCall call;
    FX_TRY(call.weight, args[0].tensor().contiguous());
    FX_TRY(call.entries, checkedEntries(args[1].tensor(), call.weight.size(0)));
    FX_TRY(call.bags, bagsOf(args[2].tensor(), out[0].size(0), call.entries.numel()));
    FX_TRY(call.mode, intAt(args, 4));
    FX_TRY(call.padding, intAt(args, 8));
    if (isTensorAt(args, 6)) {
        FX_TRY(call.perSample, converted(args[6].tensor(), call.weight.dtype()));
        if (call.perSample.sizes() != call.entries.sizes())
            return Diagnostic{"expected per_sample_weights to have the same shape as the indices", "", ""};
    }
    FX_CHECK(dispatch<DTypes::Floating>(call.weight.dtype(), [&]<class T>() { return joinBags<T>(call, out); }));
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const OpDef embedding_dense_backward{.target = "torch.ops.aten.embedding_dense_backward.default",
                                     .infer = inferEmbeddingBackward,
                                     .reference = runEmbeddingBackward};
const OpDef _embedding_bag{
    .target = "torch.ops.aten._embedding_bag.default", .infer = inferEmbeddingBag, .reference = runEmbeddingBag};

} // namespace fxscope::ops
