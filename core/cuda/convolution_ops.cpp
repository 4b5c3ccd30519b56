// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/convolution.h"

// convolution, conv1d, conv2d, conv3d and convolution_backward.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

bool takes(DTypes set, const Tensor& x) {
    return covers(set, isFloating(x.dtype()), isComplex(x.dtype()), x.dtype() == DType::Bool) &&
           !deviceType(x.dtype()).empty();
}

/// See core/ops/conv.cpp.
bool goesThroughColumns(const ConvCall& call) {
    bool bigPadding = false;
    for (size_t i = 0; i < call.outputPadding.size(); ++i)
        bigPadding = bigPadding || call.outputPadding[i] >= call.stride[std::min(i, call.stride.size() - 1)];
    return call.transposed && bigPadding &&
           (call.input.dtype() == DType::Float16 || call.input.dtype() == DType::BFloat16);
}

/// y += bias, by channel. Half types are rounded before it once more, as PyTorch's CUDA kernels do.
Result<Done> addBias(CudaDevice& device, const Tensor& y, const Tensor& bias) {
    Sizes strides(y.dim(), 0);
    strides[1] = bias.strides()[0];
    FX_TRY(const Tensor spread, bias.asStrided(y.sizes(), strides, bias.offset()));
    return launch(device, {.outputs = {y},
                           .inputs = {y, spread},
                           .body = "using C = ComputeType<O0>; out0 = castTo<O0>(C(in0) + C(in1));"});
}

/// `y` has a batch, and any strides.
Result<Done> forward(CudaDevice& device, const ConvCall& conv, const Tensor& y) {
    const ConvShape shape = convShape(conv, y.sizes());
    FX_TRY(const Tensor w, contiguous(device, conv.weight));
    const bool columns = goesThroughColumns(conv);
    if (!columns) {
        FX_TRY(const bool done, convolveByLibrary(device, y, conv.input, w, shape));
        if (done)
            return conv.bias ? addBias(device, y, *conv.bias) : Result<Done>(Done{});
    }
    std::optional<Tensor> bias;
    if (conv.bias) {
        FX_TRY(bias, contiguous(device, *conv.bias));
    }
    return convolve(device, y, conv.input, w, bias, shape, columns);
}

Taken runConvolution(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !takes(DTypes::NoBool, args[0].tensor()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const ConvCall conv, convCall(args));
    FX_CHECK(forward(call.device, conv, out.front()));
    return std::optional(Value(out.front()));
}

/// conv1d, conv2d, conv3d: the input may lack its batch
Taken runConvNd(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !takes(DTypes::NoBool, args[0].tensor()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const ConvCall conv, convNdCall(args));
    const bool lacksBatch = out.front().dim() + 1 == conv.weight.dim();
    FX_TRY(const Tensor y, lacksBatch ? withBatch(out.front()) : Result<Tensor>(out.front()));
    FX_CHECK(forward(call.device, conv, y));
    return std::optional(Value(out.front()));
}

// --- convolution_backward(grad_output, input, weight, bias_sizes, stride, padding, dilation, transposed,
// output_padding, groups, output_mask)

/// The tensor of a result that is wanted, else nothing.
Result<std::optional<Tensor>> wantedAt(const ValueMeta& meta, size_t i, CudaDevice& device) {
    if (!meta.items()[i].isTensor())
        return std::optional<Tensor>();
    FX_TRY(Tensor made, device.allocate(meta.items()[i].tensor()));
    return std::optional(std::move(made));
}

Taken runBackward(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !isTensorAt(args, 1) || !takes(DTypes::FloatingOrComplex, args[1].tensor()) ||
        args[0].tensor().dtype() != args[1].tensor().dtype())
        return std::optional<Value>();
    CudaDevice& device = call.device;
    FX_TRY(const ValueMeta meta, op.infer(metaArgs(args)));
    const std::array<Value, 9> forwardArgs{args[1], args[2], Value(), args[4], args[5],
                                           args[6], args[7], args[8], args[9]};
    FX_TRY(const ConvCall conv, convCall(forwardArgs));
    const Tensor &g = args[0].tensor(), &x = conv.input;
    const ConvShape shape = convShape(conv, g.sizes());
    FX_TRY(const Tensor w, contiguous(device, conv.weight));
    FX_TRY(const auto dx, wantedAt(meta, 0, device));
    FX_TRY(const auto dw, wantedAt(meta, 1, device));
    FX_TRY(const auto db, wantedAt(meta, 2, device));
    if (dx) {
        FX_TRY(const bool done, inputGradientByLibrary(device, *dx, g, w, shape));
        if (!done)
            FX_CHECK(inputGradient(device, *dx, g, w, shape));
    }
    if (dw) {
        FX_TRY(const bool done, weightGradientByLibrary(device, *dw, g, x, shape));
        if (!done)
            FX_CHECK(weightGradient(device, *dw, g, x, shape));
    }
    if (db) {
        FX_TRY(const bool done, biasGradientByLibrary(device, *db, g, shape));
        if (!done)
            FX_CHECK(biasGradient(device, *db, g, shape));
    }
    ValueList results;
    for (const auto* one : {&dx, &dw, &db})
        results.push_back(*one ? Value(**one) : Value());
    return std::optional(Value(std::move(results)));
}

} // namespace

const CudaKernel convolution{"torch.ops.aten.convolution.default", runConvolution};
const CudaKernel conv1d{"torch.ops.aten.conv1d.default", runConvNd};
const CudaKernel conv2d{"torch.ops.aten.conv2d.default", runConvNd};
const CudaKernel conv3d{"torch.ops.aten.conv3d.default", runConvNd};
const CudaKernel convolution_backward{"torch.ops.aten.convolution_backward.default", runBackward};

} // namespace fxscope::cuda
