// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

#include <cmath>

// linalg_vector_norm(x, p) = (sum of |x|^p)^(1/p); p = 0 counts what is not 0, p = inf and -inf are the largest and the
// smallest |x|. norm.ScalarOpt_dim is the same with p = 2 where none is given. logsumexp(x) = max + log(sum of
// e^(x - max)), the maximum taken as 0 where it is infinite.

namespace fxscope::ops {
namespace {

/// Where dtype stands in linalg_vector_norm(self, ord, dim, keepdim, dtype); norm.ScalarOpt_dim has none.
constexpr size_t kNormDType = 4;

Result<double> orderAt(const auto args) {
    if (isNoneAt(args, 1))
        return 2.0;
    if constexpr (std::same_as<std::remove_cvref_t<decltype(args)>, Values>) {
        return doubleAt(args, 1);
    } else {
        if (const double* d = std::get_if<double>(&args[1].v))
            return *d;
        FX_TRY(const int64_t whole, intAt(args, 1));
        return static_cast<double>(whole);
    }
}

Result<ValueMeta> inferVectorNorm(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const double order, orderAt(args));
    FX_TRY(const DimSet dims, reducedDims(args, 2, x.sizes.size()));
    FX_TRY(const bool keepDim, boolAt(args, 3));
    if (!isFloating(x.dtype) && !isComplex(x.dtype))
        return Diagnostic{"linalg.vector_norm: Expected a floating point or complex tensor as input. Got " +
                              std::string(scalarTypeName(x.dtype)),
                          "", ""};
    if ((order < 0 || std::isinf(order)) && reducesNothing(x.sizes, dims))
        return Diagnostic{"linalg.vector_norm cannot compute the " + Value(order).str() +
                              " norm on an empty dimension because the operation does not have an identity",
                          "", ""};
    const DType dtype = realOf(dtypeAt(args, kNormDType).value_or(x.dtype));
    return ValueMeta::tensor(newMeta(dtype, reducedSizes(x.sizes, dims, keepDim), &x));
}

/// The norm of absolute values that `next` yields one after another.
double normOf(double order, int64_t count, auto&& absolute) {
    double result = order == -HUGE_VAL ? HUGE_VAL : 0;
    for (int64_t i = 0; i < count; ++i) {
        const double a = absolute(i);
        if (order == 0)
            result += a != 0;
        else if (std::isinf(order))
            result = std::isnan(a) || std::isnan(result) ? NAN : order > 0 ? std::max(result, a) : std::min(result, a);
        else
            result += order == 1 ? a : order == 2 ? a * a : std::pow(a, order);
    }
    if (order == 0 || order == 1 || std::isinf(order))
        return result;
    return order == 2 ? std::sqrt(result) : std::pow(result, 1 / order);
}

Result<Value> runVectorNorm(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferVectorNorm, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const double order, orderAt(args));
    FX_TRY(const DimSet dims, reducedDims(args, 2, x.dim()));
    FX_TRY(const Tensor cast, castTensor(x, isComplex(x.dtype()) ? x.dtype() : out.dtype()));
    FX_TRY(const ReducedRows in, reducedRows(cast, dims));
    return dispatch<DTypes::FloatingOrComplex>(cast.dtype(), [&]<class T>() -> Result<Value> {
        FX_TRY(Tensor wide, Tensor::empty(DType::Float64, out.sizes()));
        for (int64_t r = 0; r < in.outer; ++r)
            wide.data<double>()[r] = normOf(order, in.inner, [&](int64_t i) {
                return static_cast<double>(std::abs(ComputeType<T>(in.rows.data<T>()[r * in.inner + i])));
            });
        FX_CHECK(copyInto(wide, out));
        return Value(out);
    });
}

// --- logsumexp(self, dim, keepdim)

Result<ValueMeta> inferLogsumexp(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.sizes.size()));
    FX_TRY(const bool keepDim, boolAt(args, 2));
    return ValueMeta::tensor(newMeta(floatFor(x.dtype), reducedSizes(x.sizes, dims, keepDim), &x));
}

/// As PyTorch composes it of five operators, each of which rounds to T.
template <class T> T logsumexpOf(const T* x, int64_t count) {
    using C = ComputeType<T>;
    double max = -HUGE_VAL;
    for (int64_t i = 0; i < count; ++i)
        max = std::max(max, static_cast<double>(std::real(C(x[i]))));
    const C shift = std::isinf(max) ? C(0) : C(static_cast<decltype(std::real(C()))>(max));
    Accumulate<T> sum{};
    for (int64_t i = 0; i < count; ++i)
        sum += widen(castTo<T>(std::exp(C(castTo<T>(C(x[i]) - shift)))));
    return castTo<T>(C(castTo<T>(std::log(C(castTo<T>(sum))))) + shift);
}

Result<Value> runLogsumexp(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferLogsumexp, args));
    FX_TRY(const Tensor x, castTensor(args[0].tensor(), out.dtype()));
    FX_TRY(const DimSet dims, reducedDims(args, 1, x.dim()));
    FX_TRY(const ReducedRows in, reducedRows(x, dims));
    return dispatch<DTypes::FloatingOrComplex>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < in.outer; ++r)
            out.data<T>()[r] = logsumexpOf(in.rows.data<T>() + r * in.inner, in.inner);
        return Value(out);
    });
}

} // namespace

const OpDef linalg_vector_norm{
    .target = "torch.ops.aten.linalg_vector_norm.default", .infer = inferVectorNorm, .reference = runVectorNorm};
const OpDef norm_ScalarOpt_dim{
    .target = "torch.ops.aten.norm.ScalarOpt_dim", .infer = inferVectorNorm, .reference = runVectorNorm};
const OpDef logsumexp{.target = "torch.ops.aten.logsumexp.default", .infer = inferLogsumexp, .reference = runLogsumexp};

} // namespace fxscope::ops
