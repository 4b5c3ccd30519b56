// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/value.h"

namespace fxscope {

/// `x` seen with these sizes; repeated dimensions get stride 0. Error: sizes it cannot be broadcast to.
Result<Tensor> expandTo(const Tensor& x, const Sizes& sizes);

/// `x` with elements of `dtype`: itself if it has them, else a copy with the same order of dimensions.
Result<Tensor> castTensor(const Tensor& x, DType dtype);

/// A 0-dim tensor of a Python number. Error: no number.
Result<Tensor> numberTensor(const Value& number, DType dtype);

/// An argument that is a tensor or a number, as an operand of an elementwise loop: cast and expanded.
Result<Tensor> operand(const Value& value, DType dtype, const Sizes& sizes);

/// to[...] = from[...], cast and broadcast. `to` must be writable; the two must not overlap in part.
Result<Done> copyInto(const Tensor& from, Tensor& to);
Result<Done> fill(Tensor& to, const Value& number);

/// Error if `x` lies in a mapped file or one of its elements is seen twice (expanded).
Result<Done> checkWritable(const Tensor& x);

} // namespace fxscope
