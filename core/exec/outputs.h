// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/tensor/value.h"

#include <string>
#include <vector>

namespace fxscope {

/// One thing a graph returns: "out0", "out1" ... for what the user gets, in order; "mutation.FQN" for new values of
/// buffers and inputs and "gradient.FQN", which torch.export puts into the same tuple.
struct NamedOutput {
    std::string name;
    NodeId node; ///< that computed it; invalid for constants
    Value value;
};
/// Takes apart what the output node returned.
std::vector<NamedOutput> namedOutputs(const Graph& graph, const Value& output);

} // namespace fxscope
