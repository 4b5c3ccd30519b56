// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_run.h"

#include "core/pattern/explain.h"
#include "core/pattern/replace.h"
#include "core/support/text.h"

#include <algorithm>
#include <unordered_map>

namespace fxscope {
namespace {

/// The words of PyTorch's exception, where the run ends with one.
std::string exceptionText(const Graph& graph, const PatternTry& tried) {
    switch (tried.failure.reason) {
    case Reason::MissingInput: {
        std::string text =
            "RuntimeError: Not all inputs to pattern found in match.kwargs. Perhaps one of the inputs is "
            "unused? argnames=[";
        const auto& parameters = tried.entry->source.parameters;
        for (size_t i = 0; i < parameters.size(); ++i)
            text += (i ? ", " : "") + reprString(parameters[i]);
        text += "], match.kwargs={";
        for (size_t i = 0; i < tried.match->captures.size(); ++i) {
            const auto& [name, value] = tried.match->captures[i];
            text += (i ? ", " : "") + reprString(name) + ": " + pythonRepr(value, graph);
        }
        return text + "}";
    }
    case Reason::MissingValue: return "KeyError: 'val'";
    case Reason::NoFakeValue: return "AssertionError: ";
    default: return tried.failure.text;
    }
}

class Run {
public:
    Run(const Graph& graph, const PatternSet& set, const ApplyMatch& apply, const PatternRunOptions& options)
        : m_graph(graph), m_apply(apply), m_options(options), m_rechecker(graph, options.facts), m_regions(graph) {
        for (const auto& entry : set.entries) {
            const PatternExpr& anchor = entry->pattern.anchor();
            for (const Target& target : anchor.targets)
                m_entries[{anchor.op(), &target.str()}].push_back(entry.get());
        }
    }

    Result<PatternRun> run() {
        std::vector<NodeId> anchors; // once, before the first rewrite: new nodes are not visited
        for (const NodeId id : m_graph.order())
            if (m_entries.contains(keyOf(m_graph[id])))
                anchors.push_back(id);
        m_run.anchors = anchors.size();
        for (auto anchor = anchors.rbegin(); anchor != anchors.rend(); ++anchor) {
            if (m_options.cancel.requested() || (m_options.mustStop && m_options.mustStop())) {
                m_run.cancelled = true;
                break;
            }
            FX_CHECK(visit(*anchor));
            if (!m_run.error.empty())
                break;
        }
        return std::move(m_run);
    }

private:
    using Key = std::pair<Op, const std::string*>;
    struct KeyHash {
        size_t operator()(const Key& key) const {
            return std::hash<const std::string*>()(key.second) * 8 + static_cast<size_t>(key.first);
        }
    };
    static Key keyOf(const Node& node) { return {node.op, &node.target.str()}; }

    Result<Done> visit(NodeId anchor) {
        if (!m_graph.alive(anchor))
            return Done{};
        const Target target = m_graph[anchor].target;
        const auto& entries = m_entries.at(keyOf(m_graph[anchor]));
        if (auto unsupported = unsupportedType(m_graph, m_graph[anchor], m_options.facts)) {
            for (const PatternEntry* entry : entries) {
                PatternTry skipped{.anchor = anchor, .target = target, .entry = entry, .phase = 0};
                skipped.failure = {.reason = Reason::UnsupportedType, .node = anchor, .text = *unsupported};
                if (m_options.scores)
                    skipped.failure.matched = fittingCalls(m_graph, skipped);
                m_run.tries.push_back(std::move(skipped));
            }
            return Done{};
        }
        for (const PatternEntry* entry : entries) {
            if (!m_graph.alive(anchor) || !m_run.error.empty())
                break;
            PatternTry tried{.anchor = anchor, .target = target, .entry = entry};
            FX_CHECK(attempt(tried));
            if (m_options.scores && tried.reason() != Reason::Match)
                tried.failure.matched = fittingCalls(m_graph, tried);
            m_run.tries.push_back(std::move(tried));
        }
        return Done{};
    }

    Result<Done> attempt(PatternTry& tried) {
        auto result = matchPattern(tried.entry->pattern, m_graph, tried.anchor);
        if (auto* failure = std::get_if<MatchFailure>(&result)) {
            tried.failure = std::move(*failure);
            return Done{};
        }
        tried.match = std::move(std::get<PatternMatch>(result));
        if (crossesRegions(*tried.match, tried.failure))
            return Done{};
        tried.phase = 2;
        Recheck recheck = m_rechecker.check(*tried.entry, *tried.match);
        tried.failure = std::move(recheck.failure);
        tried.specific = std::move(recheck.specific);
        if (tried.failure.reason == Reason::Match)
            tried.failure = conditionFailure(m_graph, *tried.entry, *tried.match);
        if (stopsPass(tried.failure.reason))
            m_run.error = exceptionText(m_graph, tried);
        if (tried.failure.reason != Reason::Match)
            return Done{};
        const PatternMatch match = *tried.match;
        FX_CHECK(m_apply(*tried.entry, match, [&](Rewriter& rewriter) {
            return replaceMatch(rewriter, match, tried.specific->replacement, tried.entry->source.parameters);
        }));
        ++m_run.matches;
        m_run.matchedNodes += static_cast<int64_t>(match.nodes.size());
        return Done{};
    }

    bool crossesRegions(const PatternMatch& match, MatchFailure& failure) {
        std::vector<int64_t> regions;
        for (const NodeId id : match.nodes)
            if (const int64_t region = m_regions.of(id);
                std::find(regions.begin(), regions.end(), region) == regions.end())
                regions.push_back(region);
        if (regions.size() == 1)
            return false;
        std::sort(regions.begin(), regions.end());
        failure = {.reason = Reason::MutationRegion, .node = match.nodes.back(), .numbers = std::move(regions)};
        return true;
    }

    const Graph& m_graph;
    const ApplyMatch& m_apply;
    const PatternRunOptions& m_options;
    Rechecker m_rechecker;
    MutationRegions m_regions;
    std::unordered_map<Key, std::vector<const PatternEntry*>, KeyHash> m_entries;
    PatternRun m_run;
};

} // namespace

Result<PatternRun> runPatterns(const Graph& graph, const PatternSet& set, const ApplyMatch& apply,
                               const PatternRunOptions& options) {
    return Run(graph, set, apply, options).run();
}

Result<PatternRun> runPatterns(Graph& graph, const PatternSet& set, const PatternRunOptions& options,
                               std::vector<Edit>* edits) {
    const ApplyMatch apply = [&](const PatternEntry&, const PatternMatch&,
                                 const std::function<Result<NodeId>(Rewriter&)>& change) -> Result<Done> {
        Rewriter rewriter(graph);
        FX_CHECK(change(rewriter));
        if (edits)
            for (Edit& edit : rewriter.takeEdits())
                edits->push_back(std::move(edit));
        return Done{};
    };
    return runPatterns(static_cast<const Graph&>(graph), set, apply, options);
}

} // namespace fxscope
