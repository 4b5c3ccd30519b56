// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/answers.h"

#include "core/pattern/pattern_set.h"
#include "core/rewrite/match_count.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace fxscope {
namespace {

bool startsAt(const PatternEntry& entry, const Node& node) {
    const PatternExpr& anchor = entry.pattern.anchor();
    return node.op == anchor.op() &&
           std::find(anchor.targets.begin(), anchor.targets.end(), node.target) != anchor.targets.end();
}

/// Lists the parts of an explanation in the matcher's order.
class Flattening {
public:
    explicit Flattening(PatternAnswer& answer) : m_answer(answer) {
        const Explanation& explanation = answer.explanation;
        m_pattern = explanation.specific ? &explanation.specific->pattern : &explanation.entry->pattern;
        if (explanation.match)
            for (const auto& [name, value] : explanation.match->captures)
                m_colours.try_emplace(name, static_cast<int>(m_colours.size()));
        add(explanation.tree, -1, 0);
        findDecisive();
    }

private:
    int add(const ExplainPart& part, int parent, int row) {
        const int index = static_cast<int>(m_answer.parts.size());
        m_answer.parts.push_back({&part, parent, row, {}, colourOf(part), false});
        for (size_t i = 0; i < part.parts.size(); ++i) {
            const int inner = add(part.parts[i], index, static_cast<int>(i));
            m_answer.parts[static_cast<size_t>(index)].parts.push_back(inner);
        }
        return index;
    }
    int colourOf(const ExplainPart& part) {
        if (!part.pattern.valid() || (*m_pattern)[part.pattern].isCall() || (*m_pattern)[part.pattern].name.empty())
            return -1;
        const auto [known, fresh] =
            m_colours.try_emplace((*m_pattern)[part.pattern].name, static_cast<int>(m_colours.size()));
        return part.node.valid() && part.fits() ? known->second : -1;
    }
    /// The part that PyTorch's answer names; where it names none, the first that does not fit.
    void findDecisive() {
        if (m_answer.explanation.reason == Reason::Match)
            return;
        auto& parts = m_answer.parts;
        auto at = std::find_if(parts.begin(), parts.end(), [](const ComparedPart& p) { return p.part->decisive; });
        if (at == parts.end())
            at = std::find_if(parts.begin(), parts.end(), [](const ComparedPart& p) { return !p.part->fits(); });
        if (at == parts.end())
            return;
        m_answer.decisive = static_cast<int>(at - parts.begin());
        for (++at; at != parts.end(); ++at)
            at->behind = true;
    }

    PatternAnswer& m_answer;
    const Pattern* m_pattern;
    std::map<std::string, int> m_colours;
};

std::shared_ptr<const PatternAnswer> answerOf(const Graph& graph, Explainer& explainer, const PatternEntry& entry,
                                              NodeId node) {
    auto answer = std::make_shared<PatternAnswer>();
    answer->explanation = explainer.at(entry, node);
    answer->cause = rootCauseOf(graph, answer->explanation);
    if (answer->explanation.reason == Reason::Match && answer->explanation.match)
        answer->caveats = caveatsOf(graph, entry, *answer->explanation.match);
    Flattening{*answer};
    return answer;
}

auto nearness(const Explanation& e) {
    return std::tuple(e.reason == Reason::Match, e.phase, double(e.matched) / std::max(1, e.wanted));
}

PatternCandidates candidatesOf(const Graph& graph, const PatternEntry& entry, Explainer& asIs, Explainer* whatIf) {
    PatternCandidates result{.entry = &entry};
    std::map<NodeId, bool> usual;
    const std::vector<NearMiss> plain = asIs.candidates(entry);
    for (const NearMiss& near : plain)
        usual[near.anchor] = near.reason == Reason::Match;
    for (const NearMiss& near : whatIf ? whatIf->candidates(entry) : plain) {
        const bool matches = near.reason == Reason::Match, gained = matches && !usual[near.anchor];
        result.list.push_back({near, gained});
        result.matches += matches;
        result.gained += gained;
    }
    if (result.list.empty())
        result.none = whyNoAnchor(graph, entry);
    return result;
}

} // namespace

NodeAnswers answersAt(std::shared_ptr<const Graph> graph, std::shared_ptr<const PatternSet> set, NodeId node,
                      const WhatIf& whatIf) {
    Explainer explainer(*graph, {.whatIf = whatIf});
    NodeAnswers answers{graph, set, node, {}};
    for (const auto& entry : set->entries)
        if (startsAt(*entry, (*graph)[node]))
            answers.patterns.push_back(answerOf(*graph, explainer, *entry, node));
    std::stable_sort(answers.patterns.begin(), answers.patterns.end(),
                     [](const auto& a, const auto& b) { return nearness(a->explanation) > nearness(b->explanation); });
    return answers;
}

GraphCandidates candidatesIn(std::shared_ptr<const Graph> graph, std::shared_ptr<const PatternSet> set,
                             const WhatIf& whatIf, const Cancel& cancel) {
    GraphCandidates result{graph, set, {}};
    Explainer asIs(*graph), changed(*graph, {.whatIf = whatIf});
    for (const auto& entry : set->entries)
        if (!cancel.requested())
            result.patterns.push_back(candidatesOf(*graph, *entry, asIs, whatIf.any() ? &changed : nullptr));
    return result;
}

const PatternCandidates* GraphCandidates::of(const PatternEntry* entry) const {
    for (const PatternCandidates& pattern : patterns)
        if (pattern.entry == entry)
            return &pattern;
    return nullptr;
}

// --- where a run may halt

namespace {

/// PyTorch's matcher walks a graph backwards, our own rules walk it forwards; the two lists of a pass are each in that
/// order already and are merged by the places of their nodes.
class StopList {
public:
    explicit StopList(const Trace& trace) : m_trace(trace), m_place(trace.result->slotCount(), -1) {
        int64_t place = 0;
        for (const NodeId id : trace.base->order())
            m_place[id.index] = place++;
    }
    std::vector<Stop> stops() {
        for (const PassRecord& pass : m_trace.passes)
            add(pass);
        return std::move(m_stops);
    }

private:
    bool isBefore(const PassRecord& pass, NodeId a, NodeId b) const {
        const bool forwards = pass.patterns.empty() || isProvenPatternSet(pass.patterns);
        return forwards ? m_place[a.index] <= m_place[b.index] : m_place[a.index] >= m_place[b.index];
    }
    void add(const PassRecord& pass) {
        auto miss = pass.misses.begin();
        for (size_t i = pass.firstStep; i < pass.firstStep + pass.stepCount; ++i) {
            const RewriteStep& step = m_trace.steps[i];
            if (!isMatch(step))
                continue;
            for (; miss != pass.misses.end() && isBefore(pass, miss->node, step.match.root); ++miss)
                m_stops.push_back({miss->rule, miss->node, i, false});
            m_stops.push_back({step.rule, step.match.root, i + 1, true});
        }
        for (; miss != pass.misses.end(); ++miss)
            m_stops.push_back({miss->rule, miss->node, pass.firstStep + pass.stepCount, false});
    }

    const Trace& m_trace;
    std::vector<int64_t> m_place;
    std::vector<Stop> m_stops;
};

} // namespace

std::vector<Stop> stopsOf(const Trace& trace) { return StopList(trace).stops(); }

} // namespace fxscope
