// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"
#include "core/rewrite/trace.h"

namespace fxscope {

/// What steps [from, to) did, as marks on the canvas: added, removed and changed nodes; of a single step also what its
/// pattern variables stand for (colour i is variable i).
NodeMarks marksOf(const Trace& trace, size_t from, size_t to);
/// The nodes that are worth showing for these steps: what came and went; their users only if nothing did.
std::vector<NodeId> nodesToShow(const NodeMarks& marks);

} // namespace fxscope
