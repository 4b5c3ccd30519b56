// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/rows_along.h"
#include "core/ops/sum.h"

// cumsum and cumprod: y_i = x_0 + ... + x_i. Integers and bool as int64; half types keep the running value in float.

namespace fxscope::ops {
namespace {

/// (self, dim, *, dtype)
Result<ValueMeta> inferScan(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_CHECK(wrapDim(dim, x.sizes.size()));
    const DType natural = isIntegral(x.dtype, true) ? DType::Int64 : x.dtype;
    return ValueMeta::tensor(newMeta(dtypeAt(args, 2).value_or(natural), x.sizes, &x));
}

enum class Scan { Sum, Product };

template <class T> void scanRow(const T* x, T* y, int64_t count, Scan scan) {
    Accumulate<T> running = scan == Scan::Sum ? 0 : 1;
    for (int64_t i = 0; i < count; ++i) {
        running = scan == Scan::Sum ? sumOf(running, widen(x[i])) : productOf(running, widen(x[i]));
        y[i] = castTo<T>(running);
    }
}

template <Scan S> Result<Value> runScan(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferScan, args));
    FX_TRY(const size_t dim, wrapDim(args[1].toInt(), out.dim()));
    FX_TRY(const Tensor cast, castTensor(args[0].tensor(), out.dtype()));
    FX_TRY(const RowsAlong in, rowsAlong(cast, dim));
    FX_TRY(Tensor rows, Tensor::empty(out.dtype(), in.rows.sizes()));
    return dispatch<DTypes::All>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            scanRow(in.rows.data<T>() + r * in.count, rows.data<T>() + r * in.count, in.count, S);
        FX_CHECK(putRows(rows, out, dim));
        return Value(out);
    });
}

} // namespace

const OpDef cumsum{.target = "torch.ops.aten.cumsum.default", .infer = inferScan, .reference = runScan<Scan::Sum>};
const OpDef cumprod{
    .target = "torch.ops.aten.cumprod.default", .infer = inferScan, .reference = runScan<Scan::Product>};

} // namespace fxscope::ops
