// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/attention.h"

#include "core/ops/operand.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace fxscope::cuda {
namespace {

constexpr int kSoftmaxThreads = 128;

/// One block a row. Sums are kept in double.
constexpr std::string_view kSoftmaxText = R"(
struct Arguments {
    T* scores;
    T* logSums;
    long long keys;
};
template <class Fn> __device__ double overBlock(double mine, Fn&& both) {
    __shared__ double parts[128];
    parts[threadIdx.x] = mine;
    __syncthreads();
    for (int half = 64; half > 0; half /= 2) {
        if (threadIdx.x < half)
            parts[threadIdx.x] = both(parts[threadIdx.x], parts[threadIdx.x + half]);
        __syncthreads();
    }
    const double all = parts[0];
    __syncthreads();
    return all;
}
extern "C" __global__ void __launch_bounds__(128) kernel(const __grid_constant__ Arguments p) {
    T* const row = p.scores + blockIdx.x * p.keys;
    const double least = -std::numeric_limits<double>::infinity();
    double most = least, sum = 0;
    for (long long j = threadIdx.x; j < p.keys; j += 128)
        most = double(row[j]) > most ? double(row[j]) : most;
    most = overBlock(most, [](double a, double b) { return a > b ? a : b; });
    for (long long j = threadIdx.x; j < p.keys; j += 128) {
        const bool nothing = most == least && !(kNanStays && row[j] != row[j]);
        const T weight = nothing ? T(0) : std::exp(T(row[j] - T(most)));
        row[j] = weight;
        sum += double(weight);
    }
    sum = overBlock(sum, [](double a, double b) { return a + b; });
    const bool zero = kNanStays ? sum == 0 : !(sum > 0);
    for (long long j = threadIdx.x; j < p.keys; j += 128)
        row[j] = zero ? T(0) : T(double(row[j]) / sum);
    if (p.logSums && threadIdx.x == 0)
        p.logSums[blockIdx.x] = most == least ? T(-least) : T(most + std::log(sum));
}
)";

/// Masks, where there is something to mask.
Result<Done> maskScores(CudaDevice& device, const Attention& attention, const Tensor& scores) {
    if (!attention.mask && !attention.causal)
        return Done{};
    FX_TRY(const Tensor seen, scores.asStrided(attention.scoreSizes, rowMajorStrides(attention.scoreSizes), 0));
    const size_t rank = seen.dim();
    Elements elements{.outputs = {seen}, .inputs = {seen}, .coordinates = attention.causal};
    elements.prologue = "#include <limits>\n";
    elements.body = "const O0 hidden = -std::numeric_limits<O0>::infinity(); O0 score = in0; ";
    if (attention.mask) {
        FX_TRY(Tensor spread, expandTo(*attention.mask, attention.scoreSizes));
        elements.body += spread.dtype() == DType::Bool ? "if (!in1) score += hidden; " : "score += castTo<O0>(in1); ";
        elements.inputs.push_back(std::move(spread));
    }
    if (attention.causal) {
        elements.body += fmt::format("if (at[{}] > at[{}] + k0) score = hidden; ", rank - 1, rank - 2);
        elements.integers = {attention.firstQuery};
    }
    elements.body += "out0 = score;";
    return launch(device, elements);
}

} // namespace

DType attentionType(DType dtype) { return dtype == DType::Float64 ? dtype : DType::Float32; }

Result<Tensor> asHeads(CudaDevice& device, const Tensor& x, DType dtype) {
    FX_TRY(const Tensor rows, contiguous(device, x, dtype));
    const size_t rank = x.dim();
    int64_t heads = 1;
    for (size_t d = 0; d + 2 < rank; ++d)
        heads *= x.size(d);
    const Sizes sizes{heads, x.size(rank - 2), x.size(rank - 1)};
    return rows.asStrided(sizes, rowMajorStrides(sizes), rows.offset());
}

Result<Tensor> scoresOf(CudaDevice& device, const Attention& attention) {
    FX_TRY(Tensor scores, device.pool().empty(attentionType(attention.q.dtype()),
                                              {attention.q.size(0), attention.q.size(1), attention.k.size(1)}));
    FX_TRY(const Tensor keys, turned(attention.k));
    FX_CHECK(multiply(device, {.a = attention.q, .b = keys, .alpha = Value(attention.scale), .out = scores}));
    FX_CHECK(maskScores(device, attention, scores));
    return scores;
}

std::string softmaxSource(DType dtype, bool nanStays) {
    return fmt::format("#include <cmath>\n#include <limits>\nusing T = {};\nconstexpr bool kNanStays = {};\n",
                       deviceType(dtype), nanStays) +
           std::string(kSoftmaxText);
}

Result<Done> softmaxRows(CudaDevice& device, const Tensor& scores, const Tensor& logSums, bool nanStays) {
    struct {
        const void *scores, *logSums;
        int64_t keys;
    } const arguments{scores.raw(), logSums.defined() ? logSums.raw() : nullptr, scores.size(2)};
    return device.launch(softmaxSource(scores.dtype(), nanStays), scores.size(0) * scores.size(1), kSoftmaxThreads,
                         std::as_bytes(std::span(&arguments, 1)));
}

} // namespace fxscope::cuda
