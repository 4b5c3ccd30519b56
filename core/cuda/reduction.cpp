// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

namespace fxscope::cuda {

bool hasDeviceTypes(Values args) {
    bool all = true;
    for (const Value& arg : args)
        forEachTensor(arg, [&](const Tensor& x) { all = all && (!x.defined() || !deviceType(x.dtype()).empty()); });
    return all;
}

Result<DimSet> dimsAt(Values args, int i, EmptyDims empty) {
    const size_t rank = args[0].tensor().dim();
    return i < 0 ? DimSet(rank, true) : reducedDims(args, static_cast<size_t>(i), rank, empty);
}

Taken reduce(const OpDef& op, Values args, Call& call, int place, Fold fold, EmptyDims empty) {
    if (!isTensorAt(args, 0))
        return std::optional<Value>();
    FX_TRY(const DimSet dims, dimsAt(args, place, empty));
    FX_TRY(const std::vector<Tensor> results, allocateResults(op, args, call.device));
    if (!hasDeviceTypes(args))
        return std::optional<Value>();
    FX_TRY(Tensor rows, rowsOf(args[0].tensor(), dims));
    fold.inputs.insert(fold.inputs.begin(), std::move(rows));
    fold.kept = keptOf(dims);
    for (const Tensor& result : results) {
        if (deviceType(result.dtype()).empty())
            return std::optional<Value>();
        FX_TRY(Tensor output, rowResult(result, dims));
        fold.outputs.push_back(std::move(output));
    }
    FX_CHECK(launch(call.device, fold));
    return std::optional(resultOf(results));
}

} // namespace fxscope::cuda
