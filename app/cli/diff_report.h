// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"

namespace fxscope::cli {

/// A graph under the name that a report calls it by.
struct NamedSide {
    std::string name;
    GraphEntry entry;
};

// Each prints and returns the exit code: 0 the same, 1 different, 2 cannot be said.

/// Everything that is different between two graphs.
int reportDiff(const NamedSide& before, const NamedSide& after,
               const std::map<std::string, std::vector<std::string>>& links, bool json);
/// A line for every stage of a timeline and the one it was made from.
int reportNeighbours(const Capture& capture, bool json);
/// What `node` of the graph `id` became in the stages below it, and the kernels that compute it.
int reportFollowed(const Capture& capture, const std::string& id, const std::string& node, bool json);

} // namespace fxscope::cli
