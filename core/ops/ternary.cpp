// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/pointwise.h"
#include "core/ops/words.h"

#include <cmath>

// addcmul(x, a, b) = x + value * a * b, addcdiv(x, a, b) = x + value * a / b, lerp(x, end, w) = x + w (end - x). Half
// and bfloat16 are computed in float and rounded once.

namespace fxscope::ops {
namespace {

constexpr Infer kInferThree = inferPointwise<ResultKind::Same, 3>;

Result<ValueMeta> inferAddcdiv(Metas args) {
    FX_TRY(const ValueMeta result, kInferThree(args));
    if (isIntegral(result.tensor().dtype, true))
        return Diagnostic{"Integer division with addcdiv is no longer supported, and in a future release addcdiv will "
                          "perform a true division of tensor1 and tensor2.",
                          "", "divide with div and its rounding_mode, then add"};
    return result;
}

/// out = fn(x, a, b, value), value (argument 3) in the type that is computed in.
template <DTypes Set, Infer Rule, auto Fn> Result<Value> addScaledTerm(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    const auto read = [&](size_t i) { return operand(args[i], out.dtype(), out.sizes()); };
    FX_TRY(const Tensor x, read(0));
    FX_TRY(const Tensor a, read(1));
    FX_TRY(const Tensor b, read(2));
    FX_TRY(const Tensor number, numberTensor(args[3], computeDType(out.dtype())));
    return dispatch<Set>(out.dtype(), [&]<class T>() -> Result<Value> {
        using C = ComputeType<T>;
        const C value = *number.data<C>();
        mapElements<T, T, T, T>(out, {&x, &a, &b}, [value](T u, T v, T w) { return T(Fn(C(u), C(v), C(w), value)); });
        return Value(out);
    });
}

constexpr Kernel kAddcmul = addScaledTerm<DTypes::NoBool, kInferThree, [](auto x, auto a, auto b, auto value) {
    using C = decltype(x);
    if constexpr (std::is_integral_v<C>) // wraps around
        return C(uint64_t(x) + uint64_t(value) * uint64_t(a) * uint64_t(b));
    else
        return x + value * a * b;
}>;
constexpr Kernel kAddcdiv = addScaledTerm<DTypes::FloatingOrComplex, inferAddcdiv,
                                          [](auto x, auto a, auto b, auto value) { return x + value * a / b; }>;

/// prims.fma(a, b, c) = a * b + c with one rounding
constexpr Kernel kFma = [](Values args, KernelContext& context) -> Result<Value> {
    const std::array<Value, 4> reordered{args[2], args[0], args[1], Value(int64_t(1))};
    return addScaledTerm<DTypes::Floating, kInferThree, [](auto c, auto a, auto b, auto) { return std::fma(a, b, c); }>(
        reordered, context);
};

// --- lerp

Result<ValueMeta> inferLerp(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    for (size_t i = 1; i < 3; ++i) {
        if (!isTensorAt(args, i) || args[i].tensor().dtype == x.dtype || (i == 2 && args[i].tensor().sizes.empty()))
            continue;
        return Diagnostic{"expected dtype " + std::string(scalarTypeName(x.dtype)) + " for `" +
                              (i == 1 ? "end" : "weight") + "` but got dtype " +
                              std::string(scalarTypeName(args[i].tensor().dtype)),
                          "", ""};
    }
    return pointwiseMeta(args.first(3), x.dtype);
}

using formulas::interpolate;

Result<Value> runLerp(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferLerp, args));
    FX_TRY(const Tensor x, operand(args[0], out.dtype(), out.sizes()));
    FX_TRY(const Tensor end, operand(args[1], out.dtype(), out.sizes()));
    FX_TRY(const Tensor weight, operand(args[2], computeDType(out.dtype()), out.sizes()));
    return dispatch<DTypes::FloatingOrComplex>(out.dtype(), [&]<class T>() -> Result<Value> {
        using C = ComputeType<T>;
        mapElements<T, T, T, C>(out, {&x, &end, &weight}, [](T u, T v, C w) { return T(interpolate(C(u), C(v), w)); });
        return Value(out);
    });
}

} // namespace

const OpDef addcdiv{.target = "torch.ops.aten.addcdiv.default", .infer = inferAddcdiv, .reference = kAddcdiv};
const OpDef addcmul{.target = "torch.ops.aten.addcmul.default", .infer = kInferThree, .reference = kAddcmul};
const OpDef fma{.target = "torch.ops.prims.fma.default", .infer = kInferThree, .reference = kFma};
const OpDef lerp_Scalar{.target = "torch.ops.aten.lerp.Scalar", .infer = inferLerp, .reference = runLerp};
const OpDef lerp_Tensor{.target = "torch.ops.aten.lerp.Tensor", .infer = inferLerp, .reference = runLerp};

} // namespace fxscope::ops
