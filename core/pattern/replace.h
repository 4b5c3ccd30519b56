// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/match_reason.h"
#include "core/rewrite/rewriter.h"

#include <span>
#include <string>

namespace fxscope {

/// Replaces a match as PyTorch does (matcher.md 5.2 to 5.4): copies the traced replacement before the output that comes
/// first, redirects uses, carries the two tags, erases what nobody uses any more. `parameters` name the replacement's
/// placeholders in order; each must be captured. Returns what stands for output 0 now.
/// Errors where PyTorch asserts: other numbers of results, a result that is a constant.
Result<NodeId> replaceMatch(Rewriter& rewriter, const PatternMatch& match, const Graph& replacement,
                            std::span<const std::string> parameters);

/// Moves nodes so that definitions stand before uses (matcher.md 5.5), each as an edit. Error: a cycle.
Result<size_t> sortNodes(Rewriter& rewriter);

} // namespace fxscope
