// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/windows.h"

#include <fmt/format.h>

// im2col copies every window of an image into a column: [N,] C, H, W -> [N,] C kh kw, windows; col2im adds the columns
// back up to an image: every element asks which columns it stands in.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

/// The windows of one dimension by names of integers: kernel, dilation, padding, stride from argument `first` on, the
/// image's size and how many windows it has.
struct AxisNames {
    std::string kernel, dilation, padding, stride, in, windows;
};

Result<AxisNames> axisNames(Elements& elements, Values args, size_t first, size_t d, int64_t in) {
    std::array<int64_t, 4> numbers;
    for (size_t i = 0; i < 4; ++i) {
        FX_TRY(const Sizes list, intsAt(args, first + i));
        numbers[i] = list[d];
    }
    const auto [kernel, dilation, padding, stride] = numbers;
    const int64_t room = in + 2 * padding - dilation * (kernel - 1) - 1, windows = room < 0 ? 0 : room / stride + 1;
    return AxisNames{addInteger(elements, kernel), addInteger(elements, dilation), addInteger(elements, padding),
                     addInteger(elements, stride), addInteger(elements, in),       addInteger(elements, windows)};
}

bool takes(Values args) { return isTensorAt(args, 0) && !deviceType(args[0].tensor().dtype()).empty(); }

/// im2col(self, kernel_size, dilation, padding, stride)
Taken runIm2col(const OpDef& op, Values args, Call& call) {
    if (!takes(args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    const size_t rank = x.dim(), row = rank - 3, window = rank - 2;
    Elements elements{.outputs = out, .raw = {x}, .coordinates = true};
    FX_TRY(const AxisNames down, axisNames(elements, args, 1, 0, x.size(rank - 2)));
    FX_TRY(const AxisNames across, axisNames(elements, args, 1, 1, x.size(rank - 1)));
    const auto stride = [&](size_t d) { return addInteger(elements, x.strides()[d]); };
    elements.body =
        fmt::format("const long long tap = at[{0}] % ({2} * {3}), channel = at[{0}] / ({2} * {3}), ", row, window,
                    down.kernel, across.kernel) +
        fmt::format("h = at[{0}] / {1} * {2} - {3} + tap / {4} * {5}, ", window, across.windows, down.stride,
                    down.padding, across.kernel, down.dilation) +
        fmt::format("w = at[{0}] % {1} * {2} - {3} + tap % {4} * {5}; ", window, across.windows, across.stride,
                    across.padding, across.kernel, across.dilation) +
        fmt::format("out0 = h < 0 || h >= {} || w < 0 || w >= {} ? O0(0) : r0[{}channel * {} + h * {} + w * {}];",
                    down.in, across.in, rank == 4 ? "at[0] * " + stride(0) + " + " : "", stride(rank - 3),
                    stride(rank - 2), stride(rank - 1));
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(std::move(out)));
}

/// col2im(self, output_size, kernel_size, dilation, padding, stride)
Taken runCol2im(const OpDef& op, Values args, Call& call) {
    if (!takes(args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    const size_t rank = out.front().dim(), channel = rank - 3, h = rank - 2, w = rank - 1;
    Elements elements{.outputs = out, .raw = {x}, .coordinates = true};
    FX_TRY(const AxisNames down, axisNames(elements, args, 2, 0, out.front().size(h)));
    FX_TRY(const AxisNames across, axisNames(elements, args, 2, 1, out.front().size(w)));
    const auto stride = [&](size_t d) { return addInteger(elements, x.strides()[d]); };
    const std::string image = rank == 4 ? "at[0] * " + stride(0) + " + " : "";
    const auto windowAt = [](const AxisNames& axis, size_t d, std::string_view tap) {
        return fmt::format("windowOf(at[{}] + {} - {} * {}, {}, {})", d, axis.padding, tap, axis.dilation, axis.stride,
                           axis.windows);
    };
    elements.prologue =
        "#include \"core/ops/sum.h\"\n"
        "__device__ long long windowOf(long long reach, long long stride, long long windows) {\n"
        "    return reach < 0 || reach % stride != 0 || reach / stride >= windows ? -1 : reach / stride;\n}\n";
    elements.body =
        fmt::format("O0 sum(0); for (long long a = 0; a < {}; ++a) for (long long b = 0; b < {}; ++b) {{ ", down.kernel,
                    across.kernel) +
        fmt::format("const long long i = {}, j = {}; ", windowAt(down, h, "a"), windowAt(across, w, "b")) +
        fmt::format(
            "if (i >= 0 && j >= 0) sum = sumOf(sum, r0[{}((at[{}] * {} + a) * {} + b) * {} + (i * {} + j) * {}]); "
            "}} out0 = sum;",
            image, channel, down.kernel, across.kernel, stride(x.dim() - 2), across.windows, stride(x.dim() - 1));
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel im2col{"torch.ops.aten.im2col.default", runIm2col};
const CudaKernel col2im{"torch.ops.aten.col2im.default", runCol2im};

} // namespace fxscope::cuda
