// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/attention_fused.h"
#include "core/ops/checks.h"
#include "core/ops/memory_format.h"

#include <cmath>

namespace fxscope::ops {
namespace {

/// What the forward pass gave, and the gradient of y; double, row-major.
struct FusedGradients {
    Tensor g, y, logSums; ///< rows of L have `sumsStep` elements
    int64_t sumsStep = 0;
    Tensor dq, dk, dv, dbias; ///< dbias undefined: not wanted
};

void fusedBackward(const AttentionCall& call, FusedGradients& of) {
    const AttentionShape& s = call.shape;
    for (int64_t row = 0; row < s.heads * s.queries; ++row) {
        const int64_t head = row / s.queries, i = row % s.queries;
        const double *g = of.g.data<double>() + row * s.valueWidth, *y = of.y.data<double>() + row * s.valueWidth;
        double inner = 0;
        for (int64_t e = 0; e < s.valueWidth; ++e)
            inner += g[e] * y[e];
        for (int64_t j = 0; j < s.keys; ++j) {
            const int64_t key = head * s.keys + j;
            const double p = std::exp(call.in.score(s, head, i, j) - of.logSums.data<double>()[head * of.sumsStep + i]);
            double dp = 0;
            for (int64_t e = 0; e < s.valueWidth; ++e) {
                dp += g[e] * call.in.v.data<double>()[key * s.valueWidth + e];
                of.dv.data<double>()[key * s.valueWidth + e] += p * g[e];
            }
            const double ds = p * (dp - inner);
            for (int64_t e = 0; e < s.width; ++e) {
                of.dq.data<double>()[row * s.width + e] += s.scale * ds * call.in.k.data<double>()[key * s.width + e];
                of.dk.data<double>()[key * s.width + e] += s.scale * ds * call.in.q.data<double>()[row * s.width + e];
            }
            if (of.dbias.defined())
                of.dbias.data<double>()[row * s.keys + j] = ds;
        }
    }
}

Result<FusedGradients> runFusedBackward(const AttentionCall& call, Values args, size_t outAt, bool wantsBias) {
    FusedGradients of;
    FX_TRY(of.g, converted(args[0].tensor(), DType::Float64));
    FX_TRY(of.y, converted(args[outAt].tensor(), DType::Float64));
    FX_TRY(of.logSums, converted(args[outAt + 1].tensor(), DType::Float64));
    of.sumsStep = of.logSums.dim() == 3 ? of.logSums.size(2) : 0;
    const int64_t rows = call.shape.heads * call.shape.queries;
    FX_CHECK(checkElements("grad_out", of.g, rows * call.shape.valueWidth));
    FX_CHECK(checkElements("out", of.y, rows * call.shape.valueWidth));
    FX_CHECK(checkElements("logsumexp", of.logSums, call.shape.heads * of.sumsStep));
    if (of.sumsStep < call.shape.queries)
        return Diagnostic{"log_sumexp has " + std::to_string(of.sumsStep) + " elements for " +
                              std::to_string(call.shape.queries) + " queries",
                          "", "compute it in the forward pass"};
    FX_TRY(of.dq, Tensor::zeros(DType::Float64, call.in.q.sizes()));
    FX_TRY(of.dk, Tensor::zeros(DType::Float64, call.in.k.sizes()));
    FX_TRY(of.dv, Tensor::zeros(DType::Float64, call.in.v.sizes()));
    if (wantsBias) {
        FX_TRY(of.dbias, Tensor::zeros(DType::Float64,
                                       {call.in.q.size(0), call.in.q.size(1), call.shape.queries, call.shape.keys}));
    }
    fusedBackward(call, of);
    return of;
}

Result<Value> settled(const Tensor& gradient, const ValueMeta& meta) {
    if (!meta.isTensor())
        return Value();
    FX_TRY(Tensor out, allocate(meta.tensor()));
    FX_CHECK(copyInto(gradient, out));
    return Value(out);
}

/// Query, key and value, arguments 1 to 3 of both.
Result<Done> checkInputs(Metas args) {
    FX_TRY(const TensorMeta q, tensorAt(args, 1));
    FX_TRY(const TensorMeta k, tensorAt(args, 2));
    FX_TRY(const TensorMeta v, tensorAt(args, 3));
    return checkHeads(q, k, v);
}

/// _scaled_dot_product_efficient_attention_backward(grad_out_, query, key, value, attn_bias, out, logsumexp,
/// philox_seed, philox_offset, dropout_p, grad_input_mask, is_causal, *, scale) -> dq, dk, dv, dbias
constexpr AttentionPlaces kEfficientBackward{4, 9, 11, 12};

Result<ValueMeta> inferEfficientBackward(Metas args) {
    FX_TRY(const std::vector<bool> wanted, outputMask(args, 10, 4));
    FX_CHECK(checkInputs(args));
    std::vector<ValueMeta> results(4, ValueMeta::none());
    for (size_t i = 0; i < 3; ++i) {
        FX_TRY(const TensorMeta x, tensorAt(args, 1 + i));
        if (wanted[i])
            results[i] = ValueMeta::tensor(headsMeta(x, x.sizes));
    }
    if (wanted[3] && isTensorAt(args, 4)) {
        const TensorMeta& bias = args[4].tensor();
        results[3] = ValueMeta::tensor(newMeta(bias.dtype, bias.sizes, &bias));
    }
    return ValueMeta::list(std::move(results));
}

Result<Value> runEfficientBackward(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferEfficientBackward(metaArgs(args)));
    FX_TRY(const AttentionCall call, readFused(args, 1, kEfficientBackward));
    const bool wantsBias = meta.items()[3].isTensor();
    FX_TRY(const FusedGradients of, runFusedBackward(call, args, 5, wantsBias));
    const std::array<const Tensor*, 4> gradients{&of.dq, &of.dk, &of.dv, &of.dbias};
    ValueList results;
    for (size_t i = 0; i < 4; ++i) {
        FX_TRY(Value one, settled(*gradients[i], meta.items()[i]));
        results.push_back(std::move(one));
    }
    return Value(std::move(results));
}

/// _scaled_dot_product_flash_attention_for_cpu_backward(grad_out, query, key, value, out, logsumexp, dropout_p,
/// is_causal, *, attn_mask, scale) -> dq, dk, dv
constexpr AttentionPlaces kFlashBackward{8, 6, 7, 9};

Result<ValueMeta> inferFlashBackward(Metas args) {
    FX_CHECK(checkInputs(args));
    std::vector<TensorMeta> results;
    for (size_t i = 1; i < 4; ++i) {
        FX_TRY(const TensorMeta x, tensorAt(args, i));
        results.push_back(headsMeta(x, x.sizes));
    }
    return tensorList(std::move(results));
}

Result<Value> runFlashBackward(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferFlashBackward, args));
    FX_TRY(const AttentionCall call, readFused(args, 1, kFlashBackward));
    FX_TRY(const FusedGradients of, runFusedBackward(call, args, 4, false));
    FX_CHECK(copyInto(of.dq, out[0]));
    FX_CHECK(copyInto(of.dk, out[1]));
    FX_CHECK(copyInto(of.dv, out[2]));
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const OpDef _scaled_dot_product_efficient_attention_backward{
    .target = "torch.ops.aten._scaled_dot_product_efficient_attention_backward.default",
    .infer = inferEfficientBackward,
    .reference = runEfficientBackward};
const OpDef _scaled_dot_product_flash_attention_for_cpu_backward{
    .target = "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward.default",
    .infer = inferFlashBackward,
    .reference = runFlashBackward};

} // namespace fxscope::ops
