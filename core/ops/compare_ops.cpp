// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pointwise.h"
#include "core/ops/words.h"

// a < b and its kin, logic, and selection. A comparison with NaN is false, except "not equal".

namespace fxscope::ops {
namespace {

using enum DTypes;
constexpr Infer kInfer = inferPointwise<ResultKind::Bool, 2>;

constexpr Kernel kEq = comparison<All, [](auto a, auto b) { return a == b; }>;
constexpr Kernel kNe = comparison<All, [](auto a, auto b) { return a != b; }>;
constexpr Kernel kLt = comparison<Real, [](auto a, auto b) { return a < b; }>;
constexpr Kernel kLe = comparison<Real, [](auto a, auto b) { return a <= b; }>;
constexpr Kernel kGt = comparison<Real, [](auto a, auto b) { return (a > b); }>;
constexpr Kernel kGe = comparison<Real, [](auto a, auto b) { return (a >= b); }>;
constexpr Kernel kAnd = comparison<All, [](auto a, auto b) { return truth(a) && truth(b); }>;
constexpr Kernel kOr = comparison<All, [](auto a, auto b) { return truth(a) || truth(b); }>;
constexpr Kernel kXor = comparison<All, [](auto a, auto b) { return truth(a) != truth(b); }>;

// --- bits

template <auto Fn> constexpr Kernel bits = binary<ResultKind::Same, IntegralOrBool, Fn>;
constexpr Infer kInferBits = inferPointwise<ResultKind::Same, 2>;

// --- where(condition, self, other): all three take part in the layout of the result

Result<ValueMeta> inferWhere(Metas args) {
    FX_TRY(const TensorMeta condition, tensorAt(args, 0));
    if (condition.dtype != DType::Bool && condition.dtype != DType::UInt8)
        return Diagnostic{"where expected condition to be a boolean tensor, but got a tensor with dtype " +
                              std::string(scalarTypeName(condition.dtype)),
                          "", ""};
    return pointwiseMeta(args.first(3), resultType(args.subspan(1, 2)), Casts::No);
}

Result<Value> where(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferWhere, args));
    FX_TRY(const Tensor condition, operand(args[0], DType::Bool, out.sizes()));
    FX_TRY(const Tensor a, operand(args[1], out.dtype(), out.sizes()));
    FX_TRY(const Tensor b, operand(args[2], out.dtype(), out.sizes()));
    FX_CHECK(dispatch<All>(out.dtype(), [&]<class T>() -> Result<Done> {
        mapElements<T, bool, T, T>(out, {&condition, &a, &b}, [](bool yes, T x, T y) { return yes ? x : y; });
        return Done{};
    }));
    return Value(out);
}

// --- masked_fill(self, mask, value) keeps self's dtype and order of dimensions

Result<ValueMeta> inferMaskedFill(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    return pointwiseMeta(args.first(2), self.dtype, Casts::No);
}

Result<Value> maskedFill(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(inferMaskedFill, args));
    FX_TRY(const Tensor value, operand(args[2], out.dtype(), {}));
    const std::array<Value, 3> selection{args[1], Value(value), args[0]};
    FX_TRY(const Value chosen, where(selection, context));
    FX_CHECK(copyInto(chosen.tensor(), out));
    return Value(out);
}

} // namespace

const OpDef masked_fill__Scalar{
    .target = "torch.ops.aten.masked_fill_.Scalar", .infer = inferInPlace, .reference = inPlace<maskedFill>};
const OpDef masked_fill__Tensor{
    .target = "torch.ops.aten.masked_fill_.Tensor", .infer = inferInPlace, .reference = inPlace<maskedFill>};
const OpDef and_Tensor{.target = "torch.ops.aten.__and__.Tensor",
                       .infer = kInferBits,
                       .reference = bits<[](auto a, auto b) { return a & b; }>};
const OpDef or_Tensor{.target = "torch.ops.aten.__or__.Tensor",
                      .infer = kInferBits,
                      .reference = bits<[](auto a, auto b) { return a | b; }>};
const OpDef bitwise_and_Tensor{.target = "torch.ops.aten.bitwise_and.Tensor",
                               .infer = kInferBits,
                               .reference = bits<[](auto a, auto b) { return a & b; }>};
const OpDef bitwise_or_Tensor{.target = "torch.ops.aten.bitwise_or.Tensor",
                              .infer = kInferBits,
                              .reference = bits<[](auto a, auto b) { return a | b; }>};
const OpDef bitwise_xor_Tensor{.target = "torch.ops.aten.bitwise_xor.Tensor",
                               .infer = kInferBits,
                               .reference = bits<[](auto a, auto b) { return a ^ b; }>};
const OpDef bitwise_and_Scalar{.target = "torch.ops.aten.bitwise_and.Scalar",
                               .infer = kInferBits,
                               .reference = bits<[](auto a, auto b) { return a & b; }>};
const OpDef bitwise_or_Scalar{.target = "torch.ops.aten.bitwise_or.Scalar",
                              .infer = kInferBits,
                              .reference = bits<[](auto a, auto b) { return a | b; }>};
const OpDef bitwise_xor_Scalar{.target = "torch.ops.aten.bitwise_xor.Scalar",
                               .infer = kInferBits,
                               .reference = bits<[](auto a, auto b) { return a ^ b; }>};
const OpDef bitwise_not{.target = "torch.ops.aten.bitwise_not.default",
                        .infer = inferPointwise<ResultKind::Same, 1>,
                        .reference = unary<ResultKind::Same, IntegralOrBool, [](auto x) {
                            if constexpr (std::same_as<decltype(x), bool>)
                                return !x;
                            else
                                return decltype(x)(~x);
                        }>};
const OpDef eq_Scalar{.target = "torch.ops.aten.eq.Scalar", .infer = kInfer, .reference = kEq};
const OpDef eq_Tensor{.target = "torch.ops.aten.eq.Tensor", .infer = kInfer, .reference = kEq};
const OpDef ge_Scalar{.target = "torch.ops.aten.ge.Scalar", .infer = kInfer, .reference = kGe};
const OpDef ge_Tensor{.target = "torch.ops.aten.ge.Tensor", .infer = kInfer, .reference = kGe};
const OpDef gt_Scalar{.target = "torch.ops.aten.gt.Scalar", .infer = kInfer, .reference = kGt};
const OpDef gt_Tensor{.target = "torch.ops.aten.gt.Tensor", .infer = kInfer, .reference = kGt};
const OpDef le_Scalar{.target = "torch.ops.aten.le.Scalar", .infer = kInfer, .reference = kLe};
const OpDef le_Tensor{.target = "torch.ops.aten.le.Tensor", .infer = kInfer, .reference = kLe};
const OpDef logical_and{.target = "torch.ops.aten.logical_and.default", .infer = kInfer, .reference = kAnd};
const OpDef logical_or{.target = "torch.ops.aten.logical_or.default", .infer = kInfer, .reference = kOr};
const OpDef logical_xor{.target = "torch.ops.aten.logical_xor.default", .infer = kInfer, .reference = kXor};
const OpDef lt_Scalar{.target = "torch.ops.aten.lt.Scalar", .infer = kInfer, .reference = kLt};
const OpDef lt_Tensor{.target = "torch.ops.aten.lt.Tensor", .infer = kInfer, .reference = kLt};
const OpDef masked_fill_Scalar{
    .target = "torch.ops.aten.masked_fill.Scalar", .infer = inferMaskedFill, .reference = maskedFill};
const OpDef masked_fill_Tensor{
    .target = "torch.ops.aten.masked_fill.Tensor", .infer = inferMaskedFill, .reference = maskedFill};
const OpDef ne_Scalar{.target = "torch.ops.aten.ne.Scalar", .infer = kInfer, .reference = kNe};
const OpDef ne_Tensor{.target = "torch.ops.aten.ne.Tensor", .infer = kInfer, .reference = kNe};
const OpDef where_self{.target = "torch.ops.aten.where.self", .infer = inferWhere, .reference = where};

} // namespace fxscope::ops
