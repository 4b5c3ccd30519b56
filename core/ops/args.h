// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/op.h"

#include <optional>

namespace fxscope {

// Arguments of a call by their place in the schema. Each says what it wanted when it got something else
// ("argument 2 must be an int, got None"). `values` are a kernel's arguments, `metas` those of a shape rule.
using Values = std::span<const Value>;
using Metas = std::span<const MetaArg>;

Result<Tensor> tensorAt(Values values, size_t i);
Result<TensorMeta> tensorAt(Metas metas, size_t i);
/// Shape rule of an operator that returns its first argument as it is.
Result<ValueMeta> inferFirst(Metas metas);
/// Nothing for None.
Result<std::optional<Tensor>> optionalTensorAt(Values values, size_t i);
Result<std::optional<TensorMeta>> optionalTensorAt(Metas metas, size_t i);
/// The tensors of a list argument; error: an element that is none.
Result<std::vector<Tensor>> tensorsAt(Values values, size_t i);
Result<std::vector<TensorMeta>> tensorsAt(Metas metas, size_t i);
/// A "Tensor?[]": None stays nothing.
Result<std::vector<std::optional<Tensor>>> optionalTensorsAt(Values values, size_t i);
Result<std::vector<std::optional<TensorMeta>>> optionalTensorsAt(Metas metas, size_t i);

Result<int64_t> intAt(Values values, size_t i);
Result<int64_t> intAt(Metas metas, size_t i); ///< error if symbolic
Result<std::optional<int64_t>> optionalIntAt(Values values, size_t i);
Result<std::optional<int64_t>> optionalIntAt(Metas metas, size_t i);
Result<Sizes> intsAt(Values values, size_t i);
Result<Sizes> intsAt(Metas metas, size_t i); ///< error if one is symbolic
Result<SymInt> symIntAt(Metas metas, size_t i);
Result<std::optional<SymInt>> optionalSymIntAt(Metas metas, size_t i);
Result<SymSizes> symIntsAt(Metas metas, size_t i);

Result<bool> boolAt(Values values, size_t i);
Result<bool> boolAt(Metas metas, size_t i);
Result<double> doubleAt(Values values, size_t i);
Result<std::optional<double>> optionalDoubleAt(Values values, size_t i);
Result<std::string_view> stringAt(Values values, size_t i); ///< lives as long as `values`

inline bool isNoneAt(Values values, size_t i) { return i >= values.size() || values[i].isNone(); }
inline bool isNoneAt(Metas metas, size_t i) { return i >= metas.size() || metas[i].isNone(); }
inline bool isTensorAt(Values values, size_t i) { return i < values.size() && values[i].isTensor(); }
inline bool isTensorAt(Metas metas, size_t i) { return i < metas.size() && metas[i].isTensor(); }
std::optional<DType> dtypeAt(Metas metas, size_t i);
std::optional<Device> deviceAt(Metas metas, size_t i);
std::optional<MemoryFormat> memoryFormatAt(Metas metas, size_t i);

/// `dim` counted from the end if negative. Error in PyTorch's words; a 0-dim tensor counts as one dimension.
Result<size_t> wrapDim(int64_t dim, size_t rank);
/// Several; error also for the same one twice.
Result<std::vector<size_t>> wrapDims(const Sizes& dims, size_t rank);

/// What a shape rule sees of `value`.
MetaArg metaArg(const Value& value);
MetaArgs metaArgs(Values values);
/// What a kernel's result is allocated from: the shape rule applied to the arguments at hand.
Result<Tensor> allocateResult(Infer infer, Values values);
/// An uninitialised tensor of this dtype, sizes and strides (row-major where absent). Error: symbolic sizes.
Result<Tensor> allocate(const TensorMeta& meta);

} // namespace fxscope
