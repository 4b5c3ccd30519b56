// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/reduction.h"

#include <fmt/format.h>

// mse_loss(x, y) = (x - y)^2 and nll_loss(x, t, w) = -w[t] x[t], each element, their mean or their sum. Rows whose
// target is ignore_index count for nothing; a mean over nothing is NaN. A target that is no class is a fault.

namespace fxscope::cuda {
namespace {

/// torch.nn's numbers.
enum Reduction : int64_t { kNone = 0, kMean = 1, kSum = 2 };

// --- mse_loss(self, target, reduction): difference and square are rounded to the result's dtype

constexpr std::string_view kSquare =
    "const O0 d = castTo<O0>(C(castTo<O0>(in0)) - C(castTo<O0>(in1))); const O0 square = castTo<O0>(C(d) * C(d)); ";

Taken runMse(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const int64_t reduction, intAt(args, 2));
    if (!hasDeviceTypes(args) || !isFloating(out[0].dtype()))
        return std::optional<Value>();
    const Tensor &x = args[0].tensor(), &y = args[1].tensor();
    const std::string prologue = "using C = ComputeType<O0>;\n", square(kSquare);
    if (reduction == kNone) {
        Elements elements;
        elements.outputs = out;
        elements.inputs = {x, y};
        elements.prologue = fmt::format("using C = ComputeType<{}>;\n", deviceType(out[0].dtype()));
        elements.body = square + "out0 = square;";
        FX_CHECK(launch(call.device, elements));
        return std::optional(resultOf(out));
    }
    FX_TRY(const SymSizes common, broadcast(x.meta().sizes, y.meta().sizes));
    Sizes sizes;
    for (const SymInt& size : common)
        sizes.push_back(size.constant());
    Fold fold;
    for (const Tensor* tensor : {&x, &y}) {
        FX_TRY(Tensor spread, expandTo(*tensor, sizes));
        fold.inputs.push_back(std::move(spread));
    }
    FX_TRY(Tensor result, rowResult(out[0], DimSet(sizes.size(), true)));
    fold.outputs = {std::move(result)};
    fold.prologue = prologue;
    fold.accumulator = "Accumulate<O0>";
    fold.start = "A(0)";
    fold.add = square + "acc += widen(square);";
    fold.join = "acc += other;";
    fold.finish = reduction == kMean ? "out0 = castTo<O0>(acc / A(count));" : "out0 = castTo<O0>(acc);";
    FX_CHECK(launch(call.device, fold));
    return std::optional(resultOf(out));
}

// --- nll_loss_forward(self, target, weight, reduction, ignore_index) -> output, total_weight

/// x [rows, classes]; a vector is one row.
struct NllCall {
    Tensor x, target, weight; ///< target: a vector; weight may be undefined
    bool each = false;
};

Result<NllCall> nllCall(const Tensor& x, const Tensor& target, const Value& weight, int64_t reduction) {
    NllCall call;
    call.each = reduction == kNone && x.dim() == 2;
    const int64_t rows = x.dim() == 2 ? x.size(0) : 1;
    FX_TRY(call.x,
           x.asStrided({rows, x.sizes().back()}, {x.dim() == 2 ? x.strides()[0] : 0, x.strides().back()}, x.offset()));
    FX_TRY(call.target, target.asStrided({rows}, {target.dim() == 1 ? target.strides()[0] : 0}, target.offset()));
    if (weight.isTensor())
        call.weight = weight.tensor();
    return call;
}

/// `t` is the class of row `i` and `w` its weight; `skipped` rows have none.
std::string readTarget(const NllCall& call, std::string_view row) {
    return fmt::format("const long long t = castTo<long long>(in0); bool skipped = t == k0;\n"
                       "if (!skipped && (t < 0 || t >= k1)) {{ FX_FAULT(kIndexOutOfRange, t, k1); skipped = true; }}\n"
                       "using X = R0;\n"
                       "const auto x = skipped ? Accumulate<X>(0) : widen(X(r0[{} * k2 + t * k3])); (void)x;\n"
                       "const auto w = skipped ? Accumulate<X>(0) : {};\n",
                       row, call.weight.defined() ? "widen(X(r1[t * k4]))" : "Accumulate<X>(1)");
}

template <class Kernel> void addNll(Kernel& kernel, const NllCall& call, int64_t ignored) {
    kernel.raw = {call.x};
    kernel.integers = {ignored, call.x.size(1), call.x.strides()[0], call.x.strides()[1]};
    if (call.weight.defined()) {
        kernel.raw.push_back(call.weight);
        kernel.integers.push_back(call.weight.strides()[0]);
    }
}

Taken runNll(const OpDef& op, Values args, Call& call) {
    FX_TRY(std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const int64_t reduction, intAt(args, 3));
    FX_TRY(const int64_t ignored, intAt(args, 4));
    const Tensor &x = args[0].tensor(), &target = args[1].tensor();
    if (!hasDeviceTypes(args) || !isFloating(x.dtype()) ||
        (isTensorAt(args, 2) && args[2].tensor().dtype() != x.dtype()))
        return std::optional<Value>();
    FX_TRY(const NllCall nll, nllCall(x, target, args[2], reduction));
    if (nll.each) {
        Elements elements;
        addNll(elements, nll, ignored);
        elements.outputs = {out[0]};
        elements.inputs = {nll.target};
        elements.coordinates = true;
        elements.prologue = "#include \"core/cuda/kernels/rows.cuh\"\n";
        elements.body = readTarget(nll, "at[0]") + "out0 = castTo<O0>(-x * w);";
        FX_CHECK(launch(call.device, elements));
        FX_CHECK(call.device.clear(out[1].raw(), out[1].bytes()));
        return std::optional(resultOf(out));
    }
    Fold fold;
    addNll(fold, nll, ignored);
    fold.inputs = {nll.target};
    for (const Tensor& one : out) {
        FX_TRY(Tensor result, rowResult(one, DimSet(1, true)));
        fold.outputs.push_back(std::move(result));
    }
    fold.elementsInOrder = true;
    fold.prologue = "struct Loss { Accumulate<O0> loss, weights; };\n";
    fold.accumulator = "Loss";
    fold.start = "{0, 0}";
    fold.add = readTarget(nll, "i") + "acc.loss -= x * w; acc.weights += w;";
    fold.join = "acc.loss += other.loss; acc.weights += other.weights;";
    fold.finish = reduction == kMean ? "out0 = castTo<O0>(acc.loss / acc.weights);" : "out0 = castTo<O0>(acc.loss);";
    fold.finish += " out1 = castTo<O1>(acc.weights);";
    FX_CHECK(launch(call.device, fold));
    return std::optional(resultOf(out));
}

// --- nll_loss_backward(grad_output, self, target, weight, reduction, ignore_index, total_weight)

Taken runNllBackward(const OpDef& op, Values args, Call& call) {
    FX_TRY(const std::vector<Tensor> out, allocateResults(op, args, call.device));
    FX_TRY(const int64_t reduction, intAt(args, 4));
    FX_TRY(const int64_t ignored, intAt(args, 5));
    const Tensor &g = args[0].tensor(), &total = args[6].tensor();
    if (!hasDeviceTypes(args) || !isFloating(out[0].dtype()) ||
        (isTensorAt(args, 3) && args[3].tensor().dtype() != out[0].dtype()))
        return std::optional<Value>();
    FX_TRY(const NllCall nll, nllCall(out[0], args[2].tensor(), args[3], reduction));
    const int64_t rows = nll.x.size(0), classes = nll.x.size(1);
    if (g.numel() != (nll.each ? rows : 1) || total.numel() != 1)
        return std::optional<Value>();
    FX_TRY(const Tensor target, nll.target.asStrided({rows, 1}, {nll.target.strides()[0], 0}, nll.target.offset()));
    FX_TRY(const Tensor gradient, g.asStrided({rows, 1}, {nll.each ? g.strides()[0] : 0, 0}, g.offset()));
    FX_TRY(const Tensor sum, total.asStrided({1, 1}, {0, 0}, total.offset()));
    Elements elements;
    elements.outputs = {nll.x};
    elements.inputs = {target, gradient, sum};
    if (nll.weight.defined())
        elements.inputs.push_back(nll.weight);
    elements.integers = {ignored, classes};
    elements.coordinates = true;
    elements.prologue = "#include \"core/cuda/kernels/rows.cuh\"\n";
    elements.body =
        fmt::format("const long long t = castTo<long long>(in0);\n"
                    "if (t != k0 && (t < 0 || t >= k1) && at[1] == 0) FX_FAULT(kIndexOutOfRange, t, k1);\n"
                    "const auto scaled = {}; out0 = t != k0 && t == at[1] ? castTo<O0>(-{} * scaled) : castTo<O0>(0);",
                    reduction == kMean ? "widen(castTo<O0>(in1)) / widen(castTo<O0>(in2))" : "widen(castTo<O0>(in1))",
                    nll.weight.defined() ? "widen(in3)" : "Accumulate<O0>(1)");
    FX_CHECK(launch(call.device, elements));
    return std::optional(resultOf(out));
}

} // namespace

const CudaKernel mse_loss{"torch.ops.aten.mse_loss.default", runMse};
const CudaKernel nll_loss_forward{"torch.ops.aten.nll_loss_forward.default", runNll};
const CudaKernel nll_loss_backward{"torch.ops.aten.nll_loss_backward.default", runNllBackward};

} // namespace fxscope::cuda
