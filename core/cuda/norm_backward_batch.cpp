// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm_backward.h"

// native_batch_norm_backward(grad_out, input, weight, running_mean, running_var, save_mean, save_invstd, train,
// eps, output_mask)

namespace fxscope::cuda {
namespace {

/// mean and rstd by channel as doubles, seen in the dimensions of x: saved ones in training, else from the running
/// statistics.
Result<std::array<Tensor, 2>> batchStatistics(Call& call, Values args, bool train, size_t rank) {
    FX_TRY(const double eps, doubleAt(args, 8));
    const Tensor &mean = args[train ? 5 : 3].tensor(), &second = args[train ? 6 : 4].tensor();
    std::array<Tensor, 2> of;
    for (Tensor& tensor : of) {
        FX_TRY(tensor, call.device.pool().empty(DType::Float64, mean.sizes()));
    }
    Elements elements;
    elements.outputs = {of[0], of[1]};
    elements.inputs = {mean, second};
    elements.numbers = {doubleNumber(eps)};
    elements.body = "out0 = castTo<double>(in0); ";
    elements.body += train ? "out1 = castTo<double>(in1);" : "out1 = 1 / sqrt(castTo<double>(in1) + n0);";
    FX_CHECK(launch(call.device, elements));
    for (Tensor& tensor : of) {
        FX_TRY(tensor, channelView(tensor, rank));
    }
    return of;
}

/// dx without training, where the statistics are constants: y is linear in x.
Result<Done> linearGradient(Call& call, const Tensor& g, const Tensor& rstd, const Tensor& weight, const Tensor& dx) {
    Elements elements;
    elements.outputs = {dx};
    elements.inputs = {g, rstd};
    if (weight.defined())
        elements.inputs.push_back(weight);
    elements.body = weight.defined() ? "out0 = castTo<O0>(castTo<double>(in0) * castTo<double>(in2) * in1);"
                                     : "out0 = castTo<O0>(castTo<double>(in0) * in1);";
    return launch(call.device, elements);
}

/// The sums of g w and g w z, seen in the dimensions of x.
Result<Sums> weightedSums(Call& call, const Sums& sums, const Tensor& weight, size_t rank) {
    Sums weighted = sums;
    if (weight.defined()) {
        for (Tensor* sum : {&weighted.g, &weighted.gz}) {
            FX_TRY(*sum, call.device.pool().empty(DType::Float64, sums.g.sizes()));
        }
        Elements elements;
        elements.outputs = {weighted.g, weighted.gz};
        elements.inputs = {sums.g, sums.gz, weight};
        elements.body = "const double w = castTo<double>(in2); out0 = in0 * w; out1 = in1 * w;";
        FX_CHECK(launch(call.device, elements));
    }
    for (Tensor* sum : {&weighted.g, &weighted.gz}) {
        FX_TRY(*sum, channelView(*sum, rank));
    }
    return weighted;
}

Taken runBatchBackward(const OpDef& op, Values args, Call& call) {
    FX_TRY(const Gradients to, allocateGradients(op, args, call.device));
    const Tensor &g = args[0].tensor(), &x = args[1].tensor();
    FX_TRY(const bool train, boolAt(args, 7));
    if (!areFloating(args, {0, 1, train ? size_t(5) : size_t(3), train ? size_t(6) : size_t(4)}) ||
        g.sizes() != x.sizes())
        return std::optional<Value>();
    const int64_t channels = x.size(1);
    for (const size_t i : {size_t(2), train ? size_t(5) : size_t(3), train ? size_t(6) : size_t(4)})
        if (isTensorAt(args, i) && (args[i].tensor().dim() != 1 || args[i].tensor().size(0) != channels))
            return std::optional<Value>();
    FX_TRY(const auto statistics, batchStatistics(call, args, train, x.dim()));
    const std::array<Tensor, 4> gAndX{g, x, statistics[0], statistics[1]};
    std::array<Tensor, 4> rows;
    for (size_t i = 0; i < 4; ++i) {
        FX_TRY(rows[i], rowsOf(gAndX[i], allButChannels(x.dim())));
    }
    FX_TRY(const Sums sums, sumsOf(call, rows, 1));
    FX_CHECK(settle(call, sums.gz, to.dw));
    FX_CHECK(settle(call, sums.g, to.db));
    if (!to.dx.defined())
        return std::optional(to.asValue());
    Tensor weight, deepWeight;
    if (isTensorAt(args, 2)) {
        weight = args[2].tensor();
        FX_TRY(deepWeight, channelView(weight, x.dim()));
    }
    if (!train) {
        FX_CHECK(linearGradient(call, g, statistics[1], deepWeight, to.dx));
        return std::optional(to.asValue());
    }
    FX_TRY(const Sums weighted, weightedSums(call, sums, weight, x.dim()));
    const double count = channels ? static_cast<double>(x.numel()) / static_cast<double>(channels) : 0;
    FX_CHECK(inputGradient(call, gAndX, weighted, deepWeight, count, to.dx));
    return std::optional(to.asValue());
}

} // namespace

const CudaKernel native_batch_norm_backward{"torch.ops.aten.native_batch_norm_backward.default", runBatchBackward};

} // namespace fxscope::cuda
