// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"
#include "core/cuda/pointwise_rule.h"
#include "core/exec/backend.h"

#include <optional>

namespace fxscope::cuda {

/// An elementwise call by its rule. Nothing: dtypes, sizes or numbers that the rule does not cover.
Result<std::optional<Value>> runPointwise(const OpDef& op, const PointwiseRule& rule, Values args, Call& call);

/// The kernel of a rule, which lives for ever, with T `common`; its outputs are missing. Error: an argument that should
/// be a number is none.
Result<Elements> pointwiseKernel(const PointwiseRule& rule, Values args, DType common);

/// Elementwise calls as one kernel: values between them stay in registers, rounded as they would be in memory. The kept
/// results in order; nothing if one of the calls is not by a rule, or their results differ in sizes.
Result<std::optional<ValueList>> runPointwiseTogether(std::span<const FusedCall> calls, CudaDevice& device);

} // namespace fxscope::cuda
