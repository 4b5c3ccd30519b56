// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/node.h"
#include "core/support/result.h"

#include <cassert>
#include <deque>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace fxscope {

/// What a graph input stands for (torch.export's signature; UserInput where a form has none).
struct InputSpec {
    enum class Kind : uint8_t { UserInput, Parameter, Buffer, TensorConstant, ConstantInput, CustomObject, Token };
    Kind kind = Kind::UserInput;
    std::string target;     ///< FQN of the parameter, buffer or constant
    bool persistent = true; ///< buffers only
    Argument constant;      ///< ConstantInput only
    bool operator==(const InputSpec&) const = default;
};
struct OutputSpec {
    enum class Kind : uint8_t {
        UserOutput,
        LossOutput,
        BufferMutation,
        ParameterMutation,
        UserInputMutation,
        GradientToParameter,
        GradientToUserInput,
        Token
    };
    Kind kind = Kind::UserOutput;
    std::string target; ///< what is mutated, or what the gradient belongs to
    bool operator==(const OutputSpec&) const = default;
};

/// The whole content of one node slot at one moment; `next` is the node it stands before (invalid: at the end).
struct NodeState {
    NodeBody body;
    NodeId next;
};

/// One reversible change of one node. was == null: inserted; now == null: erased; both: changed in place or moved.
struct Edit {
    NodeId node;
    std::shared_ptr<const NodeState> was, now;
};

/// An FX graph: nodes in list order with stable ids. Definition before use is not required (graphs captured in the
/// middle of a pass do not have it); `verify` says whether it holds. Not thread safe; share as shared_ptr<const Graph>.
class Graph {
public:
    std::string name;                                             ///< class name in readable text
    std::map<std::string, std::shared_ptr<const Graph>> children; ///< by the attribute that fetches them
    std::vector<InputSpec> inputSpecs;                            ///< one per placeholder, or empty
    std::vector<OutputSpec> outputSpecs;                          ///< one per output, or empty
    SymHints symHints;
    SymRanges symRanges;
    bool partial = false; ///< the file ended, or printed, before the graph did

    /// All nodes at once, ids 0..n-1 in this order; arguments may refer to any of them.
    /// Errors: a name twice, a reference to no node.
    static Result<Graph> fromBodies(std::vector<NodeBody> bodies);

    // --- looking
    size_t size() const { return m_alive; }             ///< living nodes
    size_t slotCount() const { return m_slots.size(); } ///< ids ever given; ids are below this
    bool alive(NodeId id) const { return id.index < m_slots.size() && m_slots[id.index].alive; }
    /// Living or erased (an erased node keeps its last content, without users). `id` must be of this graph.
    const Node& node(NodeId id) const {
        assert(id.index < m_slots.size());
        return m_slots[id.index].node;
    }
    const Node& operator[](NodeId id) const { return m_slots[id.index].node; }
    NodeId first() const { return m_first; }
    NodeId last() const { return m_last; }
    NodeId next(NodeId id) const { return m_slots[id.index].next; }
    NodeId prev(NodeId id) const { return m_slots[id.index].prev; }
    std::optional<NodeId> find(std::string_view nodeName) const; ///< living nodes only
    /// The output node; invalid in a partial graph.
    NodeId output() const;
    std::vector<NodeId> placeholders() const;
    /// List order: does `a` stand before `b`? Both must be alive. O(1) amortised.
    bool isBefore(NodeId a, NodeId b) const;
    /// Distinct nodes that `id` mentions: args, then kwargs, depth first.
    std::vector<NodeId> inputs(NodeId id) const;

    /// Ids in list order: for (NodeId id : graph.order()).
    class Iterator {
    public:
        using value_type = NodeId;
        using difference_type = std::ptrdiff_t;
        NodeId operator*() const { return m_id; }
        Iterator& operator++() { return m_id = m_graph->next(m_id), *this; }
        Iterator operator++(int) {
            Iterator old = *this;
            ++*this;
            return old;
        }
        bool operator==(const Iterator& other) const { return m_id == other.m_id; }
        const Graph* m_graph = nullptr;
        NodeId m_id;
    };
    struct Order {
        const Graph* graph;
        Iterator begin() const { return {graph, graph->m_first}; }
        Iterator end() const { return {graph, NodeId{}}; }
    };
    Order order() const { return {this}; }
    std::vector<NodeId> ids() const; ///< a snapshot of order()

    // --- changing: Rewriter and readers only
    /// A new node before `next` (invalid: at the end). The name must be free (see freshName) and every mentioned node
    /// alive.
    NodeId insert(NodeBody body, NodeId next = {});
    void setBody(NodeId id, NodeBody body); ///< name may stay or be a free one
    void move(NodeId id, NodeId next);
    void erase(NodeId id); ///< only without users; the name stays taken for ever, as in FX
    NodeState state(NodeId id) const { return {node(id), next(id)}; }
    /// The same, shared with the edit that brought the node to where it is; null: erased.
    std::shared_ptr<const NodeState> snapshot(NodeId id);
    /// Brings the node to `edit.now` (or back to `edit.was`). Edits must be replayed in order, undone in reverse order.
    void apply(const Edit& edit) { setState(edit.node, edit.now); }
    void undo(const Edit& edit) { setState(edit.node, edit.was); }

    /// The name FX would give: `candidate` if free, else with the next number (Note [Names] in graph.cpp).
    std::string freshName(std::string_view candidate) const;
    /// True once a node of this graph has had the name, erased ones included.
    bool nameTaken(std::string_view nodeName) const { return m_names.contains(std::string(nodeName)); }

private:
    struct Slot {
        Node node;
        NodeId prev, next;
        int64_t place = 0; ///< grows along the list
        bool alive = false;
        std::shared_ptr<const NodeState> snapshot; ///< of node and next, unless `next` has changed since; may be null
    };
    void link(NodeId id, NodeId next);
    void unlink(NodeId id);
    void addUses(NodeId user);
    void removeUses(NodeId user);
    void setState(NodeId id, std::shared_ptr<const NodeState> state);
    void makeRoom(NodeId id);

    std::deque<Slot> m_slots;
    NodeId m_first, m_last;
    size_t m_alive = 0;
    std::unordered_map<std::string, NodeId> m_names;                ///< every name ever used -> its last owner
    mutable std::unordered_map<std::string, int64_t> m_nameCounter; ///< base -> last number tried
};

/// The name part of an operator in FX's new-node names: "aten.slice.Tensor" -> "slice_tensor".
std::string nameCandidate(std::string_view operatorName);

struct SameOptions {
    bool names = true, order = true, meta = true, origin = false;
};
/// Whether two graphs say the same; if not, `why` (may be null) gets a sentence about the first difference.
bool sameGraph(const Graph& a, const Graph& b, const SameOptions& options = {}, std::string* why = nullptr);

/// A hash of names, ops, targets, args, kwargs and order: equal for equal graphs, different after any edit that
/// matters.
uint64_t hashOf(const Graph& graph);

/// Living nodes so that definitions stand before uses: FX's stable topological sort (matcher.md 5.5).
/// Error: a cycle, naming up to ten of its nodes.
Result<std::vector<NodeId>> topologicalOrder(const Graph& graph);

/// Everything that must hold: users right, unique names, exactly one output (unless partial), no cycle: errors.
/// Use before definition: a warning, as FX graphs within a pass have it.
Diagnostics verify(const Graph& graph);

} // namespace fxscope
