// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/cpu/vector.h"
#include "core/ops/memory_format.h"

// softmax, log_softmax and layer_norm over the last dimensions, and gelu, in float. Sums run in kLanes accumulators, so
// that they are vector code and the same however rows are shared among threads.

namespace fxscope::cpu {
namespace {

constexpr int64_t kLanes = 16, kRowGrain = 65536; // elements that are worth a thread

template <class Fn> [[gnu::always_inline]] inline float sumOver(int64_t count, Fn&& term) {
    float lanes[kLanes] = {};
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (int64_t k = 0; k < kLanes; ++k)
            lanes[k] += term(i + k);
    float sum = 0;
    for (; i < count; ++i)
        sum += term(i);
    for (const float lane : lanes)
        sum += lane;
    return sum;
}

[[gnu::always_inline]] inline float maxOf(const float* x, int64_t count) {
    float lanes[kLanes];
    std::fill(lanes, lanes + kLanes, -INFINITY);
    int64_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        for (int64_t k = 0; k < kLanes; ++k)
            lanes[k] = lanes[k] < x[i + k] ? x[i + k] : lanes[k]; // a NaN is passed over; the sum brings it back
    float max = -INFINITY;
    for (; i < count; ++i)
        max = max < x[i] ? x[i] : max;
    for (const float lane : lanes)
        max = std::max(max, lane);
    return max;
}

FX_VECTOR void softmaxRow(const float* x, float* y, int64_t count) {
    const float max = maxOf(x, count);
    for (int64_t i = 0; i < count; ++i)
        y[i] = vectorExp(x[i] - max);
    const float scale = 1 / sumOver(count, [&](int64_t i) { return y[i]; });
    for (int64_t i = 0; i < count; ++i)
        y[i] *= scale;
}

FX_VECTOR void logSoftmaxRow(const float* x, float* y, int64_t count) {
    const float max = maxOf(x, count);
    const float shift = std::log(sumOver(count, [&](int64_t i) { return vectorExp(x[i] - max); }));
    for (int64_t i = 0; i < count; ++i)
        y[i] = x[i] - max - shift;
}

/// `weight` and `bias` may be null.
FX_VECTOR void layerNormRow(const float* x, const float* weight, const float* bias, double eps, int64_t count, float* y,
                            float& mean, float& rstd) {
    const float inverse = 1 / static_cast<float>(count);
    const float m = sumOver(count, [&](int64_t i) { return x[i]; }) * inverse;
    const float variance = sumOver(count, [&](int64_t i) { return (x[i] - m) * (x[i] - m); }) * inverse;
    const float r = 1 / std::sqrt(variance + static_cast<float>(eps));
    mean = m;
    rstd = r;
    if (weight && bias)
        for (int64_t i = 0; i < count; ++i)
            y[i] = (x[i] - m) * r * weight[i] + bias[i];
    else
        for (int64_t i = 0; i < count; ++i)
            y[i] = (x[i] - m) * r * (weight ? weight[i] : 1) + (bias ? bias[i] : 0);
}

FX_VECTOR void gelu(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i)
        y[i] = 0.5f * x[i] * (1 + vectorErf(x[i] * 0.70710678f));
}

FX_VECTOR void geluTanh(const float* x, float* y, int64_t count) {
    for (int64_t i = 0; i < count; ++i) {
        const float u = 0.79788456f * (x[i] + 0.044715f * x[i] * x[i] * x[i]);
        y[i] = x[i] / (1 + vectorExp(-2 * u)); // (1 + tanh u) / 2 = 1 / (1 + e^-2u)
    }
}

bool isPlainFloat(const Value& value) {
    return value.isTensor() && value.tensor().dtype() == DType::Float32 && value.tensor().numel() > 0;
}

/// softmax over the last dimension; `args[2]` is half_to_float or a dtype.
bool takesSoftmax(Values args) {
    if (!isPlainFloat(args[0]) || args[0].tensor().dim() == 0)
        return false;
    const DType* dtype = std::get_if<DType>(&args[2].v);
    const bool* converts = std::get_if<bool>(&args[2].v);
    const int64_t dim = args[1].toInt(), last = static_cast<int64_t>(args[0].tensor().dim()) - 1;
    return (dim == last || dim == -1) && !(dtype && *dtype != DType::Float32) && !(converts && *converts);
}

template <void (*Row)(const float*, float*, int64_t)>
Result<Value> runSoftmax(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    const int64_t count = x.size(x.dim() - 1);
    parallelFor(x.numel() / count, std::max<int64_t>(1, kRowGrain / 4 / count), [&](int64_t begin, int64_t end) {
        for (int64_t r = begin; r < end; ++r)
            Row(x.data<float>() + r * count, out.data<float>() + r * count, count);
    });
    return Value(out);
}

bool isNoneOrFloat(const Value& value) { return value.isNone() || isPlainFloat(value); }
bool takesLayerNorm(Values args) { return isPlainFloat(args[0]) && isNoneOrFloat(args[2]) && isNoneOrFloat(args[3]); }

Result<Tensor> rowMajorOrNone(const Value& value) {
    return value.isTensor() ? value.tensor().contiguous() : Result<Tensor>(Tensor());
}

/// `mean` and `rstd` are null where nobody wants them.
Result<Done> layerNorm(Values args, Tensor& y, float* mean, float* rstd) {
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const Tensor weight, rowMajorOrNone(args[2]));
    FX_TRY(const Tensor bias, rowMajorOrNone(args[3]));
    FX_TRY(const Sizes shape, intsAt(args, 1));
    FX_TRY(const double eps, doubleAt(args, 4));
    const int64_t count = elementCount(shape).value_or(1);
    const float *w = weight.defined() ? weight.data<float>() : nullptr,
                *b = bias.defined() ? bias.data<float>() : nullptr;
    parallelFor(x.numel() / count, std::max<int64_t>(1, kRowGrain / count), [&](int64_t begin, int64_t end) {
        float unused = 0;
        for (int64_t r = begin; r < end; ++r)
            layerNormRow(x.data<float>() + r * count, w, b, eps, count, y.data<float>() + r * count,
                         mean ? mean[r] : unused, rstd ? rstd[r] : unused);
    });
    return Done{};
}

Result<Value> runNativeLayerNorm(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op.infer, args));
    FX_CHECK(layerNorm(args, out[0], out[1].data<float>(), out[2].data<float>()));
    return Value(ValueList(out.begin(), out.end()));
}

Result<Value> runLayerNorm(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    FX_CHECK(layerNorm(args, out, nullptr, nullptr));
    return Value(out);
}

/// Any dense input: its memory is one row, and the result has the same strides.
bool takesGelu(Values args) { return isPlainFloat(args[0]) && args[0].tensor().isContiguous(); }

Result<Value> runGelu(const OpDef& op, Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(op.infer, args));
    const auto row = args[1].string() == "tanh" ? geluTanh : gelu;
    const float* x = args[0].tensor().data<float>();
    parallelFor(out.numel(), kRowGrain,
                [&](int64_t begin, int64_t end) { row(x + begin, out.data<float>() + begin, end - begin); });
    return Value(out);
}

} // namespace

const CpuKernel _softmax{"torch.ops.aten._softmax.default", takesSoftmax, runSoftmax<softmaxRow>};
const CpuKernel _log_softmax{"torch.ops.aten._log_softmax.default", takesSoftmax, runSoftmax<logSoftmaxRow>};
const CpuKernel softmax{"torch.ops.aten.softmax.int", takesSoftmax, runSoftmax<softmaxRow>};
const CpuKernel log_softmax{"torch.ops.aten.log_softmax.int", takesSoftmax, runSoftmax<logSoftmaxRow>};
const CpuKernel native_layer_norm{"torch.ops.aten.native_layer_norm.default", takesLayerNorm, runNativeLayerNorm};
const CpuKernel layer_norm{"torch.ops.aten.layer_norm.default", takesLayerNorm, runLayerNorm};
const CpuKernel gelu_default{"torch.ops.aten.gelu.default", takesGelu, runGelu};

} // namespace fxscope::cpu
