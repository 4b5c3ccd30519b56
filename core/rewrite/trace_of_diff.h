// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph_diff.h"
#include "core/rewrite/trace.h"

namespace fxscope {

/// What made `after` of `before`, as if a pass of ours had done it: a trace of one pass, called `pass`, with one step
/// (none if they are the same). Its base is `before`; nodes of `after` that have a counterpart keep the id of that, the
/// others get new ones. Its result has the nodes of `after`, in its order and with its names and arguments.
std::shared_ptr<const Trace> traceOfDiff(std::shared_ptr<const Graph> before, const Graph& after, const GraphDiff& diff,
                                         const std::string& pass);

} // namespace fxscope
