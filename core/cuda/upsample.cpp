// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"

#include <fmt/format.h>

// upsample_nearest2d.vec(x, output_size, scale_factors) and upsample_bilinear2d.vec(x, output_size, align_corners,
// scale_factors); what scale an axis has is said in core/ops/upsample.cpp.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

template <class S> double scaleOf(int64_t in, int64_t out, std::optional<double> factor, bool aligned) {
    if (aligned)
        return out > 1 ? static_cast<S>(in - 1) / static_cast<S>(out - 1) : S(0);
    return factor && *factor > 0 ? static_cast<S>(1.0 / *factor) : static_cast<S>(in) / static_cast<S>(out);
}

Result<std::optional<double>> factorAt(Values args, size_t at, size_t axis) {
    if (isNoneAt(args, at) || !args[at].isList())
        return std::optional<double>();
    return optionalDoubleAt(args[at].list(), axis);
}

template <bool Bilinear> Taken run(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !isFloating(args[0].tensor().dtype()) || deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const bool aligned, Bilinear ? boolAt(args, 2) : Result<bool>(false));
    const Tensor &x = args[0].tensor(), &y = out.front();
    const DType scaleType = x.dtype() == DType::Float64 ? DType::Float64 : DType::Float32;
    Elements elements{.outputs = out, .raw = {x}, .integers = x.strides(), .coordinates = true};
    for (size_t i = 0; i < 2; ++i) {
        FX_TRY(const auto factor, factorAt(args, Bilinear ? 3 : 2, i));
        const double scale = scaleType == DType::Float64
                                 ? scaleOf<double>(x.size(2 + i), y.size(2 + i), factor, aligned)
                                 : scaleOf<float>(x.size(2 + i), y.size(2 + i), factor, aligned);
        FX_TRY(Number number, numberOf(Value(scale), scaleType));
        elements.numbers.push_back(number);
        elements.integers.push_back(x.size(2 + i));
    }
    elements.prologue =
        fmt::format("#include \"core/cuda/kernels/upsample.cuh\"\nusing S = {};\n", deviceType(scaleType));
    elements.body = fmt::format("const upsample::Axis<S> rows{{k4, k2, n0, {0}}}, columns{{k5, k3, n1, {0}}}; "
                                "const auto* plane = r0 + at[0] * k0 + at[1] * k1; ",
                                aligned) +
                    (Bilinear ? "out0 = upsample::bilinear<O0, S>(plane, rows, columns, at[2], at[3]);"
                              : "out0 = plane[rows.nearest(at[2]) * k2 + columns.nearest(at[3]) * k3];");
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel upsample_nearest2d{"torch.ops.aten.upsample_nearest2d.vec", run<false>};
const CudaKernel upsample_bilinear2d{"torch.ops.aten.upsample_bilinear2d.vec", run<true>};

} // namespace fxscope::cuda
