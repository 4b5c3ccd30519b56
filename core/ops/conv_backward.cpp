// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/conv_shape.h"
#include "core/ops/memory_format.h"

// Gradients of a convolution. Every term y[o, p] += x[c, q] * w[o, c, k] of the forward pass gives dx[c, q] += g[o, p]
// * w[o, c, k] and dw[o, c, k] += g[o, p] * x[c, q]; db[o] sums g[o, p].

namespace fxscope::ops {
namespace {

/// convolution_backward(grad_output, input, weight, bias_sizes, stride, padding, dilation, transposed, output_padding,
/// groups, output_mask) as `convolution` takes its arguments, and what is wanted.
struct ConvBackward {
    Tensor gradient;
    ConvCall call;
    Sizes wanted;
};

Result<ConvBackward> readConvBackward(Values args) {
    ConvBackward backward;
    FX_TRY(backward.gradient, tensorAt(args, 0));
    const std::array<Value, 9> forward{args[1], args[2], Value(), args[4], args[5], args[6], args[7], args[8], args[9]};
    FX_TRY(backward.call, convCall(forward));
    FX_TRY(backward.wanted, intsAt(args, 10));
    return backward;
}

Result<ValueMeta> inferConvBackward(Metas args) {
    FX_TRY(const TensorMeta g, tensorAt(args, 0));
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    FX_TRY(const TensorMeta w, tensorAt(args, 2));
    const std::array<MetaArg, 9> forward{args[1], args[2], MetaArg{}, args[4], args[5],
                                         args[6], args[7], args[8],   args[9]};
    FX_TRY(const ValueMeta y, inferConvolution(forward));
    bool fits = g.sizes.size() == y.tensor().sizes.size();
    for (size_t d = 0; fits && d < g.sizes.size(); ++d)
        fits = !differ(g.sizes[d], y.tensor().sizes[d]);
    if (!fits)
        return Diagnostic{
            "Expected grad_output of size " + sizesText(y.tensor().sizes) + ", but got " + sizesText(g.sizes), "", ""};
    FX_TRY(const Sizes wanted, intsAt(args, 10));
    if (wanted.size() != 3)
        return Diagnostic{"output_mask must have 3 elements", "", ""};
    const bool channelsLast = suggestsChannelsLast(x) || suggestsChannelsLast(w);
    const std::array<TensorMeta, 3> all{formattedMeta(x, x.dtype, x.sizes, channelsLast),
                                        formattedMeta(w, w.dtype, w.sizes, channelsLast),
                                        newMeta(x.dtype, {g.sizes[1]}, &x)};
    std::vector<ValueMeta> results;
    for (size_t i = 0; i < 3; ++i)
        results.push_back(wanted[i] ? ValueMeta::tensor(all[i]) : ValueMeta::none());
    return ValueMeta::list(std::move(results));
}

/// fn(element of y, of x, of w, output channel) for every term of the forward pass over row-major tensors.
void forEachTerm(const ConvShape& s, auto&& fn) {
    const auto& [depth, height, width] = s.axes;
    const int64_t inVolume = depth.in * height.in * width.in, taps = depth.kernel * height.kernel * width.kernel;
    const int64_t inGroup = s.inChannels / s.groups, outGroup = s.outChannels / s.groups;
    int64_t y = 0;
    const auto terms = [&](int64_t n, int64_t o, const std::array<int64_t, 3>& at) {
        for (int64_t k = 0; k < taps; ++k) {
            const int64_t d = depth.tap(s.transposed, at[0], k / (height.kernel * width.kernel));
            const int64_t h = height.tap(s.transposed, at[1], k / width.kernel % height.kernel);
            const int64_t w = width.tap(s.transposed, at[2], k % width.kernel);
            if (d < 0 || h < 0 || w < 0)
                continue;
            for (int64_t c = 0; c < inGroup; ++c) {
                const int64_t channel = o / outGroup * inGroup + c;
                const int64_t row = s.transposed ? channel * outGroup + o % outGroup : o * inGroup + c;
                fn(y, (n * s.inChannels + channel) * inVolume + (d * height.in + h) * width.in + w, row * taps + k, o);
            }
        }
    };
    for (int64_t n = 0; n < s.batch; ++n)
        for (int64_t o = 0; o < s.outChannels; ++o)
            for (int64_t d = 0; d < depth.out; ++d)
                for (int64_t h = 0; h < height.out; ++h)
                    for (int64_t w = 0; w < width.out; ++w, ++y)
                        terms(n, o, {d, h, w});
}

/// The three gradients in the type that sums are kept in.
template <class T> struct ConvGradients { std::vector<Accumulate<T>> dx, dw, db; };

template <class T>
ConvGradients<T> gradientsOf(const Tensor& g, const Tensor& x, const Tensor& w, const ConvShape& shape) {
    const auto count = [](const Tensor& t) { return static_cast<size_t>(t.numel()); };
    using Sums = std::vector<Accumulate<T>>;
    ConvGradients<T> sums{Sums(count(x)), Sums(count(w)), Sums(static_cast<size_t>(shape.outChannels))};
    const T *gs = g.data<T>(), *xs = x.data<T>(), *ws = w.data<T>();
    forEachTerm(shape, [&](int64_t y, int64_t inX, int64_t inW, int64_t) {
        sums.dx[static_cast<size_t>(inX)] += widen(gs[y]) * widen(ws[inW]);
        sums.dw[static_cast<size_t>(inW)] += widen(gs[y]) * widen(xs[inX]);
    });
    const int64_t planes = shape.batch * shape.outChannels, plane = planes ? g.numel() / planes : 1;
    for (int64_t i = 0; i < g.numel(); ++i)
        sums.db[static_cast<size_t>(i / plane % shape.outChannels)] += widen(gs[i]);
    return sums;
}

template <class T> Result<Value> gradientTensor(const std::vector<Accumulate<T>>& sums, const ValueMeta& meta) {
    if (!meta.isTensor())
        return Value();
    FX_TRY(const Tensor out, allocate(meta.tensor()));
    FX_TRY(Tensor rows, rowMajorFor(out));
    for (size_t i = 0; i < sums.size(); ++i)
        rows.data<T>()[i] = castTo<T>(sums[i]);
    return settle(rows, out);
}

Result<Value> runConvBackward(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferConvBackward(metaArgs(args)));
    FX_TRY(const ConvBackward backward, readConvBackward(args));
    FX_TRY(const Tensor g, backward.gradient.contiguous());
    FX_TRY(const Tensor x, backward.call.input.contiguous());
    FX_TRY(const Tensor w, backward.call.weight.contiguous());
    const ConvShape shape = convShape(backward.call, g.sizes());
    return dispatch<DTypes::FloatingOrComplex>(x.dtype(), [&]<class T>() -> Result<Value> {
        const ConvGradients<T> sums = gradientsOf<T>(g, x, w, shape);
        FX_TRY(Value dx, gradientTensor<T>(sums.dx, meta.items()[0]));
        FX_TRY(Value dw, gradientTensor<T>(sums.dw, meta.items()[1]));
        FX_TRY(Value db, gradientTensor<T>(sums.db, meta.items()[2]));
        return Value(ValueList{std::move(dx), std::move(dw), std::move(db)});
    });
}

} // namespace

const OpDef convolution_backward{
    .target = "torch.ops.aten.convolution_backward.default", .infer = inferConvBackward, .reference = runConvBackward};

} // namespace fxscope::ops
