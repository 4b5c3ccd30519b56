// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

// amax, amin, max.dim, min.dim, max.default, min.default. A NaN wins over every number. The index is that of the first
// NaN, else of the first of equal extremes. Nothing has no extreme: an error, unless there is no result to compute
// either.

namespace fxscope::ops {
namespace {

enum class Wanted { Max, Min };

template <class T> int64_t indexOfExtreme(const T* x, int64_t count, Wanted wanted) {
    int64_t best = 0;
    for (int64_t i = 1; i < count && !isNan(x[best]); ++i) {
        const bool better = wanted == Wanted::Max ? x[i] > x[best] : x[i] < x[best];
        if (better || isNan(x[i]))
            best = i;
    }
    return best;
}

Result<SymSizes> resultSizes(const TensorMeta& x, const DimSet& dims, bool keepDim) {
    if (reducesNothing(x.sizes, dims))
        return Diagnostic{
            "expected reduction dim to have a non-zero size, but the input has size " + sizesText(x.sizes), "", ""};
    if (isComplex(x.dtype))
        return unsupportedDType(x.dtype);
    return reducedSizes(x.sizes, dims, keepDim);
}

/// amax(x, dims, keepdim)
Result<ValueMeta> inferValues(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.sizes.size()));
    FX_TRY(const bool keepDim, boolAt(args, 2));
    FX_TRY(SymSizes sizes, resultSizes(x, dims, keepDim));
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

/// max(x)
Result<ValueMeta> inferWhole(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(SymSizes sizes, resultSizes(x, DimSet(x.sizes.size(), true), false));
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

/// max(x, dim, keepdim) -> values, indices
Result<ValueMeta> inferExtreme(Metas args) {
    FX_TRY(const ValueMeta values, inferValues(args));
    TensorMeta indices = values.tensor();
    indices.dtype = DType::Int64;
    return tensorList({values.tensor(), indices});
}

/// `indices` may be null.
template <class T> void extremes(const ReducedRows& in, Wanted wanted, T* values, int64_t* indices) {
    for (int64_t r = 0; r < in.outer; ++r) {
        const T* row = in.rows.data<T>() + r * in.inner;
        const int64_t best = indexOfExtreme(row, in.inner, wanted);
        values[r] = row[best];
        if (indices)
            indices[r] = best;
    }
}

template <Wanted W> Result<Value> runExtreme(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferExtreme, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.dim()));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Value> {
        extremes(in, W, out[0].data<T>(), out[1].data<int64_t>());
        return Value(ValueList{out[0], out[1]});
    });
}

template <Wanted W> Result<Value> extremesOf(const Tensor& x, const DimSet& dims, Tensor out) {
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Value> {
        extremes<T>(in, W, out.data<T>(), nullptr);
        return Value(out);
    });
}

template <Wanted W> Result<Value> runValues(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferValues, args));
    FX_TRY(const DimSet dims, reducedDims(args, 1, args[0].tensor().dim()));
    return extremesOf<W>(args[0].tensor(), dims, std::move(out));
}

template <Wanted W> Result<Value> runWhole(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferWhole, args));
    return extremesOf<W>(args[0].tensor(), DimSet(args[0].tensor().dim(), true), std::move(out));
}

} // namespace

const OpDef amax{.target = "torch.ops.aten.amax.default", .infer = inferValues, .reference = runValues<Wanted::Max>};
const OpDef amin{.target = "torch.ops.aten.amin.default", .infer = inferValues, .reference = runValues<Wanted::Min>};
const OpDef max_dim{.target = "torch.ops.aten.max.dim", .infer = inferExtreme, .reference = runExtreme<Wanted::Max>};
const OpDef min_dim{.target = "torch.ops.aten.min.dim", .infer = inferExtreme, .reference = runExtreme<Wanted::Min>};
const OpDef max{.target = "torch.ops.aten.max.default", .infer = inferWhole, .reference = runWhole<Wanted::Max>};
const OpDef min{.target = "torch.ops.aten.min.default", .infer = inferWhole, .reference = runWhole<Wanted::Min>};

} // namespace fxscope::ops
