// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph_diff.h"

namespace fxscope::io {

/// One difference as a sentence: "keyword axis is now dim", "argument 1 is b, was a".
std::string differenceText(const Graph& before, const Graph& after, const NodeChange& change, const Difference& what);

/// What a region does, by operators: "aten.index_put.default -> aten.add.Tensor, aten.index_put.default"; a side
/// without nodes is "nothing".
std::string regionText(const Graph& before, const Graph& after, const DiffRegion& region);

} // namespace fxscope::io
