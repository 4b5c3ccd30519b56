// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>
#include <climits>
#include <numeric>
#include <utility>

namespace fxscope::layered {
namespace {

/// Boxes per row for those that nothing but the output uses.
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
        for (uint32_t box = static_cast<uint32_t>(boxes); box-- > 0;) // the reversed order has the first one first
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
                enter(next);
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

bool feedsOnlySinks(uint32_t box, std::span<const Box> boxes, const Lists& below) {
    const auto users = below.of(box);
    return std::all_of(users.begin(), users.end(), [&](uint32_t user) { return boxes[user].sink; });
}

/// Moves boxes down to their first user: those that feed weights, and those that only feed boxes so far below that
/// stubs would lead there and that hang on one value themselves (a mask that every block makes anew from one tensor).
/// Dead ends stay directly below their input; being an input of the output counts as no use.
class Puller {
public:
    Puller(Layering& layering, std::span<const Box> boxes, const Lists& above, const Lists& below, int longestEdge)
        : m_layering(layering), m_boxes(boxes), m_above(above), m_below(below), m_longest(longestEdge) {}

    /// Backwards, so that a weight follows its cast.
    void run(const std::vector<uint32_t>& order) {
        for (auto box = order.rbegin(); box != order.rend(); ++box) {
            const int first = firstUse(*box), here = m_layering.layer[*box];
            const bool weight = m_layering.light[*box];
            if (first < INT_MAX && !m_boxes[*box].entry &&
                (weight || (first - here > m_longest && heavyInputs(*box) <= 1)))
                m_layering.layer[*box] = first - 1;
            m_layering.light[*box] = weight || (m_below.of(*box).empty() && !m_boxes[*box].sink);
        }
    }

private:
    int firstUse(uint32_t box) const {
        int first = INT_MAX;
        for (const uint32_t user : m_below.of(box))
            if (!m_boxes[user].sink)
                first = std::min(first, m_layering.layer[user]);
        return first;
    }
    /// Inputs that do not follow by themselves.
    int heavyInputs(uint32_t box) const {
        int count = 0;
        uint32_t last = UINT32_MAX;
        for (const uint32_t input : m_above.of(box))
            count += !m_layering.light[input] && std::exchange(last, input) != input;
        return count;
    }

    Layering& m_layering;
    std::span<const Box> m_boxes;
    const Lists &m_above, &m_below;
    int m_longest;
};

/// The output stands below everything else.
void placeSinks(std::vector<int>& layer, std::span<const Box> boxes, const Lists& below) {
    const auto isLast = [&](uint32_t box) { return boxes[box].sink && below.of(box).empty(); };
    int deepest = -1;
    for (uint32_t box = 0; box < boxes.size(); ++box)
        if (!isLast(box))
            deepest = std::max(deepest, layer[box]);
    for (uint32_t box = 0; box < boxes.size(); ++box)
        if (isLast(box))
            layer[box] = std::max(layer[box], deepest + 1);
}

/// Parts that only stubs connect need not begin at the top: one that feeds more stubs than it is fed by moves down to
/// the first box it feeds, so that what follows stands below it (the gradient that enters a joint graph, for example).
class PartMover {
public:
    PartMover(Layering& layering, std::span<const Box> boxes, int longestEdge)
        : m_layering(layering), m_boxes(boxes), m_parent(layering.layer.size()) {
        std::iota(m_parent.begin(), m_parent.end(), 0u);
        for (const Arc& arc : layering.arcs)
            if (span(arc) <= longestEdge)
                unite(arc.upper, arc.lower);
    }

    void run() {
        std::vector<int> slack(m_parent.size(), INT_MAX), balance(m_parent.size());
        for (const Arc& arc : m_layering.arcs)
            if (const uint32_t from = root(arc.upper), to = root(arc.lower); from != to) {
                slack[from] = std::min(slack[from], span(arc) - 1);
                ++balance[from];
                --balance[to];
            }
        for (uint32_t box = 0; box < m_parent.size(); ++box)
            if (m_boxes[box].entry)
                balance[root(box)] = 0;
        for (uint32_t box = 0; box < m_parent.size(); ++box)
            if (const uint32_t part = root(box); balance[part] > 0 && slack[part] < INT_MAX)
                m_layering.layer[box] += slack[part];
    }

private:
    int span(const Arc& arc) const { return m_layering.layer[arc.lower] - m_layering.layer[arc.upper]; }
    uint32_t root(uint32_t box) {
        while (m_parent[box] != box)
            box = m_parent[box] = m_parent[m_parent[box]];
        return box;
    }
    void unite(uint32_t a, uint32_t b) {
        a = root(a);
        b = root(b);
        m_parent[std::max(a, b)] = std::min(a, b);
    }

    Layering& m_layering;
    std::span<const Box> m_boxes;
    std::vector<uint32_t> m_parent;
};

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

Layering assignLayers(std::span<const Box> boxes, std::span<const Edge> edges, int longestEdge) {
    const size_t n = boxes.size();
    const TopologicalOrder order(n, edges);
    Layering result{std::vector<int>(n), std::vector<uint32_t>(n), std::vector<char>(n), {}, 0};
    for (uint32_t i = 0; i < n; ++i)
        result.place[order.boxes()[i]] = i;
    result.arcs = arcsAlong(result.place, edges);
    const Lists above = neighbours(n, result.arcs, false), below = neighbours(n, result.arcs, true);

    auto& layer = result.layer;
    std::vector<char>& weight = result.light;
    int loose = 0;
    for (const uint32_t box : order.boxes()) {
        if (above.of(box).empty() && !boxes[box].sink && !boxes[box].entry && feedsOnlySinks(box, boxes, below))
            layer[box] = loose++ / kLooseRow;
        for (const uint32_t in : above.of(box))
            layer[box] = std::max(layer[box], layer[in] + 1);
        weight[box] = !boxes[box].entry && feedsWeights(box, above, weight);
    }
    placeSinks(layer, boxes, below);
    Puller(result, boxes, above, below, longestEdge).run(order.boxes());
    PartMover(result, boxes, longestEdge).run();
    placeSinks(layer, boxes, below);
    closeGaps(result);
    return result;
}

} // namespace fxscope::layered
