// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pool_util.h"

namespace fxscope {
namespace {

template <size_t Dims, class Int>
std::array<PoolAxis<Int>, Dims> assemble(const std::vector<Int>& kernel, const std::vector<Int>& stride,
                                         const std::vector<Int>& padding, const std::vector<Int>& dilation) {
    const auto nth = [](const std::vector<Int>& list, size_t i) { return list.size() == 1 ? list[0] : list[i]; };
    std::array<PoolAxis<Int>, Dims> axes;
    for (size_t i = 0; i < Dims; ++i)
        axes[i] = {nth(kernel, i), stride.empty() ? nth(kernel, i) : nth(stride, i), nth(padding, i), nth(dilation, i)};
    return axes;
}

Result<SymSizes> ints(Metas args, size_t i) { return symIntsAt(args, i); }
Result<Sizes> ints(Values args, size_t i) { return intsAt(args, i); }

template <size_t Dims, class Int, class Args>
Result<std::array<PoolAxis<Int>, Dims>> read(Args args, size_t first, size_t dilationAt) {
    FX_TRY(const auto kernel, ints(args, first));
    FX_TRY(const auto stride, ints(args, first + 1));
    FX_TRY(const auto padding, ints(args, first + 2));
    FX_TRY(const auto dilation, dilationAt ? ints(args, dilationAt) : Result<std::vector<Int>>(std::vector<Int>{1}));
    const auto fits = [](const std::vector<Int>& list) { return list.size() == 1 || list.size() == Dims; };
    if (!fits(kernel) || !fits(padding) || !fits(dilation) || (!stride.empty() && !fits(stride)))
        return Diagnostic{"kernel_size, stride, padding and dilation must be an int or a list of " +
                              std::to_string(Dims) + " ints",
                          "", ""};
    return assemble<Dims, Int>(kernel, stride, padding, dilation);
}

} // namespace

template <size_t Dims>
Result<std::array<PoolAxis<SymInt>, Dims>> poolAxes(Metas args, size_t dilationAt, size_t first) {
    return read<Dims, SymInt>(args, first, dilationAt);
}
template <size_t Dims>
Result<std::array<PoolAxis<int64_t>, Dims>> poolAxes(Values args, size_t dilationAt, size_t first) {
    return read<Dims, int64_t>(args, first, dilationAt);
}
template Result<std::array<PoolAxis<SymInt>, 2>> poolAxes<2>(Metas, size_t, size_t);
template Result<std::array<PoolAxis<SymInt>, 3>> poolAxes<3>(Metas, size_t, size_t);
template Result<std::array<PoolAxis<int64_t>, 2>> poolAxes<2>(Values, size_t, size_t);
template Result<std::array<PoolAxis<int64_t>, 3>> poolAxes<3>(Values, size_t, size_t);

Result<SymInt> pooledSize(const SymInt& in, const PoolAxis<SymInt>& axis, bool ceilMode) {
    if (axis.stride.is(0))
        return Diagnostic{"stride should not be zero", "", ""};
    if (axis.padding.isConstant() && axis.kernel.isConstant() && axis.padding.constant() > axis.kernel.constant() / 2)
        return Diagnostic{"pad should be at most half of effective kernel size, but got pad=" + axis.padding.str() +
                              " and kernel_size=" + axis.kernel.str(),
                          "", ""};
    const SymInt slack = ceilMode ? axis.stride - 1 : SymInt(0);
    const SymInt room = in + 2 * axis.padding - axis.dilation * (axis.kernel - 1) - 1;
    SymInt size = floorDiv(room + slack, axis.stride) + 1;
    const SymInt lastStart = (size - 1) * axis.stride, end = in + axis.padding;
    if (ceilMode && lastStart.isConstant() && end.isConstant() && lastStart.constant() >= end.constant())
        size = size - 1;
    if (size.isConstant() && size.constant() < 1)
        return Diagnostic{
            "pooling an input of " + in.str() + " by a kernel of " + axis.kernel.str() + " leaves no output", "", ""};
    return size;
}

Result<SymSizes> imageSizes(const TensorMeta& x, const SymInt& height, const SymInt& width) {
    return pooledSizes(x, {height, width});
}

Result<SymSizes> pooledSizes(const TensorMeta& x, const SymSizes& last) {
    const size_t rank = x.sizes.size(), spatial = last.size();
    bool fits = rank == spatial + 1 || rank == spatial + 2;
    for (size_t d = rank == spatial + 2 ? 1 : 0; fits && d < rank; ++d)
        fits = !x.sizes[d].is(0);
    if (!fits)
        return Diagnostic{"expected " + std::to_string(spatial + 1) + "D or " + std::to_string(spatial + 2) +
                              "D (batch mode) tensor with non-zero sizes but the batch, got " + sizesText(x.sizes),
                          "", ""};
    SymSizes sizes(x.sizes.begin(), x.sizes.end() - static_cast<std::ptrdiff_t>(spatial));
    sizes.insert(sizes.end(), last.begin(), last.end());
    return sizes;
}

} // namespace fxscope
