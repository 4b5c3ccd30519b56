// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/step_marks.h"

namespace fxscope {

NodeMarks marksOf(const Trace& trace, size_t from, size_t to) {
    using Change = NodeMarks::Change;
    NodeMarks marks;
    for (size_t i = from; i < to; ++i) {
        const RewriteStep& step = trace.steps[i];
        for (NodeId node : step.changed)
            marks.changes.emplace(node, Change::Changed); // a node that was added before stays "added"
        for (NodeId node : step.added)
            marks.changes[node] = Change::Added;
        for (NodeId node : step.removed) {
            const auto known = marks.changes.find(node);
            if (known != marks.changes.end() && known->second == Change::Added)
                marks.changes.erase(known); // came and went
            else
                marks.changes[node] = Change::Removed;
        }
    }
    if (to == from + 1) {
        int colour = 0;
        for (const Binding& binding : trace.steps[from].match.captures) {
            marks.captureNames.push_back(QString::fromStdString(binding.name));
            if (binding.value.isNode())
                marks.captures.emplace(binding.value.asNode(), colour);
            ++colour;
        }
    }
    return marks;
}

std::vector<NodeId> nodesToShow(const NodeMarks& marks) {
    std::vector<NodeId> nodes;
    for (const auto& [node, change] : marks.changes)
        if (change != NodeMarks::Change::Changed)
            nodes.push_back(node);
    if (nodes.empty())
        for (const auto& [node, change] : marks.changes)
            nodes.push_back(node);
    return nodes;
}

} // namespace fxscope
