// SPDX-License-Identifier: BSD-3-Clause
// What must hold of a graph, and comparing two of them.
#include "core/graph/graph.h"

#include "core/graph/hash.h"
#include "core/support/text.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace fxscope {
namespace {

std::vector<NodeId> dependencies(const Graph& graph, NodeId id) {
    std::vector<NodeId> result;
    forEachInput(graph[id], [&](NodeId input) { result.push_back(input); });
    return result;
}

/// Compares two arguments of different graphs; nodes are equal if `same` says so.
bool sameArgument(const Argument& a, const Argument& b, const std::function<bool(NodeId, NodeId)>& same) {
    if (a.kind() != b.kind())
        return false;
    switch (a.kind()) {
    case Argument::Kind::Node: return same(a.asNode(), b.asNode());
    case Argument::Kind::List:
    case Argument::Kind::Tuple:
    case Argument::Kind::Slice:
        return std::equal(a.items().begin(), a.items().end(), b.items().begin(), b.items().end(),
                          [&](const Argument& x, const Argument& y) { return sameArgument(x, y, same); });
    case Argument::Kind::Dict:
        return std::equal(a.dict().begin(), a.dict().end(), b.dict().begin(), b.dict().end(),
                          [&](const Kwarg& x, const Kwarg& y) {
                              return x.first == y.first && sameArgument(x.second, y.second, same);
                          });
    default: return a == b;
    }
}

} // namespace

uint64_t hashOf(const Graph& graph) {
    Hash hash;
    const NodeHash byName = [&](NodeId id) {
        Hash name;
        name.add(graph[id].name);
        return name.value();
    };
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        hash.add(static_cast<uint64_t>(node.op));
        hash.add(node.name);
        hash.add(node.target.str());
        for (const Argument& arg : node.args)
            hash.add(arg, byName);
        for (const Kwarg& kwarg : node.kwargs)
            hash.add(kwarg.first), hash.add(kwarg.second, byName);
    }
    return hash.value();
}

bool sameGraph(const Graph& a, const Graph& b, const SameOptions& options, std::string* why) {
    const auto differ = [why](std::string text) {
        if (why)
            *why = std::move(text);
        return false;
    };
    if (a.size() != b.size())
        return differ(counted(static_cast<int64_t>(a.size()), "node", "nodes") + " against " +
                      std::to_string(b.size()));
    std::vector<NodeId> left = a.ids(), right;
    if (options.order) {
        right = b.ids();
    } else {
        for (const NodeId id : left) {
            const auto twin = b.find(a[id].name);
            if (!twin)
                return differ(a[id].name + " is missing in the second graph");
            right.push_back(*twin);
        }
    }
    std::unordered_map<uint32_t, uint32_t> twin;
    for (size_t i = 0; i < left.size(); ++i)
        twin[left[i].index] = right[i].index;
    const auto same = [&](NodeId x, NodeId y) {
        const auto found = twin.find(x.index);
        return found != twin.end() && found->second == y.index;
    };
    for (size_t i = 0; i < left.size(); ++i) {
        const Node &x = a[left[i]], &y = b[right[i]];
        if (options.names && x.name != y.name)
            return differ("node " + std::to_string(i + 1) + " is named " + x.name + " and " + y.name);
        if (x.op != y.op || x.target != y.target)
            return differ(x.name + ": " + std::string(name(x.op)) + " " + x.target.str() + " against " +
                          std::string(name(y.op)) + " " + y.target.str());
        const auto argsSame = [&](const Argument& p, const Argument& q) { return sameArgument(p, q, same); };
        if (!std::equal(x.args.begin(), x.args.end(), y.args.begin(), y.args.end(), argsSame))
            return differ(x.name + ": args differ");
        if (!std::equal(
                x.kwargs.begin(), x.kwargs.end(), y.kwargs.begin(), y.kwargs.end(),
                [&](const Kwarg& p, const Kwarg& q) { return p.first == q.first && argsSame(p.second, q.second); }))
            return differ(x.name + ": kwargs differ");
        if (options.meta && x.meta != y.meta)
            return differ(x.name + ": " + x.meta.str(true) + " against " + y.meta.str(true));
        if (options.origin && !(x.origin == y.origin || (x.origin && y.origin && *x.origin == *y.origin)))
            return differ(x.name + ": source, module stack or provenance differ");
    }
    for (const auto& [attribute, child] : a.children) {
        const auto other = b.children.find(attribute);
        if (other == b.children.end())
            return differ("child graph " + attribute + " is missing in the second graph");
        if (std::string inner; !sameGraph(*child, *other->second, options, &inner))
            return differ("child graph " + attribute + ": " + inner);
    }
    return a.children.size() == b.children.size() || differ("the second graph has more child graphs");
}

Result<std::vector<NodeId>> topologicalOrder(const Graph& graph) {
    // Pending nodes from the back of `stack`; a node whose dependencies are not all placed waits under the last such
    // one.
    std::vector<NodeId> stack = graph.ids(), placed;
    std::reverse(stack.begin(), stack.end());
    placed.reserve(stack.size());
    std::vector<bool> isPlaced(graph.slotCount());
    std::unordered_map<uint32_t, std::vector<NodeId>> waiting;
    while (!stack.empty()) {
        const NodeId id = stack.back();
        stack.pop_back();
        NodeId missing;
        forEachInput(graph[id], [&](NodeId input) { missing = isPlaced[input.index] ? missing : input; });
        if (missing.valid()) {
            waiting[missing.index].push_back(id);
            continue;
        }
        isPlaced[id.index] = true;
        placed.push_back(id);
        if (const auto found = waiting.find(id.index); found != waiting.end()) {
            stack.insert(stack.end(), found->second.rbegin(), found->second.rend());
            waiting.erase(found);
        }
    }
    if (placed.size() == graph.size())
        return placed;
    // Follow unplaced dependencies from any unplaced node until one repeats: that is the cycle.
    NodeId at;
    for (const NodeId id : graph.order())
        if (!isPlaced[id.index])
            at = id;
    std::unordered_set<uint32_t> seen;
    std::vector<NodeId> path;
    while (seen.insert(at.index).second) {
        path.push_back(at);
        for (const NodeId input : dependencies(graph, at))
            if (!isPlaced[input.index]) {
                at = input;
                break;
            }
    }
    std::vector<std::string> names;
    for (auto it = std::find(path.begin(), path.end(), at); it != path.end() && names.size() < 10; ++it)
        names.push_back(graph[*it].name);
    return Diagnostic{"these nodes need each other: " + join(names, " <- "), graph[at].name,
                      "a graph must not contain a cycle; check the arguments of these nodes"};
}

Diagnostics verify(const Graph& graph) {
    Diagnostics found;
    std::unordered_map<uint32_t, std::vector<NodeId>> users;
    std::unordered_map<std::string_view, NodeId> names;
    std::vector<bool> defined(graph.slotCount());
    size_t outputs = 0;
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        outputs += node.op == Op::Output;
        if (!names.emplace(node.name, id).second)
            found.push_back({"two nodes have this name", node.name, "rename one of them"});
        for (const NodeId input : graph.inputs(id)) {
            if (!graph.alive(input)) {
                found.push_back({"uses " + graph[input].name + ", which was erased", node.name, ""});
                continue;
            }
            users[input.index].push_back(id);
            if (!defined[input.index])
                found.push_back({"uses " + graph[input].name + " before its definition", node.name,
                                 "sort the graph before running it", Severity::Warning});
        }
        defined[id.index] = true;
    }
    for (const NodeId id : graph.order()) {
        auto is = graph[id].users, should = users[id.index];
        std::sort(is.begin(), is.end());
        std::sort(should.begin(), should.end());
        if (is != should)
            found.push_back({"lists " + counted(static_cast<int64_t>(is.size()), "user", "users") + ", " +
                                 std::to_string(should.size()) + " nodes mention it",
                             graph[id].name, ""});
    }
    if (outputs > 1 || (outputs == 0 && !graph.partial))
        found.push_back({"a graph has exactly one output, this one has " + std::to_string(outputs), graph.name,
                         outputs ? "keep one return" : "end it with a return"});
    if (auto sorted = topologicalOrder(graph); !sorted.ok())
        found.push_back(sorted.error());
    return found;
}

} // namespace fxscope
