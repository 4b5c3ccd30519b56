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
    static constexpr PointwiseRule kFloat{
        "aten.nan_to_num.default", "TDDD", OfResult, Floating,
        "[&] { const double wide = double(a); return wide != wide ? castTo<T>(p) : wide == "
        "__longlong_as_double(0x7FF0000000000000LL) ? castTo<T>(q) : "
        "wide == -__longlong_as_double(0x7FF0000000000000LL) ? castTo<T>(r) : ta; }()"};
    if (!args[0].isTensor() || !isFloating(args[0].tensor().dtype()))
        return std::optional<Value>();
    const DType dtype = args[0].tensor().dtype();
    const double most = dtype == DType::Float16    ? 65504
                        : dtype == DType::BFloat16 ? 0x1.FEp127
                        : dtype == DType::Float32  ? 3.4028234663852886e38
                                                   : 1.7976931348623157e308;
    std::vector<Value> filled(args.begin(), args.end());
    filled.resize(4);
    const double defaults[] = {0, most, -most};
    for (size_t i = 1; i < 4; ++i)
        if (filled[i].isNone())
            filled[i] = Value(defaults[i - 1]);
    return runPointwise(op, kFloat, filled, call);
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

} // namespace

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
