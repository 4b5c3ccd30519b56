// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// Batch norm with the running statistics: y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c], c the second
// dimension. Training statistics are not computed here; a call that asks for them is refused.

namespace fxscope::ops {
namespace {

Result<TensorMeta> checkedInput(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (x.sizes.size() < 2)
        return Diagnostic{"batch_norm expects an input of at least 2 dimensions, got " + sizesText(x.sizes), "", ""};
    for (size_t i = 1; i <= 4; ++i) {
        FX_TRY(const auto vector, optionalTensorAt(args, i));
        if (vector && (vector->sizes.size() != 1 || differ(vector->sizes[0], x.sizes[1])))
            return Diagnostic{"argument " + std::to_string(i) + " should contain " + x.sizes[1].str() +
                                  " elements not " + sizesText(vector->sizes),
                              "", ""};
    }
    return x;
}

/// _native_batch_norm_legit_no_training(x, weight, bias, mean, var, momentum, eps): also two empty tensors, as nothing
/// is saved for a backward pass.
Result<ValueMeta> inferNoTraining(Metas args) {
    FX_TRY(const TensorMeta x, checkedInput(args));
    const TensorMeta nothing = newMeta(x.dtype, {SymInt(0)}, &x);
    return tensorList({sameFormatMeta(x, x.dtype, x.sizes), nothing, nothing});
}

/// batch_norm(x, weight, bias, mean, var, training, momentum, eps, cudnn_enabled)
Result<ValueMeta> inferBatchNorm(Metas args) {
    FX_TRY(const TensorMeta x, checkedInput(args));
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, x.sizes));
}

/// The four vectors of a call as doubles.
struct Channels {
    Tensor weight, bias, mean, var;
    double eps;

    /// y = x * scale + shift
    std::pair<double, double> line(int64_t c) const {
        const double rstd = 1 / std::sqrt(var.data<double>()[c] + eps);
        const double scale = weight.defined() ? weight.data<double>()[c] * rstd : rstd;
        return {scale, (bias.defined() ? bias.data<double>()[c] : 0) - mean.data<double>()[c] * scale};
    }
};

Result<Tensor> doubles(const Value& value) {
    return value.isTensor() ? converted(value.tensor(), DType::Float64) : Result<Tensor>(Tensor());
}

template <class T> void normalise(const Tensor& x, const Channels& by, Tensor& y) {
    const int64_t rows = x.size(0) * x.size(1), count = rows ? x.numel() / rows : 0;
    for (int64_t r = 0; r < rows; ++r) {
        const auto [scale, shift] = by.line(r % x.size(1));
        for (int64_t i = 0; i < count; ++i)
            y.data<T>()[r * count + i] = castTo<T>(static_cast<double>(x.data<T>()[r * count + i]) * scale + shift);
    }
}

Result<Tensor> normalised(Values args, double eps, const Tensor& out) {
    if (!args[3].isTensor() || !args[4].isTensor())
        return Diagnostic{"batch norm without running statistics is not implemented", "",
                          "export the model in eval mode"};
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(Tensor y, rowMajorFor(out));
    Channels by{.eps = eps};
    FX_TRY(by.weight, doubles(args[1]));
    FX_TRY(by.bias, doubles(args[2]));
    FX_TRY(by.mean, doubles(args[3]));
    FX_TRY(by.var, doubles(args[4]));
    FX_CHECK(dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Done> {
        normalise<T>(x, by, y);
        return Done{};
    }));
    return settle(y, out).tensor();
}

Result<Value> runNoTraining(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferNoTraining, args));
    FX_TRY(const double eps, doubleAt(args, 6));
    FX_TRY(out[0], normalised(args, eps, out[0]));
    return Value(ValueList(out.begin(), out.end()));
}

Result<Value> runBatchNorm(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferBatchNorm, args));
    FX_TRY(const bool training, boolAt(args, 5));
    FX_TRY(const double eps, doubleAt(args, 7));
    if (training)
        return Diagnostic{"batch norm in training mode is not implemented", "", "export the model in eval mode"};
    FX_TRY(const Tensor y, normalised(args, eps, out));
    return Value(y);
}

} // namespace

const OpDef _native_batch_norm_legit_no_training{.target =
                                                     "torch.ops.aten._native_batch_norm_legit_no_training.default",
                                                 .infer = inferNoTraining,
                                                 .reference = runNoTraining};
const OpDef batch_norm{
    .target = "torch.ops.aten.batch_norm.default", .infer = inferBatchNorm, .reference = runBatchNorm};

} // namespace fxscope::ops
