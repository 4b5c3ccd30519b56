// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_pass.h"

#include "core/pattern/reason_words.h"
#include "core/pattern/replace.h"
#include "core/pattern/soundness.h"
#include "core/rewrite/match_count.h"
#include "core/support/text.h"

namespace fxscope {
namespace {

Match matchOf(const PatternMatch& from) {
    Match match;
    match.root = from.outputs.front();
    for (const auto& [parameter, value] : from.captures)
        match.captures.push_back({parameter, value});
    match.nodes = from.nodes;
    return match;
}

/// The first node that stands before one of its inputs; invalid: none does.
NodeId firstOutOfOrder(const Graph& graph) {
    for (const NodeId id : graph.order())
        for (const NodeId input : graph.inputs(id))
            if (graph.isBefore(id, input))
                return id;
    return {};
}

Result<Done> sortAsStep(PassContext& context) {
    const NodeId first = firstOutOfOrder(context.graph());
    if (!first.valid())
        return Done{};
    Match match;
    match.root = first;
    return context.step(std::string(kSortStep), std::move(match), [first](Rewriter& rewriter) -> Result<NodeId> {
        FX_CHECK(sortNodes(rewriter));
        return first;
    });
}

/// PyTorch's sort raises where the matches made nodes need each other, and leaves no graph; misses go as well, they may
/// name nodes that are gone again.
Done refuseCycle(PassContext& context, const PatternRun& run, const Diagnostic& cycle) {
    context.takeBack();
    context.warn({"PyTorch stops with an error here: AssertionError, because after " +
                      counted(run.matches, "match", "matches") + " " + cycle.what,
                  context.graph()[run.tries.front().anchor].name, "as_written takes this place", Severity::Warning});
    return Done{};
}

} // namespace

Result<Done> runPatternPass(PassContext& context, const PatternSet& set, const std::vector<std::string>& rules) {
    const PatternSet part = set.only(rules);
    for (const Diagnostic& problem : set.problems)
        context.warn({"a pattern file was refused: " + problem.what, problem.where, problem.next, Severity::Warning});
    PatternRunOptions options;
    options.scores = true; // for the misses that it notes
    options.mustStop = [&context] { return context.mustStop(); };
    const ApplyMatch apply = [&context](const PatternEntry& entry, const PatternMatch& match,
                                        const std::function<Result<NodeId>(Rewriter&)>& change) {
        const std::vector<Caveat> caveats = caveatsOf(context.graph(), entry, match);
        return context.step(entry.name(), matchOf(match), [&](Rewriter& rewriter) {
            for (const Caveat& caveat : caveats)
                rewriter.warn({"this rewrite is not sound here (" + caveat.code + "): " + caveat.sentence,
                               context.graph()[match.outputs.front()].name,
                               "as_written rewrites only what is proven to compute the same", Severity::Warning});
            return change(rewriter);
        });
    };
    FX_TRY(const PatternRun run, runPatterns(context.graph(), part, apply, options));
    if (run.matches > 0)
        if (const auto order = topologicalOrder(context.graph()); !order.ok())
            return refuseCycle(context, run, order.error());
    for (const PatternTry& tried : run.tries)
        if (tried.reason() != Reason::Match)
            context.miss(missOf(context.graph(), tried));
    if (!run.error.empty())
        context.warn({"PyTorch stops with an error here: " + run.error, context.graph()[run.tries.back().anchor].name,
                      "a later pattern set, or as_written, takes this place", Severity::Warning});
    return run.matches > 0 ? sortAsStep(context) : Done{};
}

} // namespace fxscope
