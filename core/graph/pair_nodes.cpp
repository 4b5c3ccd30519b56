// SPDX-License-Identifier: BSD-3-Clause
// Note [Which node is which]
// Two stages of one compile share most nodes, but nothing says which: passes rename, and names are used again. Evidence
// is taken in this order, and what is paired stays so:
//   1. the same name and the same structure: operator and arguments equal, and so for all inputs up to the
//   placeholders;
//   2. the same structure under another name, where it occurs as often on both sides (then in list order);
//   3. the same name, kind and target: its inputs were rewritten;
//   4. the same operator on paired inputs, as in 2: what was renamed below a rewrite;
//   5. the same name and kind: its target was rewritten; not where Python functions became ATen operators, whose names
//      agree by chance.
#include "core/graph/graph_diff_p.h"
#include "core/graph/hash.h"

#include <unordered_map>

namespace fxscope {
namespace {

std::vector<NodeId> definitionsFirst(const Graph& graph) {
    auto order = topologicalOrder(graph);
    return order.ok() ? std::move(order).value() : graph.ids();
}

uint64_t hashOfNode(const Node& node, const NodeHash& input) {
    Hash hash;
    hash.add(static_cast<uint64_t>(node.op));
    hash.add(node.target.str());
    for (const Argument& argument : node.args)
        hash.add(argument, input);
    hash.add(node.kwargs.size());
    for (const Kwarg& argument : node.kwargs)
        hash.add(argument.first), hash.add(argument.second, input);
    return hash.value();
}

/// By NodeId::index: what the node computes, down to the placeholders.
std::vector<uint64_t> structures(const Graph& graph) {
    std::vector<uint64_t> hashes(graph.slotCount(), 0);
    const NodeHash known = [&](NodeId input) { return hashes[input.index]; };
    for (const NodeId id : definitionsFirst(graph))
        hashes[id.index] = hashOfNode(graph[id], known);
    return hashes;
}

bool isOperator(const Node& node) { return node.target.str().starts_with("torch.ops."); }

class Pairer {
public:
    Pairer(const Graph& before, const Graph& after) : m_before(before), m_after(after) {
        m_pairing.toAfter.resize(before.slotCount());
        m_pairing.toBefore.resize(after.slotCount());
    }

    Pairing pair() {
        const auto before = structures(m_before), after = structures(m_after);
        byName([&](const Node& a, const Node& b) { return before[a.id.index] == after[b.id.index]; });
        byKey([&](NodeId id) { return before[id.index]; }, [&](NodeId id) { return after[id.index]; });
        byName([](const Node& a, const Node& b) { return a.target == b.target; });
        byInputs();
        byName([](const Node& a, const Node& b) { return isOperator(a) == isOperator(b); });
        return std::move(m_pairing);
    }

private:
    template <class Fits> void byName(const Fits& fits) {
        for (const NodeId id : m_before.order()) {
            const Node& node = m_before[id];
            const auto other = m_after.find(node.name);
            if (other && m_after[*other].op == node.op && m_pairing.free(id, *other) && fits(node, m_after[*other]))
                m_pairing.join(id, *other);
        }
    }

    /// Pairs nodes of equal keys, in list order, where both sides have as many of them left.
    template <class KeyBefore, class KeyAfter> bool byKey(const KeyBefore& keyBefore, const KeyAfter& keyAfter) {
        struct Group {
            std::vector<NodeId> before, after;
        };
        std::unordered_map<uint64_t, Group> groups;
        for (const NodeId id : m_before.order())
            if (!m_pairing.toAfter[id.index].valid() && m_before[id].op != Op::Output)
                groups[keyBefore(id)].before.push_back(id);
        for (const NodeId id : m_after.order())
            if (!m_pairing.toBefore[id.index].valid() && m_after[id].op != Op::Output)
                groups[keyAfter(id)].after.push_back(id);
        bool joined = false;
        for (const auto& [key, group] : groups)
            if (group.before.size() == group.after.size())
                for (size_t i = 0; i < group.before.size(); ++i, joined = true)
                    m_pairing.join(group.before[i], group.after[i]);
        return joined;
    }

    /// Each round reaches one node further below what is paired; chains of renamed nodes are short.
    void byInputs() {
        constexpr int kRounds = 64;
        constexpr uint64_t kUnpaired = 0x5bd1e995;
        const NodeHash before = [&](NodeId input) {
            return m_pairing.toAfter[input.index].valid() ? m_pairing.toAfter[input.index].index : kUnpaired;
        };
        const NodeHash after = [&](NodeId input) {
            return m_pairing.toBefore[input.index].valid() ? input.index : kUnpaired + input.index + 1;
        };
        for (int round = 0; round < kRounds; ++round)
            if (!byKey(
                    [&](NodeId id) {
                        return hasUnpairedInput(id) ? ~uint64_t{id.index} : hashOfNode(m_before[id], before);
                    },
                    [&](NodeId id) { return hashOfNode(m_after[id], after); }))
                return;
    }
    bool hasUnpairedInput(NodeId id) const {
        bool unpaired = false;
        forEachInput(m_before[id],
                     [&](NodeId input) { unpaired = unpaired || !m_pairing.toAfter[input.index].valid(); });
        return unpaired;
    }

    const Graph &m_before, &m_after;
    Pairing m_pairing;
};

} // namespace

Pairing pairNodes(const Graph& before, const Graph& after) { return Pairer(before, after).pair(); }

} // namespace fxscope
