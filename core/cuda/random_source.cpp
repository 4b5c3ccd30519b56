// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/random_source.h"

#include "core/cuda/elements.h"

#include <fmt/format.h>

namespace fxscope::cuda {

std::string fillSource(std::string_view maker, DType dtype) {
    return fmt::format(
        "#include \"core/cuda/kernels/elements.cuh\"\n#include \"core/cuda/random_elements.h\"\n"
        "using namespace fxscope;\nusing namespace fxscope::cuda;\n"
        "struct Arguments {{ PhiloxStart start; DrawShape shape; {0}<{1}> make; {1}* out; }};\n"
        "extern \"C\" __global__ void __launch_bounds__(256) kernel(const __grid_constant__ Arguments a) {{\n"
        "    fillStream(a.make, a.start, a.shape, uint64_t(blockIdx.x) * blockDim.x + threadIdx.x, a.out);\n}}\n",
        maker, deviceType(dtype));
}

std::string dropoutSource(DType dtype) {
    return fmt::format(
        "#include \"core/cuda/kernels/elements.cuh\"\n#include \"core/cuda/random_dropout.h\"\n"
        "using namespace fxscope;\nusing namespace fxscope::cuda;\nusing T = {};\n"
        "struct Arguments {{ PhiloxStart start; DrawShape shape; Dropout<T> make; const T* x; T* out; bool* mask; }};\n"
        "extern \"C\" __global__ void __launch_bounds__(256) kernel(const __grid_constant__ Arguments a) {{\n"
        "    a.make.dropStream(a.start, a.shape, uint64_t(blockIdx.x) * blockDim.x + threadIdx.x, a.x, a.out, "
        "a.mask);\n}}\n",
        deviceType(dtype));
}

} // namespace fxscope::cuda
