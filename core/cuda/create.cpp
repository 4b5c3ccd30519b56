// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"

#include "core/ops/dispatch.h"

// Tensors whose elements are functions of their places: arange, linspace, iota.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

/// a + b * c with two roundings, as the CPU computes it: what is cut to integers must not differ in the last bit.
constexpr std::string_view kUnfused = R"(
template <class S> __device__ inline S plusProduct(S a, S b, S c) {
    if constexpr (std::same_as<S, double>) return __dadd_rn(a, b * c);
    else if constexpr (std::same_as<S, float>) return __fadd_rn(a, b * c);
    else return a + b * c;
}
)";

/// The result of a call that creates a one-dimensional tensor, if it is right.
Result<std::optional<Tensor>> createdBy(const OpDef& op, Values args, Call& call, DTypes dtypes) {
    const auto meta = op.infer(metaArgs(args));
    if (!meta.ok())
        return std::optional<Tensor>();
    const DType dtype = meta->tensor().dtype;
    if (deviceType(dtype).empty() || !covers(dtypes, isFloating(dtype), isComplex(dtype), dtype == DType::Bool))
        return std::optional<Tensor>();
    FX_TRY(Tensor out, call.device.allocate(meta->tensor()));
    return std::optional(std::move(out));
}

template <size_t Numbers> Taken runArange(const OpDef& op, Values args, Call& call) {
    FX_TRY(const auto out, createdBy(op, args, call, DTypes::RealNoBool));
    const Value start = Numbers == 1 ? Value(int64_t(0)) : args[0];
    const Value step = Numbers == 3 ? args[2] : Value(int64_t(1));
    if (!out || !start.isNumber() || !step.isNumber())
        return std::optional<Value>();
    Elements e{.outputs = {*out}, .body = {}, .prologue = std::string(kUnfused), .coordinates = true};
    if (isFloating(out->dtype())) { // in double, as PyTorch's CPU kernel accumulates
        FX_TRY(const Number first, numberOf(start, DType::Float64));
        FX_TRY(const Number by, numberOf(step, DType::Float64));
        e.numbers = {first, by};
        e.body = "out0 = O0(ComputeType<O0>(plusProduct(n0, double(at[0]), n1)));";
    } else {
        e.integers = {start.toInt(), step.toInt()};
        e.body = "out0 = O0(k0 + at[0] * k1);";
    }
    FX_CHECK(launch(call.device, e));
    return std::optional(Value(*out));
}

/// linspace(start, end, steps): the two halves are counted from their own ends, so that both ends are exact.
Taken runLinspace(const OpDef& op, Values args, Call& call) {
    FX_TRY(const auto out, createdBy(op, args, call, DTypes::NoBool));
    const auto first = numberOf(args[0], DType::Complex128), last = numberOf(args[1], DType::Complex128);
    if (!out || !first.ok() || !last.ok())
        return std::optional<Value>();
    FX_CHECK(launch(
        call.device,
        {.outputs = {*out},
         .numbers = {*first, *last},
         .integers = {out->numel()},
         .body =
             "using Step = std::conditional_t<std::is_integral_v<O0>, double, ComputeType<O0>>; const Step start = "
             "castTo<Step>(castTo<O0>(n0)), end = castTo<Step>(castTo<O0>(n1)); const Step exact = k0 > 1 ? Step((end "
             "- start) / castTo<Step>(double(k0 - 1))) : Step(0); const Step step = kIsReducedFloat<O0> ? "
             "castTo<Step>(castTo<O0>(exact)) : exact; const long long i = at[0]; const bool fromStart = i < k0 / 2 "
             "|| k0 == 1; out0 = castTo<O0>(fromStart ? plusProduct(start, step, castTo<Step>(double(i))) : "
             "plusProduct(end, Step(-step), castTo<Step>(double(k0 - 1 - i))));",
         .prologue = std::string(kUnfused),
         .coordinates = true}));
    return std::optional(Value(*out));
}

/// prims.iota(length, start, step)
Taken runIota(const OpDef& op, Values args, Call& call) {
    FX_TRY(const auto out, createdBy(op, args, call, DTypes::RealNoBool));
    if (!out)
        return std::optional<Value>();
    FX_TRY(const int64_t start, intAt(args, 1));
    FX_TRY(const int64_t step, intAt(args, 2));
    FX_CHECK(launch(call.device, {.outputs = {*out},
                                  .integers = {start, step},
                                  .body = "out0 = castTo<O0>(k0 + at[0] * k1);",
                                  .coordinates = true}));
    return std::optional(Value(*out));
}

} // namespace

const CudaKernel arange_default{"torch.ops.aten.arange.default", runArange<1>};
const CudaKernel arange_start{"torch.ops.aten.arange.start", runArange<2>};
const CudaKernel arange_start_step{"torch.ops.aten.arange.start_step", runArange<3>};
const CudaKernel linspace_default{"torch.ops.aten.linspace.default", runLinspace};
const CudaKernel iota{"torch.ops.prims.iota.default", runIota};

} // namespace fxscope::cuda
