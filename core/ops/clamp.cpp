// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/memory_format.h"
#include "core/ops/pointwise.h"

#include <cmath>
#include <limits>

// Bounds: clamp(x, min, max) = min(max(x, min), max), so the upper bound wins where the two cross. A NaN in x or in a
// bound makes the element NaN. nan_to_num replaces NaN and infinities.

namespace fxscope::ops {
namespace {

/// The arguments that are there: x and one or both bounds.
std::vector<MetaArg> clampOperands(Metas args) {
    std::vector<MetaArg> operands;
    for (size_t i = 0; i < args.size() && i < 3; ++i)
        if (!args[i].isNone())
            operands.push_back(args[i]);
    return operands;
}

Result<ValueMeta> inferClamp(Metas args) {
    FX_CHECK(tensorAt(args, 0));
    const auto operands = clampOperands(args);
    const DType dtype = resultType(operands);
    if (operands.size() < 2)
        return Diagnostic{"torch.clamp: At least one of 'min' or 'max' must not be None", "", ""};
    if (isComplex(dtype))
        return Diagnostic{"clamp is not supported for complex types", "", ""};
    return pointwiseMeta(operands, dtype);
}

using formulas::atLeast;
using formulas::atMost;

/// `args` are x, the lower and the upper bound; one of these may be None.
Result<Value> runClamp(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferClamp, args));
    FX_TRY(Tensor x, operand(args[0], out.dtype(), out.sizes()));
    return dispatch<DTypes::Real>(out.dtype(), [&]<class T>() -> Result<Value> {
        if (!isNoneAt(args, 1)) {
            FX_TRY(const Tensor low, operand(args[1], out.dtype(), out.sizes()));
            mapElements<T, T, T>(out, {&x, &low}, [](T a, T b) { return atLeast(a, b); });
            x = out;
        }
        if (!isNoneAt(args, 2)) {
            FX_TRY(const Tensor high, operand(args[2], out.dtype(), out.sizes()));
            mapElements<T, T, T>(out, {&x, &high}, [](T a, T b) { return atMost(a, b); });
        }
        return Value(out);
    });
}

Result<ValueMeta> inferClampMin(Metas args) { return inferClamp(args.first(std::min<size_t>(args.size(), 2))); }
Result<Value> runClampMin(Values args, KernelContext& context) { return runClamp(args.first(2), context); }
Result<Value> runClampMax(Values args, KernelContext& context) {
    const std::array<Value, 3> bounds{args[0], Value(), args[1]};
    return runClamp(bounds, context);
}

// --- nan_to_num(x, nan, posinf, neginf): 0 and the largest and smallest finite numbers unless given

template <class T> struct Replacements {
    T nan, high, low;
    T operator()(T x) const {
        if constexpr (kIsComplex<T>) {
            const Replacements<typename T::value_type> parts{nan.real(), high.real(), low.real()};
            return {parts(x.real()), parts(x.imag())};
        } else {
            const double wide = static_cast<double>(x);
            return wide != wide ? nan : wide == HUGE_VAL ? high : wide == -HUGE_VAL ? low : x;
        }
    }
};

template <class T> double largestOf() {
    if constexpr (std::same_as<T, Half>)
        return 65504;
    else if constexpr (std::same_as<T, BFloat16>)
        return 0x1.FEp127;
    else if constexpr (kIsComplex<T>)
        return largestOf<typename T::value_type>();
    else
        return std::numeric_limits<T>::max();
}

Result<Value> runNanToNum(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferSameAsFirst, args));
    const Tensor& x = args[0].tensor();
    if (isIntegral(x.dtype(), true)) {
        copyElements(x, out);
        return Value(out);
    }
    FX_TRY(const auto nan, optionalDoubleAt(args, 1));
    FX_TRY(const auto high, optionalDoubleAt(args, 2));
    FX_TRY(const auto low, optionalDoubleAt(args, 3));
    return dispatch<DTypes::FloatingOrComplex>(x.dtype(), [&]<class T>() -> Result<Value> {
        const double most = largestOf<T>();
        const Replacements<T> replaced{castTo<T>(nan.value_or(0)), castTo<T>(high.value_or(most)),
                                       castTo<T>(low.value_or(-most))};
        mapElements<T, T>(out, {&x}, [&](T v) { return replaced(v); });
        return Value(out);
    });
}

// --- frexp(x): mantissa in [0.5, 1) and exponent, x = mantissa * 2^exponent

Result<ValueMeta> inferFrexp(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (!isFloating(x.dtype))
        return Diagnostic{"torch.frexp() only supports floating-point dtypes", "", ""};
    FX_TRY(const ValueMeta mantissa, inferSameAsFirst(args));
    TensorMeta exponent = mantissa.tensor();
    exponent.dtype = DType::Int32;
    return tensorList({mantissa.tensor(), exponent});
}

Result<Value> runFrexp(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferFrexp, args));
    const Tensor& x = args[0].tensor();
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        using C = ComputeType<T>;
        int exponent = 0;
        mapElements<T, T>(out[0], {&x}, [&](T v) { return T(std::frexp(C(v), &exponent)); });
        mapElements<int32_t, T>(out[1], {&x}, [](T v) {
            int of = 0;
            std::ignore = std::frexp(C(v), &of);
            return of;
        });
        return Value(ValueList{out[0], out[1]});
    });
}

} // namespace

const OpDef clamp_default{.target = "torch.ops.aten.clamp.default", .infer = inferClamp, .reference = runClamp};
const OpDef clamp_Tensor{.target = "torch.ops.aten.clamp.Tensor", .infer = inferClamp, .reference = runClamp};
const OpDef clamp_min{.target = "torch.ops.aten.clamp_min.default", .infer = inferClampMin, .reference = runClampMin};
const OpDef clamp_min_Tensor{
    .target = "torch.ops.aten.clamp_min.Tensor", .infer = inferClampMin, .reference = runClampMin};
const OpDef clamp_max{.target = "torch.ops.aten.clamp_max.default", .infer = inferClampMin, .reference = runClampMax};
const OpDef clamp_max_Tensor{
    .target = "torch.ops.aten.clamp_max.Tensor", .infer = inferClampMin, .reference = runClampMax};
const OpDef frexp_Tensor{.target = "torch.ops.aten.frexp.Tensor", .infer = inferFrexp, .reference = runFrexp};
const OpDef nan_to_num{
    .target = "torch.ops.aten.nan_to_num.default", .infer = inferSameAsFirst, .reference = runNanToNum};

} // namespace fxscope::ops
