// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"

#include <fmt/format.h>

// grid_sampler_2d(input, grid, interpolation_mode, padding_mode, align_corners), by the formulas of
// core/ops/grid_sampler.h.

namespace fxscope::cuda {
namespace {

Result<std::optional<Value>> runGridSampler(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !isTensorAt(args, 1) || !isFloating(args[0].tensor().dtype()) ||
        deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const bool aligned, boolAt(args, 4));
    const Tensor &x = args[0].tensor(), &places = args[1].tensor();
    Elements elements{.outputs = out, .raw = {x, places}, .integers = x.strides(), .coordinates = true};
    elements.integers.insert(elements.integers.end(), places.strides().begin(), places.strides().end());
    elements.integers.insert(elements.integers.end(), {x.size(2), x.size(3)});
    elements.prologue = "#include \"core/ops/grid_sampler.h\"\n";
    elements.body = fmt::format(
        "using C = Stepwise<O0>; const grid::GridSampler<O0, C> sampler{{{{k8, {1}, {2}}}, {{k9, {1}, {2}}}, {0}, k2, "
        "k3}}; const auto* place = r1 + at[0] * k4 + at[2] * k5 + at[3] * k6; "
        "out0 = O0(sampler.sample(r0 + at[0] * k0 + at[1] * k1, C(place[0]), C(place[k7])));",
        args[2].toInt(), args[3].toInt(), aligned);
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel grid_sampler_2d{"torch.ops.aten.grid_sampler_2d.default", runGridSampler};

} // namespace fxscope::cuda
