// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/args.h"

// Attention as training graphs contain it: with scores s = scale q k^T + bias, y = softmax(s) v and L = log(sum of e^s)
// by query. Backwards, with p = e^(s - L) and g the gradient of y: dv = p^T g, ds = p (g v^T - g.y), dq = scale ds k,
// dk = scale ds^T q, dbias = ds. Tensors are [batch, heads, length, width], and lie in memory as [batch, length, heads,
// width].

namespace fxscope::ops {

/// Sizes of one call.
struct AttentionShape {
    int64_t heads = 0, queries = 0, keys = 0, width = 0, valueWidth = 0; ///< heads of all batches
    double scale = 1;
    bool causal = false;
    DType weights = DType::Float64; ///< what e^(s - max) is rounded to before it is multiplied with v
};

/// Operands in double, row-major; bias and L may be undefined.
struct AttentionOperands {
    Tensor q, k, v, bias;

    double score(const AttentionShape& s, int64_t head, int64_t i, int64_t j) const; ///< -infinity behind the mask
};

/// Where arguments stand in the two schemas; the CPU form has its mask behind the others.
struct AttentionPlaces {
    size_t bias, dropout, causal, scale;
};

struct AttentionCall {
    AttentionShape shape;
    AttentionOperands in;
};

/// [batch, heads, length, width] that lies in memory as [batch, length, heads, width].
TensorMeta headsMeta(const TensorMeta& like, const SymSizes& sizes);
/// Error: query, key and value have not four dimensions that fit each other.
Result<Done> checkHeads(const TensorMeta& q, const TensorMeta& k, const TensorMeta& v);
/// Reads query, key and value from argument `first` on, in double, with their mask. Errors: they do not fit, dropout.
Result<AttentionCall> readFused(Values args, size_t first, AttentionPlaces at);

} // namespace fxscope::ops
