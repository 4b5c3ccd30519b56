// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/windows.h"

#include <fmt/format.h>

namespace fxscope::cuda {

std::string addInteger(Elements& elements, int64_t value) {
    elements.integers.push_back(value);
    return fmt::format("k{}", elements.integers.size() - 1);
}

void readWindows(Elements& elements, const Tensor& read, const Sizes& in, const Sizes& out, const WindowAxes& axes) {
    const size_t rank = read.dim(), dims = axes.size();
    std::string plane = fmt::format("r{}", elements.raw.size()), windows, place;
    for (size_t d = 0; d + dims < rank; ++d)
        plane += fmt::format(" + at[{}] * {}", d, addInteger(elements, read.strides()[d]));
    for (size_t i = 0; i + dims < 3; ++i) {
        windows += "{1, 1, 0, 1, 1, 0, 1}, ";
        place += "0, ";
    }
    for (size_t i = 0; i < dims; ++i) {
        const size_t d = rank - dims + i;
        windows += "{";
        for (const int64_t value :
             {in[d], out[d], read.strides()[d], axes[i].kernel, axes[i].stride, axes[i].padding, axes[i].dilation})
            windows += addInteger(elements, value) + ", ";
        windows += "}, ";
        place += fmt::format("at[{}], ", d);
    }
    elements.raw.push_back(read);
    elements.coordinates = true;
    elements.prologue += "#include \"core/cuda/kernels/windows.cuh\"\n";
    elements.body = fmt::format("const auto* plane = {}; const windows::Axis axes[3] = {{{}}}; "
                                "const long long place[3] = {{{}}}; ",
                                plane, windows, place) +
                    elements.body;
}

} // namespace fxscope::cuda
