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

} // namespace fxscope::io
