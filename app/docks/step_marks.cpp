// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/step_marks.h"

#include "app/models/format.h"

#include <algorithm>
#include <cmath>

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

void markAnswer(NodeMarks& marks, const PatternAnswer& answer, int reached) {
    marks.captures.clear();
    marks.captureNames.clear();
    const int last = reached < 0 ? answer.last() : reached;
    for (int i = 0; i <= last; ++i) {
        const ComparedPart& part = answer.parts[static_cast<size_t>(i)];
        if (part.colour >= 0) {
            marks.captures.emplace(part.part->node, part.colour);
            marks.captureNames.resize(std::max(marks.captureNames.size(), static_cast<size_t>(part.colour) + 1));
            marks.captureNames[static_cast<size_t>(part.colour)] = QString::fromStdString(part.part->expected);
        } else if (part.part->node.valid()) {
            const bool fits = part.part->fits() && i != answer.decisive;
            const auto [known, fresh] = marks.compared.emplace(part.part->node, fits);
            known->second = known->second && fits;
        }
    }
}

void markCandidates(NodeMarks& marks, const PatternCandidates& candidates) {
    for (const Candidate& candidate : candidates.list)
        marks.badges[candidate.anchor] = QStringLiteral("%1/%2").arg(candidate.matched).arg(candidate.wanted);
}

void signBadges(NodeMarks& marks, NodeId subject, const std::vector<NodeId>& breakpoints) {
    const auto prepend = [&](NodeId node, const QString& sign) {
        QString& badge = marks.badges[node];
        badge = badge.isEmpty() ? sign : sign + u' ' + badge;
    };
    for (const auto& [node, fits] : marks.compared)
        if (!fits || node != subject) // the subject's score says more than that it began well
            prepend(node, fits ? QStringLiteral("✓") : QStringLiteral("✗"));
    for (const NodeId node : breakpoints)
        prepend(node, QStringLiteral("●"));
}

NodeMarks::Heats heatOfScores(const PatternCandidates& candidates) {
    NodeMarks::Heats::Map map;
    for (const Candidate& candidate : candidates.list)
        if (candidate.wanted > 0)
            map[candidate.anchor].share = static_cast<double>(candidate.matched) / candidate.wanted;
    return {std::move(map), QObject::tr("of the pattern fits"), QObject::tr("nothing"), QObject::tr("all")};
}

NodeMarks::Heats heatOfTimes(const Comparison& comparison) {
    std::chrono::nanoseconds most{1};
    for (const auto* times : {&comparison.beforeTimes, &comparison.afterTimes})
        for (const NodeTime& time : *times)
            most = std::max(most, time.took);
    NodeMarks::Heats::Map map;
    for (const auto* times : {&comparison.beforeTimes, &comparison.afterTimes})
        for (const NodeTime& time : *times) {
            const double share = static_cast<double>(time.took.count()) / static_cast<double>(most.count());
            if (NodeMarks::Heat& heat = map[time.node]; heat.share <= share) // the slower side of a node on both
                heat = {share, durationText(time.took)};
        }
    return {std::move(map), QObject::tr("time"), durationText({}), durationText(most)};
}

NodeMarks::Heats heatOfErrors(const Comparison& comparison) {
    double most = 0, least = INFINITY;
    for (const NodeComparison& node : comparison.nodes)
        if (const double error = node.difference.maxAbs; error > 0 && std::isfinite(error)) {
            most = std::max(most, error);
            least = std::min(least, error);
        }
    const double decades = most > least ? std::log10(most / least) : 0;
    const auto heatOf = [&](const TensorDifference& difference) -> NodeMarks::Heat {
        const double error = difference.maxAbs;
        if (!difference.mismatch.empty())
            return {1, QString::fromStdString(difference.mismatch)};
        if (!std::isfinite(error)) // nothing is worse
            return {1, QString::number(error)};
        if (error <= 0)
            return {};
        return {decades > 0 ? 0.2 + 0.8 * std::log10(error / least) / decades : 1, QString::number(error, 'g', 2)};
    };
    NodeMarks::Heats::Map map;
    for (const NodeComparison& node : comparison.nodes)
        for (const NodeId id : {node.beforeId, node.afterId})
            if (id.valid())
                map[id] = heatOf(node.difference);
    return {std::move(map), QObject::tr("max abs error"), QObject::tr("equal"), QString::number(most, 'g', 2)};
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
