// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/replace.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

namespace fxscope {
namespace {

/// What a new node takes from an old one when the match has a single node, or no metadata of its own.
std::shared_ptr<const Origin> withOrigin(const std::shared_ptr<const Origin>& own,
                                         const std::shared_ptr<const Origin>& from) {
    if (!from)
        return own;
    Origin origin = own ? *own : Origin{};
    for (const auto& [key, value] : from->meta)
        origin.meta[key] = value;
    origin.stack = from->stack;
    origin.modules = from->modules;
    return std::make_shared<const Origin>(std::move(origin));
}

class Replacer {
public:
    Replacer(Rewriter& rewriter, const PatternMatch& match, const Graph& replacement)
        : m_rewriter(rewriter), m_graph(rewriter.graph()), m_match(match), m_replacement(replacement),
          m_values(replacement.slotCount()) {}

    Result<NodeId> run(std::span<const std::string> parameters) {
        NodeId before; // PyTorch inserts before the output that comes first in the list
        for (const NodeId output : m_match.outputs)
            if (output.valid() && (!before.valid() || m_graph.isBefore(output, before)))
                before = output;
        collectTags();
        FX_CHECK(copy(before, parameters));
        FX_TRY(const ArgumentList results, this->results());
        for (size_t i = 0; i < results.size(); ++i)
            if (m_match.outputs[i].valid())
                FX_CHECK(redirect(m_match.outputs[i], results[i]));
        for (auto id = m_match.nodes.rbegin(); id != m_match.nodes.rend(); ++id)
            if (m_graph.alive(*id) && m_graph[*id].users.empty())
                m_rewriter.erase(*id);
        return results.front().isNode() ? results.front().asNode() : NodeId{};
    }

private:
    /// What the replacement returns in place of each output; one packed output may become several results.
    ArgumentList returned() const {
        const Argument& value = m_replacement[m_replacement.output()].args.front();
        return value.isSequence() && (m_match.outputs.size() != 1 || value.items().size() == 1)
                   ? ArgumentList(value.items())
                   : ArgumentList{value};
    }

    /// The tags of activation checkpointing follow the output they stood on, up to the inputs of the replacement.
    void collectTags() {
        const ArgumentList values = returned();
        for (size_t i = 0; i < std::min(values.size(), m_match.outputs.size()); ++i) {
            const NodeId old = m_match.outputs[i];
            if (!old.valid() || !m_graph[old].origin)
                continue;
            for (const char* tag : {"recompute", "ac_graph_id"})
                if (const auto found = m_graph[old].origin->meta.find(tag); found != m_graph[old].origin->meta.end())
                    forEachNode(values[i], [&](NodeId made) { carryTag(tag, found->second, made); });
        }
    }

    void carryTag(const std::string& tag, const std::string& value, NodeId from) {
        std::vector<NodeId> todo{from};
        std::set<NodeId> visited;
        while (!todo.empty()) {
            const NodeId id = todo.back();
            todo.pop_back();
            if (m_replacement[id].op == Op::Placeholder || !visited.insert(id).second)
                continue;
            m_tags[id.index][tag] = value;
            for (const NodeId input : m_replacement.inputs(id))
                todo.push_back(input);
        }
    }

    Argument mapped(const Argument& value) const {
        return mapNodes(value, [this](NodeId id) { return m_values[id.index]; });
    }

    Result<Done> copy(NodeId before, std::span<const std::string> parameters) {
        const bool single = m_match.nodes.size() == 1;
        const std::shared_ptr<const Origin> old = m_graph[m_match.nodes.front()].origin;
        size_t next = 0;
        for (const NodeId id : m_replacement.order()) {
            const Node& node = m_replacement[id];
            if (node.op == Op::Placeholder) {
                const Argument* value = m_match.capture(parameters[next++]);
                if (!value)
                    return Diagnostic{"the match captured nothing for " + parameters[next - 1], node.name, ""};
                m_values[id.index] = *value;
            } else if (node.op != Op::Output)
                insert(node, before, single ? withOrigin(node.origin, old) : node.origin);
        }
        return Done{};
    }

    void insert(const Node& node, NodeId before, std::shared_ptr<const Origin> origin) {
        NodeBody body;
        body.target = node.target;
        body.name = m_graph.freshName(nameCandidate(node.target.shortName()));
        for (const Argument& arg : node.args)
            body.args.push_back(mapped(arg));
        for (const auto& [key, arg] : node.kwargs)
            body.kwargs.emplace_back(key, mapped(arg));
        body.meta = node.meta;
        body.origin = tagged(std::move(origin), node.id);
        const NodeId made = m_rewriter.insert(std::move(body), before);
        m_values[node.id.index] = Argument::node(made);
        m_added.insert(made);
    }

    std::shared_ptr<const Origin> tagged(std::shared_ptr<const Origin> origin, NodeId id) const {
        const auto found = m_tags.find(id.index);
        if (found == m_tags.end())
            return origin;
        Origin copy = origin ? *origin : Origin{};
        for (const auto& [tag, value] : found->second)
            copy.meta[tag] = value;
        return std::make_shared<const Origin>(std::move(copy));
    }

    Result<ArgumentList> results() const {
        ArgumentList results = returned();
        for (Argument& result : results)
            result = mapped(result);
        if (results.size() == m_match.outputs.size())
            return results;
        return Diagnostic{"the replacement returns " + std::to_string(results.size()) + " results, the pattern " +
                              std::to_string(m_match.outputs.size()),
                          "", "return as many"};
    }

    void redirectUses(NodeId old, const Argument& value) {
        const auto redirected = [&](NodeId id) { return id == old ? value : Argument::node(id); };
        for (const NodeId user : std::vector<NodeId>(m_graph[old].users)) { // FX's order, not that of the list
            if (m_added.contains(user))
                continue;
            ArgumentList args = m_graph[user].args;
            Kwargs kwargs = m_graph[user].kwargs;
            for (Argument& arg : args)
                arg = mapNodes(arg, redirected);
            for (Kwarg& kwarg : kwargs)
                kwarg.second = mapNodes(kwarg.second, redirected);
            m_rewriter.setArgs(user, std::move(args), std::move(kwargs));
        }
    }

    Result<Done> redirect(NodeId old, const Argument& value) {
        if (value.isSequence())
            return unpack(old, value.items());
        if (!value.isNode() && !value.isNone())
            return Diagnostic{"the replacement returns a constant", m_graph[old].name, "return a tensor"};
        redirectUses(old, value);
        if (m_graph[old].users.empty())
            m_rewriter.erase(old);
        return Done{};
    }

    /// The old output was one packed tuple: each getitem of it becomes the result it asked for.
    Result<Done> unpack(NodeId old, const ArgumentList& values) {
        for (const NodeId user : std::vector<NodeId>(m_graph[old].users)) {
            const Node& node = m_graph[user];
            const bool item = node.target.str() == "operator.getitem" && node.args.size() == 2 && node.args[1].isInt();
            const int64_t index = item ? node.args[1].asInt() : -1;
            if (index < 0 || index >= static_cast<int64_t>(values.size()))
                return Diagnostic{"the packed result " + m_graph[old].name + " is used whole", node.name, ""};
            FX_CHECK(redirect(user, values[static_cast<size_t>(index)]));
        }
        m_rewriter.erase(old);
        return Done{};
    }

    Rewriter& m_rewriter;
    const Graph& m_graph;
    const PatternMatch& m_match;
    const Graph& m_replacement;
    std::vector<Argument> m_values;                                ///< per node of the replacement
    std::map<uint32_t, std::map<std::string, std::string>> m_tags; ///< per node of the replacement
    std::set<NodeId> m_added;
};

/// Which entries of `order` need not move: a longest part of it that stands in that order in the graph already.
std::vector<bool> longestRunInPlace(const Graph& graph, const std::vector<NodeId>& order) {
    std::vector<uint32_t> place(graph.slotCount()), ends, before(order.size());
    uint32_t count = 0;
    for (const NodeId id : graph.order())
        place[id.index] = count++;
    const auto placeOf = [&](uint32_t i) { return place[order[i].index]; };
    for (uint32_t i = 0; i < order.size(); ++i) { // ends[k]: where the best run of k + 1 entries ends
        const auto at = std::lower_bound(ends.begin(), ends.end(), placeOf(i),
                                         [&](uint32_t end, uint32_t wanted) { return placeOf(end) < wanted; });
        before[i] = at == ends.begin() ? i : *(at - 1);
        if (at == ends.end())
            ends.push_back(i);
        else
            *at = i;
    }
    std::vector<bool> stays(order.size());
    for (uint32_t i = ends.empty() ? 0 : ends.back(); !ends.empty(); i = before[i]) {
        stays[i] = true;
        if (before[i] == i)
            break;
    }
    return stays;
}

} // namespace

Result<NodeId> replaceMatch(Rewriter& rewriter, const PatternMatch& match, const Graph& replacement,
                            std::span<const std::string> parameters) {
    return Replacer(rewriter, match, replacement).run(parameters);
}

Result<size_t> sortNodes(Rewriter& rewriter) {
    const Graph& graph = rewriter.graph();
    FX_TRY(const std::vector<NodeId> order, topologicalOrder(graph));
    const std::vector<bool> stays = longestRunInPlace(graph, order);
    size_t moved = 0;
    for (size_t i = order.size(); i-- > 0;)
        if (!stays[i])
            rewriter.move(order[i], i + 1 < order.size() ? order[i + 1] : NodeId{}), ++moved;
    return moved;
}

} // namespace fxscope
