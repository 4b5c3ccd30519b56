// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

#include <cmath>

// sum and mean over dimensions. An empty sum is 0, an empty mean NaN. Integers and bool are summed as int64.

namespace fxscope::ops {
namespace {

/// Where the arguments of an overload are; -1: it has none.
struct Places {
    int dims, keepDim, dtype;
};
constexpr Places kWhole{-1, -1, 1}, kDims{1, 2, 3};

template <class Arg> Result<DimSet> dimsOf(std::span<const Arg> args, Places places, size_t rank) {
    return places.dims < 0 ? DimSet(rank, true) : reducedDims(args, static_cast<size_t>(places.dims), rank);
}

Result<ValueMeta> infer(Metas args, Places places, bool mean) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, dimsOf(args, places, x.sizes.size()));
    FX_TRY(const bool keepDim,
           places.keepDim < 0 ? Result<bool>(false) : boolAt(args, static_cast<size_t>(places.keepDim)));
    const auto wanted = dtypeAt(args, static_cast<size_t>(places.dtype));
    const DType dtype = wanted.value_or(!mean && isIntegral(x.dtype, true) ? DType::Int64 : x.dtype);
    if (mean && isIntegral(dtype, true))
        return Diagnostic{
            "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype, "
            "got torch." +
                std::string(name(dtype)),
            "", "pass dtype=torch.float32"};
    return ValueMeta::tensor(newMeta(dtype, reducedSizes(x.sizes, dims, keepDim), &x));
}

template <class T> T sumOf(const T* x, int64_t count, bool mean) {
    Accumulate<T> sum{};
    for (int64_t i = 0; i < count; ++i)
        sum += widen(x[i]);
    if constexpr (kIsFloat<T> || kIsComplex<T>)
        if (mean)
            sum /= static_cast<Accumulate<T>>(count);
    return castTo<T>(sum);
}

Result<Value> run(Values args, Places places, bool mean, Tensor out) {
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, dimsOf(args, places, x.dim()));
    FX_TRY(const Tensor cast, castTensor(x, out.dtype()));
    FX_TRY(const ReducedRows in, reducedRows(cast, dims));
    return dispatch<DTypes::All>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            out.data<T>()[r] = sumOf(in.rows.data<T>() + r * in.inner, in.inner, mean);
        return Value(out);
    });
}

template <Places P, bool Mean> Result<ValueMeta> inferSum(Metas args) { return infer(args, P, Mean); }
template <Places P, bool Mean> Result<Value> runSum(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferSum<P, Mean>, args));
    return run(args, P, Mean, std::move(out));
}

double onePerInput(Metas args, const ValueMeta&) {
    const SymInt count = isTensorAt(args, 0) ? numelOf(args[0].tensor().sizes) : SymInt(0);
    return count.isConstant() ? static_cast<double>(count.constant()) : 0;
}

} // namespace

const OpDef sum{.target = "torch.ops.aten.sum.default",
                .infer = inferSum<kWhole, false>,
                .reference = runSum<kWhole, false>,
                .flops = onePerInput};
const OpDef sum_dim{.target = "torch.ops.aten.sum.dim_IntList",
                    .infer = inferSum<kDims, false>,
                    .reference = runSum<kDims, false>,
                    .flops = onePerInput};
const OpDef mean{.target = "torch.ops.aten.mean.default",
                 .infer = inferSum<kWhole, true>,
                 .reference = runSum<kWhole, true>,
                 .flops = onePerInput};
const OpDef mean_dim{.target = "torch.ops.aten.mean.dim",
                     .infer = inferSum<kDims, true>,
                     .reference = runSum<kDims, true>,
                     .flops = onePerInput};

} // namespace fxscope::ops
