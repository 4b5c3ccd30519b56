// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/pool_util.h"

namespace fxscope {
namespace {

template <class Int>
std::array<PoolAxis<Int>, 2> assemble(const std::vector<Int>& kernel, const std::vector<Int>& stride,
                                      const std::vector<Int>& padding, const std::vector<Int>& dilation) {
    const auto nth = [](const std::vector<Int>& list, size_t i) { return list.size() == 1 ? list[0] : list[i]; };
    std::array<PoolAxis<Int>, 2> axes;
    for (size_t i = 0; i < 2; ++i)
        axes[i] = {nth(kernel, i), stride.empty() ? nth(kernel, i) : nth(stride, i), nth(padding, i), nth(dilation, i)};
    return axes;
}

bool isPair(size_t count) { return count == 1 || count == 2; }

Result<SymSizes> ints(Metas args, size_t i) { return symIntsAt(args, i); }
Result<Sizes> ints(Values args, size_t i) { return intsAt(args, i); }

template <class Int, class Args> Result<std::array<PoolAxis<Int>, 2>> read(Args args, size_t dilationAt) {
    FX_TRY(const auto kernel, ints(args, 1));
    FX_TRY(const auto stride, ints(args, 2));
    FX_TRY(const auto padding, ints(args, 3));
    FX_TRY(const auto dilation, dilationAt ? ints(args, dilationAt) : Result<std::vector<Int>>(std::vector<Int>{1}));
    if (!isPair(kernel.size()) || !isPair(padding.size()) || !isPair(dilation.size()) ||
        (!stride.empty() && !isPair(stride.size())))
        return Diagnostic{"kernel_size, stride, padding and dilation must be an int or a pair of ints", "", ""};
    return assemble<Int>(kernel, stride, padding, dilation);
}

} // namespace

Result<std::array<PoolAxis<SymInt>, 2>> poolAxes(Metas args, size_t dilationAt) {
    return read<SymInt>(args, dilationAt);
}
Result<std::array<PoolAxis<int64_t>, 2>> poolAxes(Values args, size_t dilationAt) {
    return read<int64_t>(args, dilationAt);
}

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
    const size_t rank = x.sizes.size();
    if ((rank != 3 && rank != 4) || x.sizes[rank - 3].is(0))
        return Diagnostic{"expected 3D or 4D (batch mode) tensor with non-zero channels, got " + sizesText(x.sizes), "",
                          ""};
    SymSizes sizes(x.sizes.begin(), x.sizes.end() - 2);
    sizes.insert(sizes.end(), {height, width});
    return sizes;
}

} // namespace fxscope
