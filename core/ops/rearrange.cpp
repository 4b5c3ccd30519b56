// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/ops/memory_format.h"
#include "core/ops/units.h"
#include "core/ops/words.h"

// The same elements at other places: flip, rot90, roll, repeat, pixel_shuffle.

namespace fxscope::ops {
namespace {

// --- flip(self, dims): backwards along these dimensions

Result<ValueMeta> inferFlip(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const Sizes dims, intsAt(args, 1));
    FX_CHECK(wrapDims(dims, x.sizes.size()));
    return inferSameAsFirst(args);
}

/// to[...] = from[...], `from` walked backwards along the flagged dimensions.
Result<Done> copyFlipped(const Tensor& from, const std::vector<bool>& backwards, Tensor& to) {
    return dispatchUnit(from.dtype(), [&]<class U>() -> Result<Done> {
        Sizes steps = from.strides();
        int64_t start = 0;
        for (size_t d = 0; d < from.dim(); ++d)
            if (backwards[d]) {
                start += (from.size(d) - 1) * steps[d];
                steps[d] = -steps[d];
            }
        if (from.numel() == 0)
            return Done{};
        const U* source = from.data<U>() + start;
        U* target = to.data<U>();
        StridedLoop<2>(to.sizes(), {&to.strides(), &steps}).rows([&](int64_t n, const auto& at, const auto& by) {
            for (int64_t i = 0; i < n; ++i)
                target[at[0] + i * by[0]] = source[at[1] + i * by[1]];
        });
        return Done{};
    });
}

Result<std::vector<bool>> flags(const Sizes& dims, size_t rank) {
    FX_TRY(const auto wrapped, wrapDims(dims, rank));
    std::vector<bool> set(rank, false);
    for (const size_t dim : wrapped)
        if (rank > 0)
            set[dim] = true;
    return set;
}

Result<Value> runFlip(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferFlip, args));
    FX_TRY(const Sizes dims, intsAt(args, 1));
    FX_TRY(const auto backwards, flags(dims, out.dim()));
    FX_CHECK(copyFlipped(args[0].tensor(), backwards, out));
    return Value(out);
}

// --- rot90(self, k, dims): k quarter turns in the plane of two dimensions: a flip, then a transpose

/// Quarter turns in [0, 4) and the two dimensions.
struct Turn {
    int64_t quarters = 0;
    size_t first = 0, second = 0;
};
Result<Turn> turnOf(const auto args, size_t rank) {
    FX_TRY(const int64_t k, intAt(args, 1));
    FX_TRY(const Sizes dims, intsAt(args, 2));
    if (dims.size() != 2)
        return Diagnostic{"expected total rotation dims == 2, but got dims = " + std::to_string(dims.size()), "", ""};
    if (rank < 2)
        return Diagnostic{"expected total dims >= 2, but got total dims = " + std::to_string(rank), "", ""};
    if (dims[0] == dims[1] || std::abs(dims[0] - dims[1]) == static_cast<int64_t>(rank))
        return Diagnostic{"expected rotation dims to be different, but got dim0 = " + std::to_string(dims[0]) +
                              " and dim1 = " + std::to_string(dims[1]),
                          "", ""};
    FX_TRY(const auto wrapped, wrapDims(dims, rank));
    return Turn{(k % 4 + 4) % 4, wrapped[0], wrapped[1]};
}

Result<ValueMeta> inferRot90(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const Turn turn, turnOf(args, x.sizes.size()));
    if (turn.quarters == 0)
        return ValueMeta::tensor(newMeta(x.dtype, x.sizes, &x));
    FX_TRY(const ValueMeta flipped, inferSameAsFirst(args));
    TensorMeta result = flipped.tensor();
    if (turn.quarters == 2)
        return ValueMeta::tensor(result);
    std::swap(result.sizes[turn.first], result.sizes[turn.second]);
    if (result.strides)
        std::swap((*result.strides)[turn.first], (*result.strides)[turn.second]);
    return ValueMeta::tensor(std::move(result));
}

Result<Value> runRot90(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferRot90, args));
    const Tensor& x = args[0].tensor();
    FX_TRY(const Turn turn, turnOf(args, x.dim()));
    std::vector<bool> backwards(x.dim(), false);
    backwards[turn.first] = turn.quarters >= 2;
    backwards[turn.second] = turn.quarters == 1 || turn.quarters == 2;
    Sizes strides = out.strides();
    if (turn.quarters % 2 != 0)
        std::swap(strides[turn.first], strides[turn.second]);
    FX_TRY(Tensor unturned, out.asStrided(x.sizes(), std::move(strides), out.offset()));
    FX_CHECK(copyFlipped(x, backwards, unturned));
    return Value(out);
}

// --- roll(self, shifts, dims): what leaves at one end comes back at the other; without dims in the flattened tensor

Result<ValueMeta> inferRoll(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes shifts, symIntsAt(args, 1));
    FX_TRY(const Sizes dims, intsAt(args, 2));
    for (const int64_t dim : dims)
        FX_CHECK(wrapDim(dim, x.sizes.size()));
    if (shifts.empty())
        return Diagnostic{"`shifts` required", "", ""};
    if (dims.size() != shifts.size() && !(dims.empty() && shifts.size() == 1))
        return Diagnostic{"shifts and dimensions must align. shifts: " + std::to_string(shifts.size()) +
                              ", dims:" + std::to_string(dims.size()),
                          "", ""};
    if (dims.empty())
        return ValueMeta::tensor(newMeta(x.dtype, x.sizes, &x));
    return numelOf(x.sizes).is(0) ? inferSameAsFirst(args) : ValueMeta::tensor(sameFormatMeta(x, x.dtype, x.sizes));
}

/// One dimension shifted to the right by `shift`: two neighbouring parts change places.
Result<Done> copyRolled(const Tensor& from, size_t dim, int64_t shift, Tensor& to) {
    const int64_t size = from.dim() ? from.size(dim) : 1, right = size ? (shift % size + size) % size : 0;
    if (from.numel() == 0 || from.dim() == 0)
        return copyInto(from, to);
    const auto part = [&](const Tensor& whole, int64_t start, int64_t length) {
        Sizes sizes = whole.sizes();
        sizes[dim] = length;
        return whole.asStrided(std::move(sizes), whole.strides(), whole.offset() + start * whole.strides()[dim]);
    };
    FX_TRY(const Tensor head, part(from, 0, size - right));
    FX_TRY(const Tensor tail, part(from, size - right, right));
    FX_TRY(Tensor behind, part(to, right, size - right));
    FX_TRY(Tensor front, part(to, 0, right));
    copyElements(head, behind);
    copyElements(tail, front);
    return Done{};
}

Result<Value> runRoll(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferRoll, args));
    FX_TRY(const Sizes shifts, intsAt(args, 1));
    FX_TRY(const Sizes dims, intsAt(args, 2));
    Tensor x = args[0].tensor();
    if (dims.empty()) {
        FX_TRY(const Tensor rows, x.contiguous());
        FX_TRY(const Tensor flat, rows.asStrided({x.numel()}, {1}, rows.offset()));
        FX_TRY(Tensor flatOut, out.asStrided({x.numel()}, {1}, 0));
        FX_CHECK(copyRolled(flat, 0, shifts[0], flatOut));
        return Value(out);
    }
    for (size_t i = 0; i < dims.size(); ++i) {
        FX_TRY(const size_t dim, wrapDim(dims[i], x.dim()));
        FX_TRY(Tensor next, i + 1 == dims.size() ? Result<Tensor>(out) : x.clone());
        FX_CHECK(copyRolled(x, dim, shifts[i], next));
        x = next;
    }
    return Value(out);
}

// --- repeat(self, repeats): copies side by side, new dimensions in front

Result<ValueMeta> inferRepeat(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const SymSizes repeats, symIntsAt(args, 1));
    if (repeats.size() < x.sizes.size())
        return Diagnostic{"Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
                          "", ""};
    SymSizes sizes = repeats;
    const size_t added = repeats.size() - x.sizes.size();
    for (size_t d = 0; d < sizes.size(); ++d) {
        if (repeats[d].isConstant() && repeats[d].constant() < 0)
            return Diagnostic{"Trying to create tensor with negative dimension " + repeats[d].str(), "", ""};
        if (d >= added)
            sizes[d] = repeats[d] * x.sizes[d - added];
    }
    return ValueMeta::tensor(newMeta(x.dtype, std::move(sizes), &x));
}

Result<Value> runRepeat(Values args, KernelContext&) {
    FX_TRY(Tensor out, allocateResult(inferRepeat, args));
    FX_TRY(const Sizes repeats, intsAt(args, 1));
    const Tensor& x = args[0].tensor();
    const size_t added = repeats.size() - x.dim();
    Sizes sizes, from, to; // each dimension as [repeats, size]
    for (size_t d = 0; d < repeats.size(); ++d) {
        const int64_t size = d < added ? 1 : x.size(d - added);
        sizes.insert(sizes.end(), {repeats[d], size});
        from.insert(from.end(), {0, d < added ? 0 : x.strides()[d - added]});
        to.insert(to.end(), {out.strides()[d] * size, out.strides()[d]});
    }
    if (out.numel() == 0)
        return Value(out);
    FX_TRY(const Tensor source, x.asStrided(sizes, from, x.offset()));
    FX_TRY(Tensor target, out.asStrided(sizes, to, 0));
    copyElements(source, target);
    return Value(out);
}

// --- pixel_shuffle(self, r): [..., c r r, h, w] -> [..., c, h r, w r]; pixel_unshuffle back

template <bool Back> Result<ValueMeta> inferShuffle(Metas args) {
    FX_TRY(const TensorMeta x, tensorAt(args, 0));
    FX_TRY(const int64_t r, intAt(args, 1));
    const std::string op = Back ? "pixel_unshuffle" : "pixel_shuffle";
    const size_t rank = x.sizes.size();
    if (rank < 3)
        return Diagnostic{op + " expects input to have at least 3 dimensions, but got input with " +
                              std::to_string(rank) + " dimension(s)",
                          "", ""};
    if (r <= 0)
        return Diagnostic{op + " expects a positive factor, but got " + std::to_string(r), "", ""};
    SymSizes sizes = x.sizes;
    const auto divides = [](const SymInt& size, int64_t by) { return !size.isConstant() || size.constant() % by == 0; };
    if (Back ? !divides(sizes[rank - 2], r) || !divides(sizes[rank - 1], r) : !divides(sizes[rank - 3], r * r))
        return Diagnostic{op + " expects its input's " + (Back ? "height and width" : "'channel' dimension") +
                              " to be divisible by " + (Back ? "downscale_factor" : "the square of upscale_factor") +
                              ", but input of size " + sizesText(x.sizes) + " is not divisible by " +
                              std::to_string(Back ? r : r * r),
                          "", ""};
    sizes[rank - 3] = Back ? sizes[rank - 3] * SymInt(r * r) : floorDiv(sizes[rank - 3], r * r);
    for (const size_t d : {rank - 2, rank - 1})
        sizes[d] = Back ? floorDiv(sizes[d], r) : sizes[d] * SymInt(r);
    return ValueMeta::tensor(sameFormatMeta(x, x.dtype, std::move(sizes)));
}

/// A tensor [..., c r r, h, w] seen as [..., c, r, r, h, w], or [..., c, h r, w r] seen in the same order.
Result<Tensor> shuffleView(const Tensor& x, int64_t r, bool shuffled) {
    const size_t rank = x.dim();
    Sizes sizes(x.sizes().begin(), x.sizes().end() - 3), strides(x.strides().begin(), x.strides().end() - 3);
    const int64_t c = x.strides()[rank - 3], h = x.strides()[rank - 2], w = x.strides()[rank - 1];
    const int64_t channels = x.size(rank - 3), height = x.size(rank - 2), width = x.size(rank - 1);
    if (shuffled) {
        sizes.insert(sizes.end(), {channels, r, r, height / r, width / r});
        strides.insert(strides.end(), {c, h, w, h * r, w * r});
    } else {
        sizes.insert(sizes.end(), {channels / (r * r), r, r, height, width});
        strides.insert(strides.end(), {c * r * r, c * r, c, h, w});
    }
    return x.asStrided(std::move(sizes), std::move(strides), x.offset());
}

template <bool Back> Result<Value> runShuffle(Values args, KernelContext&) {
    FX_TRY(const Tensor out, allocateResult(inferShuffle<Back>, args));
    FX_TRY(const int64_t r, intAt(args, 1));
    if (out.numel() == 0)
        return Value(out);
    FX_TRY(const Tensor from, shuffleView(args[0].tensor(), r, Back));
    FX_TRY(Tensor to, shuffleView(out, r, !Back));
    copyElements(from, to);
    return Value(out);
}

} // namespace

const OpDef flip{.target = "torch.ops.aten.flip.default", .infer = inferFlip, .reference = runFlip};
const OpDef rot90{.target = "torch.ops.aten.rot90.default", .infer = inferRot90, .reference = runRot90};
const OpDef roll{.target = "torch.ops.aten.roll.default", .infer = inferRoll, .reference = runRoll, .moves = true};
const OpDef repeat{
    .target = "torch.ops.aten.repeat.default", .infer = inferRepeat, .reference = runRepeat, .moves = true};
const OpDef pixel_shuffle{.target = "torch.ops.aten.pixel_shuffle.default",
                          .infer = inferShuffle<false>,
                          .reference = runShuffle<false>,
                          .moves = true};
const OpDef pixel_unshuffle{.target = "torch.ops.aten.pixel_unshuffle.default",
                            .infer = inferShuffle<true>,
                            .reference = runShuffle<true>,
                            .moves = true};

} // namespace fxscope::ops
