// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>

namespace fxscope::layered {
namespace {

/// Counts inversions of positions that arrive one by one.
class InversionCounter {
public:
    void reset(size_t size) {
        m_tree.assign(size + 1, 0);
        m_added = 0;
    }
    uint64_t before(uint32_t position) const { // added so far at positions <= position
        uint64_t sum = 0;
        for (uint32_t i = position + 1; i > 0; i &= i - 1)
            sum += m_tree[i];
        return sum;
    }
    uint64_t larger(uint32_t position) const { return m_added - before(position); }
    void add(uint32_t position) {
        ++m_added;
        for (uint32_t i = position + 1; i < m_tree.size(); i += i & (~i + 1))
            ++m_tree[i];
    }

private:
    std::vector<uint32_t> m_tree;
    uint64_t m_added = 0;
};

class Orderer {
public:
    Orderer(Network& network, const Cancel& cancel) : m_net(network), m_cancel(cancel) {}

    bool run(int sweeps) {
        std::vector<uint32_t> bestOrder = m_net.order, bestPos = m_net.pos;
        uint64_t best = crossings(m_net);
        for (int sweep = 0; sweep < sweeps && best > 0; ++sweep) {
            if (!this->sweep(sweep % 2 == 0))
                return false;
            if (const uint64_t now = crossings(m_net); now < best) {
                best = now;
                bestOrder = m_net.order;
                bestPos = m_net.pos;
            }
        }
        m_net.order = std::move(bestOrder);
        m_net.pos = std::move(bestPos);
        return true;
    }

private:
    bool sweep(bool downwards) {
        const int count = m_net.layerCount();
        for (int i = 1; i < count; ++i) {
            if (i % kPollEvery == 0 && m_cancel.requested())
                return false;
            const int layer = downwards ? i : count - 1 - i;
            sortLayer(layer, downwards);
            exchange(layer);
        }
        return !m_cancel.requested();
    }

    uint32_t positionAcross(uint32_t segment, bool above) const {
        const Segment& s = m_net.segments[segment];
        return m_net.pos[above ? s.upper : s.lower];
    }

    void sortLayer(int layer, bool byAbove) {
        const auto items = m_net.layerOf(layer);
        m_keys.clear();
        double last = -1; // an item without neighbours stays behind its left neighbour
        for (const uint32_t item : items) {
            const auto segments = byAbove ? m_net.up.of(item) : m_net.down.of(item);
            double sum = 0;
            for (const uint32_t segment : segments)
                sum += positionAcross(segment, byAbove);
            if (!segments.empty())
                last = sum / static_cast<double>(segments.size());
            m_keys.push_back({m_net.items[item].component, last, item});
        }
        std::stable_sort(m_keys.begin(), m_keys.end(), [](const Key& a, const Key& b) {
            return a.component != b.component ? a.component < b.component : a.centre < b.centre;
        });
        for (uint32_t i = 0; i < items.size(); ++i)
            put(items, i, m_keys[i].item);
    }

    void put(std::span<uint32_t> items, uint32_t position, uint32_t item) {
        items[position] = item;
        m_net.pos[item] = position;
    }

    /// Neighbours change places where that removes crossings.
    void exchange(int layer) {
        const auto items = m_net.layerOf(layer);
        for (uint32_t i = 0; i + 1 < items.size(); ++i) {
            const uint32_t a = items[i], b = items[i + 1];
            if (m_net.items[a].component == m_net.items[b].component && gain(a, b) > 0) {
                put(items, i, b);
                put(items, i + 1, a);
            }
        }
    }
    int64_t gain(uint32_t left, uint32_t right) {
        return gain(m_net.up.of(left), m_net.up.of(right), true) +
               gain(m_net.down.of(left), m_net.down.of(right), false);
    }
    /// Crossings of two bundles as they are, less those after an exchange. Wide bundles are left to the sweeps.
    int64_t gain(std::span<const uint32_t> left, std::span<const uint32_t> right, bool above) const {
        if (left.size() * right.size() > 64)
            return 0;
        int64_t result = 0;
        for (const uint32_t l : left)
            for (const uint32_t r : right) {
                const uint32_t a = positionAcross(l, above), b = positionAcross(r, above);
                result += (a > b) - (a < b);
            }
        return result;
    }

    struct Key {
        uint32_t component;
        double centre;
        uint32_t item;
    };
    Network& m_net;
    const Cancel& m_cancel;
    std::vector<Key> m_keys;
};

} // namespace

uint64_t crossings(const Network& network) {
    uint64_t result = 0;
    InversionCounter counter;
    std::vector<uint32_t> lower;
    for (int layer = 0; layer + 1 < network.layerCount(); ++layer) {
        const auto items = network.layerOf(layer), next = network.layerOf(layer + 1);
        if (items.size() < 2 || next.size() < 2)
            continue;
        counter.reset(next.size());
        for (const uint32_t item : items) {
            lower.clear();
            for (const uint32_t segment : network.down.of(item))
                lower.push_back(network.pos[network.segments[segment].lower]);
            for (const uint32_t position : lower)
                result += counter.larger(position);
            for (const uint32_t position : lower)
                counter.add(position);
        }
    }
    return result;
}

bool orderLayers(Network& network, int sweeps, const Cancel& cancel) { return Orderer(network, cancel).run(sweeps); }

} // namespace fxscope::layered
