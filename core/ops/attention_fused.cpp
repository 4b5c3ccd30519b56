// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// Attention as training graphs contain it: with scores s = scale q k^T + bias, y = softmax(s) v and L = log(sum of e^s)
// by query. Backwards, with p = e^(s - L) and g the gradient of y: dv = p^T g, ds = p (g v^T - g.y), dq = scale ds k,
// dk = scale ds^T q, dbias = ds. Tensors are [batch, heads, length, width], and lie in memory as [batch, length, heads,
// width].

namespace fxscope::ops {
namespace {

/// Sizes of one call.
struct FusedShape {
    int64_t heads = 0, queries = 0, keys = 0, width = 0, valueWidth = 0; ///< heads of all batches
    double scale = 1;
    bool causal = false;
    DType weights = DType::Float64; ///< what e^(s - max) is rounded to before it is multiplied with v
};

/// Operands in double, row-major; bias and L may be undefined.
struct FusedOperands {
    Tensor q, k, v, bias;

    double score(const FusedShape& s, int64_t head, int64_t i, int64_t j) const {
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
};

TensorMeta headsMeta(const TensorMeta& like, const SymSizes& sizes) {
    TensorMeta meta = newMeta(like.dtype, sizes, &like);
    const SymInt &heads = sizes[1], &length = sizes[2], &width = sizes[3];
    meta.strides = SymSizes{heads * length * width, width, heads * width, SymInt(1)};
    return meta;
}

Result<Done> checkHeads(const TensorMeta& q, const TensorMeta& k, const TensorMeta& v) {
    const bool fits = q.sizes.size() == 4 && k.sizes.size() == 4 && v.sizes.size() == 4 &&
                      !differ(q.sizes[3], k.sizes[3]) && !differ(k.sizes[2], v.sizes[2]) &&
                      !differ(q.sizes[1], k.sizes[1]) && !differ(q.sizes[1], v.sizes[1]);
    if (!fits)
        return Diagnostic{"sizes " + sizesText(q.sizes) + ", " + sizesText(k.sizes) + " and " + sizesText(v.sizes) +
                              " of query, key and value do not fit",
                          "", ""};
    return Done{};
}

/// Where arguments stand in the two schemas; the CPU form has its mask behind the others.
struct FusedPlaces {
    size_t bias, dropout, causal, scale;
};

Result<Done> withoutDropout(Values args, size_t at) {
    FX_TRY(const double dropout, doubleAt(args, at));
    if (dropout != 0)
        return Diagnostic{"attention with dropout draws random numbers on its device, which is not implemented", "",
                          "export the model in eval mode"};
    return Done{};
}

Result<Tensor> biasAt(Values args, size_t i, const FusedShape& s, const Sizes& q) {
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

struct FusedCall {
    FusedShape shape;
    FusedOperands in;
};

/// query, key, value from argument `first` on.
Result<FusedCall> readFused(Values args, size_t first, FusedPlaces at) {
    FusedCall call;
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

double rounded(double x, DType dtype) {
    const auto single = static_cast<float>(x);
    return dtype == DType::Float16 ? castTo<double>(castTo<Half>(single)) : castTo<double>(castTo<BFloat16>(single));
}

/// y and L of every query, row-major in double.
void fusedForward(const FusedCall& call, Tensor& y, Tensor& logSums) {
    const FusedShape& s = call.shape;
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

constexpr FusedPlaces kEfficient{3, 5, 6, 7};

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
    FX_TRY(const FusedCall call, readFused(args, 0, kEfficient));
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

constexpr FusedPlaces kFlash{5, 3, 4, 6};

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
    FX_TRY(FusedCall call, readFused(args, 0, kFlash));
    if (const DType dtype = out[0].dtype(); dtype == DType::Float16 || dtype == DType::BFloat16)
        call.shape.weights = dtype; // both products of half types take half types
    FX_TRY(Tensor y, Tensor::empty(DType::Float64, out[0].sizes()));
    FX_TRY(Tensor sums, Tensor::empty(DType::Float64, out[1].sizes()));
    fusedForward(call, y, sums);
    FX_CHECK(copyInto(y, out[0]));
    FX_CHECK(copyInto(sums, out[1]));
    return Value(ValueList(out.begin(), out.end()));
}

// --- backwards

/// What the forward pass gave, and the gradient of y; double, row-major.
struct FusedGradients {
    Tensor g, y, logSums; ///< rows of L have `sumsStep` elements
    int64_t sumsStep = 0;
    Tensor dq, dk, dv, dbias; ///< dbias undefined: not wanted
};

void fusedBackward(const FusedCall& call, FusedGradients& of) {
    const FusedShape& s = call.shape;
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

Result<FusedGradients> runFusedBackward(const FusedCall& call, Values args, size_t outAt, bool wantsBias) {
    FusedGradients of;
    FX_TRY(of.g, converted(args[0].tensor(), DType::Float64));
    FX_TRY(of.y, converted(args[outAt].tensor(), DType::Float64));
    FX_TRY(of.logSums, converted(args[outAt + 1].tensor(), DType::Float64));
    of.sumsStep = of.logSums.size(2);
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

/// _scaled_dot_product_efficient_attention_backward(grad_out_, query, key, value, attn_bias, out, logsumexp,
/// philox_seed, philox_offset, dropout_p, grad_input_mask, is_causal, *, scale) -> dq, dk, dv, dbias
constexpr FusedPlaces kEfficientBackward{4, 9, 11, 12};

Result<ValueMeta> inferEfficientBackward(Metas args) {
    FX_TRY(const Sizes wanted, intsAt(args, 10));
    std::vector<ValueMeta> results(4, ValueMeta::none());
    for (size_t i = 0; i < 3 && i < wanted.size(); ++i) {
        FX_TRY(const TensorMeta x, tensorAt(args, 1 + i));
        if (x.sizes.size() != 4)
            return Diagnostic{"query, key and value must have 4 dimensions, got " + sizesText(x.sizes), "", ""};
        if (wanted[i])
            results[i] = ValueMeta::tensor(headsMeta(x, x.sizes));
    }
    if (wanted.size() > 3 && wanted[3] && isTensorAt(args, 4)) {
        const TensorMeta& bias = args[4].tensor();
        results[3] = ValueMeta::tensor(newMeta(bias.dtype, bias.sizes, &bias));
    }
    return ValueMeta::list(std::move(results));
}

Result<Value> runEfficientBackward(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferEfficientBackward(metaArgs(args)));
    FX_TRY(const FusedCall call, readFused(args, 1, kEfficientBackward));
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
constexpr FusedPlaces kFlashBackward{8, 6, 7, 9};

Result<ValueMeta> inferFlashBackward(Metas args) {
    std::vector<TensorMeta> results;
    for (size_t i = 1; i < 4; ++i) {
        FX_TRY(const TensorMeta x, tensorAt(args, i));
        if (x.sizes.size() != 4)
            return Diagnostic{"query, key and value must have 4 dimensions, got " + sizesText(x.sizes), "", ""};
        results.push_back(headsMeta(x, x.sizes));
    }
    return tensorList(std::move(results));
}

Result<Value> runFlashBackward(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferFlashBackward, args));
    FX_TRY(const FusedCall call, readFused(args, 1, kFlashBackward));
    FX_TRY(const FusedGradients of, runFusedBackward(call, args, 4, false));
    FX_CHECK(copyInto(of.dq, out[0]));
    FX_CHECK(copyInto(of.dk, out[1]));
    FX_CHECK(copyInto(of.dv, out[2]));
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const OpDef _scaled_dot_product_efficient_attention{
    .target = "torch.ops.aten._scaled_dot_product_efficient_attention.default",
    .infer = inferEfficient,
    .reference = runEfficient};
const OpDef _scaled_dot_product_efficient_attention_backward{
    .target = "torch.ops.aten._scaled_dot_product_efficient_attention_backward.default",
    .infer = inferEfficientBackward,
    .reference = runEfficientBackward};
const OpDef _scaled_dot_product_flash_attention_for_cpu{
    .target = "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default",
    .infer = inferFlash,
    .reference = runFlash};
const OpDef _scaled_dot_product_flash_attention_for_cpu_backward{
    .target = "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward.default",
    .infer = inferFlashBackward,
    .reference = runFlashBackward};

} // namespace fxscope::ops
