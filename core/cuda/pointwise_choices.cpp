// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/pointwise.h"

#include <optional>

// Elementwise operators whose formula depends on an argument that is no operand.

namespace fxscope::cuda {
namespace {

using enum CommonType;
using enum DTypes;
using Taken = Result<std::optional<Value>>;

// --- clamp(x, min, max)

Taken runClamp(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kBoth{"aten.clamp.default", "TTT", OfResult, Real,
                                         "formulas::atMost(formulas::atLeast(a, b), c)"};
    static constexpr PointwiseRule kLow{"aten.clamp.default", "TT-", OfResult, Real, "formulas::atLeast(a, b)"};
    static constexpr PointwiseRule kHigh{"aten.clamp.default", "T-T", OfResult, Real, "formulas::atMost(a, b)"};
    const bool low = !isNoneAt(args, 1), high = !isNoneAt(args, 2);
    if (!low && !high)
        return std::optional<Value>();
    return runPointwise(op, low && high ? kBoth : low ? kLow : kHigh, args, call);
}
Taken runClampMin(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kRule{"aten.clamp_min.default", "TT", OfResult, Real, "formulas::atLeast(a, b)"};
    return runPointwise(op, kRule, args, call);
}
Taken runClampMax(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kRule{"aten.clamp_max.default", "TT", OfResult, Real, "formulas::atMost(a, b)"};
    return runPointwise(op, kRule, args, call);
}

// --- div(a, b, rounding_mode)

Taken runDivideMode(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kTrue{"aten.div.Tensor_mode", "CC", OfResult, FloatingOrComplex, "a / b"};
    static constexpr PointwiseRule kFloor{"aten.div.Tensor_mode", "CC", OfResult, RealNoBool,
                                          "[&] { FX_NONZERO(b); return formulas::floorDivide(a, b); }()"};
    static constexpr PointwiseRule kTrunc{"aten.div.Tensor_mode", "CC", OfResult, RealNoBool,
                                          "[&] { FX_NONZERO(b); return formulas::truncDivide(a, b); }()"};
    // Of two tensors of half types PyTorch's CPU rounds the quotient to the half type before it truncates.
    static constexpr PointwiseRule kTruncRounded{"aten.div.Tensor_mode", "TT", OfResult, Floating,
                                                 "std::trunc(float(T(a / b)))"};
    if (isNoneAt(args, 2))
        return runPointwise(op, kTrue, args, call);
    FX_TRY(const std::string_view mode, stringAt(args, 2));
    if (mode == "floor")
        return runPointwise(op, kFloor, args, call);
    if (mode != "trunc")
        return std::optional<Value>();
    const DType common = resultType(metaArgs(args.first(2)));
    const bool rounds =
        args[1].isTensor() && args[1].tensor().numel() != 1 && (common == DType::BFloat16 || common == DType::Float16);
    return runPointwise(op, rounds ? kTruncRounded : kTrunc, args, call);
}

// --- gelu and its gradient

Taken runGelu(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kExact{"aten.gelu.default", "T-", OfResult, Floating, "formulas::gelu(a)"};
    static constexpr PointwiseRule kTanh{"aten.gelu.default", "T-", OfResult, Floating, "formulas::geluTanh(a)"};
    FX_TRY(const std::string_view approximate, stringAt(args, 1));
    if (approximate != "none" && approximate != "tanh")
        return std::optional<Value>();
    return runPointwise(op, approximate == "tanh" ? kTanh : kExact, args, call);
}
Taken runGeluBackward(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kExact{"aten.gelu_backward.default", "TT-", OfResult, Floating,
                                          "formulas::geluGradient(a, b)"};
    static constexpr PointwiseRule kTanh{"aten.gelu_backward.default", "TT-", OfResult, Floating,
                                         "formulas::geluTanhGradient(a, b)"};
    FX_TRY(const std::string_view approximate, stringAt(args, 2));
    if (approximate != "none" && approximate != "tanh")
        return std::optional<Value>();
    return runPointwise(op, approximate == "tanh" ? kTanh : kExact, args, call);
}

// --- hardtanh(x, min, max): the bounds take part in no promotion

Taken runHardtanh(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kRule{"aten.hardtanh.default", "TDD", OfResult, RealNoBool,
                                         "formulas::bounded(a, castTo<C>(p), castTo<C>(q))"};
    if (args[0].isTensor() && args[0].tensor().dtype() == DType::UInt8)
        return std::optional<Value>(); // negative limits are refused
    return runPointwise(op, kRule, args, call);
}

// --- nan_to_num(x, nan, posinf, neginf)

Taken runNanToNum(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kRule{"aten.nan_to_num.default", "TDDD", OfResult, All,
                                         "formulas::finite(ta, p, q, r)"};
    if (!args[0].isTensor())
        return std::optional<Value>();
    const DType dtype = args[0].tensor().dtype();
    const double most = dtype == DType::Float16                                ? 65504
                        : dtype == DType::BFloat16                             ? 0x1.FEp127
                        : dtype == DType::Float32 || dtype == DType::Complex64 ? 3.4028234663852886e38
                                                                               : 1.7976931348623157e308;
    std::vector<Value> filled(args.begin(), args.end());
    filled.resize(4);
    const double defaults[] = {0, most, -most};
    for (size_t i = 1; i < 4; ++i)
        if (filled[i].isNone())
            filled[i] = Value(defaults[i - 1]);
    return runPointwise(op, kRule, filled, call);
}

// --- pow(x, number): exponents that PyTorch computes without pow

Taken runPowNumber(const OpDef& op, Values args, Call& call) {
    static constexpr PointwiseRule kNumber{"aten.pow.Tensor_Scalar", "TT", OfResult, NoBool,
                                           "formulas::powerOfNumber(a, b)"};
    static constexpr PointwiseRule kPower{"aten.pow.Tensor_Scalar", "TT", OfResult, NoBool, "formulas::powerOf(a, b)"};
    const DType common = resultType(metaArgs(args.first(2)));
    if (isIntegral(common, true) && !args[1].isTensor() && args[1].isNumber() && args[1].toInt() < 0)
        return std::optional<Value>(); // refused
    return runPointwise(op, common == DType::Float16 ? kPower : kNumber, args, call);
}

// --- glu(x, dim) = a * sigmoid(b), a and b being the halves of x along dim

Taken runGlu(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || !isFloating(args[0].tensor().dtype()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), x.dim()));
    FX_TRY(Tensor a, x.asStrided(out[0].sizes(), x.strides(), x.offset()));
    const int64_t half = out[0].size(dim) * x.strides()[dim];
    FX_TRY(Tensor b, x.asStrided(out[0].sizes(), x.strides(), x.numel() > 0 ? x.offset() + half : x.offset()));
    FX_CHECK(
        launch(call.device, {.outputs = out,
                             .inputs = {std::move(a), std::move(b)},
                             .body = "using C = ComputeType<O0>; out0 = O0(C(in0) / (C(1) + std::exp(-C(in1))));"}));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel glu{"torch.ops.aten.glu.default", runGlu};
const CudaKernel clamp_default{"torch.ops.aten.clamp.default", runClamp};
const CudaKernel clamp_Tensor{"torch.ops.aten.clamp.Tensor", runClamp};
const CudaKernel clamp_min{"torch.ops.aten.clamp_min.default", runClampMin};
const CudaKernel clamp_min_Tensor{"torch.ops.aten.clamp_min.Tensor", runClampMin};
const CudaKernel clamp_max{"torch.ops.aten.clamp_max.default", runClampMax};
const CudaKernel clamp_max_Tensor{"torch.ops.aten.clamp_max.Tensor", runClampMax};
const CudaKernel div_Tensor_mode{"torch.ops.aten.div.Tensor_mode", runDivideMode};
const CudaKernel div_Scalar_mode{"torch.ops.aten.div.Scalar_mode", runDivideMode};
const CudaKernel gelu_default{"torch.ops.aten.gelu.default", runGelu};
const CudaKernel gelu_backward{"torch.ops.aten.gelu_backward.default", runGeluBackward};
const CudaKernel hardtanh{"torch.ops.aten.hardtanh.default", runHardtanh};
const CudaKernel nan_to_num{"torch.ops.aten.nan_to_num.default", runNanToNum};
const CudaKernel pow_Tensor_Scalar{"torch.ops.aten.pow.Tensor_Scalar", runPowNumber};
const CudaKernel pow__Scalar{"torch.ops.aten.pow_.Scalar", runPowNumber};

} // namespace fxscope::cuda
