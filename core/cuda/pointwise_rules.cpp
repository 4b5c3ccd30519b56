// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/pointwise_rule.h"

#include <unordered_map>

namespace fxscope::cuda {
namespace {

using enum CommonType;
using enum DTypes;

constexpr PointwiseRule kRules[] = {
    // --- one tensor
    {"aten.abs.default", "o", OfFirst, NoBool, "formulas::absolute(a)"},
    {"aten.acos.default", "T", OfResult, FloatingOrComplex, "std::acos(a)"},
    {"aten.acosh.default", "T", OfResult, FloatingOrComplex, "std::acosh(a)"},
    {"aten.asin.default", "T", OfResult, FloatingOrComplex, "std::asin(a)"},
    {"aten.asinh.default", "T", OfResult, FloatingOrComplex, "std::asinh(a)"},
    {"aten.atan.default", "T", OfResult, FloatingOrComplex, "std::atan(a)"},
    {"aten.atanh.default", "T", OfResult, FloatingOrComplex, "std::atanh(a)"},
    {"aten.ceil.default", "T", OfResult, RealNoBool, "formulas::roundedUp(a)"},
    {"aten.cos.default", "T", OfResult, FloatingOrComplex, "std::cos(a)"},
    {"aten.cosh.default", "T", OfResult, FloatingOrComplex, "std::cosh(a)"},
    {"aten.erf.default", "T", OfResult, Floating, "std::erf(a)"},
    {"aten.erfc.default", "T", OfResult, Floating, "std::erfc(a)"},
    {"aten.exp.default", "T", OfResult, FloatingOrComplex, "std::exp(a)"},
    {"aten.expm1.default", "T", OfResult, FloatingOrComplex, "formulas::expMinusOne(a)"},
    {"aten.floor.default", "T", OfResult, RealNoBool, "formulas::roundedDown(a)"},
    {"aten.isinf.default", "o", OfFirst, All, "formulas::isInf(a)"},
    {"aten.isnan.default", "o", OfFirst, All, "a != a"},
    {"aten.log.default", "T", OfResult, FloatingOrComplex, "std::log(a)"},
    {"aten.log10.default", "T", OfResult, FloatingOrComplex, "std::log10(a)"},
    {"aten.log1p.default", "T", OfResult, FloatingOrComplex, "formulas::logOfOnePlus(a)"},
    {"aten.log2.default", "T", OfResult, FloatingOrComplex, "formulas::logOfTwo(a)"},
    {"aten.logical_not.default", "o", OfFirst, All, "!(ta != T(0))"},
    {"aten.neg.default", "T", OfResult, NoBool, "formulas::negative(a)"},
    {"aten.reciprocal.default", "T", OfResult, FloatingOrComplex, "C(1) / a"},
    {"aten.relu.default", "T", OfResult, RealNoBool, "a < C(0) ? C(0) : a"},
    {"aten.round.default", "T", OfResult, RealNoBool, "formulas::roundedToEven(a)"},
    {"aten.rsqrt.default", "T", OfResult, FloatingOrComplex, "C(1) / std::sqrt(a)"},
    {"aten.sigmoid.default", "T", OfResult, FloatingOrComplex, "formulas::sigmoid(a)"},
    {"aten.sign.default", "T", OfResult, Real, "formulas::sign(a)"},
    {"aten.silu.default", "T", OfResult, FloatingOrComplex, "formulas::silu(a)"},
    {"aten.sin.default", "T", OfResult, FloatingOrComplex, "std::sin(a)"},
    {"aten.sinh.default", "T", OfResult, FloatingOrComplex, "std::sinh(a)"},
    {"aten.sqrt.default", "T", OfResult, FloatingOrComplex, "std::sqrt(a)"},
    {"aten.tan.default", "T", OfResult, FloatingOrComplex, "std::tan(a)"},
    {"aten.tanh.default", "T", OfResult, FloatingOrComplex, "std::tanh(a)"},
    {"aten.trunc.default", "T", OfResult, RealNoBool, "formulas::truncated(a)"},
    {"aten.bitwise_not.default", "T", OfResult, IntegralOrBool, "formulas::withoutBits(ta)"},
    {"aten.frexp.Tensor", "T", OfResult, Floating, "{ int exponent; out0 = T(frexp(a, &exponent)); out1 = exponent; }"},
    // --- activations
    {"aten.elu.default", "Tccc", OfResult, Floating, "a < C(0) ? std::expm1(a * r) * (p * q) : a * q"},
    {"aten.hardsigmoid.default", "T", OfResult, Floating, "formulas::bounded(a + C(3), C(0), C(6)) / C(6)"},
    {"aten.hardswish.default", "T", OfResult, Floating, "a * formulas::bounded(a + C(3), C(0), C(6)) / C(6)"},
    {"aten.leaky_relu.default", "Tc", OfResult, Floating, "a > C(0) ? a : a * p"},
    {"aten.mish.default", "T", OfResult, Floating, "a * std::tanh(std::log1p(std::exp(a)))"},
    {"aten.softplus.default", "Tcc", OfResult, Floating, "a * p > q ? a : std::log1p(std::exp(a * p)) / p"},
    {"aten.log_sigmoid_forward.default", "T", OfResult, Floating,
     "{ const C z = std::exp(-std::abs(a)); out0 = T((a < C(0) ? a : a != a ? a : C(0)) - std::log1p(z)); out1 = T(z); "
     "}"},
    {"aten.sigmoid_backward.default", "TT", OfResult, FloatingOrComplex, "a * formulas::conjugate((C(1) - b) * b)"},
    {"aten.tanh_backward.default", "TT", OfResult, FloatingOrComplex, "a * formulas::conjugate(C(1) - b * b)"},
    {"aten.silu_backward.default", "TT", OfResult, FloatingOrComplex,
     "[&] { const C s = C(1) / (C(1) + std::exp(-b)); return a * formulas::conjugate(s * (C(1) + b * (C(1) - s))); "
     "}()"},
    {"aten.threshold_backward.default", "TTt", OfResult, RealNoBool, "b <= C(p) ? C(0) : a"},
    // --- two operands
    {"aten.add.Tensor", "TTt", OfResult, All, "p == T(1) ? sumOf(ta, tb) : sumOfScaled(ta, p, tb)"},
    {"aten.add.Scalar", "TTt", OfResult, All, "p == T(1) ? sumOf(ta, tb) : sumOfScaled(ta, p, tb)"},
    {"aten.sub.Tensor", "TTt", OfResult, NoBool, "sumOfScaled(ta, productOf(p, castTo<T>(-1)), tb)"},
    {"aten.sub.Scalar", "TTt", OfResult, NoBool, "sumOfScaled(ta, productOf(p, castTo<T>(-1)), tb)"},
    {"aten.rsub.Scalar", "TTt", OfResult, NoBool, "sumOfScaled(tb, productOf(p, castTo<T>(-1)), ta)"},
    {"aten.mul.Tensor", "CC", OfResult, All, "productOf(a, b)"},
    {"aten.mul.Scalar", "CC", OfResult, All, "productOf(a, b)"},
    {"aten.div.Tensor", "CC", OfResult, FloatingOrComplex, "a / b"},
    {"aten.div.Scalar", "CC", OfResult, FloatingOrComplex, "a / b"},
    {"aten.atan2.default", "TT", OfResult, Floating, "std::atan2(a, b)"},
    {"aten.maximum.default", "TT", OfResult, Real, "formulas::larger(a, b)"},
    {"aten.minimum.default", "TT", OfResult, Real, "formulas::smaller(a, b)"},
    {"aten.floor_divide.default", "CC", OfResult, RealNoBool,
     "[&] { FX_NONZERO(b); return formulas::floorDivide(a, b); }()"},
    {"aten.remainder.Tensor", "TT", OfResult, RealNoBool, "[&] { FX_NONZERO(b); return formulas::remainder(a, b); }()"},
    {"aten.remainder.Scalar", "TT", OfResult, RealNoBool, "[&] { FX_NONZERO(b); return formulas::remainder(a, b); }()"},
    {"aten.fmod.Tensor", "TT", OfResult, RealNoBool, "[&] { FX_NONZERO(b); return formulas::truncRemainder(a, b); }()"},
    {"aten.fmod.Scalar", "TT", OfResult, RealNoBool, "[&] { FX_NONZERO(b); return formulas::truncRemainder(a, b); }()"},
    {"aten.pow.Tensor_Tensor", "TT", OfResult, NoBool, "formulas::powerOf(a, b)"},
    {"aten.pow.Scalar", "TT", OfResult, NoBool, "formulas::powerOf(a, b)"},
    {"aten.bitwise_and.Tensor", "TT", OfResult, IntegralOrBool, "T(ta & tb)"},
    {"aten.bitwise_and.Scalar", "TT", OfResult, IntegralOrBool, "T(ta & tb)"},
    {"aten.bitwise_or.Tensor", "TT", OfResult, IntegralOrBool, "T(ta | tb)"},
    {"aten.bitwise_or.Scalar", "TT", OfResult, IntegralOrBool, "T(ta | tb)"},
    {"aten.bitwise_xor.Tensor", "TT", OfResult, IntegralOrBool, "T(ta ^ tb)"},
    {"aten.bitwise_xor.Scalar", "TT", OfResult, IntegralOrBool, "T(ta ^ tb)"},
    {"aten.__and__.Tensor", "TT", OfResult, IntegralOrBool, "T(ta & tb)"},
    {"aten.__or__.Tensor", "TT", OfResult, IntegralOrBool, "T(ta | tb)"},
    // --- comparisons and logic
    {"aten.eq.Tensor", "TT", OfOperands, All, "a == b"},
    {"aten.eq.Scalar", "TT", OfOperands, All, "a == b"},
    {"aten.ne.Tensor", "TT", OfOperands, All, "a != b"},
    {"aten.ne.Scalar", "TT", OfOperands, All, "a != b"},
    {"aten.lt.Tensor", "TT", OfOperands, Real, "a < b"},
    {"aten.lt.Scalar", "TT", OfOperands, Real, "a < b"},
    {"aten.le.Tensor", "TT", OfOperands, Real, "a <= b"},
    {"aten.le.Scalar", "TT", OfOperands, Real, "a <= b"},
    {"aten.gt.Tensor", "TT", OfOperands, Real, "a > b"},
    {"aten.gt.Scalar", "TT", OfOperands, Real, "a > b"},
    {"aten.ge.Tensor", "TT", OfOperands, Real, "a >= b"},
    {"aten.ge.Scalar", "TT", OfOperands, Real, "a >= b"},
    {"aten.logical_and.default", "TT", OfOperands, All, "ta != T(0) && tb != T(0)"},
    {"aten.logical_or.default", "TT", OfOperands, All, "ta != T(0) || tb != T(0)"},
    {"aten.logical_xor.default", "TT", OfOperands, All, "(ta != T(0)) != (tb != T(0))"},
    {"aten.where.self", "bTT", OfResult, All, "a ? tb : tc"},
    {"aten.masked_fill.Scalar", "Tbt", OfResult, All, "b ? p : ta"},
    {"aten.masked_fill.Tensor", "TbT", OfResult, All, "b ? tc : ta"},
    // --- three operands
    {"aten.addcmul.default", "TTTc", OfResult, NoBool, "formulas::plusProduct(a, p, b, c)"},
    {"aten.addcdiv.default", "TTTc", OfResult, FloatingOrComplex, "a + p * b / c"},
    {"prims.fma.default", "TTT", OfResult, Floating, "std::fma(a, b, c)"},
    {"aten.lerp.Scalar", "TTc", OfResult, FloatingOrComplex, "formulas::interpolate(a, b, p)"},
    {"aten.lerp.Tensor", "TTC", OfResult, FloatingOrComplex, "formulas::interpolate(a, b, c)"},
};

/// "torch.ops.aten.add_.Tensor" -> "torch.ops.aten.add.Tensor"; other targets as they are.
std::string functionalForm(const std::string& target) {
    const size_t dot = target.rfind('.');
    if (dot == std::string::npos || dot == 0 || target[dot - 1] != '_' || target[dot - 2] == '_')
        return target;
    return target.substr(0, dot - 1) + target.substr(dot);
}

} // namespace

std::span<const PointwiseRule> pointwiseRules() { return kRules; }

const PointwiseRule* findPointwiseRule(Target target) {
    static const auto table = [] {
        std::unordered_map<std::string, const PointwiseRule*> rules;
        for (const PointwiseRule& rule : kRules)
            rules.emplace("torch.ops." + std::string(rule.target), &rule);
        return rules;
    }();
    static thread_local std::unordered_map<const std::string*, const PointwiseRule*>
        known; // targets are unique strings
    const auto [entry, isNew] = known.try_emplace(&target.str());
    if (isNew)
        if (const auto found = table.find(functionalForm(target.str())); found != table.end())
            entry->second = found->second;
    return entry->second;
}

} // namespace fxscope::cuda
