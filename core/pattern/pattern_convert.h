// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/pattern/pattern_expr.h"
#include "core/support/result.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace fxscope {

/// Numbers that stand for parameters (register_replacement's scalar_workaround): {"slice_shape", 42}.
using ScalarWorkaround = std::vector<std::pair<std::string, Argument>>;

struct ConvertOptions {
    bool ignoreTypes = false; ///< phase one: int, float, list, device and dtype become wildcards
    ScalarWorkaround scalars;
    std::vector<std::string> exclusive; ///< parameters that must be captured by different nodes
};

/// A traced graph as a pattern (matcher.md 2.3). `parameters` name the placeholders in order.
/// Error: a node that is no call_function, more placeholders than parameters, nothing returned.
Result<Pattern> toPattern(const Graph& graph, std::span<const std::string> parameters, const ConvertOptions& options);

} // namespace fxscope
