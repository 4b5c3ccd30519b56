// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

// softmax(x)_i = exp(x_i - max) / sum, log_softmax(x)_i = x_i - max - log(sum), and their gradients, y being the
// output: dx = (g - sum(g y)) y and dx = g - e^y sum(g). A NaN makes its whole row NaN; so does a row of -inf alone.
// Exponentials are computed in the tensor's type (float for half types), sums in that of sums.

namespace fxscope::cuda {
namespace {

enum class SoftmaxForm { Softmax, LogSoftmax };

constexpr std::string_view kSum = R"(
    using C = ComputeType<O0>;
    using Sum = Accumulate<O0>;
    const auto x = [&](auto i) { return C(castTo<O0>(in0(i))); };
    C most = leastOf<C>();
    FX_EACH(i) {
        const C v = x(i);
        most = most < v ? v : most; // a NaN is passed over here and comes back in the sum
    }
    most = maxOfTeam(team, most);
    Sum sum = 0;
    FX_EACH(i) sum += Sum(std::exp(x(i) - most));
    sum = sumOfTeam(team, sum);
)";
constexpr std::string_view kSoftmax = R"(
    const C whole = C(sum);
    FX_EACH(i) put0(i, castTo<O0>(std::exp(x(i) - most) / whole));
)";
constexpr std::string_view kLogSoftmax = R"(
    const C shift = C(std::log(sum));
    FX_EACH(i) put0(i, castTo<O0>(x(i) - most - shift));
)";
/// PyTorch's CPU keeps the sum of half types and its logarithm in the half type along the last dimension.
constexpr std::string_view kLogSoftmaxRounded = R"(
    const C shift = C(castTo<O0>(std::log(C(castTo<O0>(C(sum))))));
    FX_EACH(i) put0(i, castTo<O0>(x(i) - most - shift));
)";

/// The dimension `dim` of tensors of this rank, as a set.
Result<DimSet> oneDim(int64_t dim, size_t rank) {
    FX_TRY(const size_t along, wrapDim(dim, rank));
    DimSet dims(rank, false);
    if (rank > 0)
        dims[along] = true;
    return dims;
}

bool isHalf(DType dtype) { return dtype == DType::Float16 || dtype == DType::BFloat16; }

template <SoftmaxForm F> Taken runSoftmax(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    if (!hasDeviceTypes(args) || !isFloating(out[0].dtype()))
        return std::optional<Value>();
    FX_TRY(const int64_t dim, intAt(args, 1));
    FX_TRY(const DimSet dims, oneDim(dim, out[0].dim()));
    RowWork work;
    FX_TRY(Tensor x, rowsOf(args[0].tensor(), dims));
    FX_TRY(Tensor y, rowsOf(out[0], dims));
    work.inputs = {std::move(x)};
    work.outputs = {std::move(y)};
    work.kept = keptOf(dims);
    const bool rounded = isHalf(out[0].dtype()) && (dims.empty() || dims.back());
    work.body = kSum;
    work.body += F == SoftmaxForm::Softmax ? kSoftmax : rounded ? kLogSoftmaxRounded : kLogSoftmax;
    FX_CHECK(launch(call.device, work));
    return std::optional(resultOf(out));
}

constexpr std::string_view kSoftmaxGradient = R"(
    using Sum = Accumulate<I0>;
    Sum sum = 0;
    FX_EACH(i) sum += widen(in0(i)) * widen(in1(i));
    sum = sumOfTeam(team, sum);
    FX_EACH(i) put0(i, castTo<O0>(castTo<I0>((widen(in0(i)) - sum) * widen(in1(i)))));
)";
constexpr std::string_view kLogSoftmaxGradient = R"(
    using Sum = Accumulate<I0>;
    Sum sum = 0;
    FX_EACH(i) sum += widen(in0(i));
    sum = sumOfTeam(team, sum);
    FX_EACH(i) put0(i, castTo<O0>(castTo<I0>(widen(in0(i)) - Sum(std::exp(ComputeType<I0>(in1(i)))) * sum)));
)";

/// (grad_output, output, dim, input_dtype)
template <SoftmaxForm F> Taken runGradient(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    const Tensor &g = args[0].tensor(), &y = args[1].tensor();
    if (!hasDeviceTypes(args) || !isFloating(g.dtype()) || g.sizes() != y.sizes())
        return std::optional<Value>();
    FX_TRY(const int64_t dim, intAt(args, 2));
    FX_TRY(const DimSet dims, oneDim(dim, g.dim()));
    RowWork work;
    for (const Tensor* tensor : {&g, &y}) {
        FX_TRY(Tensor rows, rowsOf(*tensor, dims));
        work.inputs.push_back(std::move(rows));
    }
    FX_TRY(Tensor dx, rowsOf(out[0], dims));
    work.outputs = {std::move(dx)};
    work.kept = keptOf(dims);
    work.body = F == SoftmaxForm::Softmax ? kSoftmaxGradient : kLogSoftmaxGradient;
    FX_CHECK(launch(call.device, work));
    return std::optional(resultOf(out));
}

} // namespace

const CudaKernel _softmax{"torch.ops.aten._softmax.default", runSoftmax<SoftmaxForm::Softmax>};
const CudaKernel _log_softmax{"torch.ops.aten._log_softmax.default", runSoftmax<SoftmaxForm::LogSoftmax>};
const CudaKernel softmax_int{"torch.ops.aten.softmax.int", runSoftmax<SoftmaxForm::Softmax>};
const CudaKernel log_softmax_int{"torch.ops.aten.log_softmax.int", runSoftmax<SoftmaxForm::LogSoftmax>};
const CudaKernel _softmax_backward_data{"torch.ops.aten._softmax_backward_data.default",
                                        runGradient<SoftmaxForm::Softmax>};
const CudaKernel _log_softmax_backward_data{"torch.ops.aten._log_softmax_backward_data.default",
                                            runGradient<SoftmaxForm::LogSoftmax>};

} // namespace fxscope::cuda
