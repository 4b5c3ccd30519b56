// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/attention.h"
#include "core/ops/operand.h"

#include <cmath>

// scaled_dot_product_attention, and the two fused forms of training graphs with their gradients. With p the weights, g
// the gradient of y and ds = p (g v^T - g.y): dv = p^T g, dq = scale ds k, dk = scale ds^T q, dbias = ds.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

bool areFloating(Values args, size_t first) {
    for (size_t i = first; i < first + 3; ++i)
        if (!isTensorAt(args, i) || !isFloating(args[i].tensor().dtype()) ||
            deviceType(args[i].tensor().dtype()).empty() || args[i].tensor().dtype() != args[first].tensor().dtype())
            return false;
    return true;
}

/// Memory for y, in the dtype that is computed in.
Result<Tensor> outputOf(CudaDevice& device, const Attention& attention) {
    return device.pool().empty(attention.v.dtype(), {attention.q.size(0), attention.q.size(1), attention.v.size(2)});
}

/// `made`, row-major, with the sizes, strides and dtype of `out`.
Result<Done> settleInto(CudaDevice& device, const Tensor& made, const Tensor& out) {
    FX_TRY(const Tensor shaped, made.asStrided(out.sizes(), rowMajorStrides(out.sizes()), made.offset()));
    return out.numel() == 0 ? Result<Done>(Done{}) : device.copy(shaped, out);
}

// --- scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal, *, scale, enable_gqa)

/// `x` with the batch dimensions of `q`; key heads are repeated for grouped queries. Nothing: they do not fit.
Result<std::optional<Tensor>> matchHeads(const Tensor& x, const Tensor& q, bool grouped) {
    const size_t rank = x.dim();
    Sizes sizes = q.sizes();
    sizes[rank - 2] = x.size(rank - 2);
    sizes[rank - 1] = x.size(rank - 1);
    if (!grouped || rank < 3 || x.size(rank - 3) == q.size(rank - 3)) {
        const auto spread = expandTo(x, sizes);
        return spread.ok() ? std::optional(*spread) : std::nullopt;
    }
    const int64_t heads = x.size(rank - 3);
    if (heads == 0 || q.size(rank - 3) % heads != 0)
        return std::optional<Tensor>();
    Sizes split = x.sizes(), strides = x.strides();
    const auto at = static_cast<ptrdiff_t>(rank) - 2;
    split.insert(split.begin() + at, q.size(rank - 3) / heads);
    strides.insert(strides.begin() + at, 0);
    FX_TRY(const Tensor spread, x.asStrided(split, strides, x.offset()));
    FX_TRY(const Tensor repeated, spread.contiguous());
    sizes = x.sizes();
    sizes[rank - 3] = q.size(rank - 3);
    FX_TRY(const Tensor joined, repeated.asStrided(sizes, rowMajorStrides(sizes), repeated.offset()));
    return std::optional(joined);
}

Taken runAttention(const OpDef& op, Values args, Call& call) {
    if (!areFloating(args, 0))
        return std::optional<Value>();
    FX_TRY(const double dropout, doubleAt(args, 4));
    if (dropout != 0)
        return std::optional<Value>();
    CudaDevice& device = call.device;
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, device));
    FX_TRY(const bool grouped, boolAt(args, 7));
    FX_TRY(const auto scale, optionalDoubleAt(args, 6));
    const Tensor& q = args[0].tensor();
    FX_TRY(const auto k, matchHeads(args[1].tensor(), q, grouped));
    FX_TRY(const auto v, matchHeads(args[2].tensor(), q, grouped));
    if (!k || !v)
        return std::optional<Value>();
    Attention attention;
    FX_TRY(attention.q, asHeads(device, q, q.dtype()));
    FX_TRY(attention.k, asHeads(device, *k, q.dtype()));
    FX_TRY(attention.v, asHeads(device, *v, attentionType(q.dtype())));
    FX_TRY(attention.causal, boolAt(args, 5));
    attention.scale = scale.value_or(1 / std::sqrt(static_cast<double>(q.sizes().back())));
    attention.scoreSizes = q.sizes();
    attention.scoreSizes.back() = k->size(k->dim() - 2);
    if (isTensorAt(args, 3)) {
        attention.mask = args[3].tensor();
        if (deviceType(attention.mask->dtype()).empty() || !expandTo(*attention.mask, attention.scoreSizes).ok())
            return std::optional<Value>();
    }
    Attended to;
    FX_TRY(to.y, outputOf(device, attention));
    FX_CHECK(attend(device, attention, to));
    FX_CHECK(settleInto(device, to.y, out.front()));
    return std::optional(Value(out.front()));
}

// --- the fused forms

/// Where arguments stand; query, key and value from `first` on.
struct Places {
    size_t first, bias, dropout, causal, scale;
};

/// Nothing: not taken (wrong sizes, dropout).
Result<std::optional<Attention>> readFused(Values args, Places at, CudaDevice& device) {
    const std::optional<Attention> notTaken;
    if (!areFloating(args, at.first))
        return notTaken;
    const Tensor &q = args[at.first].tensor(), &k = args[at.first + 1].tensor(), &v = args[at.first + 2].tensor();
    const bool fits = q.dim() == 4 && k.dim() == 4 && v.dim() == 4 && q.size(0) == k.size(0) &&
                      q.size(0) == v.size(0) && q.size(1) == k.size(1) && q.size(1) == v.size(1) &&
                      q.size(3) == k.size(3) && k.size(2) == v.size(2);
    FX_TRY(const double dropout, doubleAt(args, at.dropout));
    if (!fits || dropout != 0)
        return notTaken;
    FX_TRY(const auto scale, optionalDoubleAt(args, at.scale));
    Attention attention;
    FX_TRY(attention.q, asHeads(device, q, q.dtype()));
    FX_TRY(attention.k, asHeads(device, k, q.dtype()));
    FX_TRY(attention.v, asHeads(device, v, attentionType(q.dtype())));
    FX_TRY(attention.causal, boolAt(args, at.causal));
    attention.scale = scale.value_or(1 / std::sqrt(static_cast<double>(q.size(3))));
    attention.scoreSizes = {q.size(0), q.size(1), q.size(2), k.size(2)};
    if (isTensorAt(args, at.bias)) {
        attention.mask = args[at.bias].tensor();
        if (deviceType(attention.mask->dtype()).empty() || !expandTo(*attention.mask, attention.scoreSizes).ok())
            return notTaken;
    }
    return std::optional(std::move(attention));
}

/// y into `out`; log sums [heads, queries] in the computing dtype.
Result<Tensor> runFused(CudaDevice& device, const Attention& attention, const Tensor& out) {
    Attended to{.nanStays = false};
    FX_TRY(to.y, outputOf(device, attention));
    FX_TRY(to.logSums, device.pool().empty(attentionType(attention.q.dtype()), {to.y.size(0), to.y.size(1)}));
    FX_CHECK(attend(device, attention, to));
    FX_CHECK(settleInto(device, to.y, out));
    return to.logSums;
}

/// _scaled_dot_product_efficient_attention(query, key, value, attn_bias, compute_log_sumexp, dropout_p, is_causal, *,
/// scale): the log sums' rows are padded with infinity
Taken runEfficient(const OpDef& op, Values args, Call& call) {
    CudaDevice& device = call.device;
    FX_CHECK(op.infer(metaArgs(args)));
    FX_TRY(const auto attention, readFused(args, {0, 3, 5, 6, 7}, device));
    if (!attention)
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, device));
    FX_TRY(const Tensor sums, runFused(device, *attention, out[0]));
    FX_CHECK(fill(out[1], Value(HUGE_VAL)));
    if (out[1].numel() > 0) {
        const Sizes &sizes = attention->scoreSizes, given{sizes[0], sizes[1], sizes[2]};
        FX_TRY(const Tensor head, out[1].asStrided(given, out[1].strides(), out[1].offset()));
        FX_CHECK(settleInto(device, sums, head));
    }
    FX_CHECK(fill(out[2], Value(int64_t(0))));
    FX_CHECK(fill(out[3], Value(int64_t(0))));
    return std::optional(resultOf(std::move(out)));
}

/// _scaled_dot_product_flash_attention_for_cpu(query, key, value, dropout_p, is_causal, *, attn_mask, scale)
Taken runFlash(const OpDef& op, Values args, Call& call) {
    FX_CHECK(op.infer(metaArgs(args)));
    FX_TRY(const auto attention, readFused(args, {0, 5, 3, 4, 6}, call.device));
    if (!attention)
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const Tensor sums, runFused(call.device, *attention, out[0]));
    FX_CHECK(settleInto(call.device, sums, out[1]));
    return std::optional(resultOf(std::move(out)));
}

// --- their gradients

struct Gradients {
    Tensor dq, dk, dv, ds;
};

/// e^(score - log sum) in place; `logSums` is [heads, queries or more].
Result<Done> weightsOf(CudaDevice& device, const Tensor& scores, const Tensor& logSums) {
    FX_TRY(const Tensor sums,
           logSums.asStrided(scores.sizes(), {logSums.strides()[0], logSums.strides()[1], 0}, logSums.offset()));
    return launch(device,
                  {.outputs = {scores}, .inputs = {scores, sums}, .body = "out0 = std::exp(in0 - castTo<O0>(in1));"});
}

/// g.y by query.
Result<Tensor> innerProducts(CudaDevice& device, const Tensor& g, const Tensor& y) {
    FX_TRY(Tensor inner, device.pool().empty(g.dtype(), {g.size(0), g.size(1), 1}));
    FX_CHECK(
        launch(device, {.outputs = {inner},
                        .raw = {g, y},
                        .integers = {g.size(2), g.size(1)},
                        .body = "double sum = 0; const long long row = (at[0] * k1 + at[1]) * k0; for (long long e = "
                                "0; e < k0; ++e) sum += double(r0[row + e]) * double(r1[row + e]); out0 = O0(sum);",
                        .coordinates = true}));
    return inner;
}

/// a b, by `scale`.
Result<Tensor> scaledProduct(CudaDevice& device, const Tensor& a, const Tensor& b, double scale) {
    FX_TRY(Tensor out, device.pool().empty(a.dtype(), {a.size(0), a.size(1), b.size(2)}));
    FX_CHECK(multiply(device, {.a = a, .b = b, .alpha = Value(scale), .out = out}));
    return out;
}

Result<Gradients> gradientsOf(CudaDevice& device, const Attention& attention, const Tensor& gradient,
                              const Tensor& output, const Tensor& logSums) {
    const DType wide = attention.v.dtype();
    Gradients of;
    FX_TRY(const Tensor g, asHeads(device, gradient, wide));
    FX_TRY(const Tensor y, asHeads(device, output, wide));
    FX_TRY(const Tensor weights, scoresOf(device, attention));
    FX_CHECK(weightsOf(device, weights, logSums));
    FX_TRY(const Tensor turnedWeights, turned(weights));
    FX_TRY(of.dv, scaledProduct(device, turnedWeights, g, 1));
    FX_TRY(const Tensor turnedValues, turned(attention.v));
    FX_TRY(of.ds, scaledProduct(device, g, turnedValues, 1));
    FX_TRY(const Tensor inner, innerProducts(device, g, y));
    FX_CHECK(
        launch(device, {.outputs = {of.ds}, .inputs = {of.ds, weights, inner}, .body = "out0 = in1 * (in0 - in2);"}));
    FX_TRY(const Tensor k, contiguous(device, attention.k, wide));
    FX_TRY(of.dq, scaledProduct(device, of.ds, k, attention.scale));
    FX_TRY(const Tensor q, contiguous(device, attention.q, wide));
    FX_TRY(const Tensor turnedScores, turned(of.ds));
    FX_TRY(of.dk, scaledProduct(device, turnedScores, q, attention.scale));
    return of;
}

/// The log sums as [heads, queries or more], row-major. Nothing: too few.
Result<std::optional<Tensor>> logSumsAt(Values args, size_t i, const Attention& attention, CudaDevice& device) {
    const Sizes& sizes = attention.scoreSizes;
    if (!isTensorAt(args, i) || args[i].tensor().dim() != 3 || args[i].tensor().size(0) != sizes[0] ||
        args[i].tensor().size(1) != sizes[1] || args[i].tensor().size(2) < sizes[2])
        return std::optional<Tensor>();
    FX_TRY(const Tensor rows, contiguous(device, args[i].tensor()));
    FX_TRY(const Tensor flat, rows.asStrided({sizes[0] * sizes[1], rows.size(2)}, {rows.size(2), 1}, rows.offset()));
    return std::optional(flat);
}

/// Whether gradient and output of the forward pass are as its y.
bool fitsOutput(Values args, size_t i, const Attention& attention) {
    const Sizes& s = attention.scoreSizes;
    return isTensorAt(args, i) && args[i].tensor().sizes() == Sizes{s[0], s[1], s[2], attention.v.size(2)};
}

/// Results in the order dq, dk, dv, dbias; those that are not wanted are None.
Taken runBackward(const OpDef& op, Values args, Call& call, Places at, size_t outputAt) {
    CudaDevice& device = call.device;
    FX_TRY(const ValueMeta meta, op.infer(metaArgs(args)));
    FX_TRY(const auto attention, readFused(args, at, device));
    if (!attention || !fitsOutput(args, 0, *attention) || !fitsOutput(args, outputAt, *attention))
        return std::optional<Value>();
    const bool wantsBias = meta.items().size() > 3 && meta.items()[3].isTensor();
    if (wantsBias && args[at.bias].tensor().sizes() != attention->scoreSizes)
        return std::optional<Value>();
    FX_TRY(const auto sums, logSumsAt(args, outputAt + 1, *attention, device));
    if (!sums)
        return std::optional<Value>();
    FX_TRY(const Gradients of, gradientsOf(device, *attention, args[0].tensor(), args[outputAt].tensor(), *sums));
    ValueList results;
    const std::array<const Tensor*, 4> gradients{&of.dq, &of.dk, &of.dv, &of.ds};
    for (size_t i = 0; i < meta.items().size(); ++i) {
        if (!meta.items()[i].isTensor()) {
            results.emplace_back();
            continue;
        }
        FX_TRY(const Tensor out, device.allocate(meta.items()[i].tensor()));
        FX_CHECK(settleInto(device, *gradients[i], out));
        results.emplace_back(out);
    }
    return std::optional(Value(std::move(results)));
}

/// (grad_out_, query, key, value, attn_bias, out, logsumexp, philox_seed, philox_offset, dropout_p, grad_input_mask,
/// is_causal, *, scale)
Taken runEfficientBackward(const OpDef& op, Values args, Call& call) {
    return runBackward(op, args, call, {1, 4, 9, 11, 12}, 5);
}

/// (grad_out, query, key, value, out, logsumexp, dropout_p, is_causal, *, attn_mask, scale)
Taken runFlashBackward(const OpDef& op, Values args, Call& call) {
    return runBackward(op, args, call, {1, 8, 6, 7, 9}, 4);
}

} // namespace

const CudaKernel scaled_dot_product_attention{"torch.ops.aten.scaled_dot_product_attention.default", runAttention};
const CudaKernel _scaled_dot_product_efficient_attention{
    "torch.ops.aten._scaled_dot_product_efficient_attention.default", runEfficient};
const CudaKernel _scaled_dot_product_efficient_attention_backward{
    "torch.ops.aten._scaled_dot_product_efficient_attention_backward.default", runEfficientBackward};
const CudaKernel _scaled_dot_product_flash_attention_for_cpu{
    "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default", runFlash};
const CudaKernel _scaled_dot_product_flash_attention_for_cpu_backward{
    "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward.default", runFlashBackward};

} // namespace fxscope::cuda
