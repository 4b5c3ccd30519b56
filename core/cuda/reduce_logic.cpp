// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// any and all: is one (every) element not zero? NaN is not zero. any of nothing is false, all of nothing true. An empty
// list of dimensions means none: the elements themselves.

namespace fxscope::cuda {
namespace {

template <int Dims, bool Any> Taken run(const OpDef& op, Values args, Call& call) {
    Fold fold;
    fold.accumulator = "int";
    fold.start = Any ? "0" : "1";
    fold.add = Any ? "acc |= castTo<bool>(in0);" : "acc &= castTo<bool>(in0);";
    fold.join = Any ? "acc |= other;" : "acc &= other;";
    fold.finish = "out0 = O0(acc);";
    return reduce(op, args, call, Dims, std::move(fold), EmptyDims::None);
}

} // namespace

const CudaKernel any_default{"torch.ops.aten.any.default", run<-1, true>};
const CudaKernel any_dim{"torch.ops.aten.any.dim", run<1, true>};
const CudaKernel any_dims{"torch.ops.aten.any.dims", run<1, true>};
const CudaKernel all_default{"torch.ops.aten.all.default", run<-1, false>};
const CudaKernel all_dim{"torch.ops.aten.all.dim", run<1, false>};
const CudaKernel all_dims{"torch.ops.aten.all.dims", run<1, false>};

} // namespace fxscope::cuda
