// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <map>
#include <string>
#include <vector>

namespace fxscope {

/// A node of one graph and the same node in another.
struct NodePair {
    NodeId before, after;
};

/// One thing that is different between the two nodes of a pair.
struct Difference {
    enum class Kind : uint8_t { Target, Argument, Keyword, KeywordName, Meta };
    Kind kind = Kind::Target;
    size_t index = 0;                 ///< Argument
    std::string key, newKey;          ///< Keyword; KeywordName
    std::optional<Argument> was, now; ///< Argument, Keyword: of the graph before and after; nothing: there was none
    std::vector<size_t> items;        ///< both are lists of one length: which of their items differ
};
struct NodeChange {
    NodeId before, after;
    std::vector<Difference> what;
};

/// Nodes that stand in place of others: parts of both graphs that have no counterpart and hang together.
struct DiffRegion {
    std::vector<NodeId> removed, added; ///< ids of the one and of the other graph, in their list orders
};

/// What is different between two graphs, by ids of both. See Note [Which node is which] in pair_nodes.cpp.
struct GraphDiff {
    std::vector<NodePair> pairs;     ///< in the order of `before`
    std::vector<NodePair> renamed;   ///< those of the pairs with another name
    std::vector<NodeChange> changed; ///< those of the pairs with other content
    std::vector<NodeId> removed, added;
    std::vector<DiffRegion> regions;   ///< partition of removed and added
    std::vector<NodePair> moved;       ///< fewest pairs that explain another order
    std::vector<std::string> children; ///< attributes whose graphs differ or are only in one
    /// By provenance: what a node without counterpart became, one to many.
    std::map<NodeId, std::vector<NodeId>> became;

    bool same() const {
        return renamed.empty() && changed.empty() && removed.empty() && added.empty() && moved.empty() &&
               children.empty();
    }
    /// Everything in the other graph that `before` became: its counterpart, or what provenance says.
    std::vector<NodeId> after(NodeId before) const;
};

/// `links`: names of nodes before -> names of nodes after, where such a record exists (see NodeLinks); may be empty.
GraphDiff diffGraphs(const Graph& before, const Graph& after,
                     const std::map<std::string, std::vector<std::string>>& links = {});

} // namespace fxscope
