// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"
#include "core/ops/pointwise.h"

#include <cmath>

// mse_loss(x, y) = (x - y)^2 and nll_loss(x, t, w) = -w[t] x[t], each element, their mean or their sum. Rows whose
// target is ignore_index count for nothing; a mean over nothing is NaN.

namespace fxscope::ops {
namespace {

/// torch.nn's numbers.
enum Reduction : int64_t { kNone = 0, kMean = 1, kSum = 2 };

Result<int64_t> reductionAt(const auto args, size_t i) {
    FX_TRY(const int64_t reduction, intAt(args, i));
    if (reduction < kNone || reduction > kSum)
        return Diagnostic{std::to_string(reduction) + " is not a valid value for reduction", "",
                          "0 is none, 1 mean, 2 sum"};
    return reduction;
}

// --- mse_loss(self, target, reduction)

constexpr Infer kInferSquares = inferPointwise<ResultKind::Same, 2>;

Result<ValueMeta> inferMse(Metas args) {
    FX_TRY(const ValueMeta each, kInferSquares(args));
    FX_TRY(const int64_t reduction, reductionAt(args, 2));
    return reduction == kNone ? each : ValueMeta::tensor(newMeta(each.tensor().dtype, {}, &each.tensor()));
}

Result<Value> runMse(Values args, KernelContext& context) {
    FX_TRY(Tensor out, allocateResult(inferMse, args));
    FX_TRY(const int64_t reduction, reductionAt(args, 2));
    constexpr Kernel kSubtract = binary<ResultKind::Same, DTypes::Floating, [](auto a, auto b) { return a - b; }>;
    FX_TRY(const Value difference, kSubtract(args.first(2), context));
    constexpr Kernel kSquare = unary<ResultKind::Same, DTypes::Floating, [](auto a) { return a * a; }>;
    FX_TRY(const Value squares, kSquare({&difference, 1}, context));
    if (reduction == kNone)
        return squares;
    FX_TRY(const Tensor all, squares.tensor().contiguous());
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        Accumulate<T> sum = 0;
        for (int64_t i = 0; i < all.numel(); ++i)
            sum += widen(all.data<T>()[i]);
        *out.data<T>() = castTo<T>(reduction == kMean ? sum / static_cast<Accumulate<T>>(all.numel()) : sum);
        return Value(out);
    });
}

// --- nll_loss_forward(self, target, weight, reduction, ignore_index) -> output, total_weight

Result<Done> checkNll(const TensorMeta& x, const TensorMeta& target, const std::optional<TensorMeta>& weight) {
    const size_t rank = x.sizes.size();
    if (rank != 1 && rank != 2)
        return Diagnostic{"input tensor should be 1D or 2D", "", ""};
    if (target.sizes.size() > 1)
        return Diagnostic{"0D or 1D target tensor expected, multi-target not supported", "", ""};
    if (rank == 2 && (target.sizes.size() != 1 || differ(x.sizes[0], target.sizes[0])))
        return Diagnostic{
            "size mismatch (got input: " + sizesText(x.sizes) + ", target: " + sizesText(target.sizes) + ")", "", ""};
    if (rank == 1 && target.sizes.size() == 1 && differ(target.sizes[0], SymInt(1)))
        return Diagnostic{"For 1D input, 1D target must have size 1, but got target size: " + target.sizes[0].str(), "",
                          ""};
    if (weight && (weight->sizes.size() != 1 || differ(weight->sizes[0], x.sizes.back())))
        return Diagnostic{"weight tensor should be defined either for all " + x.sizes.back().str() +
                              " classes or no classes but got weight tensor of shape: " + sizesText(weight->sizes),
                          "", ""};
    return Done{};
}

Result<ValueMeta> inferNll(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const TensorMeta target, tensorAt(args, 1));
    FX_TRY(const auto weight, optionalTensorAt(args, 2));
    FX_CHECK(checkNll(x, target, weight));
    FX_TRY(const int64_t reduction, reductionAt(args, 3));
    const bool each = reduction == kNone && x.sizes.size() == 2;
    return tensorList({newMeta(x.dtype, each ? SymSizes{x.sizes[0]} : SymSizes{}, &x), newMeta(x.dtype, {}, &x)});
}

/// The class of each row (-1: ignored) and the weight of each class.
struct NllRows {
    std::vector<int64_t> classes;
    Tensor weight; ///< undefined: all 1
    int64_t count = 0;

    template <class T> T weightOf(int64_t row) const {
        return weight.defined() ? weight.data<T>()[classes[static_cast<size_t>(row)]] : castTo<T>(1);
    }
    int64_t at(int64_t row) const { return row * count + classes[static_cast<size_t>(row)]; }
    bool ignored(int64_t row) const { return classes[static_cast<size_t>(row)] < 0; }
    int64_t rows() const { return static_cast<int64_t>(classes.size()); }
};

Result<NllRows> nllRows(const Tensor& target, const Value& weight, int64_t classCount, int64_t ignored) {
    NllRows rows;
    rows.count = classCount;
    FX_TRY(const Tensor classes, converted(target, DType::Int64));
    for (int64_t i = 0; i < classes.numel(); ++i) {
        const int64_t wanted = classes.data<int64_t>()[i];
        if (wanted != ignored && (wanted < 0 || wanted >= classCount))
            return Diagnostic{"Target " + std::to_string(wanted) + " is out of bounds.", "", ""};
        rows.classes.push_back(wanted == ignored ? -1 : wanted);
    }
    if (weight.isTensor()) {
        FX_TRY(rows.weight, weight.tensor().contiguous());
    }
    return rows;
}

template <class T> void nllEach(const Tensor& x, const NllRows& rows, Tensor& out) {
    for (int64_t r = 0; r < rows.rows(); ++r)
        out.data<T>()[r] =
            rows.ignored(r) ? castTo<T>(0) : castTo<T>(-widen(x.data<T>()[rows.at(r)]) * widen(rows.weightOf<T>(r)));
}

template <class T> void nllTogether(const Tensor& x, const NllRows& rows, int64_t reduction, std::vector<Tensor>& out) {
    Accumulate<T> loss = 0, weights = 0;
    for (int64_t r = 0; r < rows.rows(); ++r) {
        if (rows.ignored(r))
            continue;
        loss -= widen(x.data<T>()[rows.at(r)]) * widen(rows.weightOf<T>(r));
        weights += widen(rows.weightOf<T>(r));
    }
    *out[0].data<T>() = castTo<T>(reduction == kMean ? loss / weights : loss);
    *out[1].data<T>() = castTo<T>(weights);
}

Result<Value> runNll(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferNll, args));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const int64_t reduction, reductionAt(args, 3));
    FX_TRY(const int64_t ignored, intAt(args, 4));
    FX_TRY(const NllRows rows, nllRows(args[1].tensor(), args[2], x.size(x.dim() - 1), ignored));
    FX_CHECK(fill(out[1], Value(int64_t(0))));
    return dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() -> Result<Value> {
        if (reduction == kNone && x.dim() == 2)
            nllEach<T>(x, rows, out[0]);
        else
            nllTogether<T>(x, rows, reduction, out);
        return Value(ValueList{out[0], out[1]});
    });
}

// --- nll_loss_backward(grad_output, self, target, weight, reduction, ignore_index, total_weight)

Result<ValueMeta> inferNllBackward(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 1));
    FX_TRY(const TensorMeta target, tensorAt(args, 2));
    FX_TRY(const auto weight, optionalTensorAt(args, 3));
    FX_CHECK(checkNll(x, target, weight));
    return ValueMeta::tensor(newMeta(x.dtype, x.sizes, &x));
}

Result<Value> runNllBackward(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferNllBackward, args));
    FX_CHECK(fill(out, Value(int64_t(0))));
    FX_TRY(const int64_t reduction, reductionAt(args, 4));
    FX_TRY(const int64_t ignored, intAt(args, 5));
    FX_TRY(const NllRows rows, nllRows(args[2].tensor(), args[3], out.size(out.dim() - 1), ignored));
    FX_TRY(const Tensor gradient, args[0].tensor().contiguous());
    FX_TRY(const Tensor total, converted(args[6].tensor(), out.dtype()));
    const bool each = reduction == kNone && out.dim() == 2;
    if (gradient.numel() != (each ? rows.rows() : 1))
        return Diagnostic{"Expected a gradient of " + std::to_string(each ? rows.rows() : 1) + " elements, got " +
                              sizesText(gradient.sizes()),
                          "", ""};
    return dispatch<DTypes::Floating>(out.dtype(), [&]<class T>() -> Result<Value> {
        for (int64_t r = 0; r < rows.rows(); ++r) {
            const auto g = widen(gradient.data<T>()[each ? r : 0]);
            const auto scaled = reduction == kMean ? g / widen(*total.data<T>()) : g;
            if (!rows.ignored(r))
                out.data<T>()[rows.at(r)] = castTo<T>(-widen(rows.weightOf<T>(r)) * scaled);
        }
        return Value(out);
    });
}

} // namespace

const OpDef mse_loss{.target = "torch.ops.aten.mse_loss.default", .infer = inferMse, .reference = runMse};
const OpDef nll_loss_forward{
    .target = "torch.ops.aten.nll_loss_forward.default", .infer = inferNll, .reference = runNll};
const OpDef nll_loss_backward{
    .target = "torch.ops.aten.nll_loss_backward.default", .infer = inferNllBackward, .reference = runNllBackward};

} // namespace fxscope::ops
