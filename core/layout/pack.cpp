// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>
#include <cmath>

namespace fxscope::layered {
namespace {

/// Puts the components beside each other, the largest first, each as far left as the others let it.
class Packer {
public:
    Packer(Network& network, double boxGap) : m_net(network), m_gap(2 * boxGap) {
        collectExtents();
        m_taken.assign(m_net.layerCount(), -INFINITY);
    }

    void run() {
        std::vector<uint32_t> order;
        for (uint32_t component = 0; component < m_shift.size(); ++component)
            if (m_size[component] > 0)
                order.push_back(component);
        std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return m_size[a] > m_size[b]; });
        for (const uint32_t component : order)
            place(component);
        for (Item& item : m_net.items)
            item.x += m_shift[dense(item.component)];
    }

private:
    struct Extent {
        int layer;
        double left, right;
    };
    /// Components are numbered by items; those of single boxes by items from the end on.
    uint32_t dense(uint32_t component) const { return component % static_cast<uint32_t>(m_net.items.size()); }

    void collectExtents() {
        std::vector<uint32_t> keys, values;
        m_size.assign(m_net.items.size(), 0);
        m_shift.assign(m_net.items.size(), 0);
        for (int layer = 0; layer < m_net.layerCount(); ++layer)
            for (const uint32_t index : m_net.layerOf(layer)) {
                const Item& item = m_net.items[index];
                const uint32_t component = dense(item.component);
                const double left = item.x - item.width / 2, right = item.x + item.width / 2;
                if (!keys.empty() && keys.back() == component && m_extents.back().layer == layer) {
                    m_extents.back().right = right;
                } else {
                    keys.push_back(component);
                    values.push_back(static_cast<uint32_t>(m_extents.size()));
                    m_extents.push_back({layer, left, right});
                }
                ++m_size[component];
            }
        m_byComponent = group(m_net.items.size(), keys, values);
    }

    void place(uint32_t component) {
        double shift = -INFINITY, left = INFINITY;
        for (const uint32_t index : m_byComponent.of(component)) {
            const Extent& extent = m_extents[index];
            shift = std::max(shift, m_taken[extent.layer] + m_gap - extent.left);
            left = std::min(left, extent.left);
        }
        m_shift[component] = shift = std::isfinite(shift) ? shift : -left;
        for (const uint32_t index : m_byComponent.of(component)) {
            const Extent& extent = m_extents[index];
            m_taken[extent.layer] = std::max(m_taken[extent.layer], extent.right + shift);
        }
    }

    Network& m_net;
    double m_gap;
    std::vector<Extent> m_extents;
    Lists m_byComponent;
    std::vector<uint32_t> m_size;
    std::vector<double> m_shift, m_taken;
};

} // namespace

void packComponents(Network& network, double boxGap) { Packer(network, boxGap).run(); }

} // namespace fxscope::layered
