// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"
#include "core/cuda/pointwise_rule.h"

#include <optional>

namespace fxscope::cuda {

/// An elementwise call by its rule. Nothing: dtypes, sizes or numbers that the rule does not cover.
Result<std::optional<Value>> runPointwise(const OpDef& op, const PointwiseRule& rule, Values args, Call& call);

} // namespace fxscope::cuda
