// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm_backward.h"

// native_layer_norm_backward(grad_out, input, normalized_shape, mean, rstd, weight, bias, output_mask)

namespace fxscope::cuda {
namespace {

/// Of one row, in the type PyTorch computes in and in its order of operations: where n is 1 or the gradients are equal
/// the terms cancel, and what is left is their rounding.
constexpr std::string_view kLayerInput = R"(
    using C = std::conditional_t<std::is_same_v<I1, double>, double, float>;
    const C mean = castTo<C>(in2(0)), rstd = castTo<C>(in3(0)), scale = C(1) / C(count);
    const auto weighted = [&](auto i) { return castTo<C>(in0(i)) * WEIGHT; };
    C ds = 0, db = 0;
    FX_EACH(i) {
        ds += weighted(i) * castTo<C>(in1(i));
        db += weighted(i);
    }
    ds = sumOfTeam(team, ds);
    db = sumOfTeam(team, db);
    const C b = (db * mean - ds) * rstd * rstd * rstd * scale, c = -b * mean - db * rstd * scale;
    FX_EACH(i) put0(i, castTo<O0>(rstd * castTo<C>(in0(i)) * WEIGHT + b * castTo<C>(in1(i)) + c));
)";

/// g, x [outer, elements], mean, rstd [outer, 1].
struct LayerRows {
    Tensor g, x, mean, rstd;
    int64_t outer = 0, elements = 1;
};

Result<LayerRows> layerRows(Values args, Call& call) {
    LayerRows rows;
    FX_TRY(const Sizes shape, intsAt(args, 2));
    for (const int64_t size : shape)
        rows.elements *= size;
    const int64_t count = args[1].tensor().numel();
    rows.outer = rows.elements ? count / rows.elements : 0;
    const auto flat = [&](const Tensor& x, int64_t columns) -> Result<Tensor> {
        FX_TRY(const Tensor all, contiguous(call.device, x));
        return all.asStrided({rows.outer, columns}, {columns, 1}, all.offset());
    };
    FX_TRY(rows.g, flat(args[0].tensor(), rows.elements));
    FX_TRY(rows.x, flat(args[1].tensor(), rows.elements));
    FX_TRY(rows.mean, flat(args[3].tensor(), 1));
    FX_TRY(rows.rstd, flat(args[4].tensor(), 1));
    return rows;
}

Result<Done> layerInput(Call& call, const LayerRows& rows, const Value& weight, const Tensor& dx) {
    RowWork work;
    FX_TRY(Tensor to, dx.asStrided({rows.outer, rows.elements}, {rows.elements, 1}, dx.offset()));
    work.outputs = {std::move(to)};
    work.inputs = {rows.g, rows.x, rows.mean, rows.rstd};
    if (weight.isTensor()) {
        FX_TRY(const Tensor flat, contiguous(call.device, weight.tensor()));
        FX_TRY(Tensor seen, flat.asStrided({1, rows.elements}, {0, 1}, flat.offset()));
        work.inputs.push_back(std::move(seen));
    }
    work.kept = 1;
    work.prologue = weight.isTensor() ? "#define WEIGHT castTo<C>(in4(i))\n" : "#define WEIGHT C(1)\n";
    work.body = kLayerInput;
    return launch(call.device, work);
}

/// dw = sum of g z over rows in the same type, z with one rounding; db in double.
Result<Done> layerAffine(Call& call, const LayerRows& rows, const Gradients& to, DType dtype) {
    if (!to.dw.defined() && !to.db.defined())
        return Done{};
    std::array<Tensor, 2> results{to.dw, to.db};
    Fold fold;
    const DimSet dims{true, false};
    for (Tensor& result : results) {
        if (!result.defined()) {
            FX_TRY(result, call.device.pool().empty(dtype, {rows.elements}));
        }
        FX_TRY(Tensor flat, result.asStrided({rows.elements, 1}, {1, 0}, result.offset()));
        fold.outputs.push_back(std::move(flat));
    }
    for (const Tensor* tensor : {&rows.g, &rows.x, &rows.mean, &rows.rstd}) {
        FX_TRY(Tensor seen, rowsOf(*tensor, dims));
        fold.inputs.push_back(std::move(seen));
    }
    fold.kept = 1;
    fold.prologue = "using C = std::conditional_t<std::is_same_v<I1, double>, double, float>;\n"
                    "struct Both { double db; C dw; };\n";
    fold.accumulator = "Both";
    fold.start = "{0, 0}";
    fold.add = "const C rstd = castTo<C>(in3), g = castTo<C>(in0); acc.db += castTo<double>(in0); "
               "acc.dw += g * std::fma(rstd, castTo<C>(in1), -rstd * castTo<C>(in2));";
    fold.join = "acc.db += other.db; acc.dw += other.dw;";
    fold.finish = "out0 = castTo<O0>(acc.dw); out1 = castTo<O1>(acc.db);";
    return launch(call.device, fold);
}

Taken runLayerBackward(const OpDef& op, Values args, Call& call) {
    FX_TRY(const Gradients to, allocateGradients(op, args, call.device));
    if (!areFloating(args, {0, 1, 3, 4}) || args[0].tensor().sizes() != args[1].tensor().sizes())
        return std::optional<Value>();
    FX_TRY(const LayerRows rows, layerRows(args, call));
    if (args[3].tensor().numel() != rows.outer || args[4].tensor().numel() != rows.outer)
        return std::optional<Value>();
    if (to.dx.defined())
        FX_CHECK(layerInput(call, rows, args[5], to.dx));
    FX_CHECK(layerAffine(call, rows, to, args[1].tensor().dtype()));
    return std::optional(to.asValue());
}

} // namespace

const CudaKernel native_layer_norm_backward{"torch.ops.aten.native_layer_norm_backward.default", runLayerBackward};

} // namespace fxscope::cuda
