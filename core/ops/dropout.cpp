// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/ops/random_fill.h"

// y = x * mask / (1 - p), each element of the mask true with probability 1 - p.

namespace fxscope::ops {
namespace {

Result<Done> checkProbability(double p) {
    if (p >= 0 && p <= 1)
        return Done{};
    return Diagnostic{"dropout probability has to be between 0 and 1, but got " + std::to_string(p), "", ""};
}

/// x * keep * scale, rounded after each product as ATen's three operators do.
Result<Tensor> scaled(const Tensor& x, const Tensor& keep, double scale) {
    TensorMeta meta = x.meta();
    meta.strides = preservedStrides(meta);
    FX_TRY(Tensor out, allocate(meta));
    FX_CHECK(dispatch<DTypes::FloatingOrComplex>(x.dtype(), [&]<class T>() -> Result<Done> {
        using C = ComputeType<T>;
        const C factor = castTo<C>(scale);
        mapElements<T, T, bool>(out, {&x, &keep}, [=](T v, bool k) { return T(C(T(C(v) * C(k ? 1 : 0))) * factor); });
        return Done{};
    }));
    return out;
}

Result<Tensor> maskLike(const Tensor& x) {
    TensorMeta meta = x.meta();
    meta.strides = preservedStrides(meta);
    meta.dtype = DType::Bool;
    return allocate(meta);
}

// --- native_dropout(input, p, train) -> (output, mask)

Result<ValueMeta> inferNativeDropout(Metas args) {
    FX_TRY(const ValueMeta output, inferSameAsFirst(args));
    TensorMeta mask = output.tensor();
    mask.dtype = DType::Bool;
    return ValueMeta::list({output, ValueMeta::tensor(std::move(mask))});
}

Result<Value> nativeDropout(Values args, KernelContext& context) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_TRY(const double p, doubleAt(args, 1));
    FX_CHECK(checkProbability(p));
    FX_TRY(const bool train, isNoneAt(args, 2) ? Result<bool>(true) : boolAt(args, 2));
    FX_TRY(Tensor mask, maskLike(x));
    if (!train || x.numel() == 0 || p == 1) {
        const bool keep = !train || p != 1;
        FX_CHECK(fill(mask, Value(keep)));
        FX_TRY(Tensor out, scaled(x, mask, 1));
        return Value(ValueList{Value(out), Value(mask)});
    }
    FX_CHECK(fillBernoulli(mask, 1 - p, context.generator));
    FX_TRY(Tensor out, scaled(x, mask, 1 / (1 - p)));
    return Value(ValueList{Value(out), Value(mask)});
}

// --- dropout(input, p, train): the input itself where nothing is dropped

Result<ValueMeta> inferDropout(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const bool train, boolAt(args, 2));
    return train ? inferSameAsFirst(args) : Result<ValueMeta>(ValueMeta::tensor(x));
}

Result<Value> dropout(Values args, KernelContext& context) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_TRY(const double p, doubleAt(args, 1));
    FX_TRY(const bool train, boolAt(args, 2));
    FX_CHECK(checkProbability(p));
    if (p == 0 || !train || x.numel() == 0)
        return args[0];
    TensorMeta meta = x.meta();
    meta.strides = preservedStrides(meta);
    FX_TRY(Tensor noise, allocate(meta));
    if (p == 1)
        FX_CHECK(fill(noise, Value(0.0)));
    else
        FX_CHECK(fillBernoulli(noise, 1 - p, context.generator));
    return dispatch<DTypes::FloatingOrComplex>(x.dtype(), [&]<class T>() -> Result<Value> {
        using C = ComputeType<T>;
        const C keep = castTo<C>(p == 1 ? 1.0 : 1 - p);
        mapElements<T, T, T>(noise, {&x, &noise}, [=](T v, T n) { return T(C(v) * C(T(C(n) / keep))); });
        return Value(noise);
    });
}

} // namespace

const OpDef dropout_default{
    .target = "torch.ops.aten.dropout.default", .infer = inferDropout, .reference = dropout, .random = true};
const OpDef native_dropout{.target = "torch.ops.aten.native_dropout.default",
                           .infer = inferNativeDropout,
                           .reference = nativeDropout,
                           .random = true};

} // namespace fxscope::ops
