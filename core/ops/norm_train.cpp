// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// Batch norm in training: mean and variance of each channel over everything else, y = (x - mean) * rstd * weight + bias
// with rstd = 1 / sqrt(var + eps), var without correction. The running statistics move towards those of the batch by
// `momentum`, the variance with correction. Without training the running statistics are used. Mean and rstd act as they
// are returned: of half inputs and weights rounded to half.

namespace fxscope::ops {
namespace {

/// Where the arguments stand in the schema of an overload; -1: it has no running statistics.
struct TrainPlaces {
    int running, training;
    bool returnsRunning = false;
};
/// no_stats(input, weight, bias, training, momentum, eps), default(input, weight, bias, running_mean, running_var,
/// training, momentum, eps), and the functional form, which returns the new statistics instead of writing them.
constexpr TrainPlaces kNoStats{-1, 3}, kStats{3, 5}, kFunctional{3, 5, true};

template <TrainPlaces At> Result<ValueMeta> inferTrain(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto weight, optionalTensorAt(args, 1));
    FX_TRY(const bool training, boolAt(args, size_t(At.training)));
    if (x.sizes.size() < 2)
        return Diagnostic{"batch_norm expects an input of at least 2 dimensions, got " + sizesText(x.sizes), "", ""};
    if (!isFloating(x.dtype))
        return unsupportedDType(x.dtype);
    const TensorMeta saved = newMeta(weight ? weight->dtype : x.dtype, {training ? x.sizes[1] : SymInt(0)}, &x);
    std::vector<TensorMeta> results{sameFormatMeta(x, x.dtype, x.sizes), saved, saved};
    for (size_t i = 0; i < 2 && At.returnsRunning; ++i) {
        FX_TRY(const TensorMeta running, tensorAt(args, size_t(At.running) + i));
        results.push_back(newMeta(running.dtype, running.sizes, &running));
    }
    return tensorList(std::move(results));
}

/// Statistics by channel, in double.
struct ChannelStatistics {
    std::vector<double> mean, var;
    std::vector<double> rstds(double eps) const {
        std::vector<double> all;
        for (const double one : var)
            all.push_back(1 / std::sqrt(one + eps));
        return all;
    }
};

/// fn(channel, element) over a row-major [batch, channels, ...].
void forEachOfChannels(const Tensor& x, auto&& fn) {
    const int64_t channels = x.size(1), rows = x.size(0) * channels, inner = rows ? x.numel() / rows : 0;
    for (int64_t i = 0; i < x.numel(); ++i)
        fn(static_cast<size_t>(i / inner % channels), i);
}

ChannelStatistics batchStatistics(const Tensor& x) {
    const auto channels = static_cast<size_t>(x.size(1));
    ChannelStatistics of{std::vector<double>(channels, 0), std::vector<double>(channels, 0)};
    const double count = static_cast<double>(x.numel()) / static_cast<double>(channels);
    const double* from = x.data<double>();
    forEachOfChannels(x, [&](size_t c, int64_t i) { of.mean[c] += from[i] / count; });
    forEachOfChannels(
        x, [&](size_t c, int64_t i) { of.var[c] += (from[i] - of.mean[c]) * (from[i] - of.mean[c]) / count; });
    return of;
}

Result<std::vector<double>> channelNumbers(const Value& value, size_t channels, double fallback) {
    if (!value.isTensor())
        return std::vector<double>(channels, fallback);
    FX_TRY(const Tensor wide, converted(value.tensor(), DType::Float64));
    if (wide.numel() != static_cast<int64_t>(channels))
        return Diagnostic{
            "expected a vector of " + std::to_string(channels) + " elements, got " + sizesText(wide.sizes()), "", ""};
    return std::vector<double>(wide.data<double>(), wide.data<double>() + channels);
}

Result<Done> storeNumbers(const std::vector<double>& numbers, Tensor& into) {
    FX_TRY(Tensor wide, Tensor::empty(DType::Float64, {static_cast<int64_t>(numbers.size())}));
    std::copy(numbers.begin(), numbers.end(), wide.data<double>());
    return copyInto(wide, into);
}

/// running = (1 - momentum) * running + momentum * of the batch
Result<Done> moveRunning(const ChannelStatistics& batch, double momentum, double count, Tensor& mean, Tensor& var) {
    FX_TRY(std::vector<double> means, channelNumbers(Value(mean), batch.mean.size(), 0));
    FX_TRY(std::vector<double> vars, channelNumbers(Value(var), batch.mean.size(), 0));
    for (size_t c = 0; c < means.size(); ++c) {
        means[c] = (1 - momentum) * means[c] + momentum * batch.mean[c];
        vars[c] = (1 - momentum) * vars[c] + momentum * batch.var[c] * count / (count - 1);
    }
    FX_CHECK(storeNumbers(means, mean));
    return storeNumbers(vars, var);
}

Result<Done> normaliseChannels(Values args, const Tensor& x, const std::vector<double>& mean,
                               const std::vector<double>& rstd, Tensor& out) {
    FX_TRY(const auto weight, channelNumbers(args[1], mean.size(), 1));
    FX_TRY(const auto bias, channelNumbers(args[2], mean.size(), 0));
    FX_TRY(Tensor wide, Tensor::empty(DType::Float64, x.sizes()));
    forEachOfChannels(x, [&](size_t c, int64_t i) {
        wide.data<double>()[i] = (x.data<double>()[i] - mean[c]) * rstd[c] * weight[c] + bias[c];
    });
    return copyInto(wide, out);
}

template <TrainPlaces At> Result<Value> runTrain(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferTrain<At>, args));
    FX_TRY(const bool training, boolAt(args, size_t(At.training)));
    FX_TRY(const double momentum, doubleAt(args, size_t(At.training) + 1));
    FX_TRY(const double eps, doubleAt(args, size_t(At.training) + 2));
    FX_TRY(const Tensor x, converted(args[0].tensor(), DType::Float64));
    const auto channels = static_cast<size_t>(x.size(1));
    std::array<Tensor, 2> running;
    for (size_t i = 0; i < 2 && At.running >= 0; ++i)
        if (const Value& given = args[size_t(At.running) + i]; given.isTensor()) {
            running[i] = At.returnsRunning ? out[3 + i] : given.tensor();
            if (At.returnsRunning)
                FX_CHECK(copyInto(given.tensor(), running[i]));
        }
    ChannelStatistics by;
    if (training) {
        by = batchStatistics(x);
        const double count = channels ? static_cast<double>(x.numel()) / static_cast<double>(channels) : 0;
        if (running[0].defined() && running[1].defined())
            FX_CHECK(moveRunning(by, momentum, count, running[0], running[1]));
        FX_CHECK(storeNumbers(by.mean, out[1]));
        FX_CHECK(storeNumbers(by.rstds(eps), out[2]));
        FX_TRY(const auto mean, channelNumbers(Value(out[1]), channels, 0)); // as they are kept
        FX_TRY(const auto rstd, channelNumbers(Value(out[2]), channels, 1));
        FX_CHECK(normaliseChannels(args, x, mean, rstd, out[0]));
    } else if (running[0].defined() && running[1].defined()) {
        FX_TRY(by.mean, channelNumbers(Value(running[0]), channels, 0));
        FX_TRY(by.var, channelNumbers(Value(running[1]), channels, 1));
    } else {
        return Diagnostic{"batch norm without training needs running_mean and running_var", "", ""};
    }
    if (!training)
        FX_CHECK(normaliseChannels(args, x, by.mean, by.rstds(eps), out[0]));
    return Value(ValueList(out.begin(), out.end()));
}

} // namespace

const OpDef _native_batch_norm_legit_no_stats{.target = "torch.ops.aten._native_batch_norm_legit.no_stats",
                                              .infer = inferTrain<kNoStats>,
                                              .reference = runTrain<kNoStats>};
const OpDef _native_batch_norm_legit{.target = "torch.ops.aten._native_batch_norm_legit.default",
                                     .infer = inferTrain<kStats>,
                                     .reference = runTrain<kStats>};
const OpDef _native_batch_norm_legit_functional{.target = "torch.ops.aten._native_batch_norm_legit_functional.default",
                                                .infer = inferTrain<kFunctional>,
                                                .reference = runTrain<kFunctional>};
const OpDef native_batch_norm{
    .target = "torch.ops.aten.native_batch_norm.default", .infer = inferTrain<kStats>, .reference = runTrain<kStats>};

} // namespace fxscope::ops
