// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/pattern_text.h"

#include "app/models/format.h"
#include "core/pattern/as_written.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
namespace {

QString callLine(const Graph& graph, const Node& node) {
    QStringList args;
    for (const Argument& arg : node.args)
        args << qs(pythonRepr(arg, graph));
    for (const auto& [key, value] : node.kwargs)
        args << qs(key) + u'=' + qs(pythonRepr(value, graph));
    return QStringLiteral("%1 = %2(%3)")
        .arg(qs(node.name), qs(node.target.shortName()), args.join(QStringLiteral(", ")));
}

PatternLine lostLine(const LostCall& call) { return {qs(displayText(call.call)), qs(displayText(call.why)), true}; }

} // namespace

QString patternSource(const PatternEntry& entry) {
    const auto lines = split(entry.source.module.source, '\n');
    QStringList text;
    for (size_t i = static_cast<size_t>(std::max(1, entry.source.pattern().line)) - 1; i < lines.size(); ++i) {
        const bool outside = !lines[i].empty() && lines[i][0] != ' ' && lines[i][0] != '\t' && !text.isEmpty();
        if (outside)
            break;
        text << qs(lines[i]);
    }
    while (!text.isEmpty() && text.last().trimmed().isEmpty())
        text.removeLast();
    return text.join(u'\n');
}

/// Lost calls stand where the written form has them: before the first traced call that came after them there.
std::vector<PatternLine> tracedCalls(const PatternEntry& entry) {
    std::vector<PatternLine> lines;
    const auto written =
        entry.lost.empty() ? Result<Graph>(Graph()) : traceAsWritten(entry.source, entry.source.pattern());
    std::vector<std::pair<std::string, const LostCall*>> order; // target, or the lost call
    if (written.ok())
        for (const NodeId id : written->order()) {
            const auto lost = std::find_if(entry.lost.begin(), entry.lost.end(), [&](const LostCall& call) {
                return call.call.starts_with((*written)[id].name + " = ");
            });
            order.emplace_back((*written)[id].target.str(), lost == entry.lost.end() ? nullptr : &*lost);
        }
    auto next = order.begin();
    for (const NodeId id : entry.searchGraph.order()) {
        const Node& node = entry.searchGraph[id];
        if (node.op != Op::CallFunction)
            continue;
        const auto same = std::find_if(
            next, order.end(), [&](const auto& call) { return !call.second && call.first == node.target.str(); });
        if (same != order.end())
            for (; next != same + 1; ++next)
                if (next->second)
                    lines.push_back(lostLine(*next->second));
        lines.push_back({callLine(entry.searchGraph, node), {}, false});
    }
    for (; next != order.end(); ++next)
        if (next->second)
            lines.push_back(lostLine(*next->second));
    return lines;
}

} // namespace fxscope
