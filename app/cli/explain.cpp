// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/explain_patterns.h"
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/pattern/pattern_set.h"
#include "core/rewrite/match_count.h"
#include "core/support/text.h"
#include "passes/passes.h"

#include <fmt/format.h>

namespace fxscope::cli {
namespace {

struct ExplainOptions {
    service::LoadOptions load;
    std::string node;
    std::vector<std::string> whatIf;
    bool json = false;
};

/// One place where a pass tried a rule, and what came of it.
struct Candidate {
    std::string pass, rule, node, code, reason, near;
};

std::vector<Candidate> candidatesOf(const Trace& trace, const std::string& onlyNode) {
    std::vector<Candidate> all;
    const auto add = [&](Candidate candidate) {
        if (onlyNode.empty() || candidate.node == onlyNode)
            all.push_back(std::move(candidate));
    };
    const Graph& graph = *trace.result; // knows every node there ever was
    for (const PassRecord& pass : trace.passes) {
        for (size_t i = pass.firstStep; i < pass.firstStep + pass.stepCount; ++i) {
            const RewriteStep& step = trace.steps[i];
            if (isMatch(step))
                add({pass.pass, step.rule, graph[step.match.root].name, "matched", "matched", ""});
        }
        for (const Miss& miss : pass.misses)
            add({pass.pass, miss.rule, graph[miss.node].name, miss.code, miss.sentence(graph),
                 fmt::format("{}/{}", miss.matched, miss.wanted)});
    }
    return all;
}

void print(const std::vector<Candidate>& candidates) {
    Table table({"node", "rule", ">held", "outcome"});
    for (const Candidate& candidate : candidates)
        table.add({candidate.node, candidate.rule, candidate.near, candidate.reason},
                  candidate.code == "matched" ? Style::Good : Style::Plain);
    fmt::print("{}", candidates.empty() ? "no node was a candidate for these passes\n" : table.str());
}

void printAsJson(const std::vector<Candidate>& candidates) {
    Json array = Json::array();
    for (const Candidate& candidate : candidates)
        array.push_back({{"pass", candidate.pass},
                         {"rule", candidate.rule},
                         {"node", candidate.node},
                         {"code", candidate.code},
                         {"reason", candidate.reason},
                         {"held", candidate.near}});
    printJson({{"candidates", array}});
}

Diagnostic noSuchNode(const Graph& graph, const std::string& wanted, const std::string& file) {
    std::vector<std::string> names;
    for (const NodeId id : graph.order())
        names.push_back(graph[id].name);
    const auto near = nearest(wanted, names);
    return {"the graph has no node '" + wanted + "'", file,
            near.empty() ? "" : "did you mean " + join(near, " or ") + "?"};
}

/// With traced patterns nothing is applied: every pattern is compared with the graph as it is.
int explainTraced(ExplainOptions options) {
    ExplainQuestion question{options.load.path, options.load.patterns, {}, options.node, options.whatIf, options.json};
    const auto passes = resolvePasses(options.load.passes);
    if (!passes)
        return fail(passes.error());
    for (const Pass* pass : *passes)
        if (pass->name() != "pattern_set")
            question.rules.emplace_back(pass->name());
    options.load.passes.clear();
    options.load.patterns.clear();
    const auto loaded = loadAndWarn(options.load);
    if (!loaded)
        return fail(loaded.error());
    const Graph& graph = *loaded->trace->base;
    if (!options.node.empty() && !graph.find(options.node))
        return fail(noSuchNode(graph, options.node, options.load.path));
    return explainPatterns(graph, question);
}

int explain(ExplainOptions options) {
    if (!options.load.patterns.empty() && !isProvenPatternSet(options.load.patterns))
        return explainTraced(std::move(options));
    if (!options.whatIf.empty())
        return fail({"this set proves its rewrites, there is nothing to switch off", "--what-if",
                     "name a set of traced patterns with --patterns (see: fxscope passes)"});
    if (options.load.passes.empty())
        options.load.passes = {"misc"};
    const auto loaded = loadAndWarn(options.load);
    if (!loaded)
        return fail(loaded.error());
    const Trace& trace = *loaded->trace;
    if (!options.node.empty() && !trace.base->find(options.node) && !trace.result->nameTaken(options.node))
        return fail(noSuchNode(*trace.base, options.node, options.load.path));
    const auto candidates = candidatesOf(trace, options.node);
    options.json ? printAsJson(candidates) : print(candidates);
    return 0;
}

} // namespace

void addExplain(Command& app) {
    auto options = std::make_shared<ExplainOptions>();
    Command command = app.add("explain", "say at every candidate why a rule matched or did not");
    addGraphOptions(command, options->load);
    addPassOptions(command, options->load);
    command.option("--node", options->node, "only at this node");
    command.option("--what-if", options->whatIf, "say what would match without these reasons")
        .typeName("REASON...")
        .separatedByComma()
        .oneOf({"users", "dtypes", "mutations", "phase-two"});
    addJson(command, options->json);
    command.onRun([options] { return explain(*options); });
}

} // namespace fxscope::cli
