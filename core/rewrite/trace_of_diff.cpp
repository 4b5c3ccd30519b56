// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/trace_of_diff.h"

#include <algorithm>

namespace fxscope {
namespace {

/// See traceOfDiff. New nodes come first, from the end of `after` to its beginning, then what becomes of the old ones;
/// what nothing needs any more goes last, users before what they use.
class DiffSteps {
public:
    DiffSteps(const Graph& before, const Graph& after, const GraphDiff& diff)
        : m_firstNew(static_cast<uint32_t>(before.slotCount())), m_after(after), m_diff(diff), m_graph(before),
          m_idOf(after.slotCount()), m_renamed(after.slotCount()), m_moved(after.slotCount()) {
        for (const NodePair& pair : diff.pairs)
            m_idOf[pair.after.index] = pair.before;
        uint32_t id = m_firstNew;
        for (const NodeId node : diff.added)
            m_idOf[node.index] = NodeId{id++};
        for (const NodePair& pair : diff.renamed)
            m_renamed[pair.after.index] = true;
        for (const NodePair& pair : diff.moved)
            m_moved[pair.after.index] = true;
    }

    RewriteStep run() {
        const std::vector<NodeId> order = m_after.ids();
        addNew(order);
        changeOld(order);
        for (auto node = m_diff.removed.rbegin(); node != m_diff.removed.rend(); ++node)
            record(*node, nullptr);
        m_step.removed = m_diff.removed;
        std::reverse(m_step.added.begin(), m_step.added.end());
        std::reverse(m_step.changed.begin(), m_step.changed.end());
        return std::move(m_step);
    }
    Graph graph() { return std::move(m_graph); }

private:
    bool isNew(NodeId node) const { return m_idOf[node.index].index >= m_firstNew; }

    /// Before what stands in its place already. The last one has the highest id: there is room for all of them when it
    /// comes, also for those that it uses.
    void addNew(const std::vector<NodeId>& order) {
        NodeId next;
        for (auto node = order.rbegin(); node != order.rend(); ++node) {
            const NodeId id = m_idOf[node->index];
            if (isNew(*node)) {
                m_step.added.push_back(id);
                record(id, std::make_shared<const NodeState>(NodeState{mapped(m_after[*node]), next}));
            }
            if (isNew(*node) || !m_moved[node->index])
                next = id;
        }
    }

    void changeOld(const std::vector<NodeId>& order) {
        NodeId next;
        for (auto node = order.rbegin(); node != order.rend(); next = m_idOf[node->index], ++node) {
            const NodeId id = m_idOf[node->index];
            const bool moves = m_moved[node->index];
            if (isNew(*node))
                continue;
            NodeBody body = mapped(m_after[*node]);
            if (!moves && !m_renamed[node->index] && sameContent(m_graph[id], body))
                continue;
            m_step.changed.push_back(id);
            record(id, std::make_shared<const NodeState>(NodeState{std::move(body), moves ? next : m_graph.next(id)}));
        }
    }

    static bool sameContent(const NodeBody& a, const NodeBody& b) {
        return a.op == b.op && a.target == b.target && a.args == b.args && a.kwargs == b.kwargs && a.meta == b.meta;
    }

    NodeBody mapped(const Node& node) const {
        NodeBody body = node;
        const auto map = [this](NodeId id) { return Argument::node(m_idOf[id.index]); };
        for (Argument& argument : body.args)
            argument = mapNodes(argument, map);
        for (Kwarg& argument : body.kwargs)
            argument.second = mapNodes(argument.second, map);
        return body;
    }

    void record(NodeId id, std::shared_ptr<const NodeState> now) {
        auto was = m_graph.alive(id) ? std::make_shared<const NodeState>(m_graph.state(id)) : nullptr;
        m_step.edits.push_back({id, std::move(was), std::move(now)});
        m_graph.apply(m_step.edits.back());
    }

    uint32_t m_firstNew;
    const Graph& m_after;
    const GraphDiff& m_diff;
    Graph m_graph;
    std::vector<NodeId> m_idOf;           ///< in the trace, by index in `after`
    std::vector<char> m_renamed, m_moved; ///< by index in `after`
    RewriteStep m_step;
};

} // namespace

std::shared_ptr<const Trace> traceOfDiff(std::shared_ptr<const Graph> before, const Graph& after, const GraphDiff& diff,
                                         const std::string& pass) {
    DiffSteps steps(*before, after, diff);
    RewriteStep step = steps.run();
    auto trace = std::make_shared<Trace>();
    trace->base = before;
    PassRecord record;
    record.pass = pass;
    if (!step.edits.empty()) {
        Graph result = steps.graph();
        result.name = after.name;
        result.children = after.children;
        result.inputSpecs = after.inputSpecs;
        result.outputSpecs = after.outputSpecs;
        trace->result = std::make_shared<const Graph>(std::move(result));
        step.pass = step.rule = pass;
        const auto& gone = !step.removed.empty() ? step.removed : step.changed;
        const auto& come = !step.added.empty() ? step.added : step.changed;
        step.match.root = gone.empty() ? come.front() : gone.front();
        step.replacement = come.empty() ? NodeId{} : come.front();
        record.stepCount = 1;
        trace->steps.push_back(std::move(step));
    } else {
        trace->result = std::move(before);
    }
    trace->passes.push_back(std::move(record));
    return trace;
}

} // namespace fxscope
