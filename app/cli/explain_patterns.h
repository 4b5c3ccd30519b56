// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string>
#include <vector>

namespace fxscope::cli {

/// What `explain` wants to know of a set of traced patterns.
struct ExplainQuestion {
    std::string file, patterns;
    std::vector<std::string> rules; ///< only patterns of these rules; empty: all
    std::string node;               ///< only at this node, with the whole comparison; empty: every candidate
    std::vector<std::string> whatIf;
    bool json = false;
};

/// Prints, for every pattern of the set, each candidate with its score, PyTorch's answer, the cause behind it and the
/// smallest change. Returns the exit code.
int explainPatterns(const Graph& graph, const ExplainQuestion& question);

} // namespace fxscope::cli
