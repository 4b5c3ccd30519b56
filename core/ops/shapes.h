// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

#include <optional>
#include <span>

namespace fxscope {

// Sizes and strides of results, symbolic or not. Where PyTorch would guard on a symbol, the rule assumes what such a
// guard finds for a size of at least 2: it differs from 0 and 1, and equals what it has to equal.

/// Provably the same number.
bool same(const SymInt& a, const SymInt& b);
/// Provably different numbers (constants, or a symbol of at least 2 against 0 or 1).
bool differ(const SymInt& a, const SymInt& b);
/// Provably a < b.
bool less(const SymInt& a, const SymInt& b);

SymInt numelOf(const SymSizes& sizes);
bool isContiguous(const SymSizes& sizes, const SymSizes& strides);
bool isChannelsLast(const SymSizes& sizes, const SymSizes& strides); ///< 4-d (NHWC) or 5-d (NDHWC)
SymSizes channelsLastStrides(const SymSizes& sizes);                 ///< of a 4-d or 5-d tensor
/// Every element of a block of memory exactly once, in any order of dimensions.
bool isDense(const SymSizes& sizes, const SymSizes& strides);

/// What PyTorch broadcasts two shapes to. Error in its words: "The size of tensor a (3) must match ...".
Result<SymSizes> broadcast(const SymSizes& a, const SymSizes& b);

/// Strides of the result of an elementwise operator over these tensors, broadcast to `sizes`: the order of dimensions
/// of the inputs decides (Note [Elementwise strides]). Nothing if an input's strides are not known.
std::optional<SymSizes> elementwiseStrides(const SymSizes& sizes, std::span<const TensorMeta* const> inputs);
/// Strides that `preserve_format` gives a copy of `meta`: its own where dense, else by the order of its dimensions.
std::optional<SymSizes> preservedStrides(const TensorMeta& meta);
/// Strides of a new tensor in `format`; Preserve is relative to `like`. Error: channels_last of a tensor that is not
/// 4-d.
Result<std::optional<SymSizes>> stridesFor(MemoryFormat format, const TensorMeta& like);

/// Metadata of a new row-major tensor on the device of `like` (nothing known where that is null).
TensorMeta newMeta(DType dtype, SymSizes sizes, const TensorMeta* like = nullptr);
TensorMeta newMeta(DType dtype, SymSizes sizes, std::optional<Device> device);

/// The device of an operation over these tensors: the first that is no 0-dim CPU tensor, else the first.
std::optional<Device> commonDevice(std::span<const TensorMeta* const> inputs);

/// A shape rule for operators that yield their first argument's dtype, sizes and (kept) strides.
Result<ValueMeta> inferSameAsFirst(std::span<const MetaArg> args);

} // namespace fxscope
