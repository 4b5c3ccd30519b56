// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/explain.h"

#include "core/pattern/reason_words.h"
#include "core/support/text.h"

#include <algorithm>
#include <map>

namespace fxscope {
namespace {

std::string users(int64_t count) { return counted(count, "user", "users"); }

/// Walks pattern and graph together without stopping at what differs.
class Probe {
public:
    enum class Words { Yes, No };
    Probe(const Pattern& pattern, const Graph& graph, const MatchFailure& decisive, Words words = Words::Yes)
        : m_pattern(pattern), m_graph(graph), m_decisive(decisive), m_words(words == Words::Yes) {}

    /// The whole pattern, from its anchor on.
    ExplainPart whole(NodeId anchor) {
        ExplainPart root = part(m_pattern.outputs.front(), Argument::node(anchor));
        for (size_t i = 1; i < m_pattern.outputs.size(); ++i)
            if (const PatternId output = m_pattern.outputs[i]; output.valid() && !m_seen.contains(output.index))
                root.parts.push_back(furtherResult(output));
        return root;
    }
    int fitting() const { return m_fitting; }

private:
    ExplainPart part(PatternId id, const Argument& value) {
        const PatternExpr& expr = m_pattern[id];
        ExplainPart part{.pattern = id};
        if (m_words)
            part.expected = expected(id), part.found = found(value);
        if (value.isNode())
            part.node = value.asNode();
        const auto [seen, fresh] = m_seen.try_emplace(id.index, value);
        if (!fresh && !pythonEqual(seen->second, value))
            part.reason = Reason::RepeatedPatternDiffers;
        else if (expr.isCall() && fresh)
            call(part, expr, value);
        part.decisive = m_decisive.reason != Reason::Match && m_decisive.pattern == id &&
                        (m_decisive.node == part.node || !m_decisive.node.valid());
        return part;
    }

    /// A result that the anchor does not lead to, at the node that fits best among those that use what is matched
    /// already (matcher.md 3.8).
    ExplainPart furtherResult(PatternId id) {
        const auto seen = m_seen;
        const int fitting = m_fitting;
        ExplainPart best{.pattern = id, .reason = Reason::NoAnchorFound};
        best.decisive = m_decisive.reason == Reason::NoAnchorFound && m_decisive.pattern == id;
        if (m_words)
            best.expected = expected(id), best.found = "nothing that uses what matched";
        auto bestSeen = seen;
        int bestFitting = -1;
        m_candidates.clear();
        for (const NodeId candidate : candidates(id)) {
            m_seen = seen;
            m_fitting = fitting;
            ExplainPart part = this->part(id, Argument::node(candidate));
            if (m_fitting > bestFitting)
                best = std::move(part), bestSeen = m_seen, bestFitting = m_fitting;
        }
        m_seen = std::move(bestSeen);
        m_fitting = std::max(bestFitting, fitting);
        return best;
    }
    /// Nodes that `id` might stand for, found from what is matched already.
    const std::vector<NodeId>& candidates(PatternId id) {
        constexpr size_t kMost = 32;
        const auto [at, fresh] = m_candidates.try_emplace(id.index);
        std::vector<NodeId>& found = at->second;
        const auto seen = m_seen.find(id.index);
        if (fresh && seen != m_seen.end() && seen->second.isNode())
            found.push_back(seen->second.asNode());
        if (!fresh || seen != m_seen.end() || !m_pattern[id].isCall())
            return found;
        for (const Argument& leaf : m_pattern.leaves[id.index]) {
            if (!leaf.isNode())
                continue;
            for (const NodeId other : candidates(leaf.asNode()))
                for (const NodeId user : m_graph[other].users)
                    if (found.size() < kMost && isCallOf(m_pattern[id], user) &&
                        std::find(found.begin(), found.end(), user) == found.end())
                        found.push_back(user);
        }
        return found;
    }
    bool isCallOf(const PatternExpr& expr, NodeId node) const {
        return m_graph[node].op == expr.op() &&
               std::find(expr.targets.begin(), expr.targets.end(), m_graph[node].target) != expr.targets.end();
    }

    std::string expected(PatternId id) const {
        const PatternExpr& expr = m_pattern[id];
        if (!expr.isCall())
            return expr.name.empty() ? reprExpr(m_pattern, id) : expr.name;
        return functionWords(expr) + (isExempt(id) ? "" : ", " + users(expr.users));
    }
    bool isExempt(PatternId id) const {
        return m_pattern[id].users == kAnyUsers ||
               std::find(m_pattern.outputs.begin(), m_pattern.outputs.end(), id) != m_pattern.outputs.end();
    }
    std::string found(const Argument& value) const {
        if (!value.isNode())
            return pythonRepr(value, m_graph);
        const Node& node = m_graph[value.asNode()];
        if (node.op == Op::Placeholder)
            return node.name;
        return node.name + " (" + std::string(node.target.shortName()) + "), " + users(int64_t(node.users.size()));
    }

    void call(ExplainPart& part, const PatternExpr& expr, const Argument& value) {
        if (!value.isNode() || !isCallOf(expr, value.asNode())) {
            part.reason = Reason::FunctionMismatch;
            return;
        }
        const Node& node = m_graph[value.asNode()];
        if (expr.isVarArgs()) {
            ++m_fitting;
            return;
        }
        if (!isExempt(part.pattern) && int(node.users.size()) != expr.users)
            part.reason = Reason::MultipleUsers;
        arguments(part, expr, node);
        m_fitting += part.reason == Reason::Match ? 1 : 0;
    }

    void arguments(ExplainPart& part, const PatternExpr& expr, const Node& node) {
        ArgumentList args = node.args;
        Kwargs kwargs = node.kwargs, wanted;
        if (kwargs.size() < expr.kwargs.size()) {
            args.clear(), kwargs.clear();
            normaliseForMatch(node, args, kwargs);
        }
        for (const Kwarg& kwarg : kwargs)
            for (const Kwarg& own : expr.kwargs)
                if (own.first == kwarg.first)
                    wanted.push_back(kwarg);
        const bool nested = m_pattern.nested[part.pattern.index];
        if (node.args.size() != expr.args.size())
            part.reason = Reason::ArityMismatch;
        else if (!sameStructure(args, wanted, expr.args, expr.kwargs, nested) && part.reason == Reason::Match)
            part.reason = Reason::ArgsStructure;
        // What is there is compared in order all the same: the reader sees where the two part.
        const std::vector<Argument> values = flatten(args, wanted, nested);
        const std::vector<Argument>& leaves = m_pattern.leaves[part.pattern.index];
        for (size_t i = 0; i < std::min(values.size(), leaves.size()); ++i)
            part.parts.push_back(leaves[i].isNode() ? this->part(leaves[i].asNode(), values[i])
                                                    : constant(leaves[i], values[i]));
    }

    ExplainPart constant(const Argument& wanted, const Argument& value) const {
        ExplainPart part;
        if (m_words)
            part.expected = pythonRepr(wanted, m_graph), part.found = found(value);
        if (value.isNode() || !pythonEqual(wanted, value))
            part.reason = Reason::ConstantArgs;
        if (value.isNode())
            part.node = value.asNode();
        return part;
    }

    const Pattern& m_pattern;
    const Graph& m_graph;
    const MatchFailure& m_decisive;
    const bool m_words;
    std::map<uint32_t, Argument> m_seen;
    std::map<uint32_t, std::vector<NodeId>> m_candidates; ///< per object, of the result being looked for
    int m_fitting = 0;
};

const Pattern& deciding(const PatternTry& tried) {
    return tried.specific ? tried.specific->pattern : tried.entry->pattern;
}

} // namespace

Explainer::Explainer(const Graph& graph, PatternFacts facts)
    : m_graph(graph), m_facts(std::move(facts)), m_rechecker(graph, m_facts), m_regions(graph) {}

PatternTry Explainer::tryAt(const PatternEntry& entry, NodeId node) {
    PatternTry tried{.anchor = node, .target = m_graph[node].target, .entry = &entry};
    const WhatIf& whatIf = m_facts.whatIf;
    auto unsupported = whatIf.dtypes ? std::nullopt : unsupportedType(m_graph, m_graph[node], m_facts);
    if (unsupported) {
        tried.phase = 0;
        tried.failure = {.reason = Reason::UnsupportedType, .node = node, .text = std::move(*unsupported)};
        return tried;
    }
    auto result = matchPattern(entry.pattern, m_graph, node, whatIf);
    if (auto* failure = std::get_if<MatchFailure>(&result)) {
        tried.failure = std::move(*failure);
        return tried;
    }
    tried.match = std::move(std::get<PatternMatch>(result));
    std::vector<int64_t> ids;
    for (const NodeId id : tried.match->nodes)
        ids.push_back(m_regions.of(id));
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    if (ids.size() > 1 && !whatIf.mutationRegions) {
        tried.failure = {.reason = Reason::MutationRegion, .node = node, .numbers = std::move(ids)};
        return tried;
    }
    if (whatIf.recheck)
        return tried;
    tried.phase = 2;
    Recheck recheck = m_rechecker.check(entry, *tried.match);
    tried.failure = std::move(recheck.failure);
    tried.specific = std::move(recheck.specific);
    if (tried.failure.reason == Reason::Match)
        tried.failure = conditionFailure(m_graph, entry, *tried.match);
    return tried;
}

Explanation Explainer::at(const PatternEntry& entry, NodeId node) {
    const Graph& graph = m_graph;
    PatternTry tried = tryAt(entry, node);
    const Pattern& pattern = deciding(tried);
    Probe probe(pattern, graph, tried.failure);
    Explanation explanation;
    explanation.entry = &entry;
    explanation.anchor = node;
    explanation.phase = tried.phase;
    explanation.reason = tried.reason();
    explanation.sentence = missOf(graph, tried).sentence(graph);
    explanation.tree = probe.whole(node);
    explanation.matched = probe.fitting();
    explanation.wanted = static_cast<int>(pattern.callCount());
    explanation.specific = std::move(tried.specific);
    explanation.match = std::move(tried.match);
    return explanation;
}

std::vector<NearMiss> Explainer::candidates(const PatternEntry& entry) {
    const Graph& graph = m_graph;
    std::vector<NearMiss> result;
    const PatternExpr& anchor = entry.pattern.anchor();
    for (const NodeId id : graph.order()) {
        if (graph[id].op != anchor.op() ||
            std::find(anchor.targets.begin(), anchor.targets.end(), graph[id].target) == anchor.targets.end())
            continue;
        const PatternTry tried = tryAt(entry, id);
        result.push_back(
            {id, tried.phase, tried.reason(), fittingCalls(graph, tried), int(deciding(tried).callCount())});
    }
    std::stable_sort(result.begin(), result.end(), [](const NearMiss& a, const NearMiss& b) {
        return std::pair(a.phase, a.matched * b.wanted) > std::pair(b.phase, b.matched * a.wanted);
    });
    return result;
}

int fittingCalls(const Graph& graph, const PatternTry& tried) {
    Probe probe(deciding(tried), graph, tried.failure, Probe::Words::No);
    probe.whole(tried.anchor);
    return probe.fitting();
}

Explanation explainAt(const Graph& graph, const PatternEntry& entry, NodeId node, const PatternFacts& facts) {
    return Explainer(graph, facts).at(entry, node);
}

std::vector<NearMiss> nearMisses(const Graph& graph, const PatternEntry& entry, const PatternFacts& facts) {
    return Explainer(graph, facts).candidates(entry);
}

} // namespace fxscope
