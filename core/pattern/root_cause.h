// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/explain.h"

#include <string>

namespace fxscope {

/// What lies behind a miss, as the author of the graph or of the pattern sees it, and the least that would change it.
struct RootCause {
    std::string code;   ///< "sliced_gather", "full_permutation", "default_written_out" ...; the reason's where nothing
                        ///< more is known
    std::string cause;  ///< may be empty: the reason says it all
    std::string change; ///< the smallest change of graph or pattern; empty where none is known
};

/// For an explanation that `Explainer` gave of this graph; empty for a match.
RootCause rootCauseOf(const Graph& graph, const Explanation& explanation);
/// Why a graph has no node that the pattern could start from, where it has one that does the same in another form.
RootCause whyNoAnchor(const Graph& graph, const PatternEntry& entry);

} // namespace fxscope
