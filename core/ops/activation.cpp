// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/formulas.h"
#include "core/ops/memory_format.h"
#include "core/ops/pointwise.h"
#include "core/ops/words.h"

#include <cmath>

// Activations of torch.nn.functional. Their formulas stand beside them; half and bfloat16 are computed in float. NaN
// passes through all of them.

namespace fxscope::ops {
namespace {

constexpr Infer kInferActivation = inferPointwise<ResultKind::Same, 1>;

/// Integers are refused in PyTorch's words.
Result<Done> needsFloating(Values args, std::string_view kernel) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    if (isFloating(x.dtype()))
        return Done{};
    return Diagnostic{
        "\"" + std::string(kernel) + "\" not implemented for '" + std::string(scalarTypeName(x.dtype())) + "'", "", ""};
}

/// elu(x, alpha, scale, input_scale) = scale * x if x > 0, else alpha * scale * (e^(x * input_scale) - 1)
Result<Value> runElu(Values args, KernelContext&) {
    FX_CHECK(needsFloating(args, "elu_cpu"));
    FX_TRY(const double alpha, doubleAt(args, 1));
    FX_TRY(const double scale, doubleAt(args, 2));
    FX_TRY(const double inputScale, doubleAt(args, 3));
    return unaryBy<DTypes::Floating>(args, kInferActivation, [=](auto x) {
        using C = decltype(x);
        const C negative = C(alpha) * C(scale);
        return x < 0 ? std::expm1(x * C(inputScale)) * negative : x * C(scale);
    });
}

/// leaky_relu(x, negative_slope) = x if x > 0, else x * negative_slope
Result<Value> runLeakyRelu(Values args, KernelContext&) {
    FX_CHECK(needsFloating(args, "leaky_relu_cpu"));
    FX_TRY(const double slope, doubleAt(args, 1));
    return unaryBy<DTypes::Floating>(args, kInferActivation, [=](auto x) {
        using C = decltype(x);
        return x > 0 ? x : x * C(slope);
    });
}

/// softplus(x, beta, threshold) = log(1 + e^(x * beta)) / beta, or x where x * beta > threshold
Result<Value> runSoftplus(Values args, KernelContext&) {
    FX_CHECK(needsFloating(args, "softplus_cpu"));
    FX_TRY(const double beta, doubleAt(args, 1));
    FX_TRY(const double threshold, doubleAt(args, 2));
    return unaryBy<DTypes::Floating>(args, kInferActivation, [=](auto x) {
        using C = decltype(x);
        return x * C(beta) > C(threshold) ? x : std::log1p(std::exp(x * C(beta))) / C(beta);
    });
}

using formulas::bounded;

/// hardtanh(x, min_val, max_val): the bounds take part in no promotion.
Result<Value> runHardtanh(Values args, KernelContext&) {
    FX_TRY(const Tensor x, tensorAt(args, 0));
    FX_TRY(const double low, doubleAt(args, 1));
    FX_TRY(const double high, doubleAt(args, 2));
    if (x.dtype() == DType::Bool)
        return Diagnostic{"Bool inputs not supported for hardtanh", "", ""};
    if (x.dtype() == DType::UInt8 && (low < 0 || high < 0))
        return Diagnostic{"cannot do hardtanh on an unsigned type with negative limits", "", ""};
    return unaryBy<DTypes::RealNoBool>(args, inferSameAsFirst, [=](auto v) {
        using C = decltype(v);
        return bounded(v, castTo<C>(low), castTo<C>(high));
    });
}

constexpr Kernel kHardsigmoid = unary<ResultKind::Same, DTypes::Floating, [](auto x) {
    using C = decltype(x);
    return bounded(x + C(3), C(0), C(6)) / C(6);
}>;
constexpr Kernel kHardswish = unary<ResultKind::Same, DTypes::Floating, [](auto x) {
    using C = decltype(x);
    return x * bounded(x + C(3), C(0), C(6)) / C(6);
}>;
constexpr Kernel kMish =
    unary<ResultKind::Same, DTypes::Floating, [](auto x) { return x * std::tanh(std::log1p(std::exp(x))); }>;

// --- log_sigmoid_forward(x) = min(x, 0) - log(1 + z) and the buffer z = e^-|x|, which the backward pass reads

Result<ValueMeta> inferLogSigmoid(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const ValueMeta output, inferSameAsFirst(args));
    return tensorList({output.tensor(), newMeta(x.dtype, x.sizes, &x)});
}

Result<Value> runLogSigmoid(Values args, KernelContext& context) {
    FX_CHECK(needsFloating(args, "log_sigmoid_cpu"));
    FX_TRY(std::vector<Tensor> out, allocateResults(inferLogSigmoid, args));
    constexpr Kernel kOutput = unary<ResultKind::Same, DTypes::Floating, [](auto x) {
        return std::min(x, decltype(x)(0)) - std::log1p(std::exp(-std::abs(x)));
    }>;
    constexpr Kernel kBuffer = unary<ResultKind::Same, DTypes::Floating, [](auto x) { return std::exp(-std::abs(x)); }>;
    FX_TRY(const Value output, kOutput(args, context));
    FX_TRY(const Value buffer, kBuffer(args, context));
    copyElements(output.tensor(), out[0]);
    copyElements(buffer.tensor(), out[1]);
    return Value(ValueList{out[0], out[1]});
}

// --- glu(x, dim) = a * sigmoid(b), a and b being the halves of x along dim

Result<std::pair<MetaArg, MetaArg>> halvesOf(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t wanted, intAt(args, 1));
    if (x.sizes.empty())
        return Diagnostic{"glu does not support 0-dimensional tensors", "", ""};
    FX_TRY(const size_t dim, wrapDim(wanted, x.sizes.size()));
    if (x.sizes[dim].isConstant() && x.sizes[dim].constant() % 2 != 0)
        return Diagnostic{"Halving dimension must be even, but dimension " + std::to_string(dim) + " is size " +
                              x.sizes[dim].str(),
                          "", ""};
    TensorMeta first = x, second = x;
    first.sizes[dim] = second.sizes[dim] = floorDiv(x.sizes[dim], 2);
    if (x.strides)
        second.storageOffset = x.storageOffset + first.sizes[dim] * (*x.strides)[dim];
    return std::pair<MetaArg, MetaArg>{MetaArg{first}, MetaArg{second}};
}

Result<ValueMeta> inferGlu(Metas args) {
    FX_TRY(const auto halves, halvesOf(args));
    const std::array<MetaArg, 2> both{halves.first, halves.second};
    return pointwiseMeta(both, halves.first.tensor().dtype);
}

Result<Value> runGlu(Values args, KernelContext&) {
    FX_CHECK(needsFloating(args, "glu_cpu"));
    FX_TRY(Tensor out, allocateResult(inferGlu, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), x.dim()));
    FX_TRY(const Tensor a, x.asStrided(out.sizes(), x.strides(), x.offset()));
    FX_TRY(const Tensor b, x.asStrided(out.sizes(), x.strides(), x.offset() + out.size(dim) * x.strides()[dim]));
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        using C = ComputeType<T>;
        mapElements<T, T, T>(out, {&a, &b}, [](T u, T v) { return T(C(u) / (C(1) + std::exp(-C(v)))); });
        return Value(out);
    });
}

} // namespace

const OpDef elu{.target = "torch.ops.aten.elu.default", .infer = kInferActivation, .reference = runElu};
const OpDef glu{.target = "torch.ops.aten.glu.default", .infer = inferGlu, .reference = runGlu};
const OpDef hardsigmoid{
    .target = "torch.ops.aten.hardsigmoid.default", .infer = kInferActivation, .reference = kHardsigmoid};
const OpDef hardswish{.target = "torch.ops.aten.hardswish.default", .infer = kInferActivation, .reference = kHardswish};
const OpDef hardtanh{.target = "torch.ops.aten.hardtanh.default", .infer = inferSameAsFirst, .reference = runHardtanh};
const OpDef leaky_relu{
    .target = "torch.ops.aten.leaky_relu.default", .infer = kInferActivation, .reference = runLeakyRelu};
const OpDef log_sigmoid_forward{
    .target = "torch.ops.aten.log_sigmoid_forward.default", .infer = inferLogSigmoid, .reference = runLogSigmoid};
const OpDef mish{.target = "torch.ops.aten.mish.default", .infer = kInferActivation, .reference = kMish};
const OpDef softplus{.target = "torch.ops.aten.softplus.default", .infer = kInferActivation, .reference = runSoftplus};

} // namespace fxscope::ops
