// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/convolution.h"

#include "core/cuda/windows.h"

#include <fmt/format.h>

// Convolutions by kernels of our own, one thread an element: for dtypes and shapes that cuDNN does not take.

namespace fxscope::cuda {
namespace {

/// Places of `spatial` dimensions from dimension 2 on as three.
std::string placeText(size_t spatial) {
    std::string text;
    for (size_t i = 0; i < 3; ++i)
        text += i + spatial < 3 ? "0, " : fmt::format("at[{}], ", i + spatial - 1);
    return "const long long place[3] = {" + text + "}; ";
}

/// The strides of a tensor of images.
std::string stepsText(Elements& elements, std::string_view name, const Tensor& x) {
    const size_t spatial = x.dim() - 2;
    std::string text = addInteger(elements, x.strides()[0]) + ", " + addInteger(elements, x.strides()[1]) + ", ";
    for (size_t i = 0; i < 3; ++i)
        text += i + spatial < 3 ? "0, " : addInteger(elements, x.strides()[i + spatial - 1]) + ", ";
    return fmt::format("const convolution::Steps {}{{{{{}}}}}; ", name, text);
}

std::string shapeText(Elements& elements, const ConvShape& shape) {
    std::string text =
        addInteger(elements, shape.batch) + ", " +
        addInteger(elements, shape.inChannels / std::max<int64_t>(shape.groups, 1)) + ", " +
        addInteger(elements, std::max<int64_t>(1, shape.outChannels / std::max<int64_t>(shape.groups, 1))) + ", {";
    for (const ConvAxis& axis : shape.axes) {
        text += "{";
        for (const int64_t value : {axis.in, axis.out, axis.kernel, axis.stride, axis.padding, axis.dilation})
            text += addInteger(elements, value) + ", ";
        text += "}, ";
    }
    return fmt::format("const convolution::Shape shape{{{}}}}}; ", text);
}

constexpr std::string_view kPrologue = "#include \"core/cuda/kernels/convolution.cuh\"\n";

/// The convolution whose output is x and whose input is y: gradients of x are computed by it.
ConvShape reversed(const ConvShape& shape) {
    ConvShape other = shape;
    std::swap(other.inChannels, other.outChannels);
    other.transposed = !shape.transposed;
    for (ConvAxis& axis : other.axes)
        std::swap(axis.in, axis.out);
    return other;
}

} // namespace

Result<Done> convolve(CudaDevice& device, const Tensor& y, const Tensor& x, const Tensor& w,
                      const std::optional<Tensor>& bias, const ConvShape& shape, bool columns) {
    Elements elements{.outputs = {y}, .raw = {x, w}, .prologue = std::string(kPrologue), .coordinates = true};
    if (bias)
        elements.raw.push_back(*bias);
    elements.body = stepsText(elements, "steps", x) + shapeText(elements, shape) + placeText(shape.spatial) +
                    fmt::format("out0 = convolution::{}<O0, {}>(r0, steps, r1, {}, shape, at[0], at[1], place);",
                                columns ? "elementOfColumns" : "element", shape.transposed,
                                bias ? "r2" : "static_cast<const O0*>(nullptr)");
    return launch(device, elements);
}

Result<Done> inputGradient(CudaDevice& device, const Tensor& dx, const Tensor& g, const Tensor& w,
                           const ConvShape& shape) {
    return convolve(device, dx, g, w, std::nullopt, reversed(shape), false);
}

Result<Done> weightGradient(CudaDevice& device, const Tensor& dw, const Tensor& g, const Tensor& x,
                            const ConvShape& shape) {
    Elements elements{.outputs = {dw}, .raw = {g, x}, .prologue = std::string(kPrologue), .coordinates = true};
    elements.body = stepsText(elements, "gSteps", g) + stepsText(elements, "xSteps", x) + shapeText(elements, shape) +
                    placeText(shape.spatial) +
                    fmt::format("out0 = convolution::weightGradient<O0, {}>(r0, gSteps, r1, xSteps, shape, at[0], "
                                "at[1], place);",
                                shape.transposed);
    return launch(device, elements);
}

Result<Done> biasGradient(CudaDevice& device, const Tensor& db, const Tensor& g, const ConvShape& shape) {
    Elements elements{.outputs = {db}, .raw = {g}, .prologue = std::string(kPrologue), .coordinates = true};
    elements.body = stepsText(elements, "steps", g) + shapeText(elements, shape) +
                    "out0 = convolution::biasGradient<O0>(r0, steps, shape, at[0]);";
    return launch(device, elements);
}

} // namespace fxscope::cuda
