// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// softmax(x)_i = exp(x_i - max) / sum, log_softmax(x)_i = x_i - max - log(sum), sum = sum of exp(x_j - max).
// A NaN makes its whole row NaN; so does a row of -inf alone (-inf - -inf), as in PyTorch. Empty rows stay empty.

namespace fxscope::ops {
namespace {

enum class SoftmaxForm { Softmax, LogSoftmax };

/// A row that steps through memory.
template <class T> struct Row {
    T* data;
    int64_t step;
    T& operator[](int64_t i) const { return data[i * step]; }
};

template <class T> void softmaxRow(Row<const T> x, Row<T> y, int64_t count, SoftmaxForm form, bool lastDim) {
    using Sum = Accumulate<T>;
    Sum max = -INFINITY, sum = 0;
    for (int64_t i = 0; i < count; ++i)
        max = std::max(max, widen(x[i])); // a NaN is passed over here and comes back in the sum
    for (int64_t i = 0; i < count; ++i)
        sum += std::exp(widen(x[i]) - max);
    Sum shift = std::log(sum);
    if (kIsReducedFloat<T> && lastDim) // PyTorch keeps the sum and its logarithm in T there, and nowhere else
        shift = widen(castTo<T>(std::log(widen(castTo<T>(sum)))));
    for (int64_t i = 0; i < count; ++i)
        y[i] = castTo<T>(form == SoftmaxForm::Softmax ? std::exp(widen(x[i]) - max) / sum : widen(x[i]) - max - shift);
}

template <class T> void softmaxRows(const Tensor& x, Tensor& y, size_t dim, SoftmaxForm form) {
    const int64_t count = x.dim() ? x.size(dim) : 1, inner = x.dim() ? x.strides()[dim] : 1; // row-major
    const int64_t outer = count ? x.numel() / count : 0;
    for (int64_t row = 0; row < outer; ++row) {
        const int64_t start = row / inner * inner * count + row % inner;
        softmaxRow<T>({x.data<T>() + start, inner}, {y.data<T>() + start, inner}, count, form, dim + 1 >= x.dim());
    }
}

/// _softmax(x, dim, half_to_float) and _log_softmax.
Result<ValueMeta> infer(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_CHECK(wrapDim(dim, x.sizes.size()));
    FX_TRY(const bool halfToFloat, boolAt(args, 2));
    if (halfToFloat && x.dtype != DType::Float16)
        return Diagnostic{"conversion is supported for half type only", "", ""};
    return ValueMeta::tensor(newMeta(halfToFloat ? DType::Float32 : x.dtype, x.sizes, &x));
}

/// softmax(x, dim, dtype) and log_softmax.
Result<ValueMeta> inferConverting(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_CHECK(wrapDim(dim, x.sizes.size()));
    return ValueMeta::tensor(newMeta(dtypeAt(args, 2).value_or(x.dtype), x.sizes, &x));
}

template <SoftmaxForm F> Result<Value> compute(const Tensor& in, int64_t dim, Tensor out) {
    FX_TRY(const Tensor x, converted(in, out.dtype()));
    FX_TRY(const size_t along, wrapDim(dim, x.dim()));
    FX_TRY(const Tensor rows, x.asStrided(x.sizes(), rowMajorStrides(x.sizes()), x.offset()));
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        softmaxRows<T>(rows, out, along, F);
        return Value(out);
    });
}

template <SoftmaxForm F, Infer Rule> Result<Value> run(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(Rule, args));
    return compute<F>(args[0].tensor(), args[1].toInt(), std::move(out));
}

} // namespace

const OpDef _softmax{
    .target = "torch.ops.aten._softmax.default", .infer = infer, .reference = run<SoftmaxForm::Softmax, infer>};
const OpDef _log_softmax{
    .target = "torch.ops.aten._log_softmax.default", .infer = infer, .reference = run<SoftmaxForm::LogSoftmax, infer>};
const OpDef softmax{.target = "torch.ops.aten.softmax.int",
                    .infer = inferConverting,
                    .reference = run<SoftmaxForm::Softmax, inferConverting>};
const OpDef log_softmax{.target = "torch.ops.aten.log_softmax.int",
                        .infer = inferConverting,
                        .reference = run<SoftmaxForm::LogSoftmax, inferConverting>};

} // namespace fxscope::ops
