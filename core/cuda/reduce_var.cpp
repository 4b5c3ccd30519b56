// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// var = sum of |x - mean|^2 / max(0, n - correction), in one pass (Moments in kernels/rows.cuh); std is its root. Real
// for complex input. Without more elements than the correction that is 0 / 0 = NaN, or infinite where elements differ.

namespace fxscope::cuda {
namespace {

enum class VarForm { Var, Std, VarMean };

template <VarForm F> Taken run(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0))
        return std::optional<Value>();
    const DType dtype = args[0].tensor().dtype();
    FX_TRY(const auto correction, optionalDoubleAt(args, 2));
    Fold fold;
    fold.numbers = {doubleNumber(correction.value_or(1))};
    fold.prologue = isComplex(dtype) ? "using M = std::complex<double>;\n" : "using M = double;\n";
    fold.accumulator = "Moments<M>";
    fold.start = "{M(0), 0, 0}";
    fold.add = "acc.add(castTo<M>(in0));";
    fold.join = "acc.join(other);";
    fold.finish = "const double rest = acc.count - n0, variance = acc.squares / (rest > 0 ? rest : 0); ";
    fold.finish += F == VarForm::Std ? "out0 = castTo<O0>(sqrt(variance));" : "out0 = castTo<O0>(variance);";
    if (F == VarForm::VarMean)
        fold.finish += " out1 = castTo<O1>(acc.count == 0 ? M(std::numeric_limits<double>::quiet_NaN()) : acc.mean);";
    return reduce(op, args, call, 1, std::move(fold));
}

} // namespace

const CudaKernel var_correction{"torch.ops.aten.var.correction", run<VarForm::Var>};
/// var.dim(self, dim, unbiased, keepdim): unbiased is a correction of 1
const CudaKernel var_dim{"torch.ops.aten.var.dim", run<VarForm::Var>};
const CudaKernel std_correction{"torch.ops.aten.std.correction", run<VarForm::Std>};
const CudaKernel var_mean{"torch.ops.aten.var_mean.correction", run<VarForm::VarMean>};

} // namespace fxscope::cuda
