// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/diff_sets.h"
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "core/pattern/pattern_set.h"
#include "core/rewrite/match_count.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <map>

namespace fxscope::cli {
namespace {

/// What one set did to the graph: by node, the rule that fired, or why none did.
struct SetRun {
    std::string set;
    std::map<std::string, std::string> fired, missed; ///< node -> rule; node -> reason
    std::string stopped;                              ///< PyTorch's exception, if it would have raised one
};

Result<SetRun> runSet(service::LoadOptions options, const std::string& set) {
    const bool ours = isProvenPatternSet(set);
    if (options.passes.empty())
        options.passes = ours ? std::vector<std::string>{"randperm_index_add", "randperm_index"}
                              : std::vector<std::string>{"pattern_set"};
    options.patterns = set;
    FX_TRY(const service::Loaded loaded, service::load(options));
    SetRun run{set, {}, {}, {}};
    const Trace& trace = *loaded.trace;
    for (const RewriteStep& step : trace.steps)
        if (isMatch(step))
            run.fired[(*trace.result)[step.match.root].name] = step.rule;
    for (const PassRecord& pass : trace.passes) {
        for (const Miss& miss : pass.misses)
            run.missed[(*trace.result)[miss.node].name] = miss.sentence(*trace.result);
        for (const Diagnostic& diagnostic : pass.diagnostics)
            if (diagnostic.what.starts_with("PyTorch stops"))
                run.stopped = diagnostic.what;
    }
    return run;
}

struct Change {
    std::string node, rule, reason; ///< the rule that fires on one side, why none does on the other
};
std::vector<Change> onlyIn(const SetRun& here, const SetRun& other) {
    std::vector<Change> changes;
    for (const auto& [node, rule] : here.fired) {
        if (other.fired.contains(node))
            continue;
        const auto why = other.missed.find(node);
        const std::string stopped = other.stopped.empty() ? "" : "the run had stopped before";
        changes.push_back({node, rule, why != other.missed.end() ? why->second : stopped});
    }
    return changes;
}

Json changesJson(const std::vector<Change>& changes) {
    Json array = Json::array();
    for (const Change& change : changes)
        array.push_back({{"node", change.node}, {"rule", change.rule}, {"reason", change.reason}});
    return array;
}

void printChanges(const char* sign, Style style, const std::vector<Change>& changes, const std::string& other) {
    if (changes.empty())
        return;
    Table table({"", "node", "rule", "why not with " + other});
    for (const Change& change : changes)
        table.add({sign, change.node, change.rule, change.reason}, style);
    fmt::print("{}\n", table.str());
}

} // namespace

int diffSets(const SetDiffOptions& options) {
    if (options.patterns.size() != 2)
        return fail({"two pattern sets are needed", "diff", "name both: --patterns A --patterns B"});
    std::vector<SetRun> runs;
    for (const std::string& set : options.patterns) {
        auto run = runSet(options.load, set);
        if (!run)
            return fail(run.error());
        runs.push_back(std::move(run).value());
    }
    const SetRun &a = runs[0], &b = runs[1];
    const auto lost = onlyIn(a, b), gained = onlyIn(b, a);
    if (options.json) {
        printJson({{"file", options.load.path},
                   {"before", {{"patternSet", a.set}, {"matches", a.fired.size()}, {"stopped", a.stopped}}},
                   {"after", {{"patternSet", b.set}, {"matches", b.fired.size()}, {"stopped", b.stopped}}},
                   {"lost", changesJson(lost)},
                   {"gained", changesJson(gained)}});
    } else {
        printChanges("-", Style::Bad, lost, b.set);
        printChanges("+", Style::Good, gained, a.set);
        for (const SetRun& run : runs)
            printField(run.set, counted(static_cast<int64_t>(run.fired.size()), "match", "matches") +
                                    (run.stopped.empty() ? "" : "; " + run.stopped));
        printField("difference", fmt::format("{} lost, {} gained, {} the same", lost.size(), gained.size(),
                                             a.fired.size() - lost.size()));
    }
    return lost.empty() && gained.empty() ? 0 : 1;
}

} // namespace fxscope::cli
