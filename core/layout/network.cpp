// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fxscope::layered {
namespace {

constexpr double kVirtualWidth = 6;
constexpr int kManyEnds = 8, kNear = 4;

class Builder {
public:
    Builder(std::span<const Box> boxes, const Layering& layering, const LayoutOptions& options)
        : m_layering(layering), m_longest(std::max(1, options.longestEdge)) {
        const size_t n = boxes.size();
        m_net.items.reserve(2 * n);
        m_net.segments.reserve(layering.arcs.size() + n);
        for (uint32_t box = 0; box < n; ++box)
            m_net.items.push_back(
                {box, layering.layer[box], 0, layering.place[box], boxes[box].width, boxes[box].height});
        m_users.assign(n, 0);
        m_inputs.assign(n, 0);
        for (const Arc& arc : layering.arcs) {
            ++m_users[arc.upper];
            ++m_inputs[arc.lower];
        }
        m_net.chain.assign(n, kNone);
        m_net.chainSegment.assign(n, kNone);
        m_net.lastSegment.assign(layering.arcs.size(), kNone);
    }

    Network build() {
        std::vector<uint32_t> keys, values;
        for (uint32_t edge = 0; edge < m_layering.arcs.size(); ++edge)
            if (drawn(m_layering.arcs[edge])) {
                keys.push_back(m_layering.arcs[edge].upper);
                values.push_back(edge);
            }
        const Lists edges = group(m_net.chain.size(), keys, values);
        for (uint32_t box = 0; box < m_net.chain.size(); ++box)
            connect(box, edges.of(box));
        numberComponents();
        fillLayers();
        return std::move(m_net);
    }

private:
    int span(const Arc& arc) const { return m_layering.layer[arc.lower] - m_layering.layer[arc.upper]; }
    /// A value with many users, or a box with many inputs, keeps lines to the near ones only: the others would be a
    /// ladder of parallel lines beside everything between.
    bool drawn(const Arc& arc) const {
        const bool many = m_users[arc.upper] > kManyEnds || m_inputs[arc.lower] > kManyEnds;
        return arc.upper != arc.lower && span(arc) <= (many ? std::min(m_longest, kNear) : m_longest);
    }

    /// Draws the edges below `box`; several to one target share everything.
    void connect(uint32_t box, std::span<const uint32_t> edges) {
        m_sorted.assign(edges.begin(), edges.end());
        std::stable_sort(m_sorted.begin(), m_sorted.end(),
                         [&](uint32_t a, uint32_t b) { return m_layering.arcs[a].lower < m_layering.arcs[b].lower; });
        int longest = 1;
        for (const uint32_t edge : m_sorted)
            longest = std::max(longest, span(m_layering.arcs[edge]));
        m_lightChain = m_layering.light[box];
        const float chainWeight = std::pow(kLonger, static_cast<float>(longest - 1));
        addChain(box, longest - 1, chainWeight);
        uint32_t last = kNone;
        for (const uint32_t edge : m_sorted) {
            const uint32_t target = m_layering.arcs[edge].lower;
            if (last == kNone || m_net.segments[last].lower != target)
                last = addSegment(chainEnd(box, span(m_layering.arcs[edge])), target,
                                  span(m_layering.arcs[edge]) == longest ? chainWeight : kPlain);
            m_net.lastSegment[edge] = last;
        }
    }

    void addChain(uint32_t box, int length, float weight) {
        if (length <= 0)
            return;
        m_net.chain[box] = static_cast<uint32_t>(m_net.items.size());
        m_net.chainSegment[box] = static_cast<uint32_t>(m_net.segments.size());
        uint32_t above = box;
        for (int i = 1; i <= length; ++i) {
            const uint32_t item = static_cast<uint32_t>(m_net.items.size());
            m_net.items.push_back({kNone, m_layering.layer[box] + i, 0, m_layering.place[box], kVirtualWidth, 0});
            addSegment(above, item, weight);
            above = item;
        }
    }
    uint32_t chainEnd(uint32_t box, int span) const { return span == 1 ? box : m_net.chain[box] + span - 2; }

    uint32_t addSegment(uint32_t upper, uint32_t lower, float weight) {
        const auto light = [&](uint32_t item) { return m_net.items[item].box != kNone && m_layering.light[item]; };
        m_net.segments.push_back({upper, lower, light(upper) || light(lower) || m_lightChain ? kLight : weight});
        return static_cast<uint32_t>(m_net.segments.size() - 1);
    }

    uint32_t root(uint32_t item) {
        while (m_parent[item] != item)
            item = m_parent[item] = m_parent[m_parent[item]];
        return item;
    }
    /// Components in the order of their first boxes; single boxes last, so that they stand at the side.
    void numberComponents() {
        m_parent.resize(m_net.items.size());
        std::iota(m_parent.begin(), m_parent.end(), 0u);
        for (const Segment& segment : m_net.segments) {
            const uint32_t a = root(segment.upper), b = root(segment.lower);
            m_parent[std::max(a, b)] = std::min(a, b);
        }
        std::vector<char> single(m_net.items.size(), true);
        for (const Segment& segment : m_net.segments)
            single[segment.upper] = single[segment.lower] = false;
        for (uint32_t item = 0; item < m_net.items.size(); ++item)
            m_net.items[item].component = single[item] ? static_cast<uint32_t>(m_net.items.size()) + item : root(item);
    }

    void fillLayers() {
        std::vector<uint32_t> layers, items(m_net.items.size()), upper, lower, all(m_net.segments.size());
        std::iota(items.begin(), items.end(), 0u);
        std::iota(all.begin(), all.end(), 0u);
        std::sort(items.begin(), items.end(), [&](uint32_t a, uint32_t b) {
            const Item &x = m_net.items[a], &y = m_net.items[b];
            return std::tie(x.component, x.place, a) < std::tie(y.component, y.place, b);
        });
        for (const uint32_t item : items)
            layers.push_back(static_cast<uint32_t>(m_net.items[item].layer));
        Lists byLayer = group(m_layering.count, layers, items);
        m_net.order = std::move(byLayer.values);
        m_net.layerBegin = std::move(byLayer.begin);
        m_net.pos.resize(m_net.items.size());
        for (int layer = 0; layer < m_net.layerCount(); ++layer)
            for (uint32_t i = m_net.layerBegin[layer]; i < m_net.layerBegin[layer + 1]; ++i)
                m_net.pos[m_net.order[i]] = i - m_net.layerBegin[layer];
        for (const Segment& segment : m_net.segments) {
            upper.push_back(segment.upper);
            lower.push_back(segment.lower);
        }
        m_net.down = group(m_net.items.size(), upper, all);
        m_net.up = group(m_net.items.size(), lower, all);
    }

    const Layering& m_layering;
    int m_longest;
    bool m_lightChain = false; ///< the box being connected is light
    Network m_net;
    std::vector<uint32_t> m_sorted, m_parent;
    std::vector<int> m_users, m_inputs; ///< of each box
};

} // namespace

Network buildNetwork(std::span<const Box> boxes, const Layering& layering, const LayoutOptions& options) {
    return Builder(boxes, layering, options).build();
}

} // namespace fxscope::layered
