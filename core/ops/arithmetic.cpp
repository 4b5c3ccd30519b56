// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/pointwise.h"
#include "core/ops/sum.h"

// a + alpha * b, a * b, a / b and their kin. Integers wrap around; bool adds as "or" and multiplies as "and".

namespace fxscope::ops {
namespace {

using enum DTypes;
constexpr auto kPromoted = ResultKind::Same;
constexpr Infer kInfer2 = inferPointwise<kPromoted, 2>;

Result<Done> checkAlpha(const Value& alpha, DType dtype) {
    const bool isBool = std::holds_alternative<bool>(alpha.v);
    if (isBool && dtype != DType::Bool)
        return Diagnostic{"Boolean alpha only supported for Boolean results.", "", ""};
    const bool isFloat = std::holds_alternative<double>(alpha.v);
    if (isFloat && isIntegral(dtype, true))
        return Diagnostic{"For integral input tensors, argument alpha must not be a floating point number.", "", ""};
    return Done{};
}

/// a + sign * alpha * b
template <int Sign> Result<Value> addScaled(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(kInfer2, args));
    const Value& alpha = args[2];
    FX_CHECK(checkAlpha(alpha, out.dtype()));
    FX_TRY(const Tensor a, operand(args[0], out.dtype(), out.sizes()));
    FX_TRY(const Tensor b, operand(args[1], out.dtype(), out.sizes()));
    FX_TRY(const Tensor factor, numberTensor(alpha, out.dtype()));
    FX_CHECK(dispatch<All>(out.dtype(), [&]<class T>() -> Result<Done> {
        T scale = *factor.data<T>();
        if constexpr (Sign < 0 && !std::same_as<T, bool>)
            scale = productOf(scale, castTo<T>(-1));
        if (scale == T(1))
            mapElements<T, T, T>(out, {&a, &b}, [](T x, T y) { return sumOf(x, y); });
        else
            mapElements<T, T, T>(out, {&a, &b}, [=](T x, T y) { return sumOfScaled(x, scale, y); });
        return Done{};
    }));
    return Value(out);
}

bool isBoolOperand(const Value& value) {
    return value.isTensor() ? value.tensor().dtype() == DType::Bool : std::holds_alternative<bool>(value.v);
}

Result<Value> subtract(Values args, KernelContext& context) {
    if (isBoolOperand(args[0]) && isBoolOperand(args[1]))
        return Diagnostic{"Subtraction, the `-` operator, with two bool tensors is not supported.", "",
                          "use the `^` or `logical_xor()` operator instead"};
    return addScaled<-1>(args, context);
}

/// rsub(a, b, alpha) = b - alpha * a
Result<Value> subtractFrom(Values args, KernelContext& context) {
    const std::array<Value, 3> swapped{args[1], args[0], args[2]};
    return subtract(swapped, context);
}

constexpr Kernel kMultiply = binary<kPromoted, All, [](auto a, auto b) { return productOf(a, b); }, Operands::Exact>;
constexpr Kernel kDivide =
    binary<ResultKind::Float, FloatingOrComplex, [](auto a, auto b) { return a / b; }, Operands::Exact>;

// --- division with rounding

Result<Done> checkDivisor(const Value& divisor, DType dtype) {
    if (!isIntegral(dtype, true))
        return Done{};
    FX_TRY(const Tensor numbers,
           divisor.isTensor() ? castTensor(divisor.tensor(), dtype) : numberTensor(divisor, dtype));
    for (int64_t i = 0; i < numbers.numel(); ++i)
        if (elementAsDouble(numbers, i) == 0)
            return Diagnostic{"ZeroDivisionError", "", "an integer is divided by 0"};
    return Done{};
}

template <auto Fn, Operands Given = Operands::Rounded>
Result<Value> roundingDivision(Values args, KernelContext& context) {
    FX_CHECK(checkDivisor(args[1], commonDType(args.first(2))));
    return binary<kPromoted, RealNoBool, Fn, Given>(args, context);
}
constexpr Kernel kFloorDivide =
    roundingDivision<[](auto a, auto b) { return formulas::floorDivide(a, b); }, Operands::Exact>;
using formulas::truncDivide;
using formulas::truncRemainder;
/// Of two tensors of half types PyTorch rounds the quotient to the half type before it truncates.
template <class T> Result<Value> truncRoundedQuotient(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(kInfer2, args));
    FX_TRY(const Tensor a, operand(args[0], out.dtype(), out.sizes()));
    FX_TRY(const Tensor b, operand(args[1], out.dtype(), out.sizes()));
    mapElements<T, T, T>(out, {&a, &b}, [](T x, T y) { return T(std::trunc(float(T(float(x) / float(y))))); });
    return Value(out);
}
Result<Value> truncQuotient(Values args, KernelContext& context) {
    const DType common = commonDType(args.first(2));
    const bool byTensor = args[1].isTensor() && args[1].tensor().numel() != 1;
    if (byTensor && common == DType::BFloat16)
        return truncRoundedQuotient<BFloat16>(args, context);
    if (byTensor && common == DType::Float16)
        return truncRoundedQuotient<Half>(args, context);
    return roundingDivision<[](auto a, auto b) { return truncDivide(a, b); }, Operands::Exact>(args, context);
}
constexpr Kernel kTruncDivide = truncQuotient;
constexpr Kernel kRemainder = roundingDivision<[](auto a, auto b) { return formulas::remainder(a, b); }>;
constexpr Kernel kFmod = roundingDivision<[](auto a, auto b) { return truncRemainder(a, b); }>;

Result<ValueMeta> inferDivideMode(Metas args) {
    return isNoneAt(args, 2) ? inferPointwise<ResultKind::Float, 2>(args) : kInfer2(args);
}
Result<Value> divideMode(Values args, KernelContext& context) {
    if (isNoneAt(args, 2))
        return kDivide(args.first(2), context);
    FX_TRY(const std::string_view mode, stringAt(args, 2));
    if (mode == "floor")
        return kFloorDivide(args.first(2), context);
    if (mode == "trunc")
        return kTruncDivide(args.first(2), context);
    return Diagnostic{"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '" +
                          std::string(mode) + "'",
                      "", ""};
}

// --- powers

using formulas::powerOf;
using formulas::powerOfNumber;

Result<Value> power(Values args, KernelContext& context) {
    const DType dtype = commonDType(args.first(2));
    if (isIntegral(dtype, true) && !args[1].isTensor() && args[1].toInt() < 0)
        return Diagnostic{"Integers to negative integer powers are not allowed.", "", ""};
    if (args[1].isTensor() || dtype == DType::Float16) // half takes pow for every exponent
        return binary<kPromoted, NoBool, [](auto x, auto y) { return powerOf(x, y); }>(args, context);
    return binary<kPromoted, NoBool, [](auto x, auto y) { return powerOfNumber(x, y); }>(args, context);
}

// --- two tensors, no alpha

using formulas::larger;
using formulas::smaller;
constexpr Kernel kMaximum = binary<kPromoted, Real, [](auto a, auto b) { return larger(a, b); }>;
constexpr Kernel kMinimum = binary<kPromoted, Real, [](auto a, auto b) { return smaller(a, b); }>;
constexpr Kernel kAtan2 = binary<ResultKind::Float, Floating, [](auto a, auto b) { return std::atan2(a, b); }>;
constexpr Infer kInferFloat2 = inferPointwise<ResultKind::Float, 2>;

} // namespace

const OpDef add_Scalar{.target = "torch.ops.aten.add.Scalar", .infer = kInfer2, .reference = addScaled<1>};
const OpDef add_Tensor{.target = "torch.ops.aten.add.Tensor", .infer = kInfer2, .reference = addScaled<1>};
const OpDef add__Tensor{
    .target = "torch.ops.aten.add_.Tensor", .infer = inferInPlace, .reference = inPlace<addScaled<1>>};
const OpDef atan2{.target = "torch.ops.aten.atan2.default", .infer = kInferFloat2, .reference = kAtan2};
const OpDef div_Scalar{.target = "torch.ops.aten.div.Scalar", .infer = kInferFloat2, .reference = kDivide};
const OpDef div_Tensor{.target = "torch.ops.aten.div.Tensor", .infer = kInferFloat2, .reference = kDivide};
const OpDef div__Tensor{.target = "torch.ops.aten.div_.Tensor", .infer = inferInPlace, .reference = inPlace<kDivide>};
const OpDef div_Tensor_mode{
    .target = "torch.ops.aten.div.Tensor_mode", .infer = inferDivideMode, .reference = divideMode};
const OpDef div_Scalar_mode{
    .target = "torch.ops.aten.div.Scalar_mode", .infer = inferDivideMode, .reference = divideMode};
const OpDef fmod_Scalar{.target = "torch.ops.aten.fmod.Scalar", .infer = kInfer2, .reference = kFmod};
const OpDef floor_divide{.target = "torch.ops.aten.floor_divide.default", .infer = kInfer2, .reference = kFloorDivide};
const OpDef fmod_Tensor{.target = "torch.ops.aten.fmod.Tensor", .infer = kInfer2, .reference = kFmod};
const OpDef maximum{.target = "torch.ops.aten.maximum.default", .infer = kInfer2, .reference = kMaximum};
const OpDef minimum{.target = "torch.ops.aten.minimum.default", .infer = kInfer2, .reference = kMinimum};
const OpDef mul_Scalar{.target = "torch.ops.aten.mul.Scalar", .infer = kInfer2, .reference = kMultiply};
const OpDef mul_Tensor{.target = "torch.ops.aten.mul.Tensor", .infer = kInfer2, .reference = kMultiply};
const OpDef mul__Tensor{.target = "torch.ops.aten.mul_.Tensor", .infer = inferInPlace, .reference = inPlace<kMultiply>};
const OpDef pow_Scalar{.target = "torch.ops.aten.pow.Scalar", .infer = kInfer2, .reference = power};
const OpDef pow_Tensor_Scalar{.target = "torch.ops.aten.pow.Tensor_Scalar", .infer = kInfer2, .reference = power};
const OpDef pow_Tensor_Tensor{.target = "torch.ops.aten.pow.Tensor_Tensor", .infer = kInfer2, .reference = power};
const OpDef pow__Scalar{.target = "torch.ops.aten.pow_.Scalar", .infer = inferInPlace, .reference = inPlace<power>};
const OpDef remainder_Scalar{.target = "torch.ops.aten.remainder.Scalar", .infer = kInfer2, .reference = kRemainder};
const OpDef remainder_Tensor{.target = "torch.ops.aten.remainder.Tensor", .infer = kInfer2, .reference = kRemainder};
const OpDef rsub_Scalar{.target = "torch.ops.aten.rsub.Scalar", .infer = kInfer2, .reference = subtractFrom};
const OpDef sub_Scalar{.target = "torch.ops.aten.sub.Scalar", .infer = kInfer2, .reference = subtract};
const OpDef sub_Tensor{.target = "torch.ops.aten.sub.Tensor", .infer = kInfer2, .reference = subtract};
const OpDef sub__Tensor{.target = "torch.ops.aten.sub_.Tensor", .infer = inferInPlace, .reference = inPlace<subtract>};

} // namespace fxscope::ops
