// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/kernel_util.h"

namespace fxscope {

/// Strides under which a tensor of these sizes and strides can be seen as `to` without a copy (Note [View strides]).
std::optional<SymSizes> viewStrides(const SymSizes& sizes, const SymSizes& strides, const SymSizes& to);

/// `wanted` with its -1 filled in. Error in PyTorch's words: "shape '[2, 5]' is invalid for input of size 12".
Result<SymSizes> resolveSizes(const SymSizes& wanted, const SymSizes& sizes);

/// A view of `x`: same dtype, device and storage.
TensorMeta viewMeta(const TensorMeta& x, SymSizes sizes, std::optional<SymSizes> strides, SymInt offset);
inline TensorMeta viewMeta(const TensorMeta& x, SymSizes sizes, std::optional<SymSizes> strides) {
    return viewMeta(x, std::move(sizes), std::move(strides), x.storageOffset);
}

/// The part [start, end) with `step` of dimension `dim`: bounds wrap and clamp as Python's.
Result<TensorMeta> sliceMeta(const TensorMeta& x, size_t dim, std::optional<SymInt> start, std::optional<SymInt> end,
                             int64_t step);
/// Without dimension `dim`, at `index`.
Result<TensorMeta> selectMeta(const TensorMeta& x, size_t dim, const SymInt& index);

/// The views of the first argument that the shape rule describes: one tensor, or a list of them.
Result<Value> viewsOf(const Tensor& x, const ValueMeta& meta);
template <Infer Rule> Result<Value> viewKernel(Values args, KernelContext&) {
    FX_TRY(const ValueMeta meta, Rule(metaArgs(args)));
    FX_TRY(const Tensor x, tensorAt(args, 0));
    return viewsOf(x, meta);
}

} // namespace fxscope
