// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"

#include <cmath>

// Tensors made from nothing but sizes and a number. Options stand at dtype, layout, device, pin_memory in the schemas.

namespace fxscope::ops {
namespace {

/// A tensor on the device that PyTorch takes where none is given.
ValueMeta created(DType dtype, SymSizes sizes, std::optional<Device> device) {
    return ValueMeta::tensor(newMeta(dtype, std::move(sizes), device ? device : std::optional(Device{})));
}

DType dtypeOfNumber(const MetaArg& number) { return resultType({&number, 1}); }

/// (sizes, dtype, layout, device, pin_memory [, memory_format]): zeros, ones, empty.
Result<ValueMeta> inferSized(Metas args) {
    FX_TRY(const SymSizes sizes, symIntsAt(args, 0));
    for (const SymInt& size : sizes)
        if (size.isConstant() && size.constant() < 0)
            return Diagnostic{"Trying to create tensor with negative dimension " + size.str(), "", ""};
    ValueMeta result = created(dtypeAt(args, 1).value_or(DType::Float32), sizes, deviceAt(args, 3));
    const auto format = memoryFormatAt(args, 5);
    if (!format || *format == MemoryFormat::Contiguous)
        return result;
    TensorMeta meta = result.tensor();
    FX_TRY(meta.strides, stridesFor(*format, meta));
    return ValueMeta::tensor(std::move(meta));
}

/// full(sizes, value, dtype, layout, device, pin_memory)
Result<ValueMeta> inferFull(Metas args) {
    FX_TRY(const SymSizes sizes, symIntsAt(args, 0));
    return created(dtypeAt(args, 2).value_or(dtypeOfNumber(args[1])), sizes, deviceAt(args, 4));
}

/// empty_strided(sizes, strides, dtype, layout, device, pin_memory)
Result<ValueMeta> inferEmptyStrided(Metas args) {
    FX_TRY(const SymSizes sizes, symIntsAt(args, 0));
    FX_TRY(const SymSizes strides, symIntsAt(args, 1));
    TensorMeta meta = created(dtypeAt(args, 2).value_or(DType::Float32), sizes, deviceAt(args, 4)).tensor();
    meta.strides = strides;
    return ValueMeta::tensor(std::move(meta));
}

/// (self, dtype, layout, device, pin_memory, memory_format), the options from argument `First` on: zeros_like,
/// full_like.
template <size_t First> Result<ValueMeta> inferLike(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    TensorMeta meta = newMeta(dtypeAt(args, First).value_or(self.dtype), self.sizes, deviceAt(args, First + 2));
    if (!meta.device)
        meta.device = self.device;
    FX_TRY(meta.strides, stridesFor(memoryFormatAt(args, First + 4).value_or(MemoryFormat::Preserve), self));
    return ValueMeta::tensor(std::move(meta));
}

/// new_zeros(self, sizes, dtype, layout, device, pin_memory), the options from argument `First` on.
template <size_t First> Result<ValueMeta> inferNew(Metas args) {
    FX_TRY(const TensorMeta self, tensorAt(args, 0));
    FX_TRY(const SymSizes sizes, symIntsAt(args, 1));
    const auto device = deviceAt(args, First + 2);
    return created(dtypeAt(args, First).value_or(self.dtype), sizes, device ? device : self.device);
}

/// The rule's result filled with a constant. PyTorch leaves `empty` uninitialised; here it is 0, so that runs repeat.
template <Infer Rule, int Number> Result<Value> constantKernel(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    FX_CHECK(fill(out, Value(int64_t(Number))));
    return Value(out);
}

/// The rule's result filled with argument `Number`.
template <Infer Rule, size_t Number> Result<Value> filledKernel(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    FX_CHECK(fill(out, args[Number]));
    return Value(out);
}

/// scalar_tensor(value, dtype, layout, device, pin_memory)
Result<ValueMeta> inferScalarTensor(Metas args) {
    return created(dtypeAt(args, 1).value_or(DType::Float32), {}, deviceAt(args, 3));
}

/// fill.Scalar(self, value)
Result<Value> fillInPlace(Values args, KernelContext&) {
    FX_TRY(Tensor self, tensorAt(args, 0));
    FX_CHECK(checkWritable(self));
    FX_CHECK(fill(self, args[1]));
    return Value(self);
}
// --- arange(start, end, step): ceil((end - start) / step) elements, start + i * step

std::optional<double> numberOf(const MetaArg& arg) {
    if (const auto* i = std::get_if<SymInt>(&arg.v))
        return i->isConstant() ? std::optional(static_cast<double>(i->constant())) : std::nullopt;
    if (const auto* d = std::get_if<double>(&arg.v))
        return *d;
    const auto* b = std::get_if<bool>(&arg.v);
    return b ? std::optional<double>(*b) : std::nullopt;
}

/// `whole`: of an int64 result, whose numbers are truncated first.
Result<SymInt> arangeLength(const MetaArg& start, const MetaArg& end, const MetaArg& step, bool whole) {
    const auto* from = std::get_if<SymInt>(&start.v);
    const auto* to = std::get_if<SymInt>(&end.v);
    const auto* by = std::get_if<SymInt>(&step.v);
    if (from && to && by && !(from->isConstant() && to->isConstant()) && by->isConstant() && by->constant() > 0)
        return by->is(1) ? *to - *from : floorDiv(*to - *from + SymInt(by->constant() - 1), *by);
    auto a = numberOf(start), b = numberOf(end), s = numberOf(step);
    for (auto* number : {&a, &b, &s})
        if (whole && *number)
            **number = std::trunc(**number);
    if (!a || !b || !s)
        return Diagnostic{"the length of this arange is not known", "", ""};
    if (*s == 0)
        return Diagnostic{"step must be nonzero", "", ""};
    if ((*s > 0 && *b < *a) || (*s < 0 && *b > *a))
        return Diagnostic{"upper bound and lower bound inconsistent with step sign", "", ""};
    return SymInt(static_cast<int64_t>(std::ceil((*b - *a) / *s)));
}

/// Three numbers and options from argument `First` on.
template <size_t Numbers> Result<ValueMeta> inferArange(Metas args) {
    const MetaArg zero{SymInt(0)}, one{SymInt(1)};
    const MetaArg& start = Numbers == 1 ? zero : args[0];
    const MetaArg& end = Numbers == 1 ? args[0] : args[1];
    const MetaArg& step = Numbers == 3 ? args[2] : one;
    const DType dtype = dtypeAt(args, Numbers).value_or(resultType(args.first(Numbers)));
    FX_TRY(SymInt length, arangeLength(start, end, step, dtype == DType::Int64));
    return created(dtype, {std::move(length)}, deviceAt(args, Numbers + 2));
}

template <size_t Numbers> Result<Value> arange(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferArange<Numbers>, args));
    const Value start = Numbers == 1 ? Value(int64_t(0)) : args[0];
    const Value step = Numbers == 3 ? args[2] : Value(int64_t(1));
    FX_CHECK(dispatch<DTypes::RealNoBool>(out.dtype(), [&]<class T>() -> Result<Done> {
        T* to = out.data<T>();
        for (int64_t i = 0; i < out.numel(); ++i)
            if constexpr (std::is_integral_v<T>)
                to[i] = static_cast<T>(start.toInt() + i * step.toInt());
            else // in double, as PyTorch's CPU kernel accumulates
                to[i] = T(static_cast<ComputeType<T>>(start.toDouble() + static_cast<double>(i) * step.toDouble()));
        return Done{};
    }));
    return Value(out);
}

// --- linspace(start, end, steps, dtype, layout, device, pin_memory)

Result<ValueMeta> inferLinspace(Metas args) {
    FX_TRY(const SymInt steps, symIntAt(args, 2));
    if (steps.isConstant() && steps.constant() < 0)
        return Diagnostic{"number of steps must be non-negative", "", ""};
    const bool complex = resultType(args.first(2)) == DType::Complex64;
    return created(dtypeAt(args, 3).value_or(complex ? DType::Complex64 : DType::Float32), {steps}, deviceAt(args, 5));
}

/// The two halves are counted from their own ends, so that both ends are exact.
Result<Value> linspace(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferLinspace, args));
    FX_TRY(const Tensor first, numberTensor(args[0], DType::Complex128));
    FX_TRY(const Tensor last, numberTensor(args[1], DType::Complex128));
    const int64_t steps = out.numel();
    return dispatch<DTypes::NoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        using Step = std::conditional_t<std::is_integral_v<T>, double, ComputeType<T>>;
        const Step start = castTo<Step>(castTo<T>(*first.data<std::complex<double>>())),
                   end = castTo<Step>(castTo<T>(*last.data<std::complex<double>>()));
        const auto count = [](int64_t n) { return castTo<Step>(static_cast<double>(n)); };
        // half types keep the step in their own precision
        const Step exact = steps > 1 ? (end - start) / count(steps - 1) : Step(0);
        const Step step = kIsReducedFloat<T> ? castTo<Step>(castTo<T>(exact)) : exact;
        for (int64_t i = 0; i < steps; ++i)
            out.data<T>()[i] =
                castTo<T>(i < steps / 2 || steps == 1 ? start + step * count(i) : end - step * count(steps - 1 - i));
        return Value(out);
    });
}

// --- prims.iota(length, start, step, dtype, device, requires_grad): start + i * step

Result<ValueMeta> inferIota(Metas args) {
    FX_TRY(const SymInt length, symIntAt(args, 0));
    return created(dtypeAt(args, 3).value_or(DType::Int64), {length}, deviceAt(args, 4));
}
Result<Value> runIota(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferIota, args));
    FX_TRY(const int64_t start, intAt(args, 1));
    FX_TRY(const int64_t step, intAt(args, 2));
    return dispatch<DTypes::RealNoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t i = 0; i < out.numel(); ++i)
            out.data<T>()[i] = castTo<T>(start + i * step);
        return Value(out);
    });
}

} // namespace

const OpDef arange_default{.target = "torch.ops.aten.arange.default", .infer = inferArange<1>, .reference = arange<1>};
const OpDef arange_start{.target = "torch.ops.aten.arange.start", .infer = inferArange<2>, .reference = arange<2>};
const OpDef arange_start_step{
    .target = "torch.ops.aten.arange.start_step", .infer = inferArange<3>, .reference = arange<3>};
const OpDef empty_like{.target = "torch.ops.aten.empty_like.default",
                       .infer = inferLike<1>,
                       .reference = constantKernel<inferLike<1>, 0>,
                       .moves = true};
const OpDef empty_memory_format{.target = "torch.ops.aten.empty.memory_format",
                                .infer = inferSized,
                                .reference = constantKernel<inferSized, 0>,
                                .moves = true};
const OpDef empty_strided{.target = "torch.ops.aten.empty_strided.default",
                          .infer = inferEmptyStrided,
                          .reference = constantKernel<inferEmptyStrided, 0>,
                          .moves = true};
const OpDef fill_Scalar{.target = "torch.ops.aten.fill.Scalar",
                        .infer = inferSameAsFirst,
                        .reference = filledKernel<inferSameAsFirst, 1>,
                        .moves = true};
const OpDef fill__Scalar{
    .target = "torch.ops.aten.fill_.Scalar", .infer = inferFirst, .reference = fillInPlace, .moves = true};
const OpDef full{.target = "torch.ops.aten.full.default",
                 .infer = inferFull,
                 .reference = filledKernel<inferFull, 1>,
                 .moves = true};
const OpDef full_like{.target = "torch.ops.aten.full_like.default",
                      .infer = inferLike<2>,
                      .reference = filledKernel<inferLike<2>, 1>,
                      .moves = true};
const OpDef iota{.target = "torch.ops.prims.iota.default", .infer = inferIota, .reference = runIota};
const OpDef linspace_default{
    .target = "torch.ops.aten.linspace.default", .infer = inferLinspace, .reference = linspace};
const OpDef new_empty{.target = "torch.ops.aten.new_empty.default",
                      .infer = inferNew<2>,
                      .reference = constantKernel<inferNew<2>, 0>,
                      .moves = true};
const OpDef new_full{.target = "torch.ops.aten.new_full.default",
                     .infer = inferNew<3>,
                     .reference = filledKernel<inferNew<3>, 2>,
                     .moves = true};
const OpDef new_ones{.target = "torch.ops.aten.new_ones.default",
                     .infer = inferNew<2>,
                     .reference = constantKernel<inferNew<2>, 1>,
                     .moves = true};
const OpDef new_zeros{.target = "torch.ops.aten.new_zeros.default",
                      .infer = inferNew<2>,
                      .reference = constantKernel<inferNew<2>, 0>,
                      .moves = true};
const OpDef ones{.target = "torch.ops.aten.ones.default",
                 .infer = inferSized,
                 .reference = constantKernel<inferSized, 1>,
                 .moves = true};
const OpDef ones_like{.target = "torch.ops.aten.ones_like.default",
                      .infer = inferLike<1>,
                      .reference = constantKernel<inferLike<1>, 1>,
                      .moves = true};
const OpDef scalar_tensor{.target = "torch.ops.aten.scalar_tensor.default",
                          .infer = inferScalarTensor,
                          .reference = filledKernel<inferScalarTensor, 0>,
                          .moves = true};
const OpDef zeros{.target = "torch.ops.aten.zeros.default",
                  .infer = inferSized,
                  .reference = constantKernel<inferSized, 0>,
                  .moves = true};
const OpDef zeros_like{.target = "torch.ops.aten.zeros_like.default",
                       .infer = inferLike<1>,
                       .reference = constantKernel<inferLike<1>, 0>,
                       .moves = true};

} // namespace fxscope::ops
