// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm_backward.h"

// native_group_norm_backward(grad_out, input, mean, rstd, weight, N, C, HxW, group, output_mask)

namespace fxscope::cuda {
namespace {

/// The sums of channels [n, groups, c] in all of a group, weighted by channel.
Result<Tensor> sumOverGroup(Call& call, const Tensor& sums, const Tensor& weight) {
    FX_TRY(const Tensor of, call.device.pool().empty(DType::Float64, {sums.size(0), sums.size(1), 1}));
    Fold fold;
    fold.outputs = {of};
    fold.inputs = {sums};
    if (weight.defined())
        fold.inputs.push_back(weight);
    fold.kept = 2;
    fold.accumulator = "double";
    fold.start = "0.0";
    fold.add = weight.defined() ? "acc += in0 * castTo<double>(in1);" : "acc += in0;";
    fold.join = "acc += other;";
    fold.finish = "out0 = acc;";
    FX_CHECK(launch(call.device, fold));
    return of;
}

/// The sums of channels [n, groups, c] over n, into a vector.
Result<Done> sumOverBatch(Call& call, const Tensor& sums, const Tensor& to) {
    if (!to.defined())
        return Done{};
    const DimSet dims{true, false, false};
    Fold fold;
    FX_TRY(Tensor rows, rowsOf(sums, dims));
    const int64_t groups = sums.size(1), perGroup = sums.size(2);
    FX_TRY(Tensor result, to.asStrided({groups, perGroup, 1}, {perGroup, 1, 0}, to.offset()));
    fold.inputs = {std::move(rows)};
    fold.outputs = {std::move(result)};
    fold.kept = 2;
    fold.accumulator = "double";
    fold.start = "0.0";
    fold.add = "acc += in0;";
    fold.join = "acc += other;";
    fold.finish = "out0 = castTo<O0>(acc);";
    return launch(call.device, fold);
}

/// A tensor [n, groups, c or 1] seen in `rank` dimensions.
Result<Tensor> deepened(const Tensor& x, size_t rank) {
    Sizes sizes = x.sizes(), strides = x.strides();
    sizes.resize(rank, 1);
    strides.resize(rank, 0);
    return x.asStrided(std::move(sizes), std::move(strides), x.offset());
}

Taken runGroupBackward(const OpDef& op, Values args, Call& call) {
    FX_TRY(const Gradients to, allocateGradients(op, args, call.device));
    const int64_t n = args[5].toInt(), channels = args[6].toInt(), inner = args[7].toInt(), groups = args[8].toInt();
    if (!areFloating(args, {0, 1, 2, 3}) || groups < 1 || channels % groups != 0)
        return std::optional<Value>();
    const Tensor& x = args[1].tensor();
    if (n * channels * inner != x.numel() || args[0].tensor().sizes() != x.sizes() || x.dim() < 2 || x.size(0) != n ||
        x.size(1) != channels || args[2].tensor().numel() != n * groups || args[3].tensor().numel() != n * groups)
        return std::optional<Value>();
    std::array<Tensor, 4> gAndX;
    for (size_t i = 0; i < 2; ++i) {
        FX_TRY(gAndX[i], groupedView(call.device, args[i].tensor(), n, channels, groups));
    }
    const size_t rank = gAndX[0].dim();
    for (size_t i = 2; i < 4; ++i) {
        FX_TRY(const Tensor flat, contiguous(call.device, args[i].tensor()));
        FX_TRY(const Tensor square, flat.asStrided({n, groups}, {groups, 1}, flat.offset()));
        FX_TRY(gAndX[i], groupedStatistic(square, n, groups, rank));
    }
    FX_TRY(const Sums byChannel, sumsOf(call, gAndX, 3));
    FX_CHECK(sumOverBatch(call, byChannel.gz, to.dw));
    FX_CHECK(sumOverBatch(call, byChannel.g, to.db));
    if (!to.dx.defined())
        return std::optional(to.asValue());
    Tensor weight, deepWeight;
    if (isTensorAt(args, 4)) {
        FX_TRY(weight, groupedVector(args[4].tensor(), groups, 3));
        FX_TRY(deepWeight, groupedVector(args[4].tensor(), groups, rank));
    }
    Sums byGroup;
    FX_TRY(const Tensor sumG, sumOverGroup(call, byChannel.g, weight));
    FX_TRY(const Tensor sumGz, sumOverGroup(call, byChannel.gz, weight));
    FX_TRY(byGroup.g, deepened(sumG, rank));
    FX_TRY(byGroup.gz, deepened(sumGz, rank));
    FX_TRY(const Tensor dx, groupedView(call.device, to.dx, n, channels, groups));
    const double count = static_cast<double>(channels / groups * inner);
    FX_CHECK(inputGradient(call, gAndX, byGroup, deepWeight, count, dx));
    return std::optional(to.asValue());
}

} // namespace

const CudaKernel native_group_norm_backward{"torch.ops.aten.native_group_norm_backward.default", runGroupBackward};

} // namespace fxscope::cuda
