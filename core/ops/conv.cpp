// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/conv_shape.h"
#include "core/ops/memory_format.h"

// y[n, o, p] = b[o] + sum over c of the group and taps k: x[n, c, tap(p, k)] * w[o, c, k], w[c, o, k] if transposed.

namespace fxscope::ops {
namespace {

/// Row-major operands and the numbers of channels in a group.
template <class T> struct Operands {
    const ConvShape& shape;
    const T *x, *w;
    int64_t inGroup, outGroup;

    const T* plane(int64_t n, int64_t channel) const {
        const auto& [d, h, w_] = shape.axes;
        return x + (n * shape.inChannels + channel) * d.in * h.in * w_.in;
    }
    const T* kernel(int64_t o, int64_t c) const {
        const auto& [d, h, w_] = shape.axes;
        const int64_t group = o / outGroup, taps = d.kernel * h.kernel * w_.kernel;
        const int64_t row = shape.transposed ? (group * inGroup + c) * outGroup + o % outGroup : o * inGroup + c;
        return w + row * taps;
    }
};

/// fn(place in an input plane, place in a kernel plane) for every tap that output position `at` meets.
template <class Fn> void forEachTap(const ConvShape& shape, const std::array<int64_t, 3>& at, Fn&& fn) {
    const auto& [depth, height, width] = shape.axes;
    for (int64_t kd = 0; kd < depth.kernel; ++kd)
        for (int64_t kh = 0; kh < height.kernel; ++kh) {
            const int64_t d = depth.tap(shape.transposed, at[0], kd), h = height.tap(shape.transposed, at[1], kh);
            for (int64_t kw = 0; kw < width.kernel && d >= 0 && h >= 0; ++kw)
                if (const int64_t w = width.tap(shape.transposed, at[2], kw); w >= 0)
                    fn((d * height.in + h) * width.in + w, (kd * height.kernel + kh) * width.kernel + kw);
        }
}

/// Output element (n, o, at).
template <class T>
T element(const Operands<T>& in, const T* bias, int64_t n, int64_t o, const std::array<int64_t, 3>& at) {
    Accumulate<T> sum = bias ? widen(bias[o]) : Accumulate<T>{};
    for (int64_t c = 0; c < in.inGroup; ++c) {
        const T *plane = in.plane(n, o / in.outGroup * in.inGroup + c), *kernel = in.kernel(o, c);
        forEachTap(in.shape, at, [&](int64_t x, int64_t k) { sum += widen(plane[x]) * widen(kernel[k]); });
    }
    return castTo<T>(sum);
}

/// The same as PyTorch rounds it where it multiplies into columns of T first and then adds these up: once per tap, once
/// per addition, and with the bias.
template <class T>
T elementOfColumns(const Operands<T>& in, const T* bias, int64_t n, int64_t o, const std::array<int64_t, 3>& at) {
    T sum{};
    forEachTap(in.shape, at, [&](int64_t x, int64_t k) {
        Accumulate<T> column{};
        for (int64_t c = 0; c < in.inGroup; ++c)
            column += widen(in.plane(n, o / in.outGroup * in.inGroup + c)[x]) * widen(in.kernel(o, c)[k]);
        sum = castTo<T>(widen(sum) + widen(castTo<T>(column)));
    });
    return bias ? castTo<T>(widen(sum) + widen(bias[o])) : sum;
}

/// Transposed convolutions of half types with an output padding of a stride or more, which PyTorch's CPU library does
/// not take. (Without float16 instructions it takes none of float16 at all; the records come from a machine that has
/// them.)
bool goesThroughColumns(const ConvCall& call) {
    bool bigPadding = false;
    for (size_t i = 0; i < call.outputPadding.size(); ++i)
        bigPadding = bigPadding || call.outputPadding[i] >= call.stride[std::min(i, call.stride.size() - 1)];
    return call.transposed && bigPadding &&
           (call.input.dtype() == DType::Float16 || call.input.dtype() == DType::BFloat16);
}

template <class T> void convolve(const Operands<T>& in, const T* bias, bool columns, T* y) {
    const auto& [depth, height, width] = in.shape.axes;
    for (int64_t n = 0; n < in.shape.batch; ++n)
        for (int64_t o = 0; o < in.shape.outChannels; ++o)
            for (int64_t d = 0; d < depth.out; ++d)
                for (int64_t h = 0; h < height.out; ++h)
                    for (int64_t w = 0; w < width.out; ++w)
                        *y++ =
                            columns ? elementOfColumns(in, bias, n, o, {d, h, w}) : element(in, bias, n, o, {d, h, w});
}

Result<Value> run(const ConvCall& call, const Tensor& out) {
    FX_TRY(const Tensor x, call.input.contiguous());
    FX_TRY(const Tensor w, call.weight.contiguous());
    FX_TRY(const Tensor bias, call.bias ? call.bias->contiguous() : Result<Tensor>(Tensor()));
    FX_TRY(Tensor y, rowMajorFor(out));
    const ConvShape shape = convShape(call, out.sizes());
    return dispatch<DTypes::NoBool>(x.dtype(), [&]<class T>() -> Result<Value> {
        const int64_t groups = std::max<int64_t>(shape.groups, 1);
        const Operands<T> in{shape, x.data<T>(), w.data<T>(), shape.inChannels / groups,
                             std::max<int64_t>(shape.outChannels / groups, 1)};
        convolve(in, bias.defined() ? bias.data<T>() : nullptr, goesThroughColumns(call), y.data<T>());
        return settle(y, out);
    });
}

Result<Value> runConvolution(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferConvolution, args));
    FX_TRY(const ConvCall call, convCall(args));
    return run(call, out);
}

Result<Value> runConvNd(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferConvNd, args));
    FX_TRY(const ConvCall call, convNdCall(args));
    return run(call, out);
}

/// Two operations per tap, input channel of the group and output element (input element, if transposed).
double flops(Metas args, const ValueMeta& result) {
    if (!result.isTensor() || !isTensorAt(args, 1))
        return 0;
    const SymSizes& weight = args[1].tensor().sizes;
    const bool transposed = args.size() > 6 && std::holds_alternative<bool>(args[6].v) && std::get<bool>(args[6].v);
    double count = 2;
    for (size_t d = 1; d < weight.size(); ++d)
        count *= weight[d].isConstant() ? static_cast<double>(weight[d].constant()) : 0;
    for (const SymInt& size : transposed ? args[0].tensor().sizes : result.tensor().sizes)
        count *= size.isConstant() ? static_cast<double>(size.constant()) : 0;
    return count;
}

} // namespace

const OpDef convolution{.target = "torch.ops.aten.convolution.default",
                        .infer = inferConvolution,
                        .reference = runConvolution,
                        .flops = flops};
const OpDef conv1d{
    .target = "torch.ops.aten.conv1d.default", .infer = inferConvNd, .reference = runConvNd, .flops = flops};
const OpDef conv2d{
    .target = "torch.ops.aten.conv2d.default", .infer = inferConvNd, .reference = runConvNd, .flops = flops};
const OpDef conv3d{
    .target = "torch.ops.aten.conv3d.default", .infer = inferConvNd, .reference = runConvNd, .flops = flops};

} // namespace fxscope::ops
