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

/// The sum over the taps of one channel.
template <class T>
Accumulate<T> window(const ConvShape& shape, const T* plane, const T* kernel, const std::array<int64_t, 3>& at) {
    const auto& [depth, height, width] = shape.axes;
    Accumulate<T> sum{};
    for (int64_t kd = 0; kd < depth.kernel; ++kd)
        for (int64_t kh = 0; kh < height.kernel; ++kh) {
            const int64_t d = depth.tap(shape.transposed, at[0], kd), h = height.tap(shape.transposed, at[1], kh);
            for (int64_t kw = 0; kw < width.kernel && d >= 0 && h >= 0; ++kw)
                if (const int64_t w = width.tap(shape.transposed, at[2], kw); w >= 0)
                    sum += widen(plane[(d * height.in + h) * width.in + w]) *
                           widen(kernel[(kd * height.kernel + kh) * width.kernel + kw]);
        }
    return sum;
}

template <class T> void convolve(const Operands<T>& in, const T* bias, T* y) {
    const auto& [depth, height, width] = in.shape.axes;
    for (int64_t n = 0; n < in.shape.batch; ++n)
        for (int64_t o = 0; o < in.shape.outChannels; ++o)
            for (int64_t d = 0; d < depth.out; ++d)
                for (int64_t h = 0; h < height.out; ++h)
                    for (int64_t w = 0; w < width.out; ++w) {
                        Accumulate<T> sum = bias ? widen(bias[o]) : Accumulate<T>{};
                        for (int64_t c = 0; c < in.inGroup; ++c)
                            sum += window(in.shape, in.plane(n, o / in.outGroup * in.inGroup + c), in.kernel(o, c),
                                          {d, h, w});
                        *y++ = castTo<T>(sum);
                    }
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
        convolve(in, bias.defined() ? bias.data<T>() : nullptr, y.data<T>());
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
