// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

// argmax and argmin: where the extreme is, along a dimension or in the flattened tensor. The first of equal ones, and a
// NaN before everything else. aminmax: both extremes at once; a NaN makes both NaN.

namespace fxscope::ops {
namespace {

enum class Extreme { Largest, Smallest };

template <class T> int64_t placeOfExtreme(const T* x, int64_t count, Extreme wanted) {
    int64_t best = 0;
    for (int64_t i = 1; i < count && !isNan(x[best]); ++i)
        if (isNan(x[i]) || (wanted == Extreme::Largest ? x[i] > x[best] : x[i] < x[best]))
            best = i;
    return best;
}

/// The result's sizes of (self, dim, keepdim). Error: an extreme of nothing.
Result<SymSizes> extremeSizes(Metas args, std::string_view op) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.sizes.size()));
    FX_TRY(const bool keepDim, boolAt(args, 2));
    if (isNoneAt(args, 1) && numelOf(x.sizes).is(0))
        return Diagnostic{std::string(op) + "(): Expected reduction dim to be specified for input.numel() == 0.", "",
                          "Specify the reduction dim with the 'dim' argument"};
    if (reducesNothing(x.sizes, dims))
        return Diagnostic{std::string(op) +
                              "(): Expected reduction dim to have non-zero size, but the input has size " +
                              sizesText(x.sizes),
                          "", ""};
    if (isComplex(x.dtype))
        return unsupportedDType(x.dtype);
    return reducedSizes(x.sizes, dims, keepDim);
}

Result<ValueMeta> inferPlace(Metas args, std::string_view op) {
    FX_TRY(SymSizes sizes, extremeSizes(args, op));
    return ValueMeta::tensor(newMeta(DType::Int64, std::move(sizes), &args[0].tensor()));
}
Result<ValueMeta> inferArgmax(Metas args) { return inferPlace(args, "argmax"); }
Result<ValueMeta> inferArgmin(Metas args) { return inferPlace(args, "argmin"); }

Result<Value> placesOf(Values args, Tensor out, Extreme wanted) {
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.dim()));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::RealNoBool>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            out.data<int64_t>()[r] = placeOfExtreme(in.rows.data<T>() + r * in.inner, in.inner, wanted);
        return Value(out);
    });
}

template <Infer Rule, Extreme Wanted> Result<Value> runPlace(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(Rule, args));
    return placesOf(args, out, Wanted);
}

Result<ValueMeta> inferAminmax(Metas args) {
    FX_TRY(const SymSizes sizes, extremeSizes(args, "aminmax"));
    const TensorMeta& x = args[0].tensor();
    const TensorMeta one = newMeta(x.dtype, sizes, &x);
    return tensorList({one, one});
}

Result<Value> runAminmax(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferAminmax, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.dim()));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::Real>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r) {
            const T* row = in.rows.data<T>() + r * in.inner;
            out[0].data<T>()[r] = row[placeOfExtreme(row, in.inner, Extreme::Smallest)];
            out[1].data<T>()[r] = row[placeOfExtreme(row, in.inner, Extreme::Largest)];
        }
        return Value(ValueList{out[0], out[1]});
    });
}

} // namespace

const OpDef argmax{.target = "torch.ops.aten.argmax.default",
                   .infer = inferArgmax,
                   .reference = runPlace<inferArgmax, Extreme::Largest>};
const OpDef argmin{.target = "torch.ops.aten.argmin.default",
                   .infer = inferArgmin,
                   .reference = runPlace<inferArgmin, Extreme::Smallest>};
const OpDef aminmax{.target = "torch.ops.aten.aminmax.default", .infer = inferAminmax, .reference = runAminmax};

} // namespace fxscope::ops
