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
    Probe(const Pattern& pattern, const Graph& graph, const MatchFailure& decisive)
        : m_pattern(pattern), m_graph(graph), m_decisive(decisive) {}

    ExplainPart part(PatternId id, const Argument& value) {
        const PatternExpr& expr = m_pattern[id];
        ExplainPart part{.pattern = id, .expected = expected(id), .found = found(value)};
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
    int fitting() const { return m_fitting; }

private:
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
        if (!value.isNode() || m_graph[value.asNode()].op != expr.op() ||
            std::find(expr.targets.begin(), expr.targets.end(), m_graph[value.asNode()].target) == expr.targets.end()) {
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
        ExplainPart part{.expected = pythonRepr(wanted, m_graph), .found = found(value)};
        if (value.isNode() || !pythonEqual(wanted, value))
            part.reason = Reason::ConstantArgs;
        if (value.isNode())
            part.node = value.asNode();
        return part;
    }

    const Pattern& m_pattern;
    const Graph& m_graph;
    const MatchFailure& m_decisive;
    std::map<uint32_t, Argument> m_seen;
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
    explanation.tree = probe.part(pattern.outputs.front(), Argument::node(node));
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
        Probe probe(deciding(tried), graph, tried.failure);
        probe.part(deciding(tried).outputs.front(), Argument::node(id));
        result.push_back({id, tried.phase, tried.reason(), probe.fitting(), int(deciding(tried).callCount())});
    }
    std::stable_sort(result.begin(), result.end(), [](const NearMiss& a, const NearMiss& b) {
        return std::pair(a.phase, a.matched * b.wanted) > std::pair(b.phase, b.matched * a.wanted);
    });
    return result;
}

Explanation explainAt(const Graph& graph, const PatternEntry& entry, NodeId node, const PatternFacts& facts) {
    return Explainer(graph, facts).at(entry, node);
}

std::vector<NearMiss> nearMisses(const Graph& graph, const PatternEntry& entry, const PatternFacts& facts) {
    return Explainer(graph, facts).candidates(entry);
}

} // namespace fxscope
