// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/fuse.h"

#include "core/exec/add_once.h"
#include "core/exec/aliases.h"

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

constexpr size_t kNone = static_cast<size_t>(-1);

bool sameSizes(const Node& a, const Node& b) { return a.tensor()->sizes == b.tensor()->sizes; }

/// Groups of nodes by their positions in an order.
class Grouping {
public:
    Grouping(const Graph& graph, const std::vector<NodeId>& order)
        : m_graph(graph), m_order(order), m_place(graph.slotCount(), kNone), m_groupOf(order.size(), kNone) {
        for (size_t i = 0; i < order.size(); ++i)
            m_place[order[i].index] = i;
        for (const NodeId id : order)
            if (auto add = findAddOnce(graph, id))
                placeWhole(*add);
        for (size_t i = 0; i < order.size(); ++i)
            if (m_groupOf[i] == kNone && isCandidate(graph[order[i]]))
                place(i);
    }

    /// The order with each group at its last member's place; how many of each group follow.
    void apply(Plan& plan) const {
        std::vector<NodeId> order;
        std::vector<size_t> together;
        for (size_t i = 0; i < m_order.size(); ++i) {
            if (m_groupOf[i] != kNone && m_groups[m_groupOf[i]].back() != i)
                continue;
            const std::vector<size_t> alone{i}, &members = m_groupOf[i] == kNone ? alone : m_groups[m_groupOf[i]];
            if (const auto whole = m_wholes.find(m_groupOf[i]); whole != m_wholes.end())
                plan.wholes[order.size()] = whole->second;
            for (size_t k = 0; k < members.size(); ++k) {
                order.push_back(m_order[members[k]]);
                together.push_back(members.size() - k);
            }
        }
        plan.order = std::move(order);
        plan.together = std::move(together);
    }

private:
    static bool isCandidate(const Node& node) {
        return isElementwise(node) && node.tensor() && !node.tensor()->sizes.empty();
    }

    void placeWhole(const AddOnce& add) {
        const bool taken = std::any_of(add.nodes.begin(), add.nodes.end(),
                                       [&](NodeId id) { return m_groupOf[m_place[id.index]] != kNone; });
        if (taken)
            return;
        std::vector<size_t> members;
        for (const NodeId id : add.nodes) {
            members.push_back(m_place[id.index]);
            m_groupOf[members.back()] = m_groups.size();
        }
        std::sort(members.begin(), members.end());
        m_wholes[m_groups.size()] = callOf(add);
        m_groups.push_back(std::move(members));
    }

    /// Joins the group of an input, or begins one.
    void place(size_t at) {
        for (const NodeId input : m_graph.inputs(m_order[at])) {
            const size_t group = m_groupOf[m_place[input.index]];
            if (group != kNone && !m_wholes.contains(group) && mayJoin(group, at)) {
                m_groups[group].push_back(at);
                m_groupOf[at] = group;
                return;
            }
        }
        m_groupOf[at] = m_groups.size();
        m_groups.push_back({at});
    }

    /// The group then runs at `at`: whoever reads its values from outside must come later.
    bool mayJoin(size_t group, size_t at) const {
        const std::vector<size_t>& members = m_groups[group];
        if (!sameSizes(m_graph[m_order[members.front()]], m_graph[m_order[at]]))
            return false;
        return std::all_of(members.begin(), members.end(), [&](size_t member) {
            const auto& users = m_graph[m_order[member]].users;
            return std::all_of(users.begin(), users.end(), [&](NodeId user) {
                const size_t place = m_place[user.index];
                return place == kNone || place >= at || m_groupOf[place] == group;
            });
        });
    }

    const Graph& m_graph;
    const std::vector<NodeId>& m_order;
    std::vector<size_t> m_place;
    std::vector<size_t> m_groupOf;
    std::vector<std::vector<size_t>> m_groups;
    std::map<size_t, PlannedCall> m_wholes; ///< by group
};

} // namespace

bool isElementwise(const Node& node) {
    static const std::unordered_set<const std::string*> targets = [] { // targets are unique strings
        std::unordered_set<const std::string*> found;
#define ELEMENTWISE(x) found.insert(&Target("torch.ops." x).str());
#include "core/exec/elementwise.def"
#undef ELEMENTWISE
        return found;
    }();
    return node.op == Op::CallFunction && targets.contains(&node.target.str());
}

void fuse(const Graph& graph, Plan& plan) {
    if (!writesInPlace(graph))
        Grouping(graph, plan.order).apply(plan);
}

bool isSeenOutside(const Graph& graph, const Plan& plan, NodeId member, size_t begin, size_t end) {
    const auto first = plan.order.begin() + static_cast<std::ptrdiff_t>(begin),
               last = plan.order.begin() + static_cast<std::ptrdiff_t>(end);
    const auto& users = graph[member].users;
    return std::any_of(users.begin(), users.end(), [&](NodeId user) { return std::find(first, last, user) == last; });
}

} // namespace fxscope
