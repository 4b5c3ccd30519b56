// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>
#include <cmath>

namespace fxscope::layered {
namespace {

constexpr double kMostDrift = 250;

/// Lines up what hangs together by its heaviest segments, as far as the neighbours in each layer leave room.
class Straightener {
public:
    Straightener(Network& network, double boxGap) : m_net(network), m_boxGap(boxGap) {}

    void lineUp() {
        for (const uint32_t item : m_net.order)
            if (partner(item, false) == kNone)
                lineUpFrom(item);
    }

    /// Weights, dead ends and their lines go as near to what they belong to as there is room.
    void pullLightItems() {
        for (size_t i = 0; i < m_net.order.size(); ++i)
            pullIfLight(m_net.order[i], true);
        for (size_t i = m_net.order.size(); i-- > 0;)
            pullIfLight(m_net.order[i], false);
    }

private:
    uint32_t heaviest(uint32_t item, bool below) const {
        uint32_t best = kNone;
        for (const uint32_t segment : below ? m_net.down.of(item) : m_net.up.of(item))
            if (best == kNone || m_net.segments[segment].weight > m_net.segments[best].weight)
                best = segment;
        return best;
    }
    /// The item above or below that holds this one most, if it is mutual.
    uint32_t partner(uint32_t item, bool below) const {
        const uint32_t segment = heaviest(item, below);
        if (segment == kNone)
            return kNone;
        const uint32_t other = below ? m_net.segments[segment].lower : m_net.segments[segment].upper;
        return heaviest(other, !below) == segment ? other : kNone;
    }

    struct Range {
        double low = -INFINITY, high = INFINITY;
    };
    Range roomOf(uint32_t item) const {
        const Item& own = m_net.items[item];
        const auto layer = m_net.layerOf(own.layer);
        const uint32_t pos = m_net.pos[item];
        Range room;
        if (pos > 0)
            if (const Item& left = m_net.items[layer[pos - 1]]; left.component == own.component)
                room.low = left.x + spacing(left, own, m_boxGap);
        if (pos + 1 < layer.size())
            if (const Item& right = m_net.items[layer[pos + 1]]; right.component == own.component)
                room.high = right.x - spacing(own, right, m_boxGap);
        return room;
    }

    void lineUpFrom(uint32_t first) {
        m_run.clear();
        Range common;
        for (uint32_t item = first; item != kNone; item = partner(item, true)) {
            const Range room = roomOf(item);
            const Range both{std::max(common.low, room.low), std::min(common.high, room.high)};
            if (both.low > both.high) {
                align(common);
                common = room;
            } else {
                common = both;
            }
            m_run.push_back(item);
        }
        align(common);
    }
    bool isLight(uint32_t item) const {
        for (const auto segments : {m_net.up.of(item), m_net.down.of(item)})
            for (const uint32_t segment : segments)
                if (m_net.segments[segment].weight > kLight)
                    return false;
        return true;
    }
    /// Towards the neighbours above or below; where there are none, towards the others.
    void pullIfLight(uint32_t item, bool above) {
        above = m_net.up.of(item).empty() ? false : above || m_net.down.of(item).empty();
        const auto segments = above ? m_net.up.of(item) : m_net.down.of(item);
        const Range room = roomOf(item);
        if (segments.empty() || room.low > room.high || !isLight(item))
            return;
        double sum = 0;
        for (const uint32_t segment : segments)
            sum += m_net.items[above ? m_net.segments[segment].upper : m_net.segments[segment].lower].x;
        m_net.items[item].x = std::clamp(sum / static_cast<double>(segments.size()), room.low, room.high);
    }

    void align(Range room) {
        double sum = 0;
        for (const uint32_t item : m_run)
            sum += m_net.items[item].x;
        const double x = sum / static_cast<double>(m_run.size());
        for (const uint32_t item : m_run)
            m_net.items[item].x = std::max(room.low, std::min(x, room.high));
        m_run.clear();
    }

    Network& m_net;
    double m_boxGap;
    std::vector<uint32_t> m_run;
};

/// A block that ends at another x than it began shifts all that follows, and many blocks make a slanted picture. Where
/// all of a component goes through one box, the rest may step back to the axis without a worse picture.
class Recentrer {
public:
    explicit Recentrer(Network& network)
        : m_net(network), m_shift(2 * network.items.size()), m_axis(2 * network.items.size(), NAN) {}

    void run() {
        for (int layer = 0; layer < m_net.layerCount(); ++layer) {
            const auto items = m_net.layerOf(layer);
            for (size_t from = 0, to = 0; from < items.size(); from = to) {
                while (to < items.size() && m_net.items[items[to]].component == m_net.items[items[from]].component)
                    ++to;
                recentre(items.subspan(from, to - from));
            }
        }
    }

private:
    void recentre(std::span<const uint32_t> items) {
        double& shift = m_shift[m_net.items[items[0]].component];
        double& axis = m_axis[m_net.items[items[0]].component];
        if (const uint32_t waist = waistAbove(items); waist != kNone) {
            const double x = m_net.items[waist].x;
            if (std::isnan(axis))
                axis = x;
            else if (std::abs(x + shift - axis) > kMostDrift)
                shift = axis - x;
        }
        for (const uint32_t item : items)
            m_net.items[item].x += shift;
    }

    /// The one item of these that all of the component's edges from above go to; kNone if there are several.
    uint32_t waistAbove(std::span<const uint32_t> items) const {
        uint32_t waist = kNone;
        for (const uint32_t item : items)
            for (const uint32_t segment : m_net.up.of(item))
                if (m_net.segments[segment].weight > kLight) {
                    if (waist != kNone && waist != item)
                        return kNone;
                    waist = item;
                }
        return waist;
    }

    Network& m_net;
    std::vector<double> m_shift, m_axis; ///< by component
};

} // namespace

void straighten(Network& network, double boxGap) {
    Straightener straightener(network, boxGap);
    straightener.lineUp();
    straightener.lineUp();
    Recentrer(network).run();
    straightener.pullLightItems();
    straightener.pullLightItems();
    straightener.lineUp();
}

} // namespace fxscope::layered
