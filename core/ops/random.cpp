// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/random_fill.h"

#include "core/ops/kernel_util.h"

// Operators that draw from the run's generator. A generator argument of the call is not looked at: a graph names none.

namespace fxscope::ops {
namespace {

ValueMeta created(Metas args, size_t options, DType fallback, SymSizes sizes) {
    const auto device = deviceAt(args, options + 2);
    return ValueMeta::tensor(newMeta(dtypeAt(args, options).value_or(fallback), std::move(sizes),
                                     device ? device : std::optional(Device{})));
}

Result<Done> checkSizes(const SymSizes& sizes) {
    for (const SymInt& size : sizes)
        if (size.isConstant() && size.constant() < 0)
            return Diagnostic{"Trying to create tensor with negative dimension " + size.str(), "", ""};
    return Done{};
}

// --- randperm(n, dtype, layout, device, pin_memory)

Result<ValueMeta> inferRandperm(Metas args) {
    FX_TRY(const SymInt n, symIntAt(args, 0));
    FX_CHECK(checkSizes({n}));
    return created(args, 1, DType::Int64, {n});
}
Result<Value> randperm(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(inferRandperm, args));
    FX_CHECK(fillPermutation(out, context.generator));
    return Value(out);
}

// --- rand, randn(sizes, dtype, layout, device, pin_memory)

Result<ValueMeta> inferFilled(Metas args) {
    FX_TRY(const SymSizes sizes, symIntsAt(args, 0));
    FX_CHECK(checkSizes(sizes));
    return created(args, 1, DType::Float32, sizes);
}
/// (self, dtype, layout, device, pin_memory, memory_format)
Result<ValueMeta> inferLike(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    TensorMeta meta = newMeta(dtypeAt(args, 1).value_or(self.dtype), self.sizes, &self);
    FX_TRY(meta.strides, stridesFor(memoryFormatAt(args, 5).value_or(MemoryFormat::Preserve), self));
    return ValueMeta::tensor(std::move(meta));
}
template <Infer Rule> Result<Value> uniform(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    FX_CHECK(fillUniform(out, 0, 1, context.generator));
    return Value(out);
}
template <Infer Rule> Result<Value> normal(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    FX_CHECK(fillNormal(out, 0, 1, context.generator));
    return Value(out);
}

// --- randint([low,] high, sizes, dtype, layout, device, pin_memory)

template <size_t Sizes> Result<ValueMeta> inferRandint(Metas args) {
    FX_TRY(const SymSizes sizes, symIntsAt(args, Sizes));
    FX_CHECK(checkSizes(sizes));
    return created(args, Sizes + 1, DType::Int64, sizes);
}
template <size_t Sizes> Result<Value> randint(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(inferRandint<Sizes>, args));
    FX_TRY(const int64_t low, Sizes == 2 ? intAt(args, 0) : Result<int64_t>(0));
    FX_TRY(const int64_t high, intAt(args, Sizes - 1));
    FX_CHECK(fillIntegers(out, low, high, context.generator));
    return Value(out);
}

// --- bernoulli

/// bernoulli(p): 0 or 1 in p's dtype.
Result<Value> bernoulli(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(inferSameAsFirst, args));
    FX_CHECK(fillBernoulli(out, args[0].tensor(), context.generator));
    return Value(out);
}
/// bernoulli.p(self, p), bernoulli.Tensor(self, p): only the sizes and dtype of self count.
Result<Done> fillWith(Tensor& x, const Value& p, Generator& generator) {
    if (p.isTensor())
        return fillBernoulli(x, p.tensor(), generator);
    return fillBernoulli(x, p.toDouble(), generator);
}
Result<Value> bernoulliOf(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(inferSameAsFirst, args));
    FX_CHECK(fillWith(out, args[1], context.generator));
    return Value(out);
}

// --- in place

Result<Value> bernoulliInPlace(Values args, KernelContext& context) {
    FX_TRY(Tensor self, tensorAt(args, 0));
    FX_CHECK(checkWritable(self));
    FX_CHECK(fillWith(self, args[1], context.generator));
    return Value(self);
}

using Fill = Result<Done> (*)(Tensor&, double, double, Generator&);
/// (self, a, b): uniform_ and normal_, in place or as a new tensor.
template <Fill Fn, bool InPlace> Result<Value> filled(Values args, KernelContext& context) {
    FX_TRY(Tensor out, InPlace ? tensorAt(args, 0) : allocateResult(inferSameAsFirst, args));
    FX_TRY(const double a, doubleAt(args, 1));
    FX_TRY(const double b, doubleAt(args, 2));
    if (InPlace)
        FX_CHECK(checkWritable(out));
    FX_CHECK(Fn(out, a, b, context.generator));
    return Value(out);
}

} // namespace

const OpDef bernoulli_default{
    .target = "torch.ops.aten.bernoulli.default", .infer = inferSameAsFirst, .reference = bernoulli, .random = true};
const OpDef bernoulli_p{
    .target = "torch.ops.aten.bernoulli.p", .infer = inferSameAsFirst, .reference = bernoulliOf, .random = true};
const OpDef bernoulli_Tensor{
    .target = "torch.ops.aten.bernoulli.Tensor", .infer = inferSameAsFirst, .reference = bernoulliOf, .random = true};
const OpDef bernoulli__float{
    .target = "torch.ops.aten.bernoulli_.float", .infer = inferFirst, .reference = bernoulliInPlace, .random = true};
const OpDef bernoulli__Tensor{
    .target = "torch.ops.aten.bernoulli_.Tensor", .infer = inferFirst, .reference = bernoulliInPlace, .random = true};
const OpDef normal_{.target = "torch.ops.aten.normal_.default",
                    .infer = inferFirst,
                    .reference = filled<fillNormal, true>,
                    .random = true};
const OpDef normal_functional{.target = "torch.ops.aten.normal_functional.default",
                              .infer = inferSameAsFirst,
                              .reference = filled<fillNormal, false>,
                              .random = true};
const OpDef rand{
    .target = "torch.ops.aten.rand.default", .infer = inferFilled, .reference = uniform<inferFilled>, .random = true};
const OpDef rand_like{
    .target = "torch.ops.aten.rand_like.default", .infer = inferLike, .reference = uniform<inferLike>, .random = true};
const OpDef randint_default{
    .target = "torch.ops.aten.randint.default", .infer = inferRandint<1>, .reference = randint<1>, .random = true};
const OpDef randint_low{
    .target = "torch.ops.aten.randint.low", .infer = inferRandint<2>, .reference = randint<2>, .random = true};
const OpDef randn{
    .target = "torch.ops.aten.randn.default", .infer = inferFilled, .reference = normal<inferFilled>, .random = true};
const OpDef randn_like{
    .target = "torch.ops.aten.randn_like.default", .infer = inferLike, .reference = normal<inferLike>, .random = true};
const OpDef randperm_default{
    .target = "torch.ops.aten.randperm.default", .infer = inferRandperm, .reference = randperm, .random = true};
const OpDef uniform_{.target = "torch.ops.aten.uniform_.default",
                     .infer = inferFirst,
                     .reference = filled<fillUniform, true>,
                     .random = true};
const OpDef uniform_default{.target = "torch.ops.aten.uniform.default",
                            .infer = inferSameAsFirst,
                            .reference = filled<fillUniform, false>,
                            .random = true};

} // namespace fxscope::ops
