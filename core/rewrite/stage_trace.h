// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/trace.h"

namespace fxscope {

/// A graph on its way through a compiler, under the name of its stage.
struct Stage {
    std::string name;
    std::shared_ptr<const Graph> graph;
};

/// Stages that somebody else's passes made, as a trace: the first graph is the base, each further one is a pass with
/// one step (none, if it is the same graph). A node keeps its id along the stages by its name, else by its structure
/// (see Note [Which node is which] in pair_nodes.cpp), so that everything that shows traces follows it. Version k
/// equals stage k (stages without a step left out) in nodes and order; graphs of higher-order operators stay those of
/// the base.
Trace traceOfStages(const std::vector<Stage>& stages);

} // namespace fxscope
