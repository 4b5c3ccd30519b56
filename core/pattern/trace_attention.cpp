// SPDX-License-Identifier: BSD-3-Clause
// scaled_dot_product_attention: on the CPU PyTorch picks a kernel while it traces, or takes it apart. What it would
// pick on a GPU depends on that GPU, so there the operator stays whole.
#include "core/ops/shapes.h"
#include "core/pattern/trace_rules.h"

#include <algorithm>
#include <cmath>

namespace fxscope {
namespace {

constexpr std::string_view kFlashForCpu = "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default";

/// The arguments of scaled_dot_product_attention by name.
struct AttentionCall {
    Argument query, key, value, mask, scale;
    double dropout = 0;
    bool causal = false;
};

double numberOr(const Argument& value, double fallback) {
    return value.isInt() ? double(value.asInt()) : value.kind() == Argument::Kind::Float ? value.asFloat() : fallback;
}

bool sameSize(const Tracer& tracer, const SymInt& a, const SymInt& b) {
    return provablyEqual(a, b, tracer.ranges()) == Proof::Yes;
}

bool lastStrideIsOne(const TensorMeta& x) { return !x.strides || x.strides->back().is(1); }

/// Whether the mask broadcasts to [batch, heads, queries, keys].
bool maskFits(const Tracer& tracer, const TensorMeta& mask, const TensorMeta& q, const TensorMeta& k) {
    const SymInt scores[] = {q.sizes[0], q.sizes[1], q.sizes[2], k.sizes[2]};
    if (mask.sizes.size() != 2 && mask.sizes.size() != 4)
        return false;
    const size_t offset = 4 - mask.sizes.size();
    for (size_t i = 0; i < mask.sizes.size(); ++i)
        if (!mask.sizes[i].is(1) && !sameSize(tracer, mask.sizes[i], scores[i + offset]))
            return false;
    return true;
}

/// What the fused kernel for the CPU asks for.
bool fusesOnCpu(const Tracer& tracer, const AttentionCall& call) {
    const TensorMeta &q = *tracer.tensorOf(call.query), &k = *tracer.tensorOf(call.key),
                     &v = *tracer.tensorOf(call.value);
    const TensorMeta* mask = tracer.tensorOf(call.mask);
    const auto fourDim = [](const TensorMeta& x) { return x.sizes.size() == 4 && lastStrideIsOne(x); };
    if (!fourDim(q) || !fourDim(k) || !fourDim(v) || call.dropout != 0 || (mask && call.causal))
        return false;
    const bool sameHeads = sameSize(tracer, q.sizes[0], k.sizes[0]) && sameSize(tracer, q.sizes[0], v.sizes[0]) &&
                           sameSize(tracer, q.sizes[1], k.sizes[1]) && sameSize(tracer, q.sizes[1], v.sizes[1]);
    const bool sameWidth = sameSize(tracer, q.sizes[3], k.sizes[3]) && sameSize(tracer, q.sizes[3], v.sizes[3]);
    const bool empty = q.sizes[2].is(0) || k.sizes[2].is(0);
    return sameHeads && sameWidth && !empty && (!mask || maskFits(tracer, *mask, q, k));
}

/// A bool mask becomes 0 where it is true and -inf elsewhere.
Result<Argument> additiveMask(Tracer& tracer, const Argument& mask, DType dtype) {
    const TensorMeta* given = tracer.tensorOf(mask);
    if (!given || given->dtype != DType::Bool)
        return mask;
    const TensorMeta like = *given;
    FX_TRY(Argument closed, wrappedNumber(tracer, Argument::floating(-INFINITY), dtype, like, false));
    FX_TRY(Argument open, wrappedNumber(tracer, Argument::floating(0), dtype, like));
    return emit(tracer, "torch.ops.aten.where.self", {mask, std::move(open), std::move(closed)});
}

Decomposed fused(Tracer& tracer, const AttentionCall& call) {
    FX_TRY(Argument mask, additiveMask(tracer, call.mask, tracer.tensorOf(call.query)->dtype));
    ArgumentList args{call.query, call.key, call.value, Argument::floating(0), Argument::boolean(call.causal)};
    FX_TRY(const TraceValue results,
           tracer.call(Target(kFlashForCpu), std::move(args), {{"attn_mask", std::move(mask)}, {"scale", call.scale}}));
    return std::optional(results.items.front());
}

/// softmax(q sqrt(s) (k^T sqrt(s)) + mask) v, with dropout of the weights.
Decomposed takenApart(Tracer& tracer, const AttentionCall& call) {
    const TensorMeta q = *tracer.tensorOf(call.query);
    const SymInt& width = q.sizes.back();
    const double scale =
        numberOr(call.scale, width.isConstant() ? 1 / std::sqrt(double(width.constant())) : std::nan(""));
    if ((q.dtype != DType::Float32 && q.dtype != DType::Float64) || call.causal || !(scale >= 0))
        return tracer.unsupported("attention that PyTorch takes apart in half precision, causal, or with this scale");
    const Argument root = Argument::floating(std::sqrt(scale));
    FX_TRY(const Argument mask, additiveMask(tracer, call.mask, q.dtype));
    FX_TRY(Argument query, emit(tracer, "torch.ops.aten.mul.Scalar", {call.query, root}));
    FX_TRY(Argument turned,
           emit(tracer, "torch.ops.aten.transpose.int", {call.key, Argument::integer(-2), Argument::integer(-1)}));
    FX_TRY(Argument key, emit(tracer, "torch.ops.aten.mul.Scalar", {std::move(turned), root}));
    FX_TRY(Argument scores, emit(tracer, "torch.ops.aten.matmul.default", {std::move(query), std::move(key)}));
    if (!mask.isNone()) {
        FX_TRY(scores, emit(tracer, "torch.ops.aten.add.Tensor", {scores, mask}));
    }
    FX_TRY(Argument weights, emit(tracer, "torch.ops.aten._safe_softmax.default", {scores, Argument::integer(-1)}));
    if (call.dropout > 0) {
        FX_TRY(weights, emit(tracer, "torch.ops.aten.dropout.default",
                             {weights, Argument::floating(call.dropout), Argument::boolean(true)}));
    }
    return decomposed(emit(tracer, "torch.ops.aten.matmul.default", {std::move(weights), call.value}));
}

/// (output, logsumexp) of the fused kernel: output as query, logsumexp as [batch, queries, heads] turned.
ValueMeta flashForCpuShape(const TensorMeta& query) {
    TensorMeta output = query, sums = query;
    output.strides = preservedStrides(query);
    output.storageOffset = 0;
    output.requiresGrad = sums.requiresGrad = false;
    sums.storageOffset = 0;
    sums.dtype = DType::Float32;
    sums.sizes = {query.sizes[0], query.sizes[1], query.sizes[2]};
    sums.strides = SymSizes{query.sizes[1] * query.sizes[2], 1, query.sizes[1]};
    return ValueMeta::list({ValueMeta::tensor(std::move(output)), ValueMeta::tensor(std::move(sums))});
}

} // namespace

/// scaled_dot_product_attention(q, k, v, attn_mask, dropout_p, is_causal, *, scale, enable_gqa)
Decomposed traceAttention(Tracer& tracer, const ArgumentList& args) {
    const TensorMeta *q = tracer.tensorOf(args[0]), *k = tracer.tensorOf(args[1]), *v = tracer.tensorOf(args[2]);
    if (!q || !k || !v)
        return tracer.error("TypeError: scaled_dot_product_attention takes tensors");
    if (q->dtype != k->dtype || q->dtype != v->dtype)
        return tracer.error("RuntimeError: Expected query, key, and value to have the same dtype");
    const auto isNumber = [](const Argument& a) { return a.isInt() || a.kind() == Argument::Kind::Float; };
    if (!isNumber(args[4]) || (!isNumber(args[6]) && !args[6].isNone()) || args[7].asBool())
        return tracer.unsupported("attention with grouped heads, or with a dropout or scale that is no number");
    if (!q->device || q->device->type != "cpu")
        return std::optional<TraceValue>();
    const AttentionCall call{args[0], args[1], args[2], args[3], args[6], numberOr(args[4], 0), args[5].asBool()};
    return fusesOnCpu(tracer, call) ? fused(tracer, call) : takenApart(tracer, call);
}

std::optional<ValueMeta> tracedShape(const Tracer& tracer, Target target, const ArgumentList& args) {
    if (target.str() != kFlashForCpu)
        return std::nullopt;
    const TensorMeta* query = args.empty() ? nullptr : tracer.tensorOf(args[0]);
    if (!query || query->sizes.size() != 4)
        return std::nullopt;
    return flashForCpuShape(*query);
}

} // namespace fxscope
