// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph_diff.h"
#include "core/io/capture.h"

namespace fxscope::io {

using NameLinks = std::map<std::string, std::vector<std::string>>;

/// What was logged of nodes before the pre-grad passes and of those after the post-grad passes, for two stages of one
/// compile on either side of AOTAutograd; empty where nothing was. Ids of graphs in the capture.
NameLinks linksBetween(const Capture& capture, const std::string& before, const std::string& after);

/// The nodes that one node became in one stage; of the last rows of a run, the kernels that compute them.
struct FollowedStage {
    std::string id; ///< of the graph; "0/0 forward kernels"
    std::vector<std::string> nodes;
};
/// Through all stages that were made from the graph `id` (empty: the first), in their order. Errors: no such graph or
/// node; a graph that cannot be read ends its branch.
Result<std::vector<FollowedStage>> followNode(const Capture& capture, const std::string& id, const std::string& node);

/// A kernel that computes a node, and the run of Inductor that made it.
struct NodeKernel {
    std::string run; ///< "0/0 forward"; empty where the form does not say
    KernelCall kernel;
};
/// The kernels that the node `node` of `entry` ends up in, by the names that were logged: those of the graph after the
/// post-grad passes in the stages of its run and in AOTAutograd's graphs, those before the pre-grad passes above them.
/// Empty: none, or nothing was logged. Reads the links of the runs of its compile.
std::vector<NodeKernel> kernelsOf(const Capture& capture, const GraphEntry& entry, const std::string& node);

} // namespace fxscope::io
