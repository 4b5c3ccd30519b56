// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm.h"

// Batch norm: y = (x - mean[c]) / sqrt(var[c] + eps) * weight[c] + bias[c], c the second dimension. In training mean
// and var are those of each channel over everything else (var without correction), and the running statistics move
// towards them by `momentum`, the variance with correction; without training the running statistics are used. All in
// double.

namespace fxscope::cuda {
namespace {

/// Where the arguments stand in the schema of an overload; -1: it has none. (input, weight, bias, ...) come first.
struct BatchPlaces {
    int running, training, momentum, eps;
    bool returnsRunning = false, returnsSaved = true;
};
/// _native_batch_norm_legit.no_stats(input, weight, bias, training, momentum, eps); .default and native_batch_norm with
/// running_mean, running_var before training; the functional form returns the new statistics instead of writing them;
/// _no_training(..., running_mean, running_var, momentum, eps); batch_norm(..., training, momentum, eps,
/// cudnn_enabled).
constexpr BatchPlaces kNoStats{-1, 3, 4, 5}, kStats{3, 5, 6, 7}, kFunctional{3, 5, 6, 7, true},
    kNoTraining{3, -1, 5, 6}, kPlain{3, 5, 6, 7, false, false};

/// Mean and variance of each channel, as doubles.
struct ChannelStatistics {
    Tensor mean, var;
};

Result<ChannelStatistics> batchStatistics(Call& call, const Tensor& x) {
    ChannelStatistics of;
    FX_TRY(of.mean, call.device.pool().empty(DType::Float64, {x.size(1)}));
    FX_TRY(of.var, call.device.pool().empty(DType::Float64, {x.size(1)}));
    const DimSet dims = allButChannels(x.dim());
    Fold fold;
    FX_TRY(Tensor rows, rowsOf(x, dims));
    FX_TRY(Tensor mean, rowResult(of.mean, dims));
    FX_TRY(Tensor var, rowResult(of.var, dims));
    fold.inputs = {std::move(rows)};
    fold.outputs = {std::move(mean), std::move(var)};
    fold.kept = 1;
    fold.accumulator = "Moments<double>";
    fold.start = "{0, 0, 0}";
    fold.add = "acc.add(castTo<double>(in0));";
    fold.join = "acc.join(other);";
    fold.finish = "out0 = acc.mean; out1 = acc.squares / acc.count;";
    FX_CHECK(launch(call.device, fold));
    return of;
}

/// running = (1 - momentum) * running + momentum * of the batch
Result<Done> moveRunning(Call& call, const ChannelStatistics& batch, double momentum, double count, const Tensor& mean,
                         const Tensor& var) {
    Elements elements;
    elements.outputs = {mean, var};
    elements.inputs = {mean, var, batch.mean, batch.var};
    elements.numbers = {doubleNumber(momentum), doubleNumber(count)};
    elements.body = "out0 = castTo<O0>((1 - n0) * castTo<double>(in0) + n0 * in2); "
                    "out1 = castTo<O1>((1 - n0) * castTo<double>(in1) + n0 * in3 * n1 / (n1 - 1));";
    return launch(call.device, elements);
}

Result<Done> saveStatistics(Call& call, const ChannelStatistics& batch, double eps, const Tensor& mean,
                            const Tensor& rstd) {
    Elements elements;
    elements.outputs = {mean, rstd};
    elements.inputs = {batch.mean, batch.var};
    elements.numbers = {doubleNumber(eps)};
    elements.body = "out0 = castTo<O0>(in0); out1 = castTo<O1>(1 / sqrt(in1 + n0));";
    return launch(call.device, elements);
}

/// y = x * scale + shift, the two by channel: the statistics (of any dtype), weight and bias together.
Result<Done> normaliseChannels(Call& call, Values args, const ChannelStatistics& by, double eps, const Tensor& y) {
    const Tensor& x = args[0].tensor();
    FX_TRY(const Tensor scale, call.device.pool().empty(DType::Float64, {x.size(1)}));
    FX_TRY(const Tensor shift, call.device.pool().empty(DType::Float64, {x.size(1)}));
    Elements lines;
    lines.outputs = {scale, shift};
    lines.inputs = {by.mean, by.var};
    lines.numbers = {doubleNumber(eps)};
    std::string weight = "1.0", bias = "0.0";
    for (size_t i = 1; i <= 2; ++i)
        if (isTensorAt(args, i)) {
            (i == 1 ? weight : bias) = "castTo<double>(in" + std::to_string(lines.inputs.size()) + ")";
            lines.inputs.push_back(args[i].tensor());
        }
    lines.body =
        "out0 = " + weight + " / sqrt(castTo<double>(in1) + n0); out1 = " + bias + " - castTo<double>(in0) * out0;";
    FX_CHECK(launch(call.device, lines));
    Elements elements;
    elements.outputs = {y};
    elements.inputs = {x};
    for (const Tensor* vector : {&scale, &shift}) {
        FX_TRY(Tensor seen, channelView(*vector, x.dim()));
        elements.inputs.push_back(std::move(seen));
    }
    elements.body = "out0 = castTo<O0>(castTo<double>(in0) * in1 + in2);";
    return launch(call.device, elements);
}

/// Vectors that are there have one element per channel.
bool vectorsFit(Values args, int64_t channels, size_t last) {
    for (size_t i = 1; i <= last; ++i)
        if (isTensorAt(args, i) && (args[i].tensor().dim() != 1 || args[i].tensor().size(0) != channels))
            return false;
    return true;
}

template <BatchPlaces At> Taken run(const OpDef& op, Values args, Call& call) {
    if (!isTensorAt(args, 0) || !isFloating(args[0].tensor().dtype()) || !hasDeviceTypes(args))
        return std::optional<Value>();
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    const bool hasRunning =
        At.running >= 0 && isTensorAt(args, size_t(At.running)) && isTensorAt(args, size_t(At.running) + 1);
    FX_TRY(const bool training, At.training < 0 ? Result<bool>(false) : boolAt(args, size_t(At.training)));
    if (!vectorsFit(args, x.size(1), At.running < 0 ? 2 : 4) || (!training && !hasRunning) ||
        (training && !At.returnsSaved))
        return std::optional<Value>(); // refused
    FX_TRY(const double momentum, doubleAt(args, size_t(At.momentum)));
    FX_TRY(const double eps, doubleAt(args, size_t(At.eps)));
    std::array<Tensor, 2> running;
    for (size_t i = 0; i < 2 && hasRunning; ++i) {
        running[i] = At.returnsRunning ? out[3 + i] : args[size_t(At.running) + i].tensor();
        if (At.returnsRunning)
            FX_CHECK(call.device.copy(args[size_t(At.running) + i].tensor(), running[i]));
    }
    ChannelStatistics by{running[0], running[1]};
    if (training) {
        FX_TRY(by, batchStatistics(call, x));
        const double count = x.size(1) ? static_cast<double>(x.numel()) / static_cast<double>(x.size(1)) : 0;
        if (hasRunning)
            FX_CHECK(moveRunning(call, by, momentum, count, running[0], running[1]));
        FX_CHECK(saveStatistics(call, by, eps, out[1], out[2]));
    }
    FX_CHECK(normaliseChannels(call, args, by, eps, out[0]));
    return std::optional(resultOf(out));
}

} // namespace

Result<Tensor> channelView(const Tensor& vector, size_t rank) {
    Sizes sizes(rank, 1), strides(rank, 0);
    sizes[1] = vector.size(0);
    strides[1] = vector.strides()[0];
    return vector.asStrided(std::move(sizes), std::move(strides), vector.offset());
}

DimSet allButChannels(size_t rank) {
    DimSet dims(rank, true);
    dims[1] = false;
    return dims;
}

const CudaKernel _native_batch_norm_legit_no_stats{"torch.ops.aten._native_batch_norm_legit.no_stats", run<kNoStats>};
const CudaKernel _native_batch_norm_legit{"torch.ops.aten._native_batch_norm_legit.default", run<kStats>};
const CudaKernel _native_batch_norm_legit_functional{"torch.ops.aten._native_batch_norm_legit_functional.default",
                                                     run<kFunctional>};
const CudaKernel _native_batch_norm_legit_no_training{"torch.ops.aten._native_batch_norm_legit_no_training.default",
                                                      run<kNoTraining>};
const CudaKernel native_batch_norm{"torch.ops.aten.native_batch_norm.default", run<kStats>};
const CudaKernel batch_norm{"torch.ops.aten.batch_norm.default", run<kPlain>};

} // namespace fxscope::cuda
