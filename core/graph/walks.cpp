// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/walks.h"

#include <climits>

namespace fxscope {
namespace {

/// How many edges each node is away, breadth first; -1: out of reach.
std::vector<int> distances(const Graph& graph, std::span<const NodeId> from, const WalkOptions& options) {
    std::vector<int> away(graph.slotCount(), -1);
    std::vector<NodeId> queue;
    const auto reach = [&](NodeId id, int distance) {
        if (graph.alive(id) && away[id.index] < 0) {
            away[id.index] = distance;
            queue.push_back(id);
        }
    };
    for (const NodeId id : from)
        reach(id, 0);
    for (size_t i = 0; i < queue.size(); ++i) {
        const NodeId id = queue[i];
        const int next = away[id.index] + 1;
        if (next > options.distance)
            break;
        if (options.inputs)
            forEachInput(graph[id], [&](NodeId input) { reach(input, next); });
        if (options.users)
            for (const NodeId user : graph[id].users)
                reach(user, next);
    }
    return away;
}

std::vector<NodeId> pathsFrom(const Graph& graph, NodeId upper, NodeId lower) {
    const std::vector<int> below = distances(graph, std::span(&upper, 1), {false, true, INT_MAX - 1});
    std::vector<NodeId> result;
    if (!graph.alive(lower) || below[lower.index] < 0)
        return result;
    const std::vector<int> above = distances(graph, std::span(&lower, 1), {true, false, INT_MAX - 1});
    for (const NodeId id : graph.order())
        if (below[id.index] >= 0 && above[id.index] >= 0)
            result.push_back(id);
    return result;
}

} // namespace

std::vector<NodeId> nodesWithin(const Graph& graph, std::span<const NodeId> from, const WalkOptions& options) {
    const std::vector<int> away = distances(graph, from, options);
    std::vector<NodeId> result;
    for (const NodeId id : graph.order())
        if (away[id.index] >= 0)
            result.push_back(id);
    return result;
}

std::vector<NodeId> nodesBetween(const Graph& graph, NodeId a, NodeId b) {
    std::vector<NodeId> paths = pathsFrom(graph, a, b);
    return paths.empty() ? pathsFrom(graph, b, a) : paths;
}

} // namespace fxscope
