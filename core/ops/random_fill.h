// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/generator.h"
#include "core/support/result.h"
#include "core/tensor/tensor.h"

namespace fxscope {

// PyTorch's CPU distributions, draw for draw. Elements are filled in memory order, as its loops run.

/// In [0, 1): 24 random bits for float32, 53 for float64, 11 and 8 for half and bfloat16.
template <class T> double uniformDraw(Generator& generator);

/// Uniform in [from, to).
Result<Done> fillUniform(Tensor& x, double from, double to, Generator& generator);
/// Normal; Note [Two streams of normals].
Result<Done> fillNormal(Tensor& x, double mean, double stddev, Generator& generator);
/// Integers in [low, high).
Result<Done> fillIntegers(Tensor& x, int64_t low, int64_t high, Generator& generator);
/// 1 with probability p, else 0; one number for all elements.
Result<Done> fillBernoulli(Tensor& x, double p, Generator& generator);
/// The same with a probability per element (of x's sizes). Error: one outside [0, 1].
Result<Done> fillBernoulli(Tensor& x, const Tensor& p, Generator& generator);
/// A permutation of 0 ... n-1; `x` is row-major with n elements.
Result<Done> fillPermutation(Tensor& x, Generator& generator);

} // namespace fxscope
