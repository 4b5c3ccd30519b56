// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/products.h"

namespace fxscope::cuda {

// Attention of stacks of heads: q [heads, queries, width] and k [heads, keys, width] in the dtype of the call, v
// [heads, keys, valueWidth] and scores in the dtype that is computed in; row-major. Formulas: core/ops/attention.cpp
// and attention_fused.cpp.

/// What attention over `dtype` computes in: float64 for itself, float32 for the others.
DType attentionType(DType dtype);

/// One attention, seen as [leading sizes, queries, keys] where its mask broadcasts.
struct Attention {
    Tensor q, k, v;
    Sizes scoreSizes;           ///< the leading sizes multiply to `heads`
    std::optional<Tensor> mask; ///< added to scores; a bool one hides where it is false
    bool causal = false;
    int64_t firstQuery = 0; ///< the place of the first query, for `causal`
    double scale = 1;
};

/// Where an attention is written.
struct Attended {
    Tensor y;             ///< [heads, queries, valueWidth], row-major
    Tensor logSums;       ///< as for softmaxRows: [heads, queries], or undefined
    bool nanStays = true; ///< as for softmaxRows
};
/// The whole of it, in as many parts as the scores need to stay below `mostScoreBytes` (0: a share of the memory).
Result<Done> attend(CudaDevice& device, const Attention& attention, const Attended& to, int64_t mostScoreBytes = 0);

/// scale q k^T + mask as [heads, queries, keys].
Result<Tensor> scoresOf(CudaDevice& device, const Attention& attention);

/// Scores become weights, rows of which sum to 1; a row that may see nothing becomes 0. `logSums`, if defined, gets
/// log(sum of e^score) by row, +inf for such a row. `nanStays`: of NaN scores come NaN weights, else zeros.
Result<Done> softmaxRows(CudaDevice& device, const Tensor& scores, const Tensor& logSums, bool nanStays);
/// The source of its kernel, for tests.
std::string softmaxSource(DType dtype, bool nanStays);

/// Row-major [first sizes multiplied, last but one, last] of `x` in `dtype`.
Result<Tensor> asHeads(CudaDevice& device, const Tensor& x, DType dtype);

} // namespace fxscope::cuda
