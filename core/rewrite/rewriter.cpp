// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/rewriter.h"

#include "core/ops/op.h"

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

bool inputsHaveMeta(const Graph& graph, const ArgumentList& args, const Kwargs& kwargs) {
    bool all = true;
    const auto look = [&](NodeId id) { all = all && graph[id].meta.isKnown(); };
    for (const Argument& arg : args)
        forEachNode(arg, look);
    for (const Kwarg& kwarg : kwargs)
        forEachNode(kwarg.second, look);
    return all;
}

} // namespace

template <class Change> NodeId Rewriter::record(NodeId id, const Change& change) {
    Edit edit{id, m_graph.snapshot(id), nullptr};
    if (const NodeId made = change(); made.valid())
        edit.node = made;
    edit.now = m_graph.snapshot(edit.node);
    m_edits.push_back(std::move(edit));
    return m_edits.back().node;
}

NodeId Rewriter::call(Target target, ArgumentList args, Kwargs kwargs, NodeId next, NodeId like) {
    NodeBody body;
    body.name = m_graph.freshName(nameCandidate(target.shortName()));
    body.target = target;
    if (like.valid())
        body.origin = m_graph[like].origin;
    if (inputsHaveMeta(m_graph, args, kwargs)) { // without it there is nothing to infer from, and nothing to warn of
        if (auto meta = inferCall(m_graph, target, args, kwargs, body.name); meta.ok())
            body.meta = std::move(meta).value();
        else
            warn({"no shape could be given to the new node: " + meta.error().what, body.name, meta.error().next,
                  Severity::Warning});
    }
    body.args = std::move(args);
    body.kwargs = std::move(kwargs);
    return insert(std::move(body), next);
}

NodeId Rewriter::insert(NodeBody body, NodeId next) {
    return record({}, [&] { return m_graph.insert(std::move(body), next); });
}

void Rewriter::replaceUses(NodeId old, NodeId replacement, const std::vector<NodeId>& except) {
    std::vector<NodeId> users = m_graph[old].users;
    std::sort(users.begin(), users.end(), [this](NodeId a, NodeId b) { return m_graph.isBefore(a, b); });
    const auto redirect = [&](NodeId id) { return Argument::node(id == old ? replacement : id); };
    for (const NodeId user : users) {
        if (std::find(except.begin(), except.end(), user) != except.end())
            continue;
        NodeBody body = m_graph[user];
        for (Argument& arg : body.args)
            arg = mapNodes(arg, redirect);
        for (Kwarg& kwarg : body.kwargs)
            kwarg.second = mapNodes(kwarg.second, redirect);
        setArgs(user, std::move(body.args), std::move(body.kwargs));
    }
}

void Rewriter::setArgs(NodeId id, ArgumentList args, Kwargs kwargs) {
    record(id, [&] {
        NodeBody body = m_graph[id];
        body.args = std::move(args);
        body.kwargs = std::move(kwargs);
        m_graph.setBody(id, std::move(body));
        return id;
    });
}

void Rewriter::setTarget(NodeId id, Target target) {
    record(id, [&] {
        NodeBody body = m_graph[id];
        body.target = target;
        m_graph.setBody(id, std::move(body));
        return id;
    });
}

void Rewriter::setMeta(NodeId id, ValueMeta meta) {
    record(id, [&] {
        NodeBody body = m_graph[id];
        body.meta = std::move(meta);
        m_graph.setBody(id, std::move(body));
        return id;
    });
}

void Rewriter::move(NodeId id, NodeId next) {
    record(id, [&] {
        m_graph.move(id, next);
        return id;
    });
}

void Rewriter::erase(NodeId id) {
    record(id, [&] {
        m_graph.erase(id);
        return id;
    });
}

void Rewriter::undoAll() {
    for (auto edit = m_edits.rbegin(); edit != m_edits.rend(); ++edit)
        m_graph.undo(*edit);
    m_edits.clear();
}

} // namespace fxscope
