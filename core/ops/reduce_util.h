// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/accumulate.h"
#include "core/ops/memory_format.h"

namespace fxscope {

/// Which dimensions a reduction runs over, as flags.
using DimSet = std::vector<bool>;

enum class EmptyDims { All, None }; ///< what an empty list of dimensions means
/// The dimensions of an "int[]?", "int" or None argument; None is all of them. Errors: out of range, one twice.
template <class Arg>
Result<DimSet> reducedDims(std::span<const Arg> args, size_t i, size_t rank, EmptyDims empty = EmptyDims::All);

/// Sizes of the result: reduced dimensions are 1, or left out.
SymSizes reducedSizes(const SymSizes& sizes, const DimSet& dims, bool keepDim);
/// Is a reduced dimension of size 0? Then there is no maximum, for example.
bool reducesNothing(const SymSizes& sizes, const DimSet& dims);

/// The elements of `x` with those of each sum behind one another: row-major [outer, inner].
struct ReducedRows {
    Tensor rows;
    int64_t outer = 0, inner = 0;
};
Result<ReducedRows> reducedRows(const Tensor& x, const DimSet& dims);

} // namespace fxscope
