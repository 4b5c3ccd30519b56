// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"

#include <fmt/format.h>

// The same elements at other places, or some of them: flip, rot90, tril, triu.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

/// to[...] = from[...], `from` walked backwards along the flagged dimensions.
Result<Done> copyFlipped(CudaDevice& device, const Tensor& from, const std::vector<bool>& backwards, const Tensor& to) {
    FX_TRY(const Tensor source, asUnits(from));
    FX_TRY(const Tensor target, asUnits(to));
    Elements e{.outputs = {target}, .raw = {source}, .integers = {0}, .body = "out0 = r0[k0", .coordinates = true};
    for (size_t d = 0; d < from.dim(); ++d) {
        const int64_t stride = from.strides()[d];
        if (backwards[d])
            e.integers[0] += (from.size(d) - 1) * stride;
        e.body += fmt::format(" + at[{}] * k{}", d, e.integers.size());
        e.integers.push_back(backwards[d] ? -stride : stride);
    }
    e.body += "];";
    return launch(device, e);
}

bool isRight(const OpDef& op, Values args) {
    return op.infer(metaArgs(args)).ok() && !deviceType(args[0].tensor().dtype()).empty();
}

Taken runFlip(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const Sizes dims, intsAt(args, 1));
    FX_TRY(const auto wrapped, wrapDims(dims, x.dim()));
    std::vector<bool> backwards(x.dim(), false);
    for (const size_t dim : wrapped)
        if (dim < x.dim())
            backwards[dim] = true;
    FX_CHECK(copyFlipped(call.device, x, backwards, out[0]));
    return std::optional(resultOf(std::move(out)));
}

/// rot90(self, k, dims): a flip, then a transpose
Taken runRot90(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const Sizes dims, intsAt(args, 2));
    FX_TRY(const auto plane, wrapDims(dims, x.dim()));
    const int64_t quarters = (args[1].toInt() % 4 + 4) % 4;
    std::vector<bool> backwards(x.dim(), false);
    backwards[plane[0]] = quarters >= 2;
    backwards[plane[1]] = quarters == 1 || quarters == 2;
    Sizes strides = out[0].strides();
    if (quarters % 2 != 0)
        std::swap(strides[plane[0]], strides[plane[1]]);
    FX_TRY(const Tensor unturned, out[0].asStrided(x.sizes(), std::move(strides), out[0].offset()));
    FX_CHECK(copyFlipped(call.device, x, backwards, unturned));
    return std::optional(resultOf(std::move(out)));
}

/// tril keeps [i, j] with j - i <= diagonal, triu those with j - i >= diagonal; 0 elsewhere.
template <bool Upper> Taken runTriangle(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const int64_t diagonal, intAt(args, 1));
    FX_TRY(const Tensor source, asUnits(args[0].tensor()));
    FX_TRY(const Tensor target, asUnits(out[0]));
    FX_CHECK(launch(call.device,
                    {.outputs = {target},
                     .inputs = {source},
                     .integers = {diagonal},
                     .body = fmt::format("out0 = at[R - 1] - at[R - 2] {} k0 ? in0 : O0();", Upper ? ">=" : "<="),
                     .coordinates = true}));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel flip{"torch.ops.aten.flip.default", runFlip};
const CudaKernel rot90{"torch.ops.aten.rot90.default", runRot90};
const CudaKernel tril{"torch.ops.aten.tril.default", runTriangle<false>};
const CudaKernel triu{"torch.ops.aten.triu.default", runTriangle<true>};

} // namespace fxscope::cuda
