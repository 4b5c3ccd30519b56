// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/trace.h"

#include <algorithm>

namespace fxscope {

std::string_view name(StopReason reason) {
    static constexpr std::string_view kNames[] = {"saturated", "step limit", "time limit", "cancelled", "failed"};
    return kNames[static_cast<size_t>(reason)];
}

const PassRecord* Trace::passOf(size_t index) const {
    for (const PassRecord& record : passes)
        if (index >= record.firstStep && index < record.firstStep + record.stepCount)
            return &record;
    return nullptr;
}

TraceCursor::TraceCursor(std::shared_ptr<const Trace> trace) : m_trace(std::move(trace)), m_graph(*m_trace->base) {}

void moveVersion(const Trace& trace, Graph& graph, size_t from, size_t to) {
    for (; from < to; ++from)
        for (const Edit& edit : trace.steps[from].edits)
            graph.apply(edit);
    for (; from > to; --from) {
        const std::vector<Edit>& edits = trace.steps[from - 1].edits;
        for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
            graph.undo(*edit);
    }
}

void TraceCursor::moveTo(size_t position) {
    position = std::min(position, m_trace->steps.size());
    moveVersion(*m_trace, m_graph, m_position, position);
    m_position = position;
}

NodeId successor(const Trace& trace, NodeId node, size_t position) {
    position = std::min(position, trace.steps.size());
    for (size_t i = 0; i < position && node.valid(); ++i) {
        const RewriteStep& step = trace.steps[i];
        if (std::find(step.removed.begin(), step.removed.end(), node) != step.removed.end())
            node = node == step.match.root ? step.replacement : NodeId{};
    }
    return node;
}

} // namespace fxscope
