// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

#include <cmath>

// y = (x - mean) * rstd * weight + bias with rstd = 1 / sqrt(var + eps), var without correction. layer_norm takes mean
// and var over the last dimensions, group_norm over the channels of a group and all positions. A NaN makes its row NaN;
// a row of no elements has mean and rstd NaN.

namespace fxscope::ops {
namespace {

template <class T> struct Moments { Accumulate<T> mean, rstd; };

template <class T> Moments<T> momentsOf(const T* x, int64_t count, double eps) {
    using Sum = Accumulate<T>;
    Sum sum = 0, squares = 0;
    for (int64_t i = 0; i < count; ++i)
        sum += widen(x[i]);
    const Sum mean = sum / static_cast<Sum>(count);
    for (int64_t i = 0; i < count; ++i)
        squares += (widen(x[i]) - mean) * (widen(x[i]) - mean);
    return {mean, 1 / std::sqrt(squares / static_cast<Sum>(count) + static_cast<Sum>(eps))};
}

/// An optional weight or bias as numbers; `fallback` where there is none.
class Affine {
public:
    static Result<Affine> read(const Value& value, double fallback) {
        Affine affine;
        affine.m_fallback = fallback;
        if (value.isTensor()) {
            FX_TRY(affine.m_numbers, converted(value.tensor(), DType::Float64));
        }
        return affine;
    }
    double operator[](int64_t i) const { return m_numbers.defined() ? m_numbers.data<double>()[i] : m_fallback; }

private:
    Tensor m_numbers;
    double m_fallback = 0;
};

/// Mean and rstd outputs, which may have another dtype than the input (float for half inputs with float weights).
Result<Done> store(Tensor& into, int64_t i, double value) {
    return dispatch<DTypes::Floating>(into.dtype(), [&]<class S>() -> Result<Done> {
        into.data<S>()[i] = castTo<S>(value);
        return Done{};
    });
}

/// mean and rstd of half inputs are kept in the dtype of the weights.
DType statisticsDType(const TensorMeta& x, const std::optional<TensorMeta>& weight) {
    return weight ? weight->dtype : x.dtype;
}

Result<Done> checkAffine(const std::optional<TensorMeta>& affine, const SymSizes& sizes, std::string_view what) {
    bool fits = !affine || affine->sizes.size() == sizes.size();
    for (size_t d = 0; affine && fits && d < sizes.size(); ++d)
        fits = !differ(affine->sizes[d], sizes[d]);
    if (!fits)
        return Diagnostic{"expected " + std::string(what) + " of size " + sizesText(sizes) + ", but got " +
                              sizesText(affine->sizes),
                          "", ""};
    return Done{};
}

// --- layer_norm: native_layer_norm(x, normalized_shape, weight, bias, eps); layer_norm(..., cudnn_enable)

Result<TensorMeta> checkedLayerInput(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes shape, symIntsAt(args, 1));
    const size_t rank = x.sizes.size();
    bool fits = !shape.empty() && shape.size() <= rank;
    for (size_t d = 0; fits && d < shape.size(); ++d)
        fits = !differ(shape[d], x.sizes[rank - shape.size() + d]);
    if (!fits)
        return Diagnostic{
            "normalized_shape=" + sizesText(shape) + " does not end the input of size " + sizesText(x.sizes), "", ""};
    FX_TRY(const auto weight, optionalTensorAt(args, 2));
    FX_TRY(const auto bias, optionalTensorAt(args, 3));
    FX_CHECK(checkAffine(weight, shape, "weight"));
    FX_CHECK(checkAffine(bias, shape, "bias"));
    return x;
}

Result<ValueMeta> inferNativeLayerNorm(Metas args) {
    FX_TRY(const TensorMeta x, checkedLayerInput(args));
    FX_TRY(const SymSizes shape, symIntsAt(args, 1));
    FX_TRY(const auto weight, optionalTensorAt(args, 2));
    SymSizes outer = x.sizes;
    std::fill(outer.end() - static_cast<ptrdiff_t>(shape.size()), outer.end(), SymInt(1));
    const TensorMeta statistics = newMeta(statisticsDType(x, weight), outer, &x);
    return tensorList({newMeta(x.dtype, x.sizes, &x), statistics, statistics});
}

Result<ValueMeta> inferLayerNorm(Metas args) {
    FX_TRY(const TensorMeta x, checkedLayerInput(args));
    return ValueMeta::tensor(newMeta(x.dtype, x.sizes, &x));
}

template <class T>
Result<Done> layerNorm(const Tensor& x, const Affine& weight, const Affine& bias, double eps,
                       std::vector<Tensor>& out) {
    const int64_t rows = out[1].numel(), count = rows ? x.numel() / rows : 0;
    for (int64_t r = 0; r < rows; ++r) {
        const T* from = x.data<T>() + r * count;
        const auto [mean, rstd] = momentsOf(from, count, eps);
        for (int64_t i = 0; i < count; ++i)
            out[0].data<T>()[r * count + i] = castTo<T>((widen(from[i]) - mean) * rstd * weight[i] + bias[i]);
        FX_CHECK(store(out[1], r, mean));
        FX_CHECK(store(out[2], r, rstd));
    }
    return Done{};
}

Result<std::vector<Tensor>> runLayers(Values args) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferNativeLayerNorm, args));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const Affine weight, Affine::read(args[2], 1));
    FX_TRY(const Affine bias, Affine::read(args[3], 0));
    FX_TRY(const double eps, doubleAt(args, 4));
    FX_CHECK(dispatch<DTypes::Floating>(x.dtype(), [&]<class T>() { return layerNorm<T>(x, weight, bias, eps, out); }));
    return out;
}

// --- group_norm: native_group_norm(x, weight, bias, N, C, HxW, group, eps); group_norm(x, groups, weight, bias, eps,
// ..)

Result<ValueMeta> inferNativeGroupNorm(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const auto weight, optionalTensorAt(args, 1));
    FX_TRY(const auto bias, optionalTensorAt(args, 2));
    FX_TRY(const SymInt batch, symIntAt(args, 3));
    FX_TRY(const SymInt channels, symIntAt(args, 4));
    FX_TRY(const SymInt groups, symIntAt(args, 6));
    if (groups.is(0) || (groups.isConstant() && channels.isConstant() && channels.constant() % groups.constant() != 0))
        return Diagnostic{"expected number of channels in input to be divisible by num_groups, but got input of size " +
                              sizesText(x.sizes) + " and num_groups=" + groups.str(),
                          "", ""};
    FX_CHECK(checkAffine(weight, {channels}, "weight"));
    FX_CHECK(checkAffine(bias, {channels}, "bias"));
    const TensorMeta statistics = newMeta(statisticsDType(x, weight), {batch, groups}, &x);
    return tensorList({sameFormatMeta(x, x.dtype, x.sizes), statistics, statistics});
}

template <class T>
Result<Done> groupNorm(const Tensor& x, int64_t perGroup, const Affine& weight, const Affine& bias, double eps,
                       Tensor& y, std::vector<Tensor>& out) {
    const int64_t rows = out[1].numel(), groups = out[1].size(1), count = rows ? x.numel() / rows : 0;
    const int64_t positions = perGroup ? count / perGroup : 0;
    for (int64_t r = 0; r < rows; ++r) {
        const T* from = x.data<T>() + r * count;
        const auto [mean, rstd] = momentsOf(from, count, eps);
        for (int64_t i = 0; i < count; ++i) {
            const int64_t channel = r % groups * perGroup + i / positions;
            y.data<T>()[r * count + i] = castTo<T>((widen(from[i]) - mean) * rstd * weight[channel] + bias[channel]);
        }
        FX_CHECK(store(out[1], r, mean));
        FX_CHECK(store(out[2], r, rstd));
    }
    return Done{};
}

/// `args` as native_group_norm takes them.
Result<std::vector<Tensor>> runGroups(Values args) {
    FX_TRY(std::vector<Tensor> out, allocateResults(inferNativeGroupNorm, args));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(const Affine weight, Affine::read(args[1], 1));
    FX_TRY(const Affine bias, Affine::read(args[2], 0));
    FX_TRY(const double eps, doubleAt(args, 7));
    FX_TRY(Tensor y, rowMajorFor(out[0]));
    const int64_t perGroup = args[4].toInt() / args[6].toInt();
    FX_CHECK(dispatch<DTypes::Floating>(
        x.dtype(), [&]<class T>() { return groupNorm<T>(x, perGroup, weight, bias, eps, y, out); }));
    out[0] = settle(y, out[0]).tensor();
    return out;
}

/// group_norm's arguments as native_group_norm takes them.
Result<MetaArgs> asNative(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    if (x.sizes.size() < 2)
        return Diagnostic{
            "expected at least 2 dimensions for input tensor but received " + std::to_string(x.sizes.size()), "", ""};
    const SymInt positions = numelOf(SymSizes(x.sizes.begin() + 2, x.sizes.end()));
    return MetaArgs{args[0], args[2], args[3], {x.sizes[0]}, {x.sizes[1]}, {positions}, args[1], args[4]};
}

Result<ValueMeta> inferGroupNorm(Metas args) {
    FX_TRY(const MetaArgs native, asNative(args));
    FX_TRY(const ValueMeta all, inferNativeGroupNorm(native));
    return all.items()[0];
}

Result<Value> runGroupNorm(Values args, KernelContext&) {
    FX_CHECK(inferGroupNorm(metaArgs(args)));
    const Tensor& x = args[0].tensor();
    const int64_t rows = x.size(0) * x.size(1), positions = rows ? x.numel() / rows : 0;
    const ValueList native{args[0], args[2], args[3], x.size(0), x.size(1), positions, args[1], args[4]};
    FX_TRY(const std::vector<Tensor> out, runGroups(native));
    return Value(out[0]);
}

Value listOf(std::vector<Tensor> tensors) { return ValueList(tensors.begin(), tensors.end()); }

Result<Value> runNativeGroupNorm(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, runGroups(args));
    return listOf(std::move(out));
}

Result<Value> runNativeLayerNorm(Values args, KernelContext&) {
    FX_TRY(std::vector<Tensor> out, runLayers(args));
    return listOf(std::move(out));
}

Result<Value> runLayerNorm(Values args, KernelContext&) {
    FX_TRY(const std::vector<Tensor> out, runLayers(args));
    return Value(out[0]);
}

} // namespace

const OpDef native_layer_norm{.target = "torch.ops.aten.native_layer_norm.default",
                              .infer = inferNativeLayerNorm,
                              .reference = runNativeLayerNorm};
const OpDef layer_norm{
    .target = "torch.ops.aten.layer_norm.default", .infer = inferLayerNorm, .reference = runLayerNorm};
const OpDef native_group_norm{.target = "torch.ops.aten.native_group_norm.default",
                              .infer = inferNativeGroupNorm,
                              .reference = runNativeGroupNorm};
const OpDef group_norm{
    .target = "torch.ops.aten.group_norm.default", .infer = inferGroupNorm, .reference = runGroupNorm};

} // namespace fxscope::ops
