// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/pointwise.h"
#include "core/ops/symbolic.h"

// Python's arithmetic and comparisons of numbers.

namespace fxscope::ops {
namespace {

// --- Python's operators on numbers; on tensors they are ATen's

enum class Sign { Add, Sub, Mul, FloorDiv, Mod };

template <Sign S> SymInt combine(const SymInt& a, const SymInt& b) {
    switch (S) {
    case Sign::Add: return a + b;
    case Sign::Sub: return a - b;
    case Sign::Mul: return a * b;
    case Sign::FloorDiv: return floorDiv(a, b);
    case Sign::Mod: return mod(a, b);
    }
    return a;
}
constexpr std::string_view signText(Sign s) {
    constexpr std::string_view kTexts[]{" + ", " - ", "*", "//", " % "};
    return kTexts[static_cast<size_t>(s)];
}

template <Sign S, Infer OnTensors> Result<ValueMeta> inferOperator(Metas args) {
    if (isTensorAt(args, 0) || isTensorAt(args, 1))
        return OnTensors(args);
    if (!isNumber(args[0]) || !isNumber(args[1]))
        return wantsNumbers();
    const auto a = integer(args[0]), b = integer(args[1]);
    if (a && b)
        return ValueMeta::symInt(combine<S>(*a, *b));
    return ValueMeta::symFloat(textOf(args[0]) + std::string(signText(S)) + textOf(args[1]));
}

template <Sign S, class T> T compute(T a, T b) {
    switch (S) {
    case Sign::Add: return a + b;
    case Sign::Sub: return a - b;
    case Sign::Mul: return a * b;
    case Sign::FloorDiv: return formulas::floorDivide(a, b);
    case Sign::Mod: return formulas::remainder(a, b);
    }
    return a;
}

template <Sign S> Result<Value> numberOperator(const Value& a, const Value& b) {
    if (!a.isNumber() || !b.isNumber())
        return wantsNumbers();
    if ((S == Sign::FloorDiv || S == Sign::Mod) && b.toDouble() == 0)
        return Diagnostic{"division by zero", "", ""};
    if (!isInt(a) || !isInt(b))
        return Value(compute<S>(a.toDouble(), b.toDouble()));
    const SymInt result = combine<S>(SymInt(a.toInt()), SymInt(b.toInt()));
    if (!result.isConstant())
        return Diagnostic{"an integer beyond 64 bits", "", ""};
    return Value(result.constant());
}

/// With a tensor the call is ATen's `OnTensors`, whose third argument, if it has one, is alpha = 1.
template <Sign S, const OpDef* OnTensors> Result<Value> operatorKernel(Values args, KernelContext& context) {
    if (!isTensorAt(args, 0) && !isTensorAt(args, 1))
        return numberOperator<S>(args[0], args[1]);
    const std::array<Value, 3> withAlpha{args[0], args[1], Value(int64_t(1))};
    return OnTensors->reference(withAlpha, context);
}

Result<ValueMeta> inferTrueDiv(Metas args) {
    if (isTensorAt(args, 0) || isTensorAt(args, 1))
        return inferPointwise<ResultKind::Float, 2>(args);
    return isNumber(args[0]) && isNumber(args[1])
               ? Result<ValueMeta>(ValueMeta::symFloat(textOf(args[0]) + "/" + textOf(args[1])))
               : wantsNumbers();
}
Result<Value> trueDiv(Values args, KernelContext& context) {
    if (isTensorAt(args, 0) || isTensorAt(args, 1))
        return div_Tensor.reference(args, context);
    if (!args[0].isNumber() || !args[1].isNumber())
        return wantsNumbers();
    if (args[1].toDouble() == 0)
        return Diagnostic{"division by zero", "", ""};
    return Value(args[0].toDouble() / args[1].toDouble());
}

Result<ValueMeta> inferNeg(Metas args) {
    if (isTensorAt(args, 0))
        return inferPointwise<ResultKind::Same, 1>(args);
    const auto i = integer(args[0]);
    if (i)
        return ValueMeta::symInt(SymInt(0) - *i);
    return isNumber(args[0]) ? Result<ValueMeta>(ValueMeta::symFloat("-" + textOf(args[0]))) : wantsNumbers();
}
Result<Value> negKernel(Values args, KernelContext& context) {
    if (isTensorAt(args, 0))
        return neg.reference(args, context);
    if (!args[0].isNumber())
        return wantsNumbers();
    return isInt(args[0]) ? Value(-args[0].toInt()) : Value(-args[0].toDouble());
}

// --- comparisons of numbers

enum class Relation { Eq, Ne, Lt, Le, Gt, Ge };

template <Relation R> Result<ValueMeta> inferRelation(Metas args) {
    if (isTensorAt(args, 0) || isTensorAt(args, 1))
        return inferPointwise<ResultKind::Bool, 2>(args);
    if (!isNumber(args[0]) || !isNumber(args[1]))
        return wantsNumbers();
    constexpr std::string_view kTexts[]{" == ", " != ", " < ", " <= ", " > ", " >= "};
    return ValueMeta::symBool(textOf(args[0]) + std::string(kTexts[static_cast<size_t>(R)]) + textOf(args[1]));
}

template <Relation R> bool holds(auto a, auto b) {
    switch (R) {
    case Relation::Eq: return a == b;
    case Relation::Ne: return a != b;
    case Relation::Lt: return a < b;
    case Relation::Le: return a <= b;
    case Relation::Gt: return a > b;
    case Relation::Ge: return a >= b;
    }
    return false;
}

template <Relation R, const OpDef* OnTensors> Result<Value> relationKernel(Values args, KernelContext& context) {
    if (isTensorAt(args, 0) || isTensorAt(args, 1))
        return OnTensors->reference(args, context);
    if (!args[0].isNumber() || !args[1].isNumber())
        return wantsNumbers();
    if (isInt(args[0]) && isInt(args[1]))
        return Value(holds<R>(args[0].toInt(), args[1].toInt()));
    return Value(holds<R>(args[0].toDouble(), args[1].toDouble()));
}

constexpr Infer kSame2 = inferPointwise<ResultKind::Same, 2>;

} // namespace

const OpDef operator_add{.target = "operator.add",
                         .infer = inferOperator<Sign::Add, kSame2>,
                         .reference = operatorKernel<Sign::Add, &add_Tensor>,
                         .signature = kBinarySignature};
const OpDef operator_sub{.target = "operator.sub",
                         .infer = inferOperator<Sign::Sub, kSame2>,
                         .reference = operatorKernel<Sign::Sub, &sub_Tensor>,
                         .signature = kBinarySignature};
const OpDef operator_mul{.target = "operator.mul",
                         .infer = inferOperator<Sign::Mul, kSame2>,
                         .reference = operatorKernel<Sign::Mul, &mul_Tensor>,
                         .signature = kBinarySignature};
const OpDef operator_floordiv{.target = "operator.floordiv",
                              .infer = inferOperator<Sign::FloorDiv, kSame2>,
                              .reference = operatorKernel<Sign::FloorDiv, &floor_divide>,
                              .signature = kBinarySignature};
const OpDef operator_mod{.target = "operator.mod",
                         .infer = inferOperator<Sign::Mod, kSame2>,
                         .reference = operatorKernel<Sign::Mod, &remainder_Tensor>,
                         .signature = kBinarySignature};
const OpDef operator_truediv{
    .target = "operator.truediv", .infer = inferTrueDiv, .reference = trueDiv, .signature = kBinarySignature};
const OpDef operator_neg{
    .target = "operator.neg", .infer = inferNeg, .reference = negKernel, .signature = kUnarySignature};
const OpDef operator_eq{.target = "operator.eq",
                        .infer = inferRelation<Relation::Eq>,
                        .reference = relationKernel<Relation::Eq, &eq_Tensor>,
                        .signature = kBinarySignature};
const OpDef operator_ne{.target = "operator.ne",
                        .infer = inferRelation<Relation::Ne>,
                        .reference = relationKernel<Relation::Ne, &ne_Tensor>,
                        .signature = kBinarySignature};
const OpDef operator_lt{.target = "operator.lt",
                        .infer = inferRelation<Relation::Lt>,
                        .reference = relationKernel<Relation::Lt, &lt_Tensor>,
                        .signature = kBinarySignature};
const OpDef operator_le{.target = "operator.le",
                        .infer = inferRelation<Relation::Le>,
                        .reference = relationKernel<Relation::Le, &le_Tensor>,
                        .signature = kBinarySignature};
const OpDef operator_gt{.target = "operator.gt",
                        .infer = inferRelation<Relation::Gt>,
                        .reference = relationKernel<Relation::Gt, &gt_Tensor>,
                        .signature = kBinarySignature};
const OpDef operator_ge{.target = "operator.ge",
                        .infer = inferRelation<Relation::Ge>,
                        .reference = relationKernel<Relation::Ge, &ge_Tensor>,
                        .signature = kBinarySignature};

} // namespace fxscope::ops
