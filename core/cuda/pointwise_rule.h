// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/ops/dispatch.h"
#include "core/ops/op.h"

#include <string_view>

namespace fxscope::cuda {

/// The dtype T that an elementwise operator's operands are cast to before it computes.
enum class CommonType {
    OfResult,   ///< that of its (first) result
    OfOperands, ///< what the operands promote to: comparisons
    OfFirst,    ///< that of its first argument
};

/// One elementwise operator of the device, as data. `formula` is an expression (or, in braces, statements that assign
/// out0, out1) over a, b, c: the operands in the type that T computes in (float for half types), and ta, tb, tc: in T
/// itself. C and T are these types, O0 the result's. p, q, r are further numbers.
struct PointwiseRule {
    std::string_view target; ///< without "torch.ops."
    /// One letter per argument: T cast to T (and rounded), C cast to the computing type at once, o of its own type,
    /// b bool; t and c: a number p, q, r of type T or C; D: a number as double; - not used here.
    std::string_view arguments;
    CommonType common;
    DTypes dtypes; ///< that T may be; other calls are not taken
    std::string_view formula;
};

/// The rule of an operator, or null. In-place forms ("aten.add_.Tensor") have that of their functional ones.
const PointwiseRule* findPointwiseRule(Target target);
std::span<const PointwiseRule> pointwiseRules();

} // namespace fxscope::cuda
