// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/pointwise.h"

#include <cmath>

// Operators of one tensor whose formula is one line. NaN passes through all of them.

namespace fxscope::ops {
namespace {

using enum DTypes;
constexpr auto kFloat = ResultKind::Float;
constexpr auto kSame = ResultKind::Same;

template <auto Fn> constexpr Kernel floatKernel = unary<kFloat, Floating, Fn>;
template <auto Fn> constexpr Kernel complexKernel = unary<kFloat, FloatingOrComplex, Fn>;
constexpr Infer kInferFloat = inferPointwise<kFloat, 1>;
constexpr Infer kInferSame = inferPointwise<kSame, 1>;
constexpr Infer kInferBool = inferPointwise<ResultKind::Bool, 1>;

/// fn(x) for floats; integers and bool are what they are.
template <auto Fn> Result<Value> rounding(Values args, KernelContext& context) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    if (isIntegral(x.dtype(), false)) {
        FX_TRY(Tensor out, allocateResult(inferSameAsFirst, args));
        copyElements(x, out);
        return Value(out);
    }
    return unary<kSame, Floating, Fn>(args, context);
}

/// A bool of every element.
template <auto Fn> Result<Value> test(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(kInferBool, args));
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_CHECK(dispatch<All>(x.dtype(), [&]<class T>() -> Result<Done> {
        mapElements<bool, T>(out, {&x}, [](T value) { return bool(Fn(ComputeType<T>(value))); });
        return Done{};
    }));
    return Value(out);
}

Result<Value> negate(Values args, KernelContext& context) {
    if (isTensorAt(args, 0) && args[0].tensor().dtype() == DType::Bool)
        return Diagnostic{"Negation, the `-` operator, on a bool tensor is not supported.", "",
                          "use the `~` or `logical_not()` operator instead"};
    return unary<kSame, NoBool, [](auto x) {
        if constexpr (std::is_integral_v<decltype(x)>)
            return decltype(x)(0u - static_cast<std::make_unsigned_t<decltype(x)>>(x));
        else
            return -x;
    }>(args, context);
}

constexpr Kernel kRelu = unary<kSame, RealNoBool, [](auto x) { return x < 0 ? decltype(x)(0) : x; }>;

/// |x|; of a complex number a real one.
Result<ValueMeta> inferAbs(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    return pointwiseMeta(args.first(1), realOf(x.dtype));
}
Result<Value> absolute(Values args, KernelContext& context) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    if (!isComplex(x.dtype()))
        return unary<kSame, RealNoBool, [](auto v) {
            if constexpr (std::is_integral_v<decltype(v)>)
                return v < 0 ? decltype(v)(0 - v) : v;
            else
                return std::abs(v);
        }>(args, context);
    FX_TRY(Tensor out, allocateResult(inferAbs, args));
    if (x.dtype() == DType::Complex64)
        mapElements<float, std::complex<float>>(out, {&x}, [](std::complex<float> z) { return std::abs(z); });
    else
        mapElements<double, std::complex<double>>(out, {&x}, [](std::complex<double> z) { return std::abs(z); });
    return Value(out);
}

using formulas::expMinusOne;
using formulas::logOfOnePlus;
using formulas::logOfTwo;

Result<Value> gelu(Values args, KernelContext& context) {
    FX_TRY(const std::string_view approximate, stringAt(args, 1));
    if (approximate == "tanh")
        return unary<kSame, Floating, [](auto x) { return formulas::geluTanh(x); }>(args, context);
    if (approximate == "none")
        return unary<kSame, Floating, [](auto x) { return formulas::gelu(x); }>(args, context);
    return Diagnostic{"approximate argument must be either none or tanh.", "", ""};
}

} // namespace

const OpDef abs{.target = "torch.ops.aten.abs.default", .infer = inferAbs, .reference = absolute};
const OpDef acos{.target = "torch.ops.aten.acos.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::acos(x); }>};
const OpDef acosh{.target = "torch.ops.aten.acosh.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return std::acosh(x); }>};
const OpDef asin{.target = "torch.ops.aten.asin.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::asin(x); }>};
const OpDef asinh{.target = "torch.ops.aten.asinh.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return std::asinh(x); }>};
const OpDef atan{.target = "torch.ops.aten.atan.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::atan(x); }>};
const OpDef atanh{.target = "torch.ops.aten.atanh.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return std::atanh(x); }>};
const OpDef ceil{.target = "torch.ops.aten.ceil.default",
                 .infer = kInferSame,
                 .reference = rounding<[](auto x) { return std::ceil(x); }>};
const OpDef cos{.target = "torch.ops.aten.cos.default",
                .infer = kInferFloat,
                .reference = complexKernel<[](auto x) { return std::cos(x); }>};
const OpDef cosh{.target = "torch.ops.aten.cosh.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::cosh(x); }>};
const OpDef erf{.target = "torch.ops.aten.erf.default",
                .infer = kInferFloat,
                .reference = floatKernel<[](auto x) { return std::erf(x); }>};
const OpDef erfc{.target = "torch.ops.aten.erfc.default",
                 .infer = kInferFloat,
                 .reference = floatKernel<[](auto x) { return std::erfc(x); }>};
const OpDef exp{.target = "torch.ops.aten.exp.default",
                .infer = kInferFloat,
                .reference = complexKernel<[](auto x) { return std::exp(x); }>};
const OpDef expm1{.target = "torch.ops.aten.expm1.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return expMinusOne(x); }>};
const OpDef floor{.target = "torch.ops.aten.floor.default",
                  .infer = kInferSame,
                  .reference = rounding<[](auto x) { return std::floor(x); }>};
const OpDef gelu_default{.target = "torch.ops.aten.gelu.default", .infer = kInferSame, .reference = gelu};
const OpDef isinf{.target = "torch.ops.aten.isinf.default",
                  .infer = kInferBool,
                  .reference = test<[](auto x) { return formulas::isInf(x); }>};
const OpDef isnan{
    .target = "torch.ops.aten.isnan.default", .infer = kInferBool, .reference = test<[](auto x) { return x != x; }>};
const OpDef log{.target = "torch.ops.aten.log.default",
                .infer = kInferFloat,
                .reference = complexKernel<[](auto x) { return std::log(x); }>};
const OpDef log10{.target = "torch.ops.aten.log10.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return std::log10(x); }>};
const OpDef log1p{.target = "torch.ops.aten.log1p.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return logOfOnePlus(x); }>};
const OpDef log2{.target = "torch.ops.aten.log2.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return logOfTwo(x); }>};
const OpDef logical_not{.target = "torch.ops.aten.logical_not.default",
                        .infer = kInferBool,
                        .reference = test<[](auto x) { return !truth(x); }>};
const OpDef neg{.target = "torch.ops.aten.neg.default", .infer = kInferSame, .reference = negate};
const OpDef reciprocal{.target = "torch.ops.aten.reciprocal.default",
                       .infer = kInferFloat,
                       .reference = complexKernel<[](auto x) { return decltype(x)(1) / x; }>};
const OpDef relu{.target = "torch.ops.aten.relu.default", .infer = kInferSame, .reference = kRelu};
const OpDef relu_{.target = "torch.ops.aten.relu_.default", .infer = inferInPlace, .reference = inPlace<kRelu>};
const OpDef round{.target = "torch.ops.aten.round.default",
                  .infer = kInferSame,
                  .reference = rounding<[](auto x) { return std::nearbyint(x); }>};
const OpDef rsqrt{.target = "torch.ops.aten.rsqrt.default",
                  .infer = kInferFloat,
                  .reference = complexKernel<[](auto x) { return decltype(x)(1) / std::sqrt(x); }>};
const OpDef sigmoid{.target = "torch.ops.aten.sigmoid.default",
                    .infer = kInferFloat,
                    .reference = complexKernel<[](auto x) { return formulas::sigmoid(x); }>};
const OpDef sign{.target = "torch.ops.aten.sign.default",
                 .infer = kInferSame,
                 .reference = unary<kSame, Real, [](auto x) { return formulas::sign(x); }>};
const OpDef silu{.target = "torch.ops.aten.silu.default",
                 .infer = kInferSame,
                 .reference = unary<kSame, FloatingOrComplex, [](auto x) { return formulas::silu(x); }>};
const OpDef sin{.target = "torch.ops.aten.sin.default",
                .infer = kInferFloat,
                .reference = complexKernel<[](auto x) { return std::sin(x); }>};
const OpDef sinh{.target = "torch.ops.aten.sinh.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::sinh(x); }>};
const OpDef sqrt{.target = "torch.ops.aten.sqrt.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::sqrt(x); }>};
const OpDef tan{.target = "torch.ops.aten.tan.default",
                .infer = kInferFloat,
                .reference = complexKernel<[](auto x) { return std::tan(x); }>};
const OpDef tanh{.target = "torch.ops.aten.tanh.default",
                 .infer = kInferFloat,
                 .reference = complexKernel<[](auto x) { return std::tanh(x); }>};
const OpDef trunc{.target = "torch.ops.aten.trunc.default",
                  .infer = kInferSame,
                  .reference = rounding<[](auto x) { return std::trunc(x); }>};

} // namespace fxscope::ops
