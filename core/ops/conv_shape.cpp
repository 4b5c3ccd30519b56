// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/conv_shape.h"

#include "core/ops/memory_format.h"

namespace fxscope {
namespace {

/// What the sizes of a result depend on, from metadata.
struct ConvMeta {
    TensorMeta input, weight;
    std::optional<TensorMeta> bias;
    SymSizes stride, padding, dilation, outputPadding;
    bool transposed = false;
    SymInt groups = 1;
};

/// A list of one stands for every dimension.
template <class T> const T& nth(const std::vector<T>& list, size_t i) { return list.size() == 1 ? list[0] : list[i]; }

Result<Done> checkRanks(const ConvMeta& conv, bool unbatched) {
    const size_t rank = conv.weight.sizes.size(), spatial = rank - 2;
    const auto fits = [&](const auto& list) { return list.size() == spatial || list.size() == 1; };
    if (rank < 3 || rank > 5)
        return Diagnostic{"expected a weight of 3 to 5 dimensions, got " + sizesText(conv.weight.sizes), "", ""};
    if (conv.input.sizes.size() + (unbatched ? 1 : 0) != rank)
        return Diagnostic{"expected an input of " + std::to_string(rank) + " dimensions for a weight of size " +
                              sizesText(conv.weight.sizes) + ", got " + sizesText(conv.input.sizes),
                          "", ""};
    if (!fits(conv.stride) || !fits(conv.padding) || !fits(conv.dilation) ||
        (conv.transposed && !fits(conv.outputPadding)))
        return Diagnostic{
            "stride, padding, dilation and output_padding need 1 or " + std::to_string(spatial) + " elements", "", ""};
    return Done{};
}

Result<Done> checkChannels(const ConvMeta& conv, const SymInt& channels) {
    const SymSizes& weight = conv.weight.sizes;
    const SymInt expected = conv.transposed ? weight[0] : weight[1] * conv.groups;
    if (differ(expected, channels))
        return Diagnostic{"given groups=" + conv.groups.str() + " and weight of size " + sizesText(weight) +
                              ", expected input to have " + expected.str() + " channels, but got " + channels.str(),
                          "", ""};
    if (conv.input.dtype != conv.weight.dtype)
        return Diagnostic{"input and weight must have the same dtype, got torch." +
                              std::string(name(conv.input.dtype)) + " and torch." +
                              std::string(name(conv.weight.dtype)),
                          "", ""};
    const SymInt outputs = conv.transposed ? weight[1] * conv.groups : weight[0];
    if (conv.bias && (conv.bias->sizes.size() != 1 || differ(conv.bias->sizes[0], outputs)))
        return Diagnostic{"expected a bias of " + outputs.str() + " elements, got " + sizesText(conv.bias->sizes), "",
                          ""};
    return Done{};
}

SymInt outputSize(const ConvMeta& conv, const SymInt& in, size_t d) {
    const SymInt reach = nth(conv.dilation, d) * (conv.weight.sizes[d + 2] - 1);
    const SymInt padding = 2 * nth(conv.padding, d), &stride = nth(conv.stride, d);
    if (conv.transposed)
        return (in - 1) * stride - padding + reach + nth(conv.outputPadding, d) + 1;
    return floorDiv(in + padding - reach - 1, stride) + 1;
}

/// Errors: a stride of 0, or a kernel that is larger than its padded input.
Result<SymInt> checkedOutputSize(const ConvMeta& conv, const SymInt& in, size_t d) {
    const SymInt& stride = nth(conv.stride, d);
    if (stride.isConstant() && stride.constant() < 1)
        return Diagnostic{"non-positive stride is not supported", "", ""};
    if (conv.transposed && provablyLessEqual(stride, nth(conv.outputPadding, d), {}) == Proof::Yes &&
        provablyLessEqual(nth(conv.dilation, d), nth(conv.outputPadding, d), {}) == Proof::Yes)
        return Diagnostic{"output padding must be smaller than either stride or dilation, but got output_padding " +
                              nth(conv.outputPadding, d).str() + ", stride " + stride.str() + ", dilation " +
                              nth(conv.dilation, d).str(),
                          "", ""};
    SymInt size = outputSize(conv, in, d);
    if (size.isConstant() && size.constant() < 1 && !in.is(0))
        return Diagnostic{"the kernel of size " + conv.weight.sizes[d + 2].str() +
                              " is larger than the padded input of size " + in.str(),
                          "", ""};
    return size.isConstant() && size.constant() < 0 ? SymInt(0) : size;
}

/// Channels last if input or weight are, as PyTorch's CPU convolutions answer.
TensorMeta formatted(const ConvMeta& conv, SymSizes sizes) {
    const bool channelsLast = suggestsChannelsLast(conv.input) || suggestsChannelsLast(conv.weight);
    TensorMeta meta = formattedMeta(conv.input, conv.input.dtype, std::move(sizes), channelsLast);
    if (!conv.input.strides)
        meta.strides.reset();
    return meta;
}

Result<ValueMeta> infer(const ConvMeta& conv, bool mayLackBatch) {
    const bool unbatched = mayLackBatch && conv.input.sizes.size() + 1 == conv.weight.sizes.size();
    FX_CHECK(checkRanks(conv, unbatched));
    const size_t channel = unbatched ? 0 : 1;
    FX_CHECK(checkChannels(conv, conv.input.sizes[channel]));
    SymSizes sizes(conv.input.sizes.begin(), conv.input.sizes.begin() + static_cast<ptrdiff_t>(channel));
    sizes.push_back(conv.transposed ? conv.weight.sizes[1] * conv.groups : conv.weight.sizes[0]);
    for (size_t d = 0; d + 2 < conv.weight.sizes.size(); ++d) {
        FX_TRY(SymInt size, checkedOutputSize(conv, conv.input.sizes[channel + 1 + d], d));
        sizes.push_back(std::move(size));
    }
    return ValueMeta::tensor(formatted(conv, std::move(sizes)));
}

Result<ConvMeta> readTensors(Metas args) {
    ConvMeta conv;
    FX_TRY(conv.input, tensorAt(args, 0));
    FX_TRY(conv.weight, tensorAt(args, 1));
    FX_TRY(conv.bias, optionalTensorAt(args, 2));
    FX_TRY(conv.stride, symIntsAt(args, 3));
    FX_TRY(conv.padding, symIntsAt(args, 4));
    FX_TRY(conv.dilation, symIntsAt(args, 5));
    return conv;
}

Result<ConvCall> readTensors(Values args) {
    ConvCall call;
    FX_TRY(call.input, tensorAt(args, 0));
    FX_TRY(call.weight, tensorAt(args, 1));
    FX_TRY(call.bias, optionalTensorAt(args, 2));
    FX_TRY(call.stride, intsAt(args, 3));
    FX_TRY(call.padding, intsAt(args, 4));
    FX_TRY(call.dilation, intsAt(args, 5));
    return call;
}

} // namespace

Result<ValueMeta> inferConvolution(Metas args) {
    FX_TRY(ConvMeta conv, readTensors(args));
    FX_TRY(conv.transposed, boolAt(args, 6));
    FX_TRY(conv.outputPadding, symIntsAt(args, 7));
    FX_TRY(conv.groups, symIntAt(args, 8));
    return infer(conv, /*mayLackBatch=*/false);
}

Result<ValueMeta> inferConvNd(Metas args) {
    FX_TRY(ConvMeta conv, readTensors(args));
    FX_TRY(conv.groups, symIntAt(args, 6));
    return infer(conv, /*mayLackBatch=*/true);
}

Result<ConvCall> convCall(Values args) {
    FX_TRY(ConvCall call, readTensors(args));
    FX_TRY(call.transposed, boolAt(args, 6));
    FX_TRY(call.outputPadding, intsAt(args, 7));
    FX_TRY(call.groups, intAt(args, 8));
    return call;
}

Result<ConvCall> convNdCall(Values args) {
    FX_TRY(ConvCall call, readTensors(args));
    FX_TRY(call.groups, intAt(args, 6));
    if (call.input.dim() + 1 == call.weight.dim()) {
        FX_TRY(call.input, withBatch(call.input));
    }
    return call;
}

ConvShape convShape(const ConvCall& call, const Sizes& out) {
    ConvShape shape;
    shape.spatial = call.weight.dim() - 2;
    shape.batch = call.input.size(0);
    shape.groups = call.groups;
    shape.inChannels = call.input.size(1);
    shape.outChannels = call.transposed ? call.weight.size(1) * call.groups : call.weight.size(0);
    shape.transposed = call.transposed;
    for (size_t d = 0; d < shape.spatial; ++d)
        shape.axes[3 - shape.spatial + d] = {call.input.size(d + 2),  out[out.size() - shape.spatial + d],
                                             call.weight.size(d + 2), nth(call.stride, d),
                                             nth(call.padding, d),    nth(call.dilation, d)};
    return shape;
}

Result<Tensor> withBatch(const Tensor& tensor) {
    Sizes sizes = tensor.sizes(), strides = tensor.strides();
    sizes.insert(sizes.begin(), 1);
    strides.insert(strides.begin(), 0);
    return tensor.asStrided(std::move(sizes), std::move(strides), tensor.offset());
}

} // namespace fxscope
