// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

#include <cmath>

// Distances (sum of |a_i - b_i|^p)^(1/p) of rows, in double: _cdist_forward of every row of one matrix to every row of
// another, batches broadcast; _pdist_forward of every pair of rows of one. p = 0 counts differences, p = inf takes the
// largest.

namespace fxscope::cuda {
namespace {

/// One step of the sum over distances `d`, and its end.
std::string stepOf(double p) {
    return std::isinf(p) ? "acc = formulas::larger(acc, d);"
           : p == 0      ? "acc += d != 0;"
           : p == 1      ? "acc += d;"
           : p == 2      ? "acc += d * d;"
                         : "acc += pow(d, n0);";
}
std::string endOf(double p) {
    return p == 0 || p == 1 || std::isinf(p) ? "acc" : p == 2 ? "sqrt(acc)" : "pow(acc, 1 / n0)";
}

/// `x` as [batch..., rows, 1, columns] (the first) or [batch..., 1, rows, columns], broadcast to `sizes`.
Result<Tensor> spreadRows(const Tensor& x, bool first, const Sizes& sizes) {
    Sizes own = x.sizes(), strides = x.strides();
    own.insert(own.end() - (first ? 1 : 2), 1);
    strides.insert(strides.end() - (first ? 1 : 2), 0);
    FX_TRY(const Tensor seen, x.asStrided(std::move(own), std::move(strides), x.offset()));
    return expandTo(seen, sizes);
}

/// (x1, x2, p, compute_mode)
Taken runCdist(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const double p, doubleAt(args, 2));
    if (!(p >= 0) || !hasDeviceTypes(args))
        return std::optional<Value>();
    const Tensor &a = args[0].tensor(), &b = args[1].tensor();
    Sizes sizes = out[0].sizes();
    sizes.push_back(a.sizes().back());
    Fold fold;
    FX_TRY(Tensor left, spreadRows(a, true, sizes));
    FX_TRY(Tensor right, spreadRows(b, false, sizes));
    DimSet dims(sizes.size(), false);
    dims.back() = true;
    FX_TRY(Tensor result, rowResult(out[0], dims));
    fold.inputs = {std::move(left), std::move(right)};
    fold.outputs = {std::move(result)};
    fold.kept = out[0].dim();
    fold.numbers = {doubleNumber(p)};
    fold.accumulator = "double";
    fold.start = "0.0";
    fold.add = "const double d = fabs(castTo<double>(in0) - castTo<double>(in1)); " + stepOf(p);
    fold.join = std::isinf(p) ? "acc = formulas::larger(acc, other);" : "acc += other;";
    fold.finish = "out0 = castTo<O0>(" + endOf(p) + ");";
    FX_CHECK(launch(call.device, fold));
    return std::optional(resultOf(out));
}

/// Pair k of n rows, in the order (0, 1), (0, 2) ... (1, 2) ...: before row i come i * n - i * (i + 1) / 2 pairs.
constexpr std::string_view kPair = R"(
    const long long pair = at[0], n = k0;
    const double turn = double(n) - 0.5;
    long long i = (long long)(turn - sqrt(turn * turn - 2 * double(pair)));
    i = i < 0 ? 0 : i > n - 2 ? n - 2 : i;
    while (i > 0 && i * n - i * (i + 1) / 2 > pair) --i;
    while ((i + 1) * n - (i + 1) * (i + 2) / 2 <= pair) ++i;
    const long long j = pair - (i * n - i * (i + 1) / 2) + i + 1;
    double acc = 0;
    for (long long c = 0; c < k1; ++c) {
        const double d = fabs(castTo<double>(r0[i * k2 + c * k3]) - castTo<double>(r0[j * k2 + c * k3]));
)";

/// (self, p)
Taken runPdist(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const double p, doubleAt(args, 1));
    if (!(p >= 0) || !hasDeviceTypes(args))
        return std::optional<Value>();
    const Tensor& x = args[0].tensor();
    Elements elements;
    elements.outputs = out;
    elements.raw = {x};
    elements.integers = {x.size(0), x.size(1), x.strides()[0], x.strides()[1]};
    elements.numbers = {doubleNumber(p)};
    elements.coordinates = true;
    elements.body = std::string(kPair) + stepOf(p) + "\n    }\n    out0 = castTo<O0>(" + endOf(p) + ");";
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(out));
}

} // namespace

const CudaKernel _cdist_forward{"torch.ops.aten._cdist_forward.default", runCdist};
const CudaKernel _pdist_forward{"torch.ops.aten._pdist_forward.default", runPdist};

} // namespace fxscope::cuda
