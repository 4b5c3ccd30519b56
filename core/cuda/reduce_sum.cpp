// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// sum and mean: of an empty row 0 and NaN. prod: of nothing 1. Integers and bool as int64. count_nonzero: NaN is not 0.
// Elements are cast to the result's dtype before they are folded.

namespace fxscope::cuda {
namespace {

Fold sumFold(bool mean) {
    Fold fold;
    fold.accumulator = "Accumulate<O0>";
    fold.start = "A(0)";
    fold.add = "acc = acc + widen(castTo<O0>(in0));";
    fold.join = "acc = acc + other;";
    fold.finish = mean ? "out0 = castTo<O0>(acc / A(double(count)));" : "out0 = castTo<O0>(acc);";
    return fold;
}

Fold productFold() {
    Fold fold;
    fold.accumulator = "Accumulate<O0>";
    fold.start = "A(1)";
    fold.add = "acc = productOf(acc, widen(castTo<O0>(in0)));";
    fold.join = "acc = productOf(acc, other);";
    fold.finish = "out0 = castTo<O0>(acc);";
    return fold;
}

Fold countFold() {
    Fold fold;
    fold.accumulator = "long long";
    fold.start = "0";
    fold.add = "acc += castTo<bool>(in0);";
    fold.join = "acc += other;";
    fold.finish = "out0 = acc;";
    return fold;
}

/// `Dims`: where the dimensions stand in the overload; -1: it has none.
template <int Dims, Fold (*Make)()> Taken run(const OpDef& op, Values args, Call& call) {
    return reduce(op, args, call, Dims, Make());
}

Fold ofSum() { return sumFold(false); }
Fold ofMean() { return sumFold(true); }

} // namespace

const CudaKernel sum_default{"torch.ops.aten.sum.default", run<-1, ofSum>};
const CudaKernel sum_dim_IntList{"torch.ops.aten.sum.dim_IntList", run<1, ofSum>};
const CudaKernel mean_default{"torch.ops.aten.mean.default", run<-1, ofMean>};
const CudaKernel mean_dim{"torch.ops.aten.mean.dim", run<1, ofMean>};
const CudaKernel prod_default{"torch.ops.aten.prod.default", run<-1, productFold>};
const CudaKernel prod_dim_int{"torch.ops.aten.prod.dim_int", run<1, productFold>};
const CudaKernel count_nonzero_default{"torch.ops.aten.count_nonzero.default", run<1, countFold>};
const CudaKernel count_nonzero_dim_IntList{"torch.ops.aten.count_nonzero.dim_IntList", run<1, countFold>};

} // namespace fxscope::cuda
