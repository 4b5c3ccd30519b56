// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>

namespace fxscope::layered {
namespace {

/// Boxes per row for those that no edge touches.
constexpr int kLooseRow = 8;

Lists successors(size_t boxes, std::span<const Edge> edges) {
    std::vector<uint32_t> from, to;
    from.reserve(edges.size());
    to.reserve(edges.size());
    for (const Edge& edge : edges) {
        from.push_back(edge.from);
        to.push_back(edge.to);
    }
    return group(boxes, from, to);
}

/// Depth first with a stack of our own; an edge against the resulting order closes a cycle.
class TopologicalOrder {
public:
    TopologicalOrder(size_t boxes, std::span<const Edge> edges) : m_next(successors(boxes, edges)), m_seen(boxes) {
        std::vector<char> hasInput(boxes);
        for (const Edge& edge : edges)
            hasInput[edge.to] |= edge.from != edge.to;
        for (uint32_t box = 0; box < boxes; ++box)
            if (!hasInput[box])
                visit(box);
        for (uint32_t box = 0; box < boxes; ++box)
            visit(box);
        std::reverse(m_finished.begin(), m_finished.end());
    }
    const std::vector<uint32_t>& boxes() const { return m_finished; }

private:
    void enter(uint32_t box) {
        m_seen[box] = true;
        m_stack.push_back({box, m_next.begin[box + 1]});
    }
    void visit(uint32_t root) {
        if (!m_seen[root])
            enter(root);
        while (!m_stack.empty()) {
            auto& [box, cursor] = m_stack.back();
            if (cursor == m_next.begin[box]) {
                m_finished.push_back(box);
                m_stack.pop_back();
            } else if (const uint32_t next = m_next.values[--cursor]; !m_seen[next]) {
                enter(next); // last successor first, so that the reversed order has the first one first
            }
        }
    }

    Lists m_next;
    std::vector<char> m_seen;
    std::vector<std::pair<uint32_t, uint32_t>> m_stack;
    std::vector<uint32_t> m_finished;
};

std::vector<Arc> arcsAlong(const std::vector<uint32_t>& place, std::span<const Edge> edges) {
    std::vector<Arc> arcs;
    arcs.reserve(edges.size());
    for (const Edge& edge : edges)
        if (place[edge.from] > place[edge.to])
            arcs.push_back({edge.to, edge.from, true});
        else
            arcs.push_back({edge.from, edge.to, false});
    return arcs;
}

Lists neighbours(size_t boxes, const std::vector<Arc>& arcs, bool below) {
    std::vector<uint32_t> keys, values;
    for (const Arc& arc : arcs)
        if (arc.upper != arc.lower) {
            keys.push_back(below ? arc.upper : arc.lower);
            values.push_back(below ? arc.lower : arc.upper);
        }
    return group(boxes, keys, values);
}

/// Fed by nothing, or by one such box: a weight, its cast, its permute, a constant.
bool feedsWeights(uint32_t box, const Lists& above, const std::vector<char>& weight) {
    const auto inputs = above.of(box);
    return std::all_of(inputs.begin(), inputs.end(), [&](uint32_t in) { return in == inputs[0] && weight[in]; });
}

void pullDown(std::vector<int>& layer, std::span<const uint32_t> users, uint32_t box) {
    int first = layer[users[0]];
    for (const uint32_t user : users)
        first = std::min(first, layer[user]);
    layer[box] = first - 1;
}

void closeGaps(Layering& result) {
    std::vector<int> number(result.layer.empty() ? 0 : *std::max_element(result.layer.begin(), result.layer.end()) + 1);
    for (const int layer : result.layer)
        number[layer] = 1;
    for (int& used : number)
        used = used ? result.count++ : -1;
    for (int& layer : result.layer)
        layer = number[layer];
}

} // namespace

Lists group(size_t lists, std::span<const uint32_t> keys, std::span<const uint32_t> values) {
    Lists result{std::vector<uint32_t>(lists + 1), std::vector<uint32_t>(values.size())};
    for (const uint32_t key : keys)
        ++result.begin[key + 1];
    for (size_t i = 0; i < lists; ++i)
        result.begin[i + 1] += result.begin[i];
    std::vector<uint32_t> cursor(result.begin.begin(), result.begin.end() - 1);
    for (size_t i = 0; i < values.size(); ++i)
        result.values[cursor[keys[i]]++] = values[i];
    return result;
}

Layering assignLayers(std::span<const Box> boxes, std::span<const Edge> edges) {
    const size_t n = boxes.size();
    const TopologicalOrder order(n, edges);
    Layering result{std::vector<int>(n), std::vector<uint32_t>(n), std::vector<char>(n), {}, 0};
    for (uint32_t i = 0; i < n; ++i)
        result.place[order.boxes()[i]] = i;
    result.arcs = arcsAlong(result.place, edges);
    const Lists above = neighbours(n, result.arcs, false), below = neighbours(n, result.arcs, true);

    auto& layer = result.layer;
    std::vector<char>& weight = result.light;
    int deepest = -1, loose = 0;
    for (const uint32_t box : order.boxes()) {
        if (above.of(box).empty() && below.of(box).empty() && !boxes[box].sink)
            layer[box] = loose++ / kLooseRow;
        for (const uint32_t in : above.of(box))
            layer[box] = std::max(layer[box], layer[in] + 1);
        weight[box] = feedsWeights(box, above, weight);
        if (!boxes[box].sink)
            deepest = std::max(deepest, layer[box]);
    }
    for (uint32_t box = 0; box < n; ++box)
        if (boxes[box].sink && below.of(box).empty())
            layer[box] = std::max(layer[box], deepest + 1);
    // Backwards, so that a weight follows its cast. Dead ends stay where they are: directly below their input.
    for (auto box = order.boxes().rbegin(); box != order.boxes().rend(); ++box) {
        if (weight[*box] && !below.of(*box).empty())
            pullDown(layer, below.of(*box), *box);
        weight[*box] |= below.of(*box).empty() && !boxes[*box].sink;
    }
    closeGaps(result);
    return result;
}

} // namespace fxscope::layered
