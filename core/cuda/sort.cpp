// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/sort_rows.h"
#include "core/ops/rows_along.h"

// sort and topk along a dimension. Which of several equal elements topk takes is the first here.

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

/// Row-major [n, count] seen along the last dimension of `x`.
Result<Tensor> asRows(const Tensor& x) {
    const int64_t count = x.dim() ? x.sizes().back() : 1;
    return x.asStrided({count ? x.numel() / count : 0, count}, {count, 1}, x.offset());
}

/// A tensor that rows are written to: `out` itself if its rows along `dim` lie behind one another.
Result<Tensor> rowsFor(CudaDevice& device, const Tensor& out, size_t dim) {
    FX_TRY(Tensor turned, withDimLast(out, dim));
    return turned.isContiguous() ? turned : device.pool().empty(out.dtype(), turned.sizes());
}

Result<Done> putBack(CudaDevice& device, const Tensor& rows, const Tensor& out, size_t dim) {
    if (rows.storage() == out.storage())
        return Done{};
    FX_TRY(const Tensor turned, withDimLast(out, dim));
    return device.copy(rows, turned);
}

Result<Done> sortInto(CudaDevice& device, const Tensor& x, size_t dim, bool descending,
                      const std::vector<Tensor>& out) {
    FX_TRY(const Tensor turned, withDimLast(x, dim));
    FX_TRY(const Tensor source, contiguous(device, turned));
    FX_TRY(const Tensor values, rowsFor(device, out[0], dim));
    FX_TRY(const Tensor places, rowsFor(device, out[1], dim));
    FX_TRY(const Tensor rows, asRows(source));
    FX_TRY(const Tensor valueRows, asRows(values));
    FX_TRY(const Tensor placeRows, asRows(places));
    FX_CHECK(sortRows(device, rows, descending, valueRows, placeRows));
    FX_CHECK(putBack(device, values, out[0], dim));
    return putBack(device, places, out[1], dim);
}

template <size_t DimAt, size_t OrderAt> Taken runOrdered(const OpDef& op, Values args, Call& call) {
    if (!op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty() ||
        isComplex(args[0].tensor().dtype()))
        return std::optional<Value>();
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    FX_TRY(const size_t dim, wrapDim(args[DimAt].toInt(), x.dim()));
    FX_TRY(const bool descending, boolAt(args, OrderAt));
    if (out[0].numel() > 0)
        FX_CHECK(sortInto(call.device, x, dim, descending, out));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel sort_default{"torch.ops.aten.sort.default", runOrdered<1, 2>};
const CudaKernel sort_stable{"torch.ops.aten.sort.stable", runOrdered<2, 3>};
const CudaKernel topk{"torch.ops.aten.topk.default", runOrdered<2, 3>}; // largest is descending

} // namespace fxscope::cuda
