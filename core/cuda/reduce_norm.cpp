// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

#include <cmath>

// linalg_vector_norm(x, p) = (sum of |x|^p)^(1/p) in double; p = 0 counts what is not 0, p = inf and -inf are the
// largest and the smallest |x|, or NaN if there is one. norm.ScalarOpt_dim is the same with p = 2 where none is given.
// logsumexp(x) = max + log(sum of e^(x - max)), the maximum taken as 0 where it is infinite.

namespace fxscope::cuda {
namespace {

Fold normFold(double order) {
    const std::string extreme = order > 0 ? "formulas::larger" : "formulas::smaller";
    Fold fold;
    fold.numbers = {doubleNumber(order)};
    fold.accumulator = "double";
    fold.start = order == -HUGE_VAL ? "std::numeric_limits<double>::infinity()" : "0.0";
    fold.add = "const double x = double(std::abs(ComputeType<T>(castTo<T>(in0)))); ";
    if (std::isinf(order)) {
        fold.add += "acc = " + extreme + "(acc, x);";
        fold.join = "acc = " + extreme + "(acc, other);";
    } else {
        fold.add += order == 0   ? "acc += x != 0;"
                    : order == 1 ? "acc += x;"
                    : order == 2 ? "acc += x * x;"
                                 : "acc += pow(x, n0);";
        fold.join = "acc += other;";
    }
    const bool plain = order == 0 || order == 1 || std::isinf(order);
    fold.finish = plain        ? "out0 = castTo<O0>(acc);"
                  : order == 2 ? "out0 = castTo<O0>(sqrt(acc));"
                               : "out0 = castTo<O0>(pow(acc, 1 / n0));";
    return fold;
}

Taken runNorm(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0))
        return std::optional<Value>();
    FX_TRY(const auto order, optionalDoubleAt(args, 1));
    Fold fold = normFold(order.value_or(2));
    fold.prologue = isComplex(args[0].tensor().dtype()) ? "using T = I0;\n" : "using T = O0;\n";
    return reduce(op, args, call, 2, std::move(fold));
}

// --- logsumexp(self, dim, keepdim): rounded to T where PyTorch rounds, which composes it of five operators

/// The largest real part of each row; NaN is passed over and comes back in the sum.
Result<Done> launchLargest(Call& call, const Tensor& rows, size_t kept, const Tensor& largest, std::string type) {
    Fold fold;
    fold.inputs = {rows};
    fold.outputs = {largest};
    fold.kept = kept;
    fold.prologue = "using T = " + std::move(type) + ";\n";
    fold.accumulator = "double";
    fold.start = "-std::numeric_limits<double>::infinity()";
    fold.add = "const double x = castTo<double>(castTo<T>(in0)); acc = acc < x ? x : acc;";
    fold.join = "acc = acc < other ? other : acc;";
    fold.finish = "out0 = acc;";
    return launch(call.device, fold);
}

Taken runLogsumexp(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !hasDeviceTypes(args))
        return std::optional<Value>();
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const DimSet dims, dimsAt(args, 1));
    FX_TRY(const Tensor rows, rowsOf(args[0].tensor(), dims));
    FX_TRY(const Tensor result, rowResult(out[0], dims));
    FX_TRY(const Tensor largest, call.device.pool().empty(DType::Float64, result.sizes()));
    const std::string type(deviceType(out[0].dtype()));
    FX_CHECK(launchLargest(call, rows, keptOf(dims), largest, type));
    Fold fold;
    fold.inputs = {rows, largest};
    fold.outputs = {result};
    fold.kept = keptOf(dims);
    fold.prologue = "using C = ComputeType<O0>; using Real = typename RealOf<C>::type;\n"
                    "__device__ inline C shiftOf(double most) { return C(Real(std::isinf(most) ? 0.0 : most)); }\n";
    fold.prologue += "struct Sum { Accumulate<O0> sum; double most; };\n";
    fold.accumulator = "Sum";
    fold.start = "{Accumulate<O0>(0), -std::numeric_limits<double>::infinity()}";
    fold.add = "acc.most = in1; acc.sum = acc.sum + widen(castTo<O0>(std::exp(C(castTo<O0>(C(castTo<O0>(in0)) - "
               "shiftOf(in1))))));";
    fold.join = "acc.sum = acc.sum + other.sum; acc.most = acc.most < other.most ? other.most : acc.most;";
    fold.finish = "out0 = castTo<O0>(C(castTo<O0>(std::log(C(castTo<O0>(acc.sum))))) + shiftOf(acc.most));";
    FX_CHECK(launch(call.device, fold));
    return std::optional(resultOf(out));
}

} // namespace

const CudaKernel linalg_vector_norm{"torch.ops.aten.linalg_vector_norm.default", runNorm};
const CudaKernel norm_ScalarOpt_dim{"torch.ops.aten.norm.ScalarOpt_dim", runNorm};
const CudaKernel logsumexp{"torch.ops.aten.logsumexp.default", runLogsumexp};

} // namespace fxscope::cuda
