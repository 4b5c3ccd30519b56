// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/windows.h"

#include <fmt/format.h>

// reflection_padNd(self, padding) and replication_padNd: which input place a padded one shows is said in
// core/ops/pad.cpp.

namespace fxscope::cuda {
namespace {

template <size_t Dims, bool Reflects>
Result<std::optional<Value>> runEdgePad(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const Sizes pad, intsAt(args, 1));
    const Tensor& x = args[0].tensor();
    Elements elements{.outputs = out, .raw = {x}, .coordinates = true};
    std::string from = "r0[0";
    for (size_t d = 0; d < x.dim(); ++d) {
        const std::string stride = addInteger(elements, x.strides()[d]);
        if (d + Dims < x.dim()) {
            from += fmt::format(" + at[{}] * {}", d, stride);
            continue;
        }
        elements.body += fmt::format("const long long i{0} = shown(at[{0}] - {1}, {2}); ", d,
                                     addInteger(elements, pad[2 * (x.dim() - 1 - d)]), addInteger(elements, x.size(d)));
        from += fmt::format(" + i{} * {}", d, stride);
    }
    elements.body += "out0 = " + from + "];";
    elements.prologue = Reflects
                            ? "__device__ long long shown(long long i, long long size) { const long long folded = i "
                              "< 0 ? -i : i; return folded >= size ? 2 * (size - 1) - folded : folded; }\n"
                            : "__device__ long long shown(long long i, long long size) { return i < 0 ? 0 : i < "
                              "size ? i : size - 1; }\n";
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel reflection_pad1d{"torch.ops.aten.reflection_pad1d.default", runEdgePad<1, true>};
const CudaKernel reflection_pad2d{"torch.ops.aten.reflection_pad2d.default", runEdgePad<2, true>};
const CudaKernel reflection_pad3d{"torch.ops.aten.reflection_pad3d.default", runEdgePad<3, true>};
const CudaKernel replication_pad1d{"torch.ops.aten.replication_pad1d.default", runEdgePad<1, false>};
const CudaKernel replication_pad2d{"torch.ops.aten.replication_pad2d.default", runEdgePad<2, false>};
const CudaKernel replication_pad3d{"torch.ops.aten.replication_pad3d.default", runEdgePad<3, false>};

} // namespace fxscope::cuda
