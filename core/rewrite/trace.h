// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/rewrite/match.h"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace fxscope {

/// One applied rewrite: enough to show, to replay and to undo it.
struct RewriteStep {
    std::string pass; ///< "randperm_index"
    std::string rule; ///< the rule of the pass that applied
    Match match;
    std::vector<Edit> edits;
    std::vector<NodeId> added, removed, changed; ///< from the edits
    NodeId replacement; ///< what the root's users use now (the root itself if changed in place)
    Diagnostics warnings;
    std::chrono::nanoseconds took{};
};

enum class StopReason { Saturated, StepLimit, TimeLimit, Cancelled, Failed };
std::string_view name(StopReason reason);

/// One run of one pass: steps [firstStep, firstStep + stepCount) of the trace.
struct PassRecord {
    std::string pass;
    std::string patterns; ///< the pattern set
    size_t firstStep = 0, stepCount = 0;
    std::vector<Miss> misses; ///< anchors that were tried and did not match, in the order tried
    Diagnostics diagnostics;
    StopReason stop = StopReason::Saturated;
    std::chrono::nanoseconds took{};
};

/// What passes did to a graph. Version k is the base with the edits of the first k steps.
struct Trace {
    std::shared_ptr<const Graph> base, result;
    std::vector<PassRecord> passes;
    std::vector<RewriteStep> steps;
    Diagnostics diagnostics;
    /// The pass that step `index` belongs to.
    const PassRecord* passOf(size_t index) const;
};

/// Brings a graph that is version `from` of the trace to version `to` by replaying or undoing edits.
void moveVersion(const Trace& trace, Graph& graph, size_t from, size_t to);

/// A list and a cursor: the graph at any step, reached from where it was by replaying or undoing edits.
class TraceCursor {
public:
    explicit TraceCursor(std::shared_ptr<const Trace> trace);
    size_t position() const { return m_position; } ///< 0 (base) .. steps.size() (result)
    void moveTo(size_t position);
    const Graph& graph() const { return m_graph; }
    std::shared_ptr<const Graph> snapshot() const { return std::make_shared<const Graph>(m_graph); }

private:
    std::shared_ptr<const Trace> m_trace;
    Graph m_graph;
    size_t m_position = 0;
};

/// For a node of the base: the node of version `position` that stands for its value now (itself, or what replaced it);
/// invalid if its value is no longer computed.
NodeId successor(const Trace& trace, NodeId node, size_t position);

} // namespace fxscope
