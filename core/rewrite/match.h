// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string>
#include <variant>
#include <vector>

namespace fxscope {

/// A pattern variable and what it stands for in the graph: a node or a constant.
struct Binding {
    std::string name;
    Argument value;
};

/// A place where a rule applies. Holds ids only: nothing has changed yet.
struct Match {
    NodeId root;
    std::vector<Binding> captures;
    std::vector<NodeId> nodes; ///< matched nodes, inputs before users, root last
    const Argument* capture(std::string_view name) const;
};

/// Why a rule does not apply at a node: a reason code (matcher.md section 9, "function_mismatch"), a format and its
/// parts. Ids, not references: it becomes a sentence when somebody reads it, on any version of the graph that knows the
/// ids.
struct Miss {
    using Part = std::variant<NodeId, int64_t, std::string>;
    std::string rule;
    NodeId node; ///< the anchor that was tried
    std::string code;
    std::string format; ///< "%1 has %2 users, the pattern wants %3"
    std::vector<Part> parts;
    int matched = 0, wanted = 0; ///< how near: pattern parts that held before the failure, of all
    std::string sentence(const Graph& graph) const;
};

} // namespace fxscope
