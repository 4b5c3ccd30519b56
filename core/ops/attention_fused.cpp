// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/attention_fused.h"

#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

namespace fxscope::ops {

double AttentionOperands::score(const AttentionShape& s, int64_t head, int64_t i, int64_t j) const {
    if (s.causal && j > i)
        return -HUGE_VAL;
    const double *a = q.data<double>() + (head * s.queries + i) * s.width,
                 *b = k.data<double>() + (head * s.keys + j) * s.width;
    double sum = 0;
    for (int64_t e = 0; e < s.width; ++e)
        sum += a[e] * b[e];
    const int64_t at = (head * s.queries + i) * s.keys + j;
    return sum * s.scale + (bias.defined() ? bias.data<double>()[at] : 0);
}

TensorMeta headsMeta(const TensorMeta& like, const SymSizes& sizes) {
    TensorMeta meta = newMeta(like.dtype, sizes, &like);
    const SymInt &heads = sizes[1], &length = sizes[2], &width = sizes[3];
    meta.strides = SymSizes{heads * length * width, width, heads * width, SymInt(1)};
    return meta;
}

Result<Done> checkHeads(const TensorMeta& q, const TensorMeta& k, const TensorMeta& v) {
    const bool fits = q.sizes.size() == 4 && k.sizes.size() == 4 && v.sizes.size() == 4 &&
                      !differ(q.sizes[0], k.sizes[0]) && !differ(q.sizes[0], v.sizes[0]) &&
                      !differ(q.sizes[3], k.sizes[3]) && !differ(k.sizes[2], v.sizes[2]) &&
                      !differ(q.sizes[1], k.sizes[1]) && !differ(q.sizes[1], v.sizes[1]);
    if (!fits)
        return Diagnostic{"sizes " + sizesText(q.sizes) + ", " + sizesText(k.sizes) + " and " + sizesText(v.sizes) +
                              " of query, key and value do not fit",
                          "", ""};
    return Done{};
}

namespace {

Result<Done> withoutDropout(Values args, size_t at) {
    FX_TRY(const double dropout, doubleAt(args, at));
    if (dropout != 0)
        return Diagnostic{"attention with dropout draws random numbers on its device, which is not implemented", "",
                          "export the model in eval mode"};
    return Done{};
}

Result<Tensor> biasAt(Values args, size_t i, const AttentionShape& s, const Sizes& q) {
    if (isNoneAt(args, i))
        return Tensor();
    const Tensor& given = args[i].tensor();
    FX_TRY(Tensor wide, converted(given, DType::Float64));
    if (given.dtype() == DType::Bool) {
        FX_TRY(wide, wide.clone());
        for (int64_t n = 0; n < wide.numel(); ++n)
            wide.data<double>()[n] = wide.data<double>()[n] != 0 ? 0 : -HUGE_VAL;
    }
    FX_TRY(const Tensor spread, expandTo(wide, {q[0], q[1], s.queries, s.keys}));
    return spread.contiguous();
}

} // namespace

Result<AttentionCall> readFused(Values args, size_t first, AttentionPlaces at) {
    FX_CHECK(checkHeads(args[first].tensor().meta(), args[first + 1].tensor().meta(), args[first + 2].tensor().meta()));
    AttentionCall call;
    const Sizes& q = args[first].tensor().sizes();
    FX_TRY(call.in.q, converted(args[first].tensor(), DType::Float64));
    FX_TRY(call.in.k, converted(args[first + 1].tensor(), DType::Float64));
    FX_TRY(call.in.v, converted(args[first + 2].tensor(), DType::Float64));
    FX_TRY(const bool causal, boolAt(args, at.causal));
    FX_TRY(const auto scale, optionalDoubleAt(args, at.scale));
    call.shape = {q[0] * q[1],
                  q[2],
                  call.in.k.size(2),
                  q[3],
                  call.in.v.size(3),
                  scale.value_or(1 / std::sqrt(static_cast<double>(q[3]))),
                  causal};
    FX_CHECK(withoutDropout(args, at.dropout));
    FX_TRY(call.in.bias, biasAt(args, at.bias, call.shape, q));
    return call;
}

namespace {

double rounded(double x, DType dtype) {
    const auto single = static_cast<float>(x);
    return dtype == DType::Float16 ? castTo<double>(castTo<Half>(single)) : castTo<double>(castTo<BFloat16>(single));
}

/// y and L of every query, row-major in double.
void fusedForward(const AttentionCall& call, Tensor& y, Tensor& logSums) {
    const AttentionShape& s = call.shape;
    std::vector<double> scores(static_cast<size_t>(s.keys));
    for (int64_t row = 0; row < s.heads * s.queries; ++row) {
        const int64_t head = row / s.queries, i = row % s.queries;
        double max = -HUGE_VAL, sum = 0;
        for (int64_t j = 0; j < s.keys; ++j)
            max = std::max(max, scores[static_cast<size_t>(j)] = call.in.score(s, head, i, j));
        for (double& score : scores)
            sum += score = max == -HUGE_VAL ? 0 : std::exp(score - max);
        if (s.weights != DType::Float64)
            for (double& score : scores)
                score = rounded(score, s.weights);
        logSums.data<double>()[row] = max == -HUGE_VAL ? HUGE_VAL : max + std::log(sum); // e^(s - L) is 0 then
        for (int64_t e = 0; e < s.valueWidth; ++e) {
            double value = 0;
            for (int64_t j = 0; j < s.keys; ++j)
                value +=
                    scores[static_cast<size_t>(j)] * call.in.v.data<double>()[(head * s.keys + j) * s.valueWidth + e];
            y.data<double>()[row * s.valueWidth + e] = sum > 0 ? value / sum : 0;
        }
    }
}

// --- _scaled_dot_product_efficient_attention(query, key, value, attn_bias, compute_log_sumexp, dropout_p, is_causal,
// *, scale) -> output, log_sumexp, philox_seed, philox_offset

constexpr AttentionPlaces kEfficient{3, 5, 6, 7};

/// L by query has its rows padded to a multiple of 32, with infinity; the two numbers of the random stream are 0.
Result<ValueMeta> inferEfficient(Metas args) {
    FX_TRY(const TensorMeta q, tensorAt(args, 0));
    FX_TRY(const TensorMeta k, tensorAt(args, 1));
    FX_TRY(const TensorMeta v, tensorAt(args, 2));
    FX_CHECK(checkHeads(q, k, v));
    FX_TRY(const bool wantsSums, boolAt(args, 4));
    const SymInt padded = wantsSums ? floorDiv(q.sizes[2] + 31, 32) * 32 : SymInt(0);
    const TensorMeta number = newMeta(DType::Int64, {}, &q);
    return tensorList({headsMeta(q, {q.sizes[0], q.sizes[1], q.sizes[2], v.sizes[3]}),
                       newMeta(DType::Float32, {q.sizes[0], q.sizes[1], padded}, &q), number, number});
}

Result<Value> runEfficient(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferEfficient, args));
    FX_TRY(const AttentionCall call, readFused(args, 0, kEfficient));
    FX_TRY(Tensor y, Tensor::empty(DType::Float64, out[0].sizes()));
    FX_TRY(Tensor sums, Tensor::empty(DType::Float64, {out[0].size(0), out[0].size(1), call.shape.queries}));
    fusedForward(call, y, sums);
    FX_CHECK(copyInto(y, out[0]));
    FX_CHECK(fill(out[1], Value(HUGE_VAL)));
    if (out[1].size(2) > 0) {
        FX_TRY(Tensor head, out[1].asStrided(sums.sizes(), out[1].strides(), 0));
        FX_CHECK(copyInto(sums, head));
    }
    FX_CHECK(fill(out[2], Value(int64_t(0))));
    FX_CHECK(fill(out[3], Value(int64_t(0))));
    return Value(ValueList(out.begin(), out.end()));
}

// --- _scaled_dot_product_flash_attention_for_cpu(query, key, value, dropout_p, is_causal, *, attn_mask, scale) ->
// output, logsumexp

constexpr AttentionPlaces kFlash{5, 3, 4, 6};

Result<ValueMeta> inferFlash(Metas args) {
    FX_TRY(const TensorMeta q, tensorAt(args, 0));
    FX_TRY(const TensorMeta k, tensorAt(args, 1));
    FX_TRY(const TensorMeta v, tensorAt(args, 2));
    FX_CHECK(checkHeads(q, k, v));
    TensorMeta sums =
        newMeta(q.dtype == DType::Float64 ? DType::Float64 : DType::Float32, {q.sizes[0], q.sizes[1], q.sizes[2]}, &q);
    sums.strides = SymSizes{q.sizes[1] * q.sizes[2], SymInt(1), q.sizes[1]};
    TensorMeta output = newMeta(q.dtype, {q.sizes[0], q.sizes[1], q.sizes[2], v.sizes[3]}, &q);
    if (same(q.sizes[3], v.sizes[3])) // laid out as the queries
        output.strides = preservedStrides(q);
    return tensorList({output, sums});
}

Result<Value> runFlash(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferFlash, args));
    FX_TRY(AttentionCall call, readFused(args, 0, kFlash));
    if (const DType dtype = out[0].dtype(); dtype == DType::Float16 || dtype == DType::BFloat16)
        call.shape.weights = dtype; // both products of half types take half types
    FX_TRY(Tensor y, Tensor::empty(DType::Float64, out[0].sizes()));
    FX_TRY(Tensor sums, Tensor::empty(DType::Float64, out[1].sizes()));
    fusedForward(call, y, sums);
    FX_CHECK(copyInto(y, out[0]));
    FX_CHECK(copyInto(sums, out[1]));
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const OpDef _scaled_dot_product_efficient_attention{
    .target = "torch.ops.aten._scaled_dot_product_efficient_attention.default",
    .infer = inferEfficient,
    .reference = runEfficient};
const OpDef _scaled_dot_product_flash_attention_for_cpu{
    .target = "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default",
    .infer = inferFlash,
    .reference = runFlash};
} // namespace fxscope::ops
