// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <span>
#include <string>
#include <vector>

namespace fxscope {

// A picture shows a group where it shows nodes, and what is said of nodes there is said of groups: hence they have ids
// too, above those of any node.
constexpr uint32_t kFirstGroupId = 0x8000'0000;
inline NodeId idOfGroup(int group) { return {kFirstGroupId + static_cast<uint32_t>(group)}; }
inline bool isGroup(NodeId id) { return id.valid() && id.index >= kFirstGroupId; }
inline int groupOfId(NodeId id) { return static_cast<int>(id.index - kFirstGroupId); }

/// One call of a module of the model, or a block found by the numbers in its parameters' names.
struct Group {
    int parent = -1;           ///< -1: the root, group 0, which is the graph itself
    int depth = 0;             ///< of the root
    std::string path;          ///< "model.layers.0.self_attn", unique; empty for the root
    std::string label;         ///< the path below its parent: "layers.0"
    std::string type;          ///< class without its module: "LlamaDecoderLayer"; empty if unknown
    std::vector<int> groups;   ///< directly in it, in list order
    std::vector<NodeId> nodes; ///< directly in it, in list order
    std::vector<NodeId> all;   ///< in it and in its groups, in list order
    int alike = -1;            ///< the first sibling in a row of siblings built alike; itself if it is the first
    int repeats = 1;           ///< how many stand in that row; on the first one, elsewhere 1
    uint64_t structure = 0;    ///< hash of operators, arguments and how nodes feed each other; no names
};

/// A node of any version of a graph, as a hierarchy sees it.
struct HierarchyNode {
    NodeId id;
    const NodeBody* body = nullptr;
};

/// Note [Groups of a graph]
/// Which node belongs to which module call. Without nn_module_stack on any node, parameter names stand for it
/// ("p_layers_3_attn_weight" belongs to layers_3), and what lies between two nodes of a block belongs to the block.
///
/// A group is an interval of the list (a module entered again later is a group of its own), so what a topologically
/// ordered list feeds through it never returns: folding groups makes no cycle. Placeholders and attributes, and what
/// only transforms one of them, belong to the innermost group that holds all their users. A group of a single operator
/// is none, and a group that holds nothing but another one is that one.
class Hierarchy {
public:
    /// Nodes of the first version in list order, then those that later versions added, which join their first input
    /// unless they say where they are from.
    static Hierarchy of(std::span<const HierarchyNode> nodes, std::span<const InputSpec> inputSpecs = {});
    static Hierarchy of(const Graph& graph);

    const std::vector<Group>& groups() const { return m_groups; } ///< parents before children
    const Group& operator[](int group) const { return m_groups[static_cast<size_t>(group)]; }
    /// Whether `id` is the id of one of its groups: ids of groups belong to one hierarchy, as ids of nodes to one
    /// graph.
    bool has(NodeId id) const {
        return id.valid() && id.index >= kFirstGroupId && id.index - kFirstGroupId < m_groups.size();
    }
    int find(const std::string& path) const; ///< -1: no such group
    bool isFlat() const { return m_groups.size() <= 1; }
    int groupOf(NodeId node) const; ///< the innermost; 0 for nodes it does not know
    bool holds(int outer, int inner) const;
    /// The node of the first block of a row that stands where `node` stands in its own; `node` itself elsewhere.
    NodeId twin(NodeId node) const;

private:
    friend class HierarchyBuilder;
    std::vector<Group> m_groups;
    std::vector<int> m_groupOf; ///< by node index
};

} // namespace fxscope
