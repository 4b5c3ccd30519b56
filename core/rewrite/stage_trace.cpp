// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/stage_trace.h"

#include "core/graph/graph_diff.h"

#include <algorithm>
#include <set>
#include <unordered_map>

namespace fxscope {
namespace {

/// Turns one graph into the next by edits. Ids of the graph that is changed stand for nodes of all stages.
class StageWriter {
public:
    explicit StageWriter(const Graph& base) : m_graph(base) {
        for (const NodeId id : m_graph.order())
            m_owner[m_graph[id].name] = id;
    }

    RewriteStep stepTo(const Stage& stage) {
        m_edits.clear();
        m_target = stage.graph.get();
        chooseIds();
        const std::set<NodeId> before(alive());
        for (const NodeId id : definitionsFirst())
            write(id);
        eraseOthers();
        putInOrder();
        return step(stage.name, before);
    }
    const Graph& graph() const { return m_graph; }

private:
    std::set<NodeId> alive() const {
        const auto ids = m_graph.ids();
        return {ids.begin(), ids.end()};
    }
    std::vector<NodeId> definitionsFirst() const {
        auto order = topologicalOrder(*m_target);
        return order.ok() ? std::move(order).value() : m_target->ids();
    }

    /// A name belongs to the id that had it last. Other nodes keep the id of their counterpart if its name is not
    /// needed, or get a new one.
    void chooseIds() {
        m_id.assign(m_target->slotCount(), NodeId{});
        for (const NodeId id : m_target->order())
            if (const auto owner = m_owner.find((*m_target)[id].name); owner != m_owner.end())
                m_id[id.index] = owner->second;
        for (const NodePair& pair : diffGraphs(m_graph, *m_target).renamed) {
            NodeId& id = m_id[pair.after.index];
            if (!id.valid() && !m_target->find(m_graph[pair.before].name))
                id = pair.before;
        }
    }

    void change(NodeId id, std::shared_ptr<const NodeState> now) {
        Edit edit{id, m_graph.snapshot(id), std::move(now)};
        m_graph.apply(edit);
        edit.now = m_graph.snapshot(id); // shared with the slot
        m_edits.push_back(std::move(edit));
    }

    /// Makes the node what it is in the stage; nodes that are used by it have been written.
    void write(NodeId source) {
        const Node& wanted = (*m_target)[source];
        NodeId& id = m_id[source.index];
        if (!id.valid())
            id = NodeId{static_cast<uint32_t>(m_graph.slotCount())};
        NodeBody body = wanted;
        const auto map = [this](NodeId input) { return Argument::node(m_id[input.index]); };
        for (Argument& argument : body.args)
            argument = mapNodes(argument, map);
        for (Kwarg& argument : body.kwargs)
            argument.second = mapNodes(argument.second, map);
        if (m_graph.alive(id) && m_graph[id].name != body.name)
            m_owner.erase(m_graph[id].name); // free for another node
        m_owner[body.name] = id;
        if (m_graph.alive(id) && same(m_graph[id], body))
            return;
        const NodeId next = m_graph.alive(id) ? m_graph.next(id) : NodeId{};
        change(id, std::make_shared<const NodeState>(NodeState{std::move(body), next}));
    }
    static bool same(const NodeBody& a, const NodeBody& b) {
        return a.name == b.name && a.op == b.op && a.target == b.target && a.args == b.args && a.kwargs == b.kwargs &&
               a.meta == b.meta && a.declaredType == b.declaredType && a.origin == b.origin;
    }

    /// What the stage does not have. Users stand behind what they use, or are gone first.
    void eraseOthers() {
        std::set<NodeId> wanted;
        for (const NodeId id : m_target->order())
            wanted.insert(m_id[id.index]);
        std::vector<NodeId> others;
        auto order = topologicalOrder(m_graph);
        for (const NodeId id : order.ok() ? order.value() : m_graph.ids())
            if (!wanted.contains(id))
                others.push_back(id);
        for (auto id = others.rbegin(); id != others.rend(); ++id)
            change(*id, nullptr);
    }

    void putInOrder() {
        const std::vector<NodeId> order = m_target->ids();
        NodeId next;
        for (auto source = order.rbegin(); source != order.rend(); ++source) {
            const NodeId id = m_id[source->index];
            if (m_graph.next(id) != next)
                change(id, std::make_shared<const NodeState>(NodeState{m_graph[id], next}));
            next = id;
        }
    }

    RewriteStep step(const std::string& name, const std::set<NodeId>& before) {
        RewriteStep step;
        step.pass = step.rule = name;
        step.edits = std::move(m_edits);
        const std::set<NodeId> after = alive();
        std::set_difference(after.begin(), after.end(), before.begin(), before.end(), std::back_inserter(step.added));
        std::set_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(step.removed));
        std::set<NodeId> touched;
        for (const Edit& edit : step.edits)
            if (before.contains(edit.node) && after.contains(edit.node))
                touched.insert(edit.node);
        step.changed.assign(touched.begin(), touched.end());
        for (const auto* list : {&step.changed, &step.removed, &step.added})
            if (!step.match.root.valid() && !list->empty())
                step.match.root = list->front();
        if (m_graph.alive(step.match.root))
            step.replacement = step.match.root;
        return step;
    }

    Graph m_graph;
    const Graph* m_target = nullptr;
    std::unordered_map<std::string, NodeId> m_owner; ///< name -> the id that it belongs to
    std::vector<NodeId> m_id;                        ///< by index of a node of the stage
    std::vector<Edit> m_edits;
};

} // namespace

Trace traceOfStages(const std::vector<Stage>& stages) {
    Trace trace;
    if (stages.empty())
        return trace;
    trace.base = stages.front().graph;
    StageWriter writer(*trace.base);
    for (size_t i = 1; i < stages.size(); ++i) {
        PassRecord record;
        record.pass = stages[i].name;
        record.firstStep = trace.steps.size();
        if (RewriteStep step = writer.stepTo(stages[i]); !step.edits.empty())
            trace.steps.push_back(std::move(step));
        record.stepCount = trace.steps.size() - record.firstStep;
        trace.passes.push_back(std::move(record));
    }
    trace.result = std::make_shared<const Graph>(writer.graph());
    return trace;
}

} // namespace fxscope
