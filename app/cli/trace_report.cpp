// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/trace_report.h"

#include "app/cli/print.h"
#include "core/rewrite/match_count.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <map>

namespace fxscope::cli {
namespace {

std::map<std::string, size_t> rulesOf(const Trace& trace, size_t first, size_t count) {
    std::map<std::string, size_t> rules;
    for (size_t i = first; i < first + count && i < trace.steps.size(); ++i)
        if (isMatch(trace.steps[i]))
            ++rules[trace.steps[i].rule];
    return rules;
}

std::string rulesText(const std::map<std::string, size_t>& rules) {
    std::vector<std::string> parts;
    for (const auto& [rule, count] : rules)
        parts.push_back(fmt::format("{} {}", rule, count));
    return join(parts, ", ");
}

/// Names of nodes, also of those that are gone by the end: their last content is kept.
std::string namesOf(const Trace& trace, const std::vector<NodeId>& ids) {
    std::vector<std::string> names;
    for (const NodeId id : ids)
        names.push_back(trace.result->node(id).name);
    return join(names, " ");
}

std::vector<std::string> nameList(const Trace& trace, const std::vector<NodeId>& ids) {
    std::vector<std::string> names;
    for (const NodeId id : ids)
        names.push_back(trace.result->node(id).name);
    return names;
}

Json stepJson(const Trace& trace, const RewriteStep& step) {
    return {{"pass", step.pass},
            {"rule", step.rule},
            {"node", trace.result->node(step.match.root).name},
            {"added", nameList(trace, step.added)},
            {"removed", nameList(trace, step.removed)},
            {"changed", nameList(trace, step.changed)},
            {"tookNs", step.took.count()}};
}

} // namespace

std::string countByRule(const Trace& trace) {
    const size_t count = matchCount(trace);
    return count == 0 ? "none" : fmt::format("{}: {}", count, rulesText(rulesOf(trace, 0, trace.steps.size())));
}

void printPassTable(const Trace& trace) {
    Table table({"pass", "pattern set", ">rewrites", ">near misses", ">time", "rules"});
    for (const PassRecord& pass : trace.passes) {
        const auto rules = rulesOf(trace, pass.firstStep, pass.stepCount);
        std::string stop = pass.stop == StopReason::Saturated ? "" : fmt::format("stopped: {}", name(pass.stop));
        table.add({pass.pass, pass.patterns.empty() ? "-" : pass.patterns, std::to_string(matchCount(trace, pass)),
                   std::to_string(pass.misses.size()), shortTime(pass.took), stop + rulesText(rules)},
                  pass.stepCount ? Style::Plain : Style::Dim);
        warn(pass.diagnostics);
    }
    fmt::print("{}", table.str());
    warn(trace.diagnostics);
    for (const RewriteStep& step : trace.steps)
        warn(step.warnings);
}

void printSteps(const Trace& trace) {
    Table table({">step", "rule", "node", ">time", "removed -> added, ~ changed"});
    for (size_t i = 0; i < trace.steps.size(); ++i) {
        const RewriteStep& step = trace.steps[i];
        std::string change = fmt::format("{} -> {}", namesOf(trace, step.removed), namesOf(trace, step.added));
        if (!step.changed.empty())
            change += " ~ " + namesOf(trace, step.changed);
        table.add(
            {std::to_string(i + 1), step.rule, trace.result->node(step.match.root).name, shortTime(step.took), change});
    }
    if (!table.empty())
        fmt::print("\n{}", table.str());
}

Json passesJson(const Trace& trace, bool withSteps) {
    Json passes = Json::array();
    for (const PassRecord& pass : trace.passes) {
        Json json{{"pass", pass.pass},
                  {"patterns", pass.patterns},
                  {"rewrites", matchCount(trace, pass)},
                  {"rules", rulesOf(trace, pass.firstStep, pass.stepCount)},
                  {"nearMisses", pass.misses.size()},
                  {"stop", name(pass.stop)},
                  {"tookNs", pass.took.count()}};
        json["diagnostics"] = Json::array();
        for (const Diagnostic& diagnostic : pass.diagnostics)
            json["diagnostics"].push_back(worker::diagnosticJson(diagnostic));
        for (size_t i = pass.firstStep; withSteps && i < pass.firstStep + pass.stepCount; ++i)
            json["steps"].push_back(stepJson(trace, trace.steps[i]));
        passes.push_back(std::move(json));
    }
    return passes;
}

} // namespace fxscope::cli
