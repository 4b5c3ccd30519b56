// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"
#include "core/ops/sum.h"

// prod: the product of elements, of nothing 1; integers and bool as int64. count_nonzero: how many are not 0 (NaN is
// not).

namespace fxscope::ops {
namespace {

/// Where the arguments of an overload stand; -1: it has none.
struct ProdPlaces {
    int dim, keepDim, dtype;
};
constexpr ProdPlaces kProdWhole{-1, -1, 1}, kProdDim{1, 2, 3};

template <class Arg> Result<DimSet> prodDims(std::span<const Arg> args, ProdPlaces at, size_t rank) {
    return at.dim < 0 ? DimSet(rank, true) : reducedDims(args, static_cast<size_t>(at.dim), rank);
}

template <ProdPlaces At> Result<ValueMeta> inferProd(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, prodDims(args, At, x.sizes.size()));
    FX_TRY(const bool keepDim, At.keepDim < 0 ? Result<bool>(false) : boolAt(args, size_t(At.keepDim)));
    const DType natural = isIntegral(x.dtype, true) ? DType::Int64 : x.dtype;
    return ValueMeta::tensor(
        newMeta(dtypeAt(args, size_t(At.dtype)).value_or(natural), reducedSizes(x.sizes, dims, keepDim), &x));
}

template <ProdPlaces At> Result<Value> runProd(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferProd<At>, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, prodDims(args, At, x.dim()));
    FX_TRY(const Tensor cast, castTensor(x, out.dtype()));
    FX_TRY(const ReducedRows in, reducedRows(cast, dims));
    return dispatch<DTypes::All>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r) {
            Accumulate<T> product = 1;
            for (int64_t i = 0; i < in.inner; ++i)
                product = productOf(product, widen(in.rows.data<T>()[r * in.inner + i]));
            out.data<T>()[r] = castTo<T>(product);
        }
        return Value(out);
    });
}

/// count_nonzero(self, dim[]) and count_nonzero(self, dim=None)
Result<ValueMeta> inferCountNonzero(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.sizes.size()));
    return ValueMeta::tensor(newMeta(DType::Int64, reducedSizes(x.sizes, dims, false), &x));
}

Result<Value> runCountNonzero(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferCountNonzero, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.dim()));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::All>(x.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r) {
            const T* row = in.rows.data<T>() + r * in.inner;
            out.data<int64_t>()[r] = std::count_if(row, row + in.inner, [](T v) { return castTo<bool>(v); });
        }
        return Value(out);
    });
}

} // namespace

const OpDef prod{
    .target = "torch.ops.aten.prod.default", .infer = inferProd<kProdWhole>, .reference = runProd<kProdWhole>};
const OpDef prod_dim_int{
    .target = "torch.ops.aten.prod.dim_int", .infer = inferProd<kProdDim>, .reference = runProd<kProdDim>};
const OpDef count_nonzero{
    .target = "torch.ops.aten.count_nonzero.default", .infer = inferCountNonzero, .reference = runCountNonzero};
const OpDef count_nonzero_dim_IntList{
    .target = "torch.ops.aten.count_nonzero.dim_IntList", .infer = inferCountNonzero, .reference = runCountNonzero};

} // namespace fxscope::ops
