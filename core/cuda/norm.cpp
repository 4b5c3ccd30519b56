// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm.h"

// y = (x - mean) * rstd * weight + bias with rstd = 1 / sqrt(var + eps), var without correction. layer_norm takes mean
// and var over the last dimensions, group_norm over the channels of a group and all positions. A NaN makes its row NaN;
// a row of no elements has mean and rstd NaN. Mean first, then the squares of the distances from it, then the results:
// a row is read three times, from the caches after the first.

namespace fxscope::cuda {
namespace {

constexpr std::string_view kMoments = R"(
    using Sum = Accumulate<I0>;
    Sum sum = 0, squares = 0;
    FX_EACH(i) sum += widen(in0(i));
    const Sum mean = sumOfTeam(team, sum) / Sum(count);
    FX_EACH(i) {
        const Sum d = widen(in0(i)) - mean;
        squares += d * d;
    }
    const Sum rstd = Sum(1) / std::sqrt(sumOfTeam(team, squares) / Sum(count) + Sum(n0));
)";
constexpr std::string_view kStatistics = R"(
    if (lane == 0) {
        put1(0, castTo<O1>(mean));
        put2(0, castTo<O2>(rstd));
    }
)";

/// x and y as rows; weight and bias, undefined or seen in the same dimensions; mean and rstd as rows of one element, or
/// none.
struct NormRows {
    Tensor x, weight, bias, y;
    std::vector<Tensor> statistics;
    size_t kept = 0;
    double eps = 0;
};

Result<Done> launchNorm(Call& call, const NormRows& rows) {
    RowWork work;
    work.inputs = {rows.x};
    work.outputs = {rows.y};
    work.outputs.insert(work.outputs.end(), rows.statistics.begin(), rows.statistics.end());
    work.kept = rows.kept;
    work.numbers = {doubleNumber(rows.eps)};
    std::string y = "(widen(in0(i)) - mean) * rstd";
    const auto addOperand = [&](const Tensor& operand, const char* sign) {
        if (!operand.defined())
            return;
        y += sign + ("castTo<Sum>(in" + std::to_string(work.inputs.size()) + "(i))");
        work.inputs.push_back(operand);
    };
    addOperand(rows.weight, " * ");
    addOperand(rows.bias, " + ");
    work.body = kMoments;
    work.body += "    FX_EACH(i) put0(i, castTo<O0>(" + y + "));\n";
    if (!rows.statistics.empty())
        work.body += kStatistics;
    return launch(call.device, work);
}

bool isTaken(Values args) {
    return isTensorAt(args, 0) && isFloating(args[0].tensor().dtype()) && hasDeviceTypes(args);
}

/// `x` with `leading` dimensions of size 1 in front.
Result<Tensor> underRows(const Tensor& x, size_t leading) {
    Sizes sizes = x.sizes(), strides = x.strides();
    sizes.insert(sizes.begin(), leading, 1);
    strides.insert(strides.begin(), leading, 0);
    return x.asStrided(std::move(sizes), std::move(strides), x.offset());
}

// --- layer_norm: native_layer_norm(x, normalized_shape, weight, bias, eps) -> y, mean, rstd; layer_norm(...) -> y

Taken runLayerNorm(const OpDef& op, Values args, Call& call) {
    if (!isTaken(args))
        return std::optional<Value>();
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const Sizes shape, intsAt(args, 1));
    NormRows rows{.x = args[0].tensor(), .y = out[0], .statistics = {out.begin() + 1, out.end()}};
    rows.kept = rows.x.dim() - shape.size();
    if (isTensorAt(args, 2)) {
        FX_TRY(rows.weight, underRows(args[2].tensor(), rows.kept));
    }
    if (isTensorAt(args, 3)) {
        FX_TRY(rows.bias, underRows(args[3].tensor(), rows.kept));
    }
    FX_TRY(rows.eps, doubleAt(args, 4));
    FX_CHECK(launchNorm(call, rows));
    return std::optional(resultOf(out));
}

// --- group_norm: native_group_norm(x, weight, bias, N, C, HxW, group, eps) -> y, mean, rstd; group_norm(x, groups,
// weight, bias, eps, ..) -> y

struct GroupCall {
    size_t weight, eps;
    int64_t n, channels, groups;
};

Taken runGroups(const OpDef& op, Values args, Call& call, const GroupCall& at) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor& x = args[0].tensor();
    if (at.groups < 1 || x.dim() < 2 || x.size(0) != at.n || x.size(1) != at.channels)
        return std::optional<Value>();
    NormRows rows{.kept = 2};
    FX_TRY(rows.x, groupedView(call.device, x, at.n, at.channels, at.groups));
    FX_TRY(rows.y, groupedView(call.device, out[0], at.n, at.channels, at.groups));
    for (size_t i = 1; i < out.size(); ++i) {
        FX_TRY(Tensor statistic, groupedStatistic(out[i], at.n, at.groups, rows.x.dim()));
        rows.statistics.push_back(std::move(statistic));
    }
    if (isTensorAt(args, at.weight)) {
        FX_TRY(rows.weight, groupedVector(args[at.weight].tensor(), at.groups, rows.x.dim()));
    }
    if (isTensorAt(args, at.weight + 1)) {
        FX_TRY(rows.bias, groupedVector(args[at.weight + 1].tensor(), at.groups, rows.x.dim()));
    }
    FX_TRY(rows.eps, doubleAt(args, at.eps));
    FX_CHECK(launchNorm(call, rows));
    return std::optional(resultOf(out));
}

Taken runNativeGroupNorm(const OpDef& op, Values args, Call& call) {
    if (!isTaken(args))
        return std::optional<Value>();
    return runGroups(op, args, call, {1, 7, args[3].toInt(), args[4].toInt(), args[6].toInt()});
}
Taken runGroupNorm(const OpDef& op, Values args, Call& call) {
    if (!isTaken(args) || args[0].tensor().dim() < 2)
        return std::optional<Value>();
    const Tensor& x = args[0].tensor();
    return runGroups(op, args, call, {2, 4, x.size(0), x.size(1), args[1].toInt()});
}

} // namespace

Result<Tensor> groupedView(CudaDevice& device, const Tensor& x, int64_t n, int64_t channels, int64_t groups) {
    Tensor seen = x;
    if (x.dim() < 2 || x.size(0) != n || x.size(1) != channels) {
        const int64_t outer = n * channels, inner = outer ? x.numel() / outer : 0;
        if (outer * inner != x.numel())
            return Diagnostic{"expected an input of N * C * HxW elements, got " + std::to_string(x.numel()), "", ""};
        FX_TRY(seen, contiguous(device, x));
        FX_TRY(seen, seen.asStrided({n, channels, inner}, {channels * inner, inner, 1}, seen.offset()));
    }
    Sizes sizes = seen.sizes(), strides = seen.strides();
    sizes[1] = channels / groups;
    sizes.insert(sizes.begin() + 1, groups);
    strides.insert(strides.begin() + 1, strides[1] * (channels / groups));
    return seen.asStrided(std::move(sizes), std::move(strides), seen.offset());
}

Result<Tensor> groupedVector(const Tensor& vector, int64_t groups, size_t rank) {
    Sizes sizes(rank, 1), strides(rank, 0);
    sizes[1] = groups, strides[1] = vector.size(0) / groups * vector.strides()[0];
    sizes[2] = vector.size(0) / groups, strides[2] = vector.strides()[0];
    return vector.asStrided(std::move(sizes), std::move(strides), vector.offset());
}

Result<Tensor> groupedStatistic(const Tensor& statistic, int64_t n, int64_t groups, size_t rank) {
    Sizes sizes(rank, 1), strides(rank, 0);
    sizes[0] = n, strides[0] = statistic.strides()[0];
    sizes[1] = groups, strides[1] = statistic.strides()[1];
    return statistic.asStrided(std::move(sizes), std::move(strides), statistic.offset());
}

const CudaKernel native_layer_norm{"torch.ops.aten.native_layer_norm.default", runLayerNorm};
const CudaKernel layer_norm{"torch.ops.aten.layer_norm.default", runLayerNorm};
const CudaKernel native_group_norm{"torch.ops.aten.native_group_norm.default", runNativeGroupNorm};
const CudaKernel group_norm{"torch.ops.aten.group_norm.default", runGroupNorm};

} // namespace fxscope::cuda
