// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"
#include "core/cuda/positions.h"

// nonzero and masked_scatter: elements that are counted before they are used. The host waits for the count.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

Taken runNonzero(const OpDef&, Values args, Call& call) {
    if (!isTensorAt(args, 0) || deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(Tensor places, nonzeroPlaces(call.device, args[0].tensor()));
    return std::optional(Value(std::move(places)));
}

/// masked_scatter(self, mask, source): the true places, in row-major order, take the next elements of source
Taken runMaskedScatter(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty())
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const Tensor self, expandTo(args[0].tensor(), out[0].sizes()));
    FX_TRY(const Tensor mask, expandTo(args[1].tensor(), out[0].sizes()));
    FX_CHECK(call.device.copy(self, out[0]));
    FX_TRY(const Tensor positions, nonzeroPositions(call.device, mask));
    const int64_t count = positions.numel();
    if (count > args[2].tensor().numel() || !out[0].isContiguous())
        return std::optional<Value>();
    FX_TRY(const Tensor source, contiguous(call.device, args[2].tensor()));
    FX_TRY(const Tensor taken, source.asStrided({count}, {1}, source.offset()));
    FX_CHECK(put(call.device,
                 {.base = out[0],
                  .strides = {0},
                  .indices = {{positions, out[0].numel(), 1}},
                  .check = Addressing::Entries::Trusted},
                 taken));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel nonzero{"torch.ops.aten.nonzero.default", runNonzero};
const CudaKernel masked_scatter{"torch.ops.aten.masked_scatter.default", runMaskedScatter};

} // namespace fxscope::cuda
