// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/matcher.h"

#include "core/ops/op.h"

#include <algorithm>
#include <functional>
#include <optional>

namespace fxscope {
namespace {

using ExprKind = PatternExpr::Kind;

/// What a pattern object was matched against. A failed one equals only None, as in Python's dict of nodes.
struct Mapping {
    enum class State : uint8_t { Unseen, Failed, Mapped } state = State::Unseen;
    Argument value;
    NodeId parent; ///< the node whose argument the value was
};
using Map = std::vector<Mapping>;

/// Captures and nodes of a part of the pattern; parts merge into the whole.
struct Part {
    std::vector<std::pair<std::string, Argument>> captures;
    std::vector<Argument> args;
    std::vector<NodeId> nodes;
};

class Context {
public:
    Context(const Pattern& pattern, const Graph& graph, std::vector<PatternId> outputs, const WhatIf& whatIf)
        : m_pattern(pattern), m_graph(graph), m_outputs(std::move(outputs)), m_whatIf(whatIf),
          m_map(pattern.exprs.size()) {}

    std::optional<Part> match(PatternId id, const Argument& value, NodeId parent) {
        Mapping& mapping = m_map[id.index];
        if (mapping.state != Mapping::State::Unseen) {
            const Argument& known = mapping.state == Mapping::State::Mapped ? mapping.value : m_none;
            if (pythonEqual(known, value))
                return Part{};
            return fail({.reason = Reason::RepeatedPatternDiffers,
                         .pattern = id,
                         .node = mapping.parent,
                         .parent = parent,
                         .found = value,
                         .wanted = known});
        }
        std::optional<Part> part = matchFresh(id, value, parent);
        if (m_thrown)
            return std::nullopt;
        m_map[id.index] = {part ? Mapping::State::Mapped : Mapping::State::Failed, part ? value : m_none, parent};
        return part;
    }

    MatchFailure takeFailure() { return std::move(m_failure); }
    NodeId outputNode(PatternId id) const {
        const Mapping& mapping = m_map[id.index];
        return mapping.state == Mapping::State::Mapped && mapping.value.isNode() ? mapping.value.asNode() : NodeId{};
    }

private:
    std::optional<Part> fail(MatchFailure failure) {
        m_failure = std::move(failure);
        return std::nullopt;
    }
    /// An exception in PyTorch: ends the whole match, whatever else could be tried.
    bool merge(Part& into, Part&& part, NodeId node) {
        for (const auto& [name, value] : part.captures)
            for (const auto& [known, other] : into.captures)
                if (known == name && !pythonEqual(value, other)) {
                    fail({.reason = Reason::KwargMismatch,
                          .node = node,
                          .found = value,
                          .wanted = other,
                          .names = {name}});
                    m_thrown = true;
                    return false;
                }
        for (auto& capture : part.captures)
            if (std::none_of(into.captures.begin(), into.captures.end(),
                             [&](const auto& known) { return known.first == capture.first; }))
                into.captures.push_back(std::move(capture));
        into.args.insert(into.args.end(), part.args.begin(), part.args.end());
        into.nodes.insert(into.nodes.end(), part.nodes.begin(), part.nodes.end());
        return true;
    }

    std::optional<Part> matchFresh(PatternId id, const Argument& value, NodeId parent) {
        const PatternExpr& expr = m_pattern[id];
        switch (expr.kind) {
        case ExprKind::Ignored: return Part{};
        case ExprKind::Arg: return Part{{}, {value}, {}};
        case ExprKind::KeywordArg: return Part{{{expr.name, value}}, {}, {}};
        case ExprKind::ExclusiveKeywordArg:
            for (const Argument& taken : m_exclusive)
                if (pythonEqual(taken, value))
                    return fail({.reason = Reason::ExclusiveArgTwice, .pattern = id, .node = parent, .found = value});
            m_exclusive.push_back(value);
            return Part{{{expr.name, value}}, {}, {}};
        case ExprKind::ListOf: return matchList(id, value, parent);
        case ExprKind::Repeated: return matchRepeated(id, value, parent);
        case ExprKind::MultiOutput: return matchOutputs(expr, value, parent);
        default: return matchCall(id, value, parent);
        }
    }

    bool fitsFunction(const PatternExpr& expr, const Argument& value) const {
        if (!value.isNode())
            return false;
        const Node& node = m_graph[value.asNode()];
        return node.op == expr.op() &&
               std::find(expr.targets.begin(), expr.targets.end(), node.target) != expr.targets.end();
    }

    bool fitsUsers(PatternId id, const Node& node) const {
        return m_whatIf.userCounts || m_pattern[id].users == kAnyUsers ||
               std::find(m_outputs.begin(), m_outputs.end(), id) != m_outputs.end() ||
               static_cast<int>(node.users.size()) == m_pattern[id].users;
    }

    /// matcher.md 3.3, line by line.
    std::optional<Part> matchCall(PatternId id, const Argument& value, NodeId parent) {
        const PatternExpr& expr = m_pattern[id];
        const NodeId nodeId = value.isNode() ? value.asNode() : NodeId{};
        if (!fitsFunction(expr, value))
            return fail(
                {.reason = Reason::FunctionMismatch, .pattern = id, .node = nodeId, .parent = parent, .found = value});
        const Node& node = m_graph[nodeId];
        if (!expr.isVarArgs() && node.args.size() != expr.args.size())
            return fail({.reason = Reason::ArityMismatch,
                         .pattern = id,
                         .node = nodeId,
                         .parent = parent,
                         .found = value,
                         .has = int64_t(node.args.size()),
                         .wants = int64_t(expr.args.size())});
        if (!fitsUsers(id, node))
            return fail({.reason = Reason::MultipleUsers,
                         .pattern = id,
                         .node = nodeId,
                         .parent = parent,
                         .has = int64_t(node.users.size()),
                         .wants = expr.users});
        if (expr.isVarArgs()) {
            Part part{node.kwargs, node.args, {nodeId}};
            return part;
        }
        return matchArguments(id, node);
    }

    std::optional<Part> matchArguments(PatternId id, const Node& node) {
        const PatternExpr& expr = m_pattern[id];
        const bool nested = m_pattern.nested[id.index];
        const ArgumentList* args = &node.args;
        const Kwargs* kwargs = &node.kwargs;
        ArgumentList normalArgs;
        Kwargs normalKwargs;
        if (node.kwargs.size() < expr.kwargs.size()) {
            if (!normaliseForMatch(node, normalArgs, normalKwargs) || normalArgs.size() != expr.args.size() ||
                normalKwargs.size() < expr.kwargs.size())
                return fail({.reason = Reason::NotNormalisable, .pattern = id, .node = node.id});
            args = &normalArgs;
            kwargs = &normalKwargs;
        }
        Kwargs wanted; // others are dropped unseen
        for (const Kwarg& kwarg : *kwargs)
            if (std::any_of(expr.kwargs.begin(), expr.kwargs.end(),
                            [&](const Kwarg& own) { return own.first == kwarg.first; }))
                wanted.push_back(kwarg);
        if (!sameStructure(*args, wanted, expr.args, expr.kwargs, nested))
            return fail({.reason = Reason::ArgsStructure,
                         .pattern = id,
                         .node = node.id,
                         .found = Argument::tuple({Argument::tuple(*args), Argument::dict(wanted)})});

        Part part;
        const std::vector<Argument> values = flatten(*args, wanted, nested);
        const std::vector<Argument>& leaves = m_pattern.leaves[id.index];
        for (size_t i = 0; i < leaves.size(); ++i) {
            if (leaves[i].isNode()) {
                std::optional<Part> child = match(leaves[i].asNode(), values[i], node.id);
                if (!child || !merge(part, std::move(*child), node.id))
                    return std::nullopt;
            } else if (values[i].isNode() || !pythonEqual(values[i], leaves[i]))
                return fail({.reason = Reason::ConstantArgs,
                             .pattern = id,
                             .node = node.id,
                             .found = values[i],
                             .wanted = leaves[i]});
        }
        part.nodes.push_back(node.id);
        return part;
    }

    std::optional<Part> matchList(PatternId id, const Argument& value, NodeId parent) {
        const PatternExpr& expr = m_pattern[id];
        if (!value.isSequence() || value.items().empty())
            return fail({.reason = Reason::NonList, .pattern = id, .node = parent, .found = value});
        const PatternId inner = expr.args.front().asNode();
        Part whole;
        Map inherited = multiUserMappings();
        bool any = false;
        for (size_t i = 0; i < value.items().size(); ++i) {
            Context element(m_pattern, m_graph, m_outputs, m_whatIf);
            element.m_map = inherited;
            std::optional<Part> part = element.match(inner, value.items()[i], parent);
            inherited = element.multiUserMappings();
            if (!part && expr.partial && !element.m_thrown)
                continue;
            if (!part) {
                auto failure = std::make_shared<MatchFailure>(element.takeFailure());
                m_thrown = m_thrown || element.m_thrown;
                return fail({.reason = Reason::ListElement,
                             .pattern = id,
                             .node = parent,
                             .found = value,
                             .has = int64_t(i),
                             .inner = std::move(failure)});
            }
            any = true;
            bundle(*part);
            if (!merge(whole, std::move(*part), parent))
                return std::nullopt;
        }
        if (!any)
            return fail({.reason = Reason::ListNoMatch, .pattern = id, .node = parent, .found = value});
        bundle(whole);
        return whole;
    }

    static void bundle(Part& part) {
        if (!part.args.empty())
            part.args = {Argument::tuple(std::move(part.args))};
    }

    /// What list elements share: objects that several places of the pattern use.
    Map multiUserMappings() const {
        Map result(m_map.size());
        for (size_t i = 0; i < m_map.size(); ++i) {
            const PatternExpr& expr = m_pattern.exprs[i];
            if (m_map[i].state == Mapping::State::Mapped && expr.isCall() &&
                (expr.users == kAnyUsers || expr.users > 1))
                result[i] = m_map[i];
        }
        return result;
    }

    std::optional<Part> matchRepeated(PatternId id, const Argument& value, NodeId parent) {
        const PatternId inner = m_pattern[id].args.front().asNode();
        std::optional<Part> whole = match(inner, value, parent);
        if (!whole)
            return std::nullopt;
        m_map[inner.index] = {};
        std::vector<NodeId> searched;
        if (value.isNode())
            searched.push_back(value.asNode());
        bool ok = true;
        forEachCandidate(inner, searched, [&](const Argument& candidate) {
            Context repeat(m_pattern, m_graph, {id}, m_whatIf);
            std::optional<Part> part = repeat.match(inner, candidate, parent);
            if (!part)
                m_failure = repeat.takeFailure();
            ok = part && merge(*whole, std::move(*part), parent);
            return ok;
        });
        return ok ? std::move(whole) : std::nullopt;
    }

    std::optional<Part> matchOutputs(const PatternExpr& expr, const Argument& value, NodeId parent) {
        std::optional<Part> whole = match(expr.args.front().asNode(), value, parent);
        if (!whole)
            return std::nullopt;
        for (size_t i = 1; i < expr.args.size(); ++i) {
            if (!expr.args[i].isNode())
                continue;
            std::optional<Part> part = matchFromCandidates(expr.args[i].asNode(), parent);
            if (!part || !merge(*whole, std::move(*part), parent))
                return std::nullopt;
        }
        return whole;
    }

    std::optional<Part> matchFromCandidates(PatternId id, NodeId parent) {
        const Map prior = m_map;
        std::optional<Part> part;
        fail({.reason = Reason::NoAnchorFound, .pattern = id, .node = parent});
        std::vector<NodeId> searched;
        forEachCandidate(id, searched, [&](const Argument& candidate) {
            part = match(id, candidate, parent);
            if (!part && !m_thrown)
                m_map = prior;
            return !part && !m_thrown;
        });
        return part;
    }

    /// Nodes that `id` might match, found from what is matched already (matcher.md 3.8). `visit` returns whether to go
    /// on.
    bool forEachCandidate(PatternId id, std::vector<NodeId>& searched,
                          const std::function<bool(const Argument&)>& visit) {
        const Mapping& mapping = m_map[id.index];
        if (mapping.state != Mapping::State::Unseen)
            return visit(mapping.state == Mapping::State::Mapped ? mapping.value : m_none);
        const PatternExpr& expr = m_pattern[id];
        if (!expr.isCall())
            return true;
        for (const Argument& leaf : m_pattern.leaves[id.index]) {
            if (!leaf.isNode())
                continue;
            const bool goOn = forEachCandidate(leaf.asNode(), searched, [&](const Argument& other) {
                if (!other.isNode())
                    return true;
                for (const NodeId user : std::vector<NodeId>(m_graph[other.asNode()].users)) {
                    if (std::find(searched.begin(), searched.end(), user) != searched.end() ||
                        !fitsFunction(expr, Argument::node(user)))
                        continue;
                    if (!visit(Argument::node(user)))
                        return false;
                    searched.push_back(user);
                }
                return true;
            });
            if (!goOn)
                return false;
        }
        return true;
    }

    const Pattern& m_pattern;
    const Graph& m_graph;
    const std::vector<PatternId> m_outputs;
    const WhatIf& m_whatIf;
    Map m_map;
    std::vector<Argument> m_exclusive;
    MatchFailure m_failure;
    bool m_thrown = false;
    const Argument m_none;
};

} // namespace

bool normaliseForMatch(const Node& node, ArgumentList& args, Kwargs& kwargs) {
    const Schema* schema = node.op == Op::CallFunction ? findSchema(node.target) : nullptr;
    if (!schema)
        return false;
    const auto bound = bindArguments(*schema, node.args, node.kwargs, node.name);
    if (!bound.ok())
        return false;
    for (size_t i = 0; i < schema->args.size(); ++i) {
        // The node's own spelling of what it gives, the default for the rest.
        const std::string& name = schema->args[i].name;
        const Argument* given = i < node.args.size() ? &node.args[i] : node.kwarg(name);
        if (!given && name == "self")
            given = node.kwarg("input");
        const Argument& value = given ? *given : (*bound)[i];
        if (i < node.args.size())
            args.push_back(value);
        else
            kwargs.emplace_back(name == "self" ? "input" : name, value);
    }
    return true;
}

const Argument* PatternMatch::capture(std::string_view parameter) const {
    for (const auto& [name, value] : captures)
        if (name == parameter)
            return &value;
    return nullptr;
}

std::variant<PatternMatch, MatchFailure> matchPattern(const Pattern& pattern, const Graph& graph, NodeId node,
                                                      const WhatIf& whatIf) {
    Context context(pattern, graph, pattern.outputs, whatIf);
    std::optional<Part> part = context.match(pattern.root, Argument::node(node), {});
    if (!part)
        return context.takeFailure();
    PatternMatch match{std::move(part->captures), std::move(part->args), std::move(part->nodes), {}};
    for (const PatternId output : pattern.outputs)
        match.outputs.push_back(output.valid() ? context.outputNode(output) : NodeId{});
    return match;
}

} // namespace fxscope
