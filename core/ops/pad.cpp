// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/memory_format.h"
#include "core/ops/operand.h"
#include "core/ops/ops.h"
#include "core/ops/units.h"
#include "core/ops/words.h"

// Padding of the last dimensions, two numbers for each, the last dimension first. constant_pad_nd fills with a number
// and cuts where a number is negative; reflection_pad mirrors at the edge without repeating it, replication_pad repeats
// it.

namespace fxscope::ops {
namespace {

// --- constant_pad_nd(self, pad, value)

struct PadMeta {
    SymSizes sizes;
    bool onlyCuts = true;
};

Result<PadMeta> paddedSizes(const TensorMeta& x, const SymSizes& pad) {
    const size_t rank = x.sizes.size();
    if (pad.size() % 2 != 0)
        return Diagnostic{"Length of pad must be even but instead it equals " + std::to_string(pad.size()), "", ""};
    if (pad.size() > 2 * rank)
        return Diagnostic{
            "Length of pad should be no more than twice the number of dimensions of the input. Pad length "
            "is " +
                std::to_string(pad.size()) + " while the input has " + std::to_string(rank) + " dimensions.",
            "", ""};
    PadMeta result{x.sizes};
    for (size_t i = 0; i < pad.size() / 2; ++i) {
        SymInt& size = result.sizes[rank - 1 - i];
        const SymInt before = pad[2 * i], after = pad[2 * i + 1];
        const SymInt padded = size + before + after;
        if (padded.isConstant() && padded.constant() < 0)
            return Diagnostic{"The input size " + size.str() + ", plus negative padding " + before.str() + " and " +
                                  after.str() +
                                  " resulted in a negative output size, which is invalid. Check dimension " +
                                  std::to_string(rank - 1 - i) + " of your input.",
                              "", ""};
        const auto adds = [](const SymInt& p) { return !p.isConstant() || p.constant() > 0; };
        result.onlyCuts = result.onlyCuts && !adds(before) && !adds(after);
        size = padded;
    }
    return result;
}

Result<ValueMeta> inferConstantPad(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes pad, symIntsAt(args, 1));
    FX_TRY(PadMeta padded, paddedSizes(x, pad));
    if (!padded.onlyCuts)
        return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(padded.sizes)));
    TensorMeta cut = newMeta(x.dtype, padded.sizes, &x); // a copy of the part, in its order of dimensions
    cut.strides = x.strides;
    cut.strides = preservedStrides(cut);
    return ValueMeta::tensor(std::move(cut));
}

Result<Value> runConstantPad(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferConstantPad, args));
    FX_TRY(const Sizes pad, intsAt(args, 1));
    FX_CHECK(fill(out, args[2].isNone() ? Value(int64_t(0)) : args[2]));
    const Tensor& x = args[0].tensor();
    Sizes sizes = x.sizes();
    int64_t from = x.offset(), to = out.offset();
    for (size_t i = 0; i < pad.size() / 2; ++i) {
        const size_t d = x.dim() - 1 - i;
        const int64_t before = pad[2 * i], after = pad[2 * i + 1];
        sizes[d] = std::max<int64_t>(0, x.size(d) + std::min<int64_t>(before, 0) + std::min<int64_t>(after, 0));
        from += std::max<int64_t>(-before, 0) * x.strides()[d];
        to += std::max<int64_t>(before, 0) * out.strides()[d];
    }
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end())
        return Value(out);
    FX_TRY(const Tensor source, x.asStrided(sizes, x.strides(), from));
    FX_TRY(Tensor target, out.asStrided(sizes, out.strides(), to));
    copyElements(source, target);
    return Value(out);
}

// --- reflection_pad and replication_pad of `Dims` dimensions

enum class Edge { Reflect, Repeat };

/// The input place that place `i` of the padded dimension shows.
int64_t mirrored(int64_t i, int64_t size, Edge edge) {
    if (edge == Edge::Repeat)
        return std::clamp<int64_t>(i, 0, size - 1);
    const int64_t folded = i < 0 ? -i : i;
    return folded >= size ? 2 * (size - 1) - folded : folded;
}

Result<Done> checkEdgePad(const TensorMeta& x, const SymSizes& pad, size_t dims, Edge edge) {
    const std::string op = (edge == Edge::Reflect ? "reflection_pad" : "replication_pad") + std::to_string(dims) + "d";
    if (pad.size() != 2 * dims)
        return Diagnostic{op + ": padding size is expected to be " + std::to_string(2 * dims) + ", but got " +
                              std::to_string(pad.size()),
                          "", ""};
    const size_t rank = x.sizes.size();
    bool fits = rank == dims + 1 || rank == dims + 2;
    for (size_t d = rank == dims + 2 ? 1 : 0; fits && d < rank; ++d)
        fits = !x.sizes[d].is(0);
    if (!fits)
        return Diagnostic{"Expected " + std::to_string(dims + 1) + "D or " + std::to_string(dims + 2) +
                              "D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for "
                              "input, but got: " +
                              sizesText(x.sizes),
                          "", ""};
    for (size_t i = 0; i < 2 * dims; ++i)
        if (const SymInt& size = x.sizes[rank - 1 - i / 2];
            edge == Edge::Reflect && (less(size, pad[i]) || (size.isConstant() && size == pad[i])))
            return Diagnostic{"Argument #4: Padding size should be less than the corresponding input dimension, but "
                              "got: padding " +
                                  sizesText(pad) + " at dimension " + std::to_string(rank - 1 - i / 2) + " of input " +
                                  sizesText(x.sizes),
                              "", ""};
    return Done{};
}

template <size_t Dims, Edge E> Result<ValueMeta> inferEdgePad(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes pad, symIntsAt(args, 1));
    FX_CHECK(checkEdgePad(x, pad, Dims, E));
    SymSizes sizes = x.sizes;
    for (size_t i = 0; i < Dims; ++i) {
        SymInt& size = sizes[sizes.size() - 1 - i];
        size = size + pad[2 * i] + pad[2 * i + 1];
        if (size.isConstant() && size.constant() < 1)
            return Diagnostic{"input of size " + sizesText(x.sizes) + " is too small for padding " + sizesText(pad), "",
                              ""};
    }
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

/// Input offsets by place, one list for each of the last `dims` dimensions.
std::vector<Sizes> edgeOffsets(const Tensor& x, const Tensor& out, const Sizes& pad, size_t dims, Edge edge) {
    std::vector<Sizes> offsets;
    for (size_t i = dims; i-- > 0;) {
        const size_t d = x.dim() - 1 - i;
        Sizes along;
        for (int64_t at = 0; at < out.size(d); ++at)
            along.push_back(mirrored(at - pad[2 * i], x.size(d), edge) * x.strides()[d]);
        offsets.push_back(std::move(along));
    }
    return offsets;
}

template <size_t Dims, Edge E> Result<Value> runEdgePad(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferEdgePad<Dims, E>, args));
    FX_TRY(const Sizes pad, intsAt(args, 1));
    FX_TRY(const Tensor x, args[0].tensor().contiguous());
    FX_TRY(Tensor y, rowMajorFor(out));
    std::vector<Sizes> offsets = edgeOffsets(x, y, pad, Dims, E);
    offsets.insert(offsets.begin(), 3 - Dims, Sizes{0});
    int64_t plane = 1;
    for (size_t d = x.dim() - Dims; d < x.dim(); ++d)
        plane *= x.size(d);
    return dispatchUnit(x.dtype(), [&]<class U>() -> Result<Value> {
        U* to = y.data<U>();
        for (int64_t start = 0; start < x.numel(); start += plane)
            for (const int64_t depth : offsets[0])
                for (const int64_t row : offsets[1])
                    for (const int64_t column : offsets[2])
                        *to++ = x.data<U>()[start + depth + row + column];
        return settle(y, out);
    });
}

} // namespace

const OpDef constant_pad_nd{.target = "torch.ops.aten.constant_pad_nd.default",
                            .infer = inferConstantPad,
                            .reference = runConstantPad,
                            .moves = true};
const OpDef reflection_pad1d{.target = "torch.ops.aten.reflection_pad1d.default",
                             .infer = inferEdgePad<1, Edge::Reflect>,
                             .reference = runEdgePad<1, Edge::Reflect>};
const OpDef reflection_pad2d{.target = "torch.ops.aten.reflection_pad2d.default",
                             .infer = inferEdgePad<2, Edge::Reflect>,
                             .reference = runEdgePad<2, Edge::Reflect>};
const OpDef reflection_pad3d{.target = "torch.ops.aten.reflection_pad3d.default",
                             .infer = inferEdgePad<3, Edge::Reflect>,
                             .reference = runEdgePad<3, Edge::Reflect>};
const OpDef replication_pad1d{.target = "torch.ops.aten.replication_pad1d.default",
                              .infer = inferEdgePad<1, Edge::Repeat>,
                              .reference = runEdgePad<1, Edge::Repeat>};
const OpDef replication_pad2d{.target = "torch.ops.aten.replication_pad2d.default",
                              .infer = inferEdgePad<2, Edge::Repeat>,
                              .reference = runEdgePad<2, Edge::Repeat>};
const OpDef replication_pad3d{.target = "torch.ops.aten.replication_pad3d.default",
                              .infer = inferEdgePad<3, Edge::Repeat>,
                              .reference = runEdgePad<3, Edge::Repeat>};

} // namespace fxscope::ops
