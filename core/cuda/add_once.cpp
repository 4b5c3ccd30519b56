// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/cuda_kernel.h"
#include "core/cuda/indexed.h"
#include "core/cuda/row_moves.h"

#include <fmt/format.h>

// index_add of distinct entries in one pass over memory: out[i] = x[i] + alpha * y[inverse[i]].

namespace fxscope::cuda {
namespace {

using Taken = Result<std::optional<Value>>;

struct AddOnce {
    const Tensor& x;
    Tensor index; ///< int64, dense
    const Tensor& y;
    size_t dim;
    Number alpha;
    bool isPlain; ///< alpha is 1
};

bool isRight(const OpDef& op, Values args) {
    if (!op.infer(metaArgs(args)).ok() || deviceType(args[0].tensor().dtype()).empty())
        return false;
    const Tensor& x = args[0].tensor();
    return x.dim() > 0 && x.dim() == args[3].tensor().dim() && args[2].tensor().dim() == 1;
}

bool takesRows(const AddOnce& add) {
    return hasCompiledKernels() && add.isPlain && add.dim == 0 && takesRowSums(add.x.dtype()) && add.x.isContiguous() &&
           add.y.isContiguous();
}

Result<Done> addRows(CudaDevice& device, const AddOnce& add, Tensor& inverse, Tensor& out) {
    const int64_t rows = add.x.size(0);
    FX_CHECK(inverseOf(device, inverse.data<int32_t>(), rows, add.index.data<int64_t>(), add.index.numel(),
                       RowCheck::Wrapped));
    return addRowsOnce(device, {.out = out.raw(),
                                .x = add.x.raw(),
                                .y = add.y.raw(),
                                .inverse = inverse.data<int32_t>(),
                                .rows = rows,
                                .rowElements = rows == 0 ? 0 : add.x.numel() / rows,
                                .dtype = add.x.dtype(),
                                .alpha = 1});
}

/// Any dimension, strides and dtype.
Result<Done> addElements(CudaDevice& device, const AddOnce& add, Tensor& inverse, Tensor& out) {
    FX_TRY(const Number none, numberOf(Value(int64_t(-1)), DType::Int32));
    FX_CHECK(launch(device, {.outputs = {inverse}, .numbers = {none}, .body = "out0 = n0;"}));
    FX_TRY(Tensor numbers, device.pool().empty(DType::Int32, add.index.sizes()));
    FX_CHECK(launch(device, {.outputs = {numbers}, .body = "out0 = castTo<O0>(at[0]);", .coordinates = true}));
    FX_CHECK(put(device, {.base = inverse, .strides = {0}, .indices = {{add.index, add.x.size(add.dim), 1}}}, numbers));
    Elements sums{.outputs = {out}, .inputs = {add.x}, .raw = {add.y, inverse}, .coordinates = true};
    std::string place = "0";
    for (size_t d = 0; d < add.y.dim(); ++d) {
        place += fmt::format(" + {} * k{}", d == add.dim ? "row" : fmt::format("at[{}]", d), d);
        sums.integers.push_back(add.y.strides()[d]);
    }
    if (!add.isPlain)
        sums.numbers.push_back(add.alpha);
    sums.body = fmt::format("const long long row = r1[at[{}]]; out0 = row < 0 ? in0 : {}(in0, {}r0[{}]);", add.dim,
                            add.isPlain ? "sumOf" : "sumOfScaled", add.isPlain ? "" : "n0, ", place);
    return launch(device, sums);
}

Taken runAddOnce(const OpDef& op, Values args, Call& call) {
    if (!isRight(op, args))
        return std::optional<Value>();
    const Tensor& x = args[0].tensor();
    const auto alpha = numberOf(args[4], x.dtype()), one = numberOf(Value(int64_t(1)), x.dtype());
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), x.dim()));
    if (!alpha.ok() || !one.ok() || x.size(dim) > INT32_MAX || args[2].tensor().numel() > INT32_MAX)
        return std::optional<Value>();
    FX_TRY(Tensor index, contiguous(call.device, args[2].tensor(), DType::Int64));
    const AddOnce add{x, std::move(index), args[3].tensor(), dim, *alpha, alpha->bytes == one->bytes};
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(Tensor inverse, call.device.pool().empty(DType::Int32, {x.size(dim)}));
    FX_CHECK(takesRows(add) ? addRows(call.device, add, inverse, out[0])
                            : addElements(call.device, add, inverse, out[0]));
    return std::optional(resultOf(std::move(out)));
}

} // namespace

const CudaKernel index_add_once{"torch.ops.fxscope.index_add_once.default", runAddOnce};

} // namespace fxscope::cuda
