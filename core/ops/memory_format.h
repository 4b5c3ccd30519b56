// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/args.h"
#include "core/ops/shapes.h"
#include "core/ops/words.h"

namespace fxscope {

/// Whether the strides of a rank-4 (images) or rank-5 (volumes) tensor suggest channels last, see Note [Suggested
/// format].
bool suggestsChannelsLast(const Sizes& sizes, const Sizes& strides);
bool suggestsChannelsLast(const TensorMeta& meta);
inline bool suggestsChannelsLast(const Tensor& tensor) {
    return suggestsChannelsLast(tensor.sizes(), tensor.strides());
}

/// A new tensor on the device of `like`: in channels last order if `channelsLast` and the rank has one, else row-major.
TensorMeta formattedMeta(const TensorMeta& like, DType dtype, SymSizes sizes, bool channelsLast);
/// In the format that `like` suggests; strides unknown if those of `like` are.
TensorMeta sameFormatMeta(const TensorMeta& like, DType dtype, SymSizes sizes);
ValueMeta tensorList(std::vector<TensorMeta> tensors);

/// The tensors that `infer` says the call returns, uninitialised: all checks of a call are in its shape rule.
Result<std::vector<Tensor>> allocateResults(Infer infer, Values values);
/// `out` itself if it is row-major, else a row-major tensor of its sizes, for `settle` to copy into `out`.
Result<Tensor> rowMajorFor(const Tensor& out);
Value settle(const Tensor& rowMajor, Tensor out);

} // namespace fxscope
