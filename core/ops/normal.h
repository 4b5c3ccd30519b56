// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/generator.h"

namespace fxscope {

// Note [Two streams of normals]
// PyTorch draws fewer than 16 normals (or a tensor with gaps) one by one, in double, two from each pair of uniforms,
// and keeps the second for the next call. From 16 elements on it first fills the tensor with uniforms and turns each
// block of 16 into normals: element j and j + 8 make a pair. A last block that is not full is moved back to end with
// the tensor and drawn anew. On x86 the float blocks go through single precision polynomials with fused multiply-adds,
// so the last bits are theirs and not the C library's.

inline constexpr int64_t kNormalBlock = 16;

/// One standard normal, one by one.
double normalDraw(Generator& generator);
/// `n` >= kNormalBlock normals in blocks.
void fillNormalBlocks(float* data, int64_t n, float mean, float stddev, Generator& generator);
void fillNormalBlocks(double* data, int64_t n, double mean, double stddev, Generator& generator);

} // namespace fxscope
