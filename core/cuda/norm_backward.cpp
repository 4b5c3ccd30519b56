// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/norm.h"

// Gradients of layer_norm, group_norm and batch_norm. With z = (x - mean) * rstd, y = z * w + b and g the gradient of
// y: dw = sum(g z), db = sum(g), and over a group of n elements that share mean and rstd dx = rstd * (g w - mean(g w) -
// z * mean(g w z)). In double, but for the layer norm's dx and dw.

namespace fxscope::cuda {
namespace {

/// dx, dw, db as the shape rule gives them; undefined where not wanted.
struct Gradients {
    Tensor dx, dw, db;
    Value asValue() const {
        ValueList results;
        for (const Tensor* tensor : {&dx, &dw, &db})
            results.push_back(tensor->defined() ? Value(*tensor) : Value());
        return Value(std::move(results));
    }
};

Result<Gradients> allocateGradients(const OpDef& op, Values args, CudaDevice& device) {
    FX_TRY(const ValueMeta meta, op.infer(metaArgs(args)));
    Gradients gradients;
    const std::array<Tensor*, 3> tensors{&gradients.dx, &gradients.dw, &gradients.db};
    for (size_t i = 0; i < 3; ++i)
        if (meta.items()[i].isTensor()) {
            FX_TRY(*tensors[i], device.allocate(meta.items()[i].tensor()));
        }
    return gradients;
}

bool areFloating(Values args, std::initializer_list<size_t> places) {
    bool all = hasDeviceTypes(args);
    for (const size_t i : places)
        all = all && isTensorAt(args, i) && isFloating(args[i].tensor().dtype());
    return all;
}

/// to = from, cast; nothing if `to` is not wanted.
Result<Done> settle(Call& call, const Tensor& from, const Tensor& to) {
    return to.defined() ? call.device.copy(from, to) : Result<Done>(Done{});
}

// --- native_layer_norm_backward(grad_out, input, normalized_shape, mean, rstd, weight, bias, output_mask)

/// Of one row, in the type PyTorch computes in and in its order of operations: where n is 1 or the gradients are equal
/// the terms cancel, and what is left is their rounding.
constexpr std::string_view kLayerInput = R"(
    using C = std::conditional_t<std::is_same_v<I1, double>, double, float>;
    const C mean = castTo<C>(in2(0)), rstd = castTo<C>(in3(0)), scale = C(1) / C(count);
    const auto weighted = [&](long long i) { return castTo<C>(in0(i)) * WEIGHT; };
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

// --- sums of g and of g z: of the rows of a tensor whose mean and rstd are seen in the same dimensions

struct Sums {
    Tensor g, gz; ///< doubles, row-major, of the kept dimensions' sizes
};

Result<Sums> sumsOf(Call& call, const std::array<Tensor, 4>& gAndX, size_t kept) {
    const Tensor& shape = gAndX[0];
    Sums sums;
    Fold fold;
    for (Tensor* sum : {&sums.g, &sums.gz}) {
        const Sizes sizes(shape.sizes().begin(), shape.sizes().begin() + static_cast<std::ptrdiff_t>(kept));
        FX_TRY(*sum, call.device.pool().empty(DType::Float64, sizes));
        Sizes all = sizes, strides = rowMajorStrides(sizes);
        all.resize(shape.dim(), 1);
        strides.resize(shape.dim(), 0);
        FX_TRY(Tensor seen, sum->asStrided(std::move(all), std::move(strides), sum->offset()));
        fold.outputs.push_back(std::move(seen));
    }
    fold.inputs.assign(gAndX.begin(), gAndX.end());
    fold.kept = kept;
    fold.prologue = "struct Both { double g, gz; };\n";
    fold.accumulator = "Both";
    fold.start = "{0, 0}";
    fold.add = "const double g = castTo<double>(in0); acc.g += g; "
               "acc.gz += g * ((castTo<double>(in1) - castTo<double>(in2)) * castTo<double>(in3));";
    fold.join = "acc.g += other.g; acc.gz += other.gz;";
    fold.finish = "out0 = acc.g; out1 = acc.gz;";
    FX_CHECK(launch(call.device, fold));
    return sums;
}

/// dx = rstd * (g w - sums.g / n - z * sums.gz / n), everything seen in the dimensions of g; w may be undefined.
Result<Done> inputGradient(Call& call, const std::array<Tensor, 4>& gAndX, const Sums& sums, const Tensor& weight,
                           double count, const Tensor& dx) {
    Elements elements;
    elements.outputs = {dx};
    elements.inputs.assign(gAndX.begin(), gAndX.end());
    elements.inputs.insert(elements.inputs.end(), {sums.g, sums.gz});
    if (weight.defined())
        elements.inputs.push_back(weight);
    elements.numbers = {doubleNumber(count)};
    elements.body = "const double rstd = castTo<double>(in3), gw = castTo<double>(in0)";
    elements.body += weight.defined() ? " * castTo<double>(in6);" : ";";
    elements.body += " const double z = (castTo<double>(in1) - castTo<double>(in2)) * rstd; "
                     "out0 = castTo<O0>(rstd * (gw - in4 / n0 - z * in5 / n0));";
    return launch(call.device, elements);
}

// --- native_group_norm_backward(grad_out, input, mean, rstd, weight, N, C, HxW, group, output_mask)

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

// --- native_batch_norm_backward(grad_out, input, weight, running_mean, running_var, save_mean, save_invstd, train,
// eps, output_mask)

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

const CudaKernel native_layer_norm_backward{"torch.ops.aten.native_layer_norm_backward.default", runLayerBackward};
const CudaKernel native_group_norm_backward{"torch.ops.aten.native_group_norm_backward.default", runGroupBackward};
const CudaKernel native_batch_norm_backward{"torch.ops.aten.native_batch_norm_backward.default", runBatchBackward};

} // namespace fxscope::cuda
