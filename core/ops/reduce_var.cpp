// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

#include <cmath>

// var = sum of |x - mean|^2 / max(0, n - correction), the correction 1 unless given; std is its root. Real for complex
// input. Without more elements than the correction that is 0 / 0 = NaN, or infinite where elements differ.

namespace fxscope::ops {
namespace {

enum class VarForm { Var, Std, VarMean };

Result<ValueMeta> inferVar(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (isIntegral(x.dtype, true))
        return Diagnostic{"var and std only support floating point and complex dtypes, got torch." +
                              std::string(name(x.dtype)),
                          "", ""};
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.sizes.size()));
    FX_TRY(const bool keepDim, boolAt(args, 3));
    return ValueMeta::tensor(newMeta(realOf(x.dtype), reducedSizes(x.sizes, dims, keepDim), &x));
}

Result<ValueMeta> inferVarMean(Metas args) {
    FX_TRY(const ValueMeta var, inferVar(args));
    TensorMeta mean = var.tensor();
    mean.dtype = args[0].tensor().dtype;
    return tensorList({var.tensor(), mean});
}

template <class T> Accumulate<T> meanOf(const T* x, int64_t count) {
    Accumulate<T> sum{};
    for (int64_t i = 0; i < count; ++i)
        sum += widen(x[i]);
    return sum / static_cast<Accumulate<T>>(count);
}

template <class T> double varianceOf(const T* x, int64_t count, double correction) {
    const auto mean = meanOf(x, count);
    double squares = 0;
    for (int64_t i = 0; i < count; ++i)
        squares += std::norm(widen(x[i]) - mean);
    return squares / std::max(0.0, static_cast<double>(count) - correction);
}

/// The real type behind T.
template <class T> struct RealOf { using type = T; };
template <class T> struct RealOf<std::complex<T>> { using type = T; };

/// `mean` may be undefined.
template <class T> void variances(const ReducedRows& in, double correction, VarForm form, Tensor& var, Tensor& mean) {
    using Real = typename RealOf<T>::type;
    for (int64_t r = 0; r < in.outer; ++r) {
        const T* row = in.rows.data<T>() + r * in.inner;
        const double variance = varianceOf(row, in.inner, correction);
        var.data<Real>()[r] = castTo<Real>(form == VarForm::Std ? std::sqrt(variance) : variance);
        if (mean.defined())
            mean.data<T>()[r] = castTo<T>(meanOf(row, in.inner));
    }
}

template <VarForm F> Result<Value> run(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(F == VarForm::VarMean ? inferVarMean : inferVar, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.dim()));
    FX_TRY(const auto correction, optionalDoubleAt(args, 2));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    Tensor mean = F == VarForm::VarMean ? out[1] : Tensor();
    return dispatch<DTypes::FloatingOrComplex>(x.dtype(), [&]<class T>() -> Result<Value> {
        variances<T>(in, correction.value_or(1), F, out[0], mean);
        return F == VarForm::VarMean ? Value(ValueList{out[0], mean}) : Value(out[0]);
    });
}

} // namespace

const OpDef var{.target = "torch.ops.aten.var.correction", .infer = inferVar, .reference = run<VarForm::Var>};
/// var.dim(self, dim, unbiased, keepdim): unbiased is a correction of 1
const OpDef var_dim{.target = "torch.ops.aten.var.dim", .infer = inferVar, .reference = run<VarForm::Var>};
const OpDef std_correction{
    .target = "torch.ops.aten.std.correction", .infer = inferVar, .reference = run<VarForm::Std>};
const OpDef var_mean{
    .target = "torch.ops.aten.var_mean.correction", .infer = inferVarMean, .reference = run<VarForm::VarMean>};

} // namespace fxscope::ops
