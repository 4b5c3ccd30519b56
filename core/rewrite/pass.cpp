// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/pass.h"

#include "core/support/text.h"

#include <algorithm>
#include <unordered_map>

namespace fxscope {
namespace {

using Clock = std::chrono::steady_clock;

/// Fills added, removed and changed: what the edits of one step come to, each node once, in the order first touched.
void summarise(RewriteStep& step) {
    std::unordered_map<uint32_t, std::pair<const Edit*, const Edit*>> firstAndLast;
    std::vector<NodeId> order;
    for (const Edit& edit : step.edits) {
        const auto [found, fresh] = firstAndLast.try_emplace(edit.node.index, &edit, &edit);
        found->second.second = &edit;
        if (fresh)
            order.push_back(edit.node);
    }
    for (const NodeId id : order) {
        const auto [first, last] = firstAndLast[id.index];
        if (first->was && last->now)
            step.changed.push_back(id);
        else if (first->was)
            step.removed.push_back(id);
        else if (last->now)
            step.added.push_back(id);
    }
}

struct Findings {
    std::optional<Diagnostic> error;
    std::vector<Diagnostic> warnings; ///< uses before definition
};
Findings check(const Graph& graph) {
    Findings findings;
    for (Diagnostic& diagnostic : verify(graph)) {
        if (diagnostic.severity != Severity::Error)
            findings.warnings.push_back(std::move(diagnostic));
        else if (!findings.error)
            findings.error = std::move(diagnostic);
    }
    return findings;
}

/// One warning for all uses before definition: graphs captured inside a pipeline can have hundreds.
Diagnostic orderWarning(const Findings& findings) {
    const Diagnostic& first = findings.warnings.front();
    return {counted(static_cast<int64_t>(findings.warnings.size()), "value is", "values are") +
                " used before the definition; the first: " + first.where + " " + first.what,
            first.where, first.next, Severity::Warning};
}

std::string patternsFor(const Pass& pass, const std::string& wanted) {
    const std::vector<std::string> sets = pass.patternSets();
    if (sets.empty())
        return {};
    return wanted.empty() ? sets.front() : wanted;
}

Result<Done> checkPatterns(const Pass& pass, const std::string& patterns) {
    const std::vector<std::string> sets = pass.patternSets();
    if (sets.empty() || pass.takesPatternFiles() || std::find(sets.begin(), sets.end(), patterns) != sets.end())
        return Done{};
    return Diagnostic{"pass " + std::string(pass.name()) + " has no pattern set " + displayText(patterns),
                      {},
                      "its sets are: " + join(sets, ", ")};
}

/// What a pass is checked against: the hash of the graph it gets, and how many uses before definition that had.
struct Known {
    uint64_t hash = 0;
    size_t warnings = 0;
};

/// The recorded edits, undone, must give back the graph that the pass got: nothing may change behind the Rewriter's
/// back.
Result<Done> checkRecord(const Graph& after, std::span<const RewriteStep> steps, uint64_t hashBefore,
                         const std::string& pass) {
    Graph undone = after;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step)
        for (auto edit = step->edits.rbegin(); edit != step->edits.rend(); ++edit)
            undone.undo(*edit);
    if (hashOf(undone) == hashBefore)
        return Done{};
    return Diagnostic{"undoing the steps of pass " + pass + " does not give the graph it was given", {}, {}};
}

/// After a pass that made steps: the graph holds together, and the steps are all that happened to it.
Result<Done> checkResult(const Graph& graph, const Trace& trace, PassRecord& record, Known& known) {
    const Findings findings = check(graph);
    if (findings.error)
        return Diagnostic{"pass " + record.pass + " left a graph that does not hold together: " + findings.error->what,
                          findings.error->where, findings.error->next};
    FX_CHECK(checkRecord(graph, std::span(trace.steps).subspan(record.firstStep), known.hash, record.pass));
    if (findings.warnings.size() > known.warnings)
        record.diagnostics.push_back(orderWarning(findings));
    known.warnings = findings.warnings.size();
    known.hash = hashOf(graph);
    return Done{};
}

/// Runs one pass on `graph` and appends its record and steps to `trace`.
Result<Done> runOne(const Pass& pass, Graph& graph, const PassOptions& options, Trace& trace, Known& known) {
    PassRecord record;
    record.pass = pass.name();
    record.patterns = patternsFor(pass, options.patterns);
    record.firstStep = trace.steps.size();
    FX_CHECK(checkPatterns(pass, record.patterns));

    const auto start = Clock::now();
    PassContext context(graph, record.pass, record.patterns, options.cancel, trace.steps, record, options.stepLimit);
    const Result<Done> ran = pass.run(context);
    record.took = Clock::now() - start;
    record.stepCount = trace.steps.size() - record.firstStep;
    if (!ran.ok())
        return Diagnostic{"pass " + record.pass + " failed: " + ran.error().what, ran.error().where, ran.error().next};

    if (record.stepCount > 0)
        FX_CHECK(checkResult(graph, trace, record, known));
    else if (hashOf(graph) != known.hash)
        return Diagnostic{"pass " + record.pass + " changed the graph but reported no change", {}, {}};
    trace.passes.push_back(std::move(record));
    return Done{};
}

} // namespace

bool PassContext::mustStop() {
    if (m_cancel.requested())
        m_record.stop = StopReason::Cancelled;
    else if (m_steps.size() - m_record.firstStep >= m_stepLimit)
        m_record.stop = StopReason::StepLimit;
    else
        return false;
    return true;
}

Result<Done> PassContext::step(std::string rule, Match match, const std::function<Result<NodeId>(Rewriter&)>& change) {
    const auto start = Clock::now();
    Rewriter rewriter(m_graph);
    Result<NodeId> replacement = change(rewriter);
    if (!replacement.ok()) {
        rewriter.undoAll();
        m_record.stop = StopReason::Failed;
        return std::move(replacement).error();
    }
    RewriteStep step;
    step.took = Clock::now() - start;
    step.pass = m_pass;
    step.rule = std::move(rule);
    step.match = std::move(match);
    step.edits = rewriter.takeEdits();
    step.warnings = rewriter.takeDiagnostics();
    step.replacement = *replacement;
    summarise(step);
    m_steps.push_back(std::move(step));
    return Done{};
}

void PassContext::takeBack() {
    for (; m_steps.size() > m_record.firstStep; m_steps.pop_back())
        for (auto edit = m_steps.back().edits.rbegin(); edit != m_steps.back().edits.rend(); ++edit)
            m_graph.undo(*edit);
}

Result<Trace> runPasses(std::shared_ptr<const Graph> graph, std::span<const Pass* const> passes,
                        const PassOptions& options) {
    Trace trace;
    trace.base = graph;
    const Findings findings = check(*graph);
    if (findings.error)
        return Diagnostic{"the graph does not hold together: " + findings.error->what, findings.error->where,
                          findings.error->next};
    if (!findings.warnings.empty())
        trace.diagnostics.push_back(orderWarning(findings));
    Known known{hashOf(*graph), findings.warnings.size()};
    Graph working = *graph;
    for (const Pass* pass : passes) {
        FX_CHECK(runOne(*pass, working, options, trace, known));
        if (options.cancel.requested())
            break;
    }
    trace.result = trace.steps.empty() ? graph : std::make_shared<const Graph>(std::move(working));
    return trace;
}

} // namespace fxscope
