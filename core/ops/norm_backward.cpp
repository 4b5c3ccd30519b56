// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/checks.h"
#include "core/ops/memory_format.h"

#include <cmath>

// Gradients of layer_norm, group_norm and batch_norm. With z = (x - mean) * rstd, y = z * w + b and g the gradient of
// y: dw = sum(g z), db = sum(g), and over a group of n elements that share mean and rstd dx = rstd * (g w - mean(g w) -
// z * mean(g w z)). Computed in double.

namespace fxscope::ops {
namespace {

/// `wanted` of dx, dw and db; the others are None.
ValueMeta threeOf(const std::vector<bool>& wanted, const TensorMeta& dx, const TensorMeta& dw, const TensorMeta& db) {
    std::vector<ValueMeta> items;
    const std::array<const TensorMeta*, 3> metas{&dx, &dw, &db};
    for (size_t i = 0; i < 3; ++i)
        items.push_back(wanted[i] ? ValueMeta::tensor(*metas[i]) : ValueMeta::none());
    return ValueMeta::list(std::move(items));
}

/// The wanted results of dx, dw and db in double, as tensors that `meta` describes.
Result<Value> settleThree(const ValueMeta& meta, const std::array<Tensor, 3>& computed) {
    ValueList results;
    for (size_t i = 0; i < 3; ++i) {
        results.emplace_back();
        if (!meta.items()[i].isTensor())
            continue;
        FX_TRY(Tensor out, allocate(meta.items()[i].tensor()));
        FX_TRY(const Tensor shaped, computed[i].asStrided(out.sizes(), rowMajorStrides(out.sizes()), 0));
        FX_CHECK(copyInto(shaped, out));
        results.back() = Value(out);
    }
    return Value(std::move(results));
}

Result<Tensor> widened(const Value& value) {
    return value.isTensor() ? converted(value.tensor(), DType::Float64) : Result<Tensor>(Tensor());
}

/// A tensor [outer, channels, inner] whose rows of `perGroup` channels (or of everything in a channel) share
/// statistics.
struct NormCall {
    Tensor g, x, mean, rstd, weight; ///< doubles, row-major; weight may be undefined
    int64_t outer = 1, channels = 1, inner = 1;

    double w(int64_t channel) const { return weight.defined() ? weight.data<double>()[channel] : 1; }
    /// Error: the tensors do not fit x and its `groups` of statistics.
    Result<Done> check(int64_t groups) const {
        FX_CHECK(checkElements("grad_out", g, x.numel()));
        FX_CHECK(checkElements("mean", mean, groups));
        FX_CHECK(checkElements("rstd", rstd, groups));
        return checkElements("weight", weight, channels);
    }
};

/// dw and db: sums over everything but the channel, `group(n, c)` naming the statistics.
Result<std::array<Tensor, 2>> affineGradients(const NormCall& call, const auto& group) {
    FX_TRY(Tensor dw, Tensor::zeros(DType::Float64, {call.channels}));
    FX_TRY(Tensor db, Tensor::zeros(DType::Float64, {call.channels}));
    for (int64_t n = 0; n < call.outer; ++n)
        for (int64_t c = 0; c < call.channels; ++c)
            for (int64_t i = 0; i < call.inner; ++i) {
                const int64_t at = (n * call.channels + c) * call.inner + i, k = group(n, c);
                const double z =
                    (call.x.data<double>()[at] - call.mean.data<double>()[k]) * call.rstd.data<double>()[k];
                dw.data<double>()[c] += call.g.data<double>()[at] * z;
                db.data<double>()[c] += call.g.data<double>()[at];
            }
    return std::array<Tensor, 2>{dw, db};
}

/// dx where the elements of group(n, c) have `count` elements and their statistics depend on x.
Result<Tensor> inputGradient(const NormCall& call, int64_t groups, int64_t count, const auto& group) {
    std::vector<double> sums(static_cast<size_t>(groups), 0), products(static_cast<size_t>(groups), 0);
    FX_TRY(Tensor dx, Tensor::empty(DType::Float64, call.x.sizes()));
    for (const bool summing : {true, false})
        for (int64_t n = 0; n < call.outer; ++n)
            for (int64_t c = 0; c < call.channels; ++c)
                for (int64_t i = 0; i < call.inner; ++i) {
                    const int64_t at = (n * call.channels + c) * call.inner + i, k = group(n, c);
                    const auto slot = static_cast<size_t>(k);
                    const double rstd = call.rstd.data<double>()[k], gw = call.g.data<double>()[at] * call.w(c);
                    const double z = (call.x.data<double>()[at] - call.mean.data<double>()[k]) * rstd;
                    if (summing) {
                        sums[slot] += gw;
                        products[slot] += gw * z;
                    } else {
                        const auto m = static_cast<double>(count);
                        dx.data<double>()[at] = rstd * (gw - sums[slot] / m - z * products[slot] / m);
                    }
                }
    return dx;
}

// --- native_layer_norm_backward(grad_out, input, normalized_shape, mean, rstd, weight, bias, output_mask)

Result<ValueMeta> inferLayerBackward(Metas args) {
    FX_TRY(const TensorMeta g, tensorAt(args, 0));
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    FX_TRY(const SymSizes shape, symIntsAt(args, 2));
    FX_TRY(const auto weight, optionalTensorAt(args, 5));
    FX_TRY(const auto bias, optionalTensorAt(args, 6));
    FX_TRY(const std::vector<bool> wanted, outputMask(args, 7, 3));
    if (shape.size() > x.sizes.size() || g.sizes.size() != x.sizes.size())
        return Diagnostic{
            "normalized_shape=" + sizesText(shape) + " does not end the input of size " + sizesText(x.sizes), "", ""};
    const DType affine = weight ? weight->dtype : x.dtype;
    return threeOf({wanted[0], wanted[1] && weight, wanted[2] && bias}, newMeta(x.dtype, x.sizes, &x),
                   newMeta(affine, shape, &x), newMeta(affine, shape, &x));
}

/// dx of one row in the type PyTorch computes in and in its order of operations: where n is 1 or the gradients are
/// equal the terms cancel, and what is left is their rounding.
template <class C> void layerInputRow(const NormCall& call, int64_t row, double* dx) {
    const int64_t count = call.channels, start = row * count;
    const double *g = call.g.data<double>() + start, *x = call.x.data<double>() + start;
    const C mean = C(call.mean.data<double>()[row]), rstd = C(call.rstd.data<double>()[row]);
    const C scale = C(1) / C(count);
    C ds = 0, db = 0;
    for (int64_t i = 0; i < count; ++i) {
        const C gw = C(g[i]) * C(call.w(i));
        ds += gw * C(x[i]);
        db += gw;
    }
    const C b = (db * mean - ds) * rstd * rstd * rstd * scale, c = -b * mean - db * rstd * scale;
    for (int64_t i = 0; i < count; ++i)
        dx[i] = static_cast<double>(rstd * C(g[i]) * C(call.w(i)) + b * C(x[i]) + c);
}

/// dw of a layer norm, likewise: z = x * rstd - mean * rstd with one rounding.
template <class C> Result<Tensor> layerWeightGradient(const NormCall& call) {
    FX_TRY(Tensor dw, Tensor::empty(DType::Float64, {call.channels}));
    for (int64_t c = 0; c < call.channels; ++c) {
        C sum = 0;
        for (int64_t row = 0; row < call.outer; ++row) {
            const int64_t at = row * call.channels + c;
            const C rstd = C(call.rstd.data<double>()[row]), shift = -rstd * C(call.mean.data<double>()[row]);
            sum += C(call.g.data<double>()[at]) * std::fma(rstd, C(call.x.data<double>()[at]), shift);
        }
        dw.data<double>()[c] = static_cast<double>(sum);
    }
    return dw;
}

Result<Tensor> layerInputGradient(const NormCall& call, bool wide) {
    FX_TRY(Tensor dx, Tensor::empty(DType::Float64, call.x.sizes()));
    for (int64_t row = 0; row < call.outer; ++row) {
        double* to = dx.data<double>() + row * call.channels;
        wide ? layerInputRow<double>(call, row, to) : layerInputRow<float>(call, row, to);
    }
    return dx;
}

Result<Value> runLayerBackward(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferLayerBackward(metaArgs(args)));
    NormCall call;
    FX_TRY(call.g, widened(args[0]));
    FX_TRY(call.x, widened(args[1]));
    FX_TRY(call.mean, widened(args[3]));
    FX_TRY(call.rstd, widened(args[4]));
    FX_TRY(call.weight, widened(args[5]));
    FX_TRY(const Sizes shape, intsAt(args, 2));
    call.channels = elementCount(shape).value_or(1);
    call.outer = call.channels ? call.x.numel() / call.channels : 0;
    FX_CHECK(checkElements("input", call.x, call.outer * call.channels));
    FX_CHECK(call.check(call.outer));
    const auto group = [](int64_t n, int64_t) { return n; };
    const bool wide = args[1].tensor().dtype() == DType::Float64;
    FX_TRY(const Tensor dx, layerInputGradient(call, wide));
    FX_TRY(const Tensor dw, wide ? layerWeightGradient<double>(call) : layerWeightGradient<float>(call));
    FX_TRY(const auto affine, affineGradients(call, group));
    return settleThree(meta, {dx, dw, affine[1]});
}

// --- native_group_norm_backward(grad_out, input, mean, rstd, weight, N, C, HxW, group, output_mask)

Result<ValueMeta> inferGroupBackward(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    FX_TRY(const auto weight, optionalTensorAt(args, 4));
    FX_TRY(const SymInt channels, symIntAt(args, 6));
    FX_TRY(const std::vector<bool> wanted, outputMask(args, 9, 3));
    const TensorMeta affine = newMeta(weight ? weight->dtype : x.dtype, {channels}, &x);
    return threeOf(wanted, sameFormatMeta(x, x.dtype, x.sizes), affine, affine);
}

Result<Value> runGroupBackward(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferGroupBackward(metaArgs(args)));
    NormCall call;
    FX_TRY(call.g, widened(args[0]));
    FX_TRY(call.x, widened(args[1]));
    FX_TRY(call.mean, widened(args[2]));
    FX_TRY(call.rstd, widened(args[3]));
    FX_TRY(call.weight, widened(args[4]));
    FX_TRY(call.outer, intAt(args, 5));
    FX_TRY(call.channels, intAt(args, 6));
    FX_TRY(call.inner, intAt(args, 7));
    FX_TRY(const int64_t groups, intAt(args, 8));
    if (groups < 1 || call.channels % groups != 0 || call.outer * call.channels * call.inner != call.x.numel())
        return Diagnostic{"Expected number of channels in input to be divisible by num_groups, and N * C * HxW to be "
                          "the number of elements of the input",
                          "", ""};
    FX_CHECK(call.check(call.outer * groups));
    const int64_t perGroup = call.channels / groups;
    const auto group = [=](int64_t n, int64_t c) { return n * groups + c / perGroup; };
    FX_TRY(const Tensor dx, inputGradient(call, call.outer * groups, perGroup * call.inner, group));
    FX_TRY(const auto affine, affineGradients(call, group));
    return settleThree(meta, {dx, affine[0], affine[1]});
}

// --- native_batch_norm_backward(grad_out, input, weight, running_mean, running_var, save_mean, save_invstd, train,
// eps, output_mask)

Result<ValueMeta> inferBatchBackward(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    FX_TRY(const auto weight, optionalTensorAt(args, 2));
    FX_TRY(const std::vector<bool> wanted, outputMask(args, 9, 3));
    if (x.sizes.size() < 2)
        return Diagnostic{"batch_norm expects an input of at least 2 dimensions, got " + sizesText(x.sizes), "", ""};
    const TensorMeta affine = newMeta(weight ? weight->dtype : x.dtype, {x.sizes[1]}, &x);
    return threeOf(wanted, sameFormatMeta(x, x.dtype, x.sizes), affine, affine);
}

/// mean and rstd by channel: saved ones in training, else from the running statistics.
Result<Done> readBatchStatistics(Values args, bool train, NormCall& call) {
    FX_TRY(call.mean, widened(args[train ? 5 : 3]));
    FX_TRY(Tensor second, widened(args[train ? 6 : 4]));
    if (!call.mean.defined() || !second.defined() || call.mean.numel() != call.channels ||
        second.numel() != call.channels)
        return Diagnostic{train ? "save_mean and save_invstd are needed in training mode"
                                : "running_mean and running_var are needed in evaluation mode",
                          "", ""};
    if (!train) {
        FX_TRY(second, second.clone());
        FX_TRY(const double eps, doubleAt(args, 8));
        for (int64_t c = 0; c < call.channels; ++c)
            second.data<double>()[c] = 1 / std::sqrt(second.data<double>()[c] + eps);
    }
    call.rstd = second;
    return Done{};
}

Result<Value> runBatchBackward(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, inferBatchBackward(metaArgs(args)));
    NormCall call;
    FX_TRY(call.g, widened(args[0]));
    FX_TRY(call.x, widened(args[1]));
    FX_TRY(call.weight, widened(args[2]));
    FX_TRY(const bool train, boolAt(args, 7));
    call.outer = call.x.size(0);
    call.channels = call.x.size(1);
    call.inner = call.outer * call.channels > 0 ? call.x.numel() / (call.outer * call.channels) : 0;
    FX_CHECK(readBatchStatistics(args, train, call));
    FX_CHECK(call.check(call.channels));
    const auto group = [](int64_t, int64_t c) { return c; };
    FX_TRY(Tensor dx, inputGradient(call, call.channels, call.outer * call.inner, group));
    for (int64_t i = 0; !train && i < dx.numel(); ++i) { // constants: y is linear in x
        const int64_t c = i / call.inner % call.channels;
        dx.data<double>()[i] = call.g.data<double>()[i] * call.w(c) * call.rstd.data<double>()[c];
    }
    FX_TRY(const auto affine, affineGradients(call, group));
    return settleThree(meta, {dx, affine[0], affine[1]});
}

} // namespace

const OpDef native_layer_norm_backward{.target = "torch.ops.aten.native_layer_norm_backward.default",
                                       .infer = inferLayerBackward,
                                       .reference = runLayerBackward};
const OpDef native_group_norm_backward{.target = "torch.ops.aten.native_group_norm_backward.default",
                                       .infer = inferGroupBackward,
                                       .reference = runGroupBackward};
const OpDef native_batch_norm_backward{.target = "torch.ops.aten.native_batch_norm_backward.default",
                                       .infer = inferBatchBackward,
                                       .reference = runBatchBackward};

} // namespace fxscope::ops
