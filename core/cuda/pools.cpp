// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/windows.h"

#include <fmt/format.h>

// Pools of rows, images and volumes: one thread an output element. What a mean divides by and which maximum counts is
// said in core/ops/pool_avg.cpp, pool_max.cpp and pool3d.cpp.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

bool takes(DTypes set, DType dtype) {
    return covers(set, isFloating(dtype), isComplex(dtype), dtype == DType::Bool) && !deviceType(dtype).empty();
}
bool takesFirst(DTypes set, Values args) { return isTensorAt(args, 0) && takes(set, args[0].tensor().dtype()); }

/// `body` for every element of the results.
Taken pool(const OpDef& op, Values args, Call& call, const WindowAxes& axes, std::string body,
           std::vector<int64_t> integers = {}) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    Elements elements{.outputs = out, .integers = std::move(integers), .body = std::move(body)};
    readWindows(elements, x, x.sizes(), out.front().sizes(), axes);
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(std::move(out)));
}

// --- means

std::string meanOf(bool countsPadding) {
    return fmt::format("out0 = windows::mean<windows::{}, O0>(plane, axes, place, k0);",
                       countsPadding ? "kPadded" : "kInside");
}

template <size_t Dims> Taken runAvgPool(const OpDef& op, Values args, Call& call) {
    if (!takesFirst(Dims == 2 ? DTypes::Real : DTypes::RealNoBool, args))
        return std::optional<Value>();
    FX_CHECK(op.infer(metaArgs(args)));
    FX_TRY(const auto axes, poolAxes<Dims>(args, 0));
    FX_TRY(const bool countsPadding, boolAt(args, 5));
    FX_TRY(const auto divisor, optionalIntAt(args, 6));
    return pool(op, args, call, windowAxes(axes), meanOf(countsPadding), {divisor.value_or(0)});
}

/// avg_pool1d(self, kernel_size, stride, padding, ceil_mode, count_include_pad)
Taken runAvgPool1d(const OpDef& op, Values args, Call& call) {
    if (!takesFirst(DTypes::Real, args))
        return std::optional<Value>();
    FX_CHECK(op.infer(metaArgs(args)));
    FX_TRY(const Sizes kernel, intsAt(args, 1));
    FX_TRY(const Sizes stride, intsAt(args, 2));
    FX_TRY(const Sizes padding, intsAt(args, 3));
    FX_TRY(const bool countsPadding, boolAt(args, 5));
    const PoolAxis<int64_t> axis{kernel.front(), stride.empty() ? kernel.front() : stride.front(), padding.front(), 1};
    return pool(op, args, call, {axis}, meanOf(countsPadding), {0});
}

template <size_t Dims> Taken runAdaptiveMean(const OpDef& op, Values args, Call& call) {
    if (!takesFirst(DTypes::Floating, args))
        return std::optional<Value>();
    return pool(op, args, call, adaptiveAxes(Dims),
                Dims == 3 ? "out0 = windows::volumeMean<O0>(plane, axes, place);"
                          : "out0 = windows::mean<windows::kAdaptive, O0>(plane, axes, place, 0);");
}

// --- maxima

/// Volumes say where the search began if nothing was found, images -1.
std::string maximumOf(std::string_view kind, bool withPlaces, bool volume) {
    std::string body =
        fmt::format("O0 maximum; const long long best = windows::placeOfMaximum<windows::{}, O0>(plane, axes, place, "
                    "maximum); out0 = maximum;",
                    kind);
    if (withPlaces && volume)
        body += fmt::format(" out1 = best < 0 ? windows::firstPlace<windows::{}>(axes, place) : best;", kind);
    else if (withPlaces)
        body += " out1 = best;";
    return body + " (void)best;";
}

template <size_t Dims, bool WithPlaces> Taken runMaxPool(const OpDef& op, Values args, Call& call) {
    if (!takesFirst(Dims == 2 ? DTypes::Real : DTypes::RealNoBool, args))
        return std::optional<Value>();
    FX_CHECK(op.infer(metaArgs(args)));
    FX_TRY(const auto axes, poolAxes<Dims>(args, 4));
    return pool(op, args, call, windowAxes(axes), maximumOf("kMaximum", WithPlaces, Dims == 3));
}

Taken runAdaptiveMaximum(const OpDef& op, Values args, Call& call) {
    if (!takesFirst(DTypes::RealNoBool, args))
        return std::optional<Value>();
    return pool(op, args, call, adaptiveAxes(2), maximumOf("kAdaptive", true, true));
}

// --- gradients

/// Gradient and input of the call fit and are of a dtype that is taken.
bool takesGradient(Values args) {
    return takesFirst(DTypes::Floating, args) && isTensorAt(args, 1) &&
           args[0].tensor().dtype() == args[1].tensor().dtype();
}

Taken spread(const OpDef& op, Values args, Call& call, const WindowAxes& axes, std::string_view kind, int64_t divisor) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& gradient = args[0].tensor();
    if (gradient.numel() == 0) {
        FX_CHECK(call.device.clear(out.front().raw(), out.front().bytes()));
        return std::optional(Value(out.front()));
    }
    Elements elements{.outputs = out,
                      .integers = {divisor},
                      .body = fmt::format("out0 = windows::sharesOf<windows::{}, O0>(plane, axes, place, k0);", kind)};
    readWindows(elements, gradient, out.front().sizes(), gradient.sizes(), axes);
    FX_CHECK(launch(call.device, elements));
    return std::optional(Value(out.front()));
}

Taken runAdaptiveBackward(const OpDef& op, Values args, Call& call) {
    if (!takesGradient(args))
        return std::optional<Value>();
    return spread(op, args, call, adaptiveAxes(2), "kAdaptive", 0);
}

Taken runAvgBackward(const OpDef& op, Values args, Call& call) {
    if (!takesGradient(args))
        return std::optional<Value>();
    FX_CHECK(op.infer(metaArgs(args)));
    FX_TRY(const auto axes, poolAxes<2>(args, 0, 2));
    FX_TRY(const bool countsPadding, boolAt(args, 6));
    FX_TRY(const auto divisor, optionalIntAt(args, 7));
    return spread(op, args, call, windowAxes(axes), countsPadding ? "kPadded" : "kInside", divisor.value_or(0));
}

/// A fault for an index outside its plane, or outside the window that it belongs to.
Result<Done> checkPlaces(CudaDevice& device, const Tensor& places, const Tensor& x,
                         const std::array<PoolAxis<int64_t>, 2>& axes) {
    const size_t rank = places.dim();
    Elements check{.inputs = {places}, .coordinates = true};
    const std::string width = addInteger(check, x.size(rank - 1)),
                      area = addInteger(check, x.size(rank - 2) * x.size(rank - 1));
    check.body = fmt::format("if (in0 < 0 || in0 >= {0}) FX_FAULT(kIndexOutOfRange, in0, {0}); else {{ ", area);
    for (size_t i = 0; i < 2; ++i) {
        const std::string name = i == 0 ? "row" : "column";
        check.body +=
            fmt::format("const long long {0} = in0 {1} {2} - (at[{3}] * {4} - {5}); ", name, i == 0 ? "/" : "%", width,
                        rank - 2 + i, addInteger(check, axes[i].stride), addInteger(check, axes[i].padding));
        check.body += fmt::format("if ({0} < 0 || {0} > {1}) FX_FAULT(kAssertionFailed, in0, 0); ", name,
                                  addInteger(check, (axes[i].kernel - 1) * axes[i].dilation));
    }
    check.body += "}";
    return launch(device, check);
}

/// max_pool2d_with_indices_backward(grad_output, self, kernel_size, stride, padding, dilation, ceil_mode, indices)
Taken runMaxBackward(const OpDef& op, Values args, Call& call) {
    if (!takesGradient(args) || !isTensorAt(args, 7) || args[7].tensor().sizes() != args[0].tensor().sizes())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const auto axes, poolAxes<2>(args, 5, 2));
    const Tensor &gradient = args[0].tensor(), &places = args[7].tensor();
    if (gradient.numel() == 0) {
        FX_CHECK(call.device.clear(out.front().raw(), out.front().bytes()));
        return std::optional(Value(out.front()));
    }
    FX_CHECK(checkPlaces(call.device, places, out.front(), axes));
    Elements elements{.outputs = out};
    const size_t rank = places.dim();
    std::string plane = "r1";
    for (size_t d = 0; d + 2 < rank; ++d)
        plane += fmt::format(" + at[{}] * {}", d, addInteger(elements, places.strides()[d]));
    elements.body = fmt::format("const long long steps[3] = {{0, {}, {}}}; out0 = windows::gradientsOfMaximum<O0>("
                                "plane, {}, axes, steps, place);",
                                addInteger(elements, places.strides()[rank - 2]),
                                addInteger(elements, places.strides()[rank - 1]), plane);
    readWindows(elements, gradient, out.front().sizes(), gradient.sizes(), windowAxes(axes));
    elements.raw.push_back(places);
    FX_CHECK(launch(call.device, elements));
    return std::optional(Value(out.front()));
}

} // namespace

const CudaKernel avg_pool1d{"torch.ops.aten.avg_pool1d.default", runAvgPool1d};
const CudaKernel avg_pool2d{"torch.ops.aten.avg_pool2d.default", runAvgPool<2>};
const CudaKernel avg_pool3d{"torch.ops.aten.avg_pool3d.default", runAvgPool<3>};
const CudaKernel adaptive_avg_pool1d{"torch.ops.aten.adaptive_avg_pool1d.default", runAdaptiveMean<1>};
const CudaKernel adaptive_avg_pool2d{"torch.ops.aten.adaptive_avg_pool2d.default", runAdaptiveMean<2>};
const CudaKernel _adaptive_avg_pool2d{"torch.ops.aten._adaptive_avg_pool2d.default", runAdaptiveMean<2>};
const CudaKernel _adaptive_avg_pool3d{"torch.ops.aten._adaptive_avg_pool3d.default", runAdaptiveMean<3>};
const CudaKernel adaptive_max_pool2d{"torch.ops.aten.adaptive_max_pool2d.default", runAdaptiveMaximum};
const CudaKernel max_pool2d{"torch.ops.aten.max_pool2d.default", runMaxPool<2, false>};
const CudaKernel max_pool2d_with_indices{"torch.ops.aten.max_pool2d_with_indices.default", runMaxPool<2, true>};
const CudaKernel max_pool3d_with_indices{"torch.ops.aten.max_pool3d_with_indices.default", runMaxPool<3, true>};
const CudaKernel _adaptive_avg_pool2d_backward{"torch.ops.aten._adaptive_avg_pool2d_backward.default",
                                               runAdaptiveBackward};
const CudaKernel avg_pool2d_backward{"torch.ops.aten.avg_pool2d_backward.default", runAvgBackward};
const CudaKernel max_pool2d_with_indices_backward{"torch.ops.aten.max_pool2d_with_indices_backward.default",
                                                  runMaxBackward};

} // namespace fxscope::cuda
