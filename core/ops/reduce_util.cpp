// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/reduce_util.h"

namespace fxscope {
namespace {

bool isList(const Value& value) { return value.isList(); }
bool isList(const MetaArg& arg) { return std::holds_alternative<MetaArgs>(arg.v); }

} // namespace

template <class Arg> Result<DimSet> reducedDims(std::span<const Arg> args, size_t i, size_t rank, EmptyDims empty) {
    if (isNoneAt(args, i))
        return DimSet(rank, true);
    Sizes dims;
    if (isList(args[i])) {
        FX_TRY(dims, intsAt(args, i));
    } else {
        FX_TRY(const int64_t dim, intAt(args, i));
        dims.push_back(dim);
    }
    if (dims.empty())
        return DimSet(rank, empty == EmptyDims::All);
    FX_TRY(const std::vector<size_t> wrapped, wrapDims(dims, rank));
    DimSet set(rank, false);
    for (const size_t dim : wrapped)
        if (rank > 0)
            set[dim] = true;
    return set;
}
template Result<DimSet> reducedDims(Values, size_t, size_t, EmptyDims);
template Result<DimSet> reducedDims(Metas, size_t, size_t, EmptyDims);

SymSizes reducedSizes(const SymSizes& sizes, const DimSet& dims, bool keepDim) {
    SymSizes result;
    for (size_t d = 0; d < sizes.size(); ++d)
        if (!dims[d])
            result.push_back(sizes[d]);
        else if (keepDim)
            result.push_back(1);
    return result;
}

bool reducesNothing(const SymSizes& sizes, const DimSet& dims) {
    for (size_t d = 0; d < sizes.size(); ++d)
        if (dims[d] && sizes[d].is(0))
            return true;
    return false;
}

Result<ReducedRows> reducedRows(const Tensor& x, const DimSet& dims) {
    Sizes sizes, strides;
    ReducedRows result{.outer = 1, .inner = 1};
    for (const bool reduced : {false, true})
        for (size_t d = 0; d < x.dim(); ++d)
            if (dims[d] == reduced) {
                sizes.push_back(x.size(d));
                strides.push_back(x.strides()[d]);
                (reduced ? result.inner : result.outer) *= x.size(d);
            }
    FX_TRY(const Tensor turned, x.asStrided(std::move(sizes), std::move(strides), x.offset()));
    FX_TRY(result.rows, turned.contiguous());
    return result;
}

} // namespace fxscope
