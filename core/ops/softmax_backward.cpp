// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/rows_along.h"

#include <cmath>

// Gradients of softmax and log_softmax along a dimension, y being the output: dx = (g - sum(g y)) y, and
// dx = g - e^y sum(g).

namespace fxscope::ops {
namespace {

/// (grad_output, output, dim, input_dtype)
Result<ValueMeta> inferSoftmaxBackward(Metas args) {
    FX_TRY(const TensorMeta gradient, tensorAt(args, 0));
    FX_TRY(const TensorMeta y, tensorAt(args, 1));
    FX_TRY(const int64_t dim, intAt(args, 2));
    FX_CHECK(wrapDim(dim, gradient.sizes.size()));
    const DType dtype = dtypeAt(args, 3).value_or(gradient.dtype);
    if (gradient.dtype != dtype && !(gradient.dtype == DType::Float32 && dtype == DType::Float16))
        return Diagnostic{"expected input and grad types to match, or input to be at::Half and grad to be at::Float",
                          "", ""};
    bool fits = y.dtype == gradient.dtype && y.sizes.size() == gradient.sizes.size();
    for (size_t d = 0; fits && d < y.sizes.size(); ++d)
        fits = !differ(y.sizes[d], gradient.sizes[d]);
    if (!fits)
        return Diagnostic{"grad_output and output must have the same dtype and sizes", "", ""};
    return ValueMeta::tensor(newMeta(dtype, gradient.sizes, &gradient));
}

enum class GradientOf { Softmax, LogSoftmax };

template <class T> void softmaxGradientRow(const T* g, const T* y, int64_t count, GradientOf form, T* dx) {
    Accumulate<T> sum = 0;
    for (int64_t i = 0; i < count; ++i)
        sum += form == GradientOf::Softmax ? widen(g[i]) * widen(y[i]) : widen(g[i]);
    for (int64_t i = 0; i < count; ++i)
        dx[i] = castTo<T>(form == GradientOf::Softmax ? (widen(g[i]) - sum) * widen(y[i])
                                                      : widen(g[i]) - std::exp(widen(y[i])) * sum);
}

template <GradientOf F> Result<Value> runSoftmaxBackward(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferSoftmaxBackward, args));
    FX_TRY(const size_t dim, wrapDim(args[2].toInt(), out.dim()));
    FX_TRY(const RowsAlong g, rowsAlong(args[0].tensor(), dim));
    FX_TRY(const RowsAlong y, rowsAlong(args[1].tensor(), dim));
    FX_TRY(Tensor rows, Tensor::empty(g.rows.dtype(), g.rows.sizes()));
    return dispatch<DTypes::Floating>(g.rows.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < g.outer; ++r) {
            const int64_t at = r * g.count;
            softmaxGradientRow(g.rows.data<T>() + at, y.rows.data<T>() + at, g.count, F, rows.data<T>() + at);
        }
        FX_TRY(const Tensor cast, castTensor(rows, out.dtype()));
        FX_CHECK(putRows(cast, out, dim));
        return Value(out);
    });
}

} // namespace

const OpDef _softmax_backward_data{.target = "torch.ops.aten._softmax_backward_data.default",
                                   .infer = inferSoftmaxBackward,
                                   .reference = runSoftmaxBackward<GradientOf::Softmax>};
const OpDef _log_softmax_backward_data{.target = "torch.ops.aten._log_softmax_backward_data.default",
                                       .infer = inferSoftmaxBackward,
                                       .reference = runSoftmaxBackward<GradientOf::LogSoftmax>};

} // namespace fxscope::ops
