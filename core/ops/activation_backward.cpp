// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/pointwise.h"

#include <cmath>

// Gradients of activations: f(g, y) or f(g, x) with g the gradient of the output y = a(x).

namespace fxscope::ops {
namespace {

using enum DTypes;
constexpr Infer kInferBackward = inferPointwise<ResultKind::Same, 2>;
template <auto Fn> constexpr Kernel backward = binary<ResultKind::Same, FloatingOrComplex, Fn>;

using formulas::conjugate;
using formulas::geluGradient;
using formulas::geluTanhGradient;

constexpr Kernel kSigmoidBackward = backward<[](auto g, auto y) { return g * conjugate((decltype(y)(1) - y) * y); }>;
constexpr Kernel kTanhBackward = backward<[](auto g, auto y) { return g * conjugate(decltype(y)(1) - y * y); }>;
constexpr Kernel kSiluBackward = backward<[](auto g, auto x) {
    using C = decltype(x);
    const C sigmoid = C(1) / (C(1) + std::exp(-x));
    return g * conjugate(sigmoid * (C(1) + x * (C(1) - sigmoid)));
}>;

Result<Value> runGeluBackward(Values args, KernelContext& context) {
    FX_TRY(const std::string_view approximate, stringAt(args, 2));
    if (approximate == "none")
        return binary<ResultKind::Same, Floating, [](auto g, auto x) { return geluGradient(g, x); }>(args, context);
    if (approximate == "tanh")
        return binary<ResultKind::Same, Floating, [](auto g, auto x) { return geluTanhGradient(g, x); }>(args, context);
    return Diagnostic{"approximate argument must be either none or tanh.", "", ""};
}

/// threshold_backward(g, x, threshold) = 0 if x <= threshold, else g
Result<Value> runThresholdBackward(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(kInferBackward, args));
    FX_TRY(const Tensor g, operand(args[0], out.dtype(), out.sizes()));
    FX_TRY(const Tensor x, operand(args[1], out.dtype(), out.sizes()));
    FX_TRY(const double threshold, doubleAt(args, 2));
    return dispatch<RealNoBool>(out.dtype(), [&]<class T>() -> Result<Value> {
        const T bound = castTo<T>(threshold);
        mapElements<T, T, T>(out, {&g, &x}, [bound](T gradient, T v) { return v <= bound ? T(0) : gradient; });
        return Value(out);
    });
}

} // namespace

const OpDef gelu_backward{
    .target = "torch.ops.aten.gelu_backward.default", .infer = kInferBackward, .reference = runGeluBackward};
const OpDef sigmoid_backward{
    .target = "torch.ops.aten.sigmoid_backward.default", .infer = kInferBackward, .reference = kSigmoidBackward};
const OpDef silu_backward{
    .target = "torch.ops.aten.silu_backward.default", .infer = kInferBackward, .reference = kSiluBackward};
const OpDef tanh_backward{
    .target = "torch.ops.aten.tanh_backward.default", .infer = kInferBackward, .reference = kTanhBackward};
const OpDef threshold_backward{
    .target = "torch.ops.aten.threshold_backward.default", .infer = kInferBackward, .reference = runThresholdBackward};

} // namespace fxscope::ops
