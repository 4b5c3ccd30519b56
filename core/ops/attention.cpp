// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// softmax(scale q k^T + mask) v over the last two dimensions, scale 1 / sqrt(E) unless given. A bool mask lets through
// where it is true, is_causal lets query i see keys up to i, enable_gqa shares each key head among several query heads.
// A query that may see nothing gets zeros, as in PyTorch; so does one without keys.

namespace fxscope::ops {
namespace {

/// scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal, *, scale, enable_gqa)
Result<ValueMeta> inferAttention(Metas args) {
    FX_TRY(const TensorMeta q, tensorAt(args, 0));
    FX_TRY(const TensorMeta k, tensorAt(args, 1));
    FX_TRY(const TensorMeta v, tensorAt(args, 2));
    const size_t rank = q.sizes.size();
    if (rank < 2 || k.sizes.size() != rank || v.sizes.size() != rank)
        return Diagnostic{"query, key and value must all have the same number (at least 2) of dimensions", "", ""};
    if (differ(q.sizes[rank - 1], k.sizes[rank - 1]) || differ(k.sizes[rank - 2], v.sizes[rank - 2]))
        return Diagnostic{"sizes " + sizesText(q.sizes) + ", " + sizesText(k.sizes) + " and " + sizesText(v.sizes) +
                              " of query, key and value do not fit",
                          "", ""};
    if (q.dtype != k.dtype || q.dtype != v.dtype)
        return Diagnostic{"expected query, key, and value to have the same dtype", "", ""};
    SymSizes sizes = q.sizes;
    sizes[rank - 1] = v.sizes[rank - 1];
    TensorMeta meta = newMeta(q.dtype, sizes, &q);
    // PyTorch's fused kernel for the CPU writes [batch, queries, heads, E] and returns it transposed, if q comes so.
    const bool fused = rank == 4 && q.strides && same(q.sizes[3], v.sizes[3]);
    if (fused)
        meta.strides = preservedStrides(q);
    return ValueMeta::tensor(std::move(meta));
}

/// What one head reads; `mask` is null or added to the scores of [queries, keys] through its strides.
template <class T> struct Head {
    const T *q, *k, *v;
    int64_t queries, keys, width, valueWidth;
    const double* mask;
    int64_t maskRow, maskColumn;
    bool causal;
    double scale;

    double score(int64_t i, int64_t j) const {
        if (causal && j > i)
            return -INFINITY;
        Accumulate<T> sum{};
        for (int64_t e = 0; e < width; ++e)
            sum += widen(q[i * width + e]) * widen(k[j * width + e]);
        return static_cast<double>(sum) * scale + (mask ? mask[i * maskRow + j * maskColumn] : 0);
    }
};

template <class T> void attend(const Head<T>& head, T* y) {
    std::vector<double> weights(static_cast<size_t>(head.keys));
    for (int64_t i = 0; i < head.queries; ++i) {
        double max = -INFINITY, sum = 0;
        for (int64_t j = 0; j < head.keys; ++j)
            max = std::max(max, weights[j] = head.score(i, j));
        for (double& weight : weights)
            sum += weight = max == -INFINITY && !isNan(weight) ? 0 : std::exp(weight - max);
        for (int64_t e = 0; e < head.valueWidth; ++e) {
            double value = 0;
            for (int64_t j = 0; j < head.keys; ++j)
                value += weights[j] * static_cast<double>(head.v[j * head.valueWidth + e]);
            y[i * head.valueWidth + e] = castTo<T>(sum == 0 ? 0 : value / sum);
        }
    }
}

/// The mask as doubles to add, expanded to the scores' sizes: 0 and -inf for a bool one. Undefined for None.
Result<Tensor> additiveMask(const Value& mask, const Sizes& scores) {
    if (!mask.isTensor())
        return Tensor();
    FX_TRY(Tensor added, converted(mask.tensor(), DType::Float64));
    if (mask.tensor().dtype() == DType::Bool)
        for (int64_t i = 0; i < added.numel(); ++i)
            added.data<double>()[i] = added.data<double>()[i] != 0 ? 0 : -INFINITY;
    return expandTo(added, scores);
}

/// Where head `index` of row-major `batch` sizes begins in an expanded tensor.
int64_t offsetOf(const Tensor& tensor, int64_t index) {
    int64_t offset = 0;
    for (size_t d = tensor.dim() - 2; d-- > 0; index /= tensor.size(d))
        offset += index % tensor.size(d) * tensor.strides()[d];
    return offset;
}

/// `x` row-major with the batch dimensions of `q`; key heads are repeated for grouped queries.
Result<Tensor> matchHeads(const Tensor& x, const Tensor& q, bool grouped) {
    FX_TRY(const Tensor own, x.contiguous());
    const size_t rank = x.dim();
    Sizes sizes = q.sizes();
    sizes[rank - 2] = x.size(rank - 2);
    sizes[rank - 1] = x.size(rank - 1);
    if (!grouped || rank < 3 || x.size(rank - 3) == q.size(rank - 3))
        return expandTo(own, sizes);
    const int64_t heads = x.size(rank - 3);
    if (heads == 0 || q.size(rank - 3) % heads != 0)
        return Diagnostic{"number of heads in key and value must divide the number of heads in query", "", ""};
    Sizes split = sizes, strides = rowMajorStrides(x.sizes());
    split[rank - 3] = heads;
    split.insert(split.begin() + static_cast<ptrdiff_t>(rank) - 2, q.size(rank - 3) / heads);
    strides.insert(strides.begin() + static_cast<ptrdiff_t>(rank) - 2, 0);
    FX_TRY(const Tensor spread, own.asStrided(split, strides, own.offset()));
    FX_TRY(const Tensor repeated, spread.contiguous());
    return repeated.asStrided(sizes, rowMajorStrides(sizes), 0);
}

Result<Value> runAttention(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferAttention, args));
    FX_TRY(const double dropout, doubleAt(args, 4));
    if (dropout != 0)
        return Diagnostic{"attention with dropout is not implemented", "", "export the model in eval mode"};
    FX_TRY(const bool causal, boolAt(args, 5));
    FX_TRY(const auto scale, optionalDoubleAt(args, 6));
    FX_TRY(const bool grouped, boolAt(args, 7));
    FX_TRY(const Tensor q, args[0].tensor().contiguous());
    FX_TRY(const Tensor k, matchHeads(args[1].tensor(), q, grouped));
    FX_TRY(const Tensor v, matchHeads(args[2].tensor(), q, grouped));
    const size_t rank = q.dim();
    Sizes scores = q.sizes();
    scores[rank - 1] = k.size(rank - 2);
    FX_TRY(const Tensor mask, additiveMask(args[3], scores));
    FX_TRY(Tensor y, rowMajorFor(out));
    const int64_t queries = q.size(rank - 2), keys = k.size(rank - 2), width = q.size(rank - 1),
                  valueWidth = v.size(rank - 1);
    const int64_t heads = queries * valueWidth > 0 ? y.numel() / (queries * valueWidth) : 0;
    const double factor = scale.value_or(1 / std::sqrt(static_cast<double>(width)));
    return dispatch<DTypes::Floating>(q.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t h = 0; h < heads; ++h)
            attend<T>({q.data<T>() + offsetOf(q, h), k.data<T>() + offsetOf(k, h), v.data<T>() + offsetOf(v, h),
                       queries, keys, width, valueWidth,
                       mask.defined() ? mask.data<double>() + offsetOf(mask, h) : nullptr,
                       mask.defined() ? mask.strides()[rank - 2] : 0, mask.defined() ? mask.strides()[rank - 1] : 0,
                       causal, factor},
                      y.data<T>() + h * queries * valueWidth);
        return settle(y, out);
    });
}

} // namespace

const OpDef scaled_dot_product_attention{.target = "torch.ops.aten.scaled_dot_product_attention.default",
                                         .infer = inferAttention,
                                         .reference = runAttention};

} // namespace fxscope::ops
