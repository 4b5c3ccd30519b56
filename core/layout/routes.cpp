// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>
#include <cmath>

namespace fxscope::layered {
namespace {

constexpr double kSame = 1e-6;
constexpr double kPortReach = 0.36;  ///< ports lie within this share of the width to both sides of the centre
constexpr double kPortDistance = 10; ///< less if there are too many

double& portAt(Segment& segment, bool lower) { return lower ? segment.lowerPort : segment.upperPort; }

/// A port lies halfway to the other end, as far as its box reaches: boxes nearly above each other get a vertical line.
double wantedPort(const Network& network, const Segment& segment, bool lower) {
    const Item& own = network.items[lower ? segment.lower : segment.upper];
    const double other = network.items[lower ? segment.upper : segment.lower].x;
    const double reach = kPortReach * own.width;
    return std::clamp((own.x + other) / 2, own.x - reach, own.x + reach);
}

class Ports {
public:
    explicit Ports(Network& network) : m_net(network) {}

    void assign(uint32_t item, bool lower) {
        const auto segments = lower ? m_net.up.of(item) : m_net.down.of(item);
        if (m_net.items[item].box == kNone || segments.empty()) {
            for (const uint32_t segment : segments)
                portAt(m_net.segments[segment], lower) = m_net.items[item].x;
            return;
        }
        m_sorted.assign(segments.begin(), segments.end());
        std::sort(m_sorted.begin(), m_sorted.end(),
                  [&](uint32_t a, uint32_t b) { return far(a, lower) < far(b, lower); });
        const double room = 2 * kPortReach * m_net.items[item].width;
        const double distance = std::min(kPortDistance, room / static_cast<double>(m_sorted.size()));
        m_wanted.clear();
        for (const uint32_t segment : m_sorted)
            m_wanted.push_back(wantedPort(m_net, m_net.segments[segment], lower));
        m_weight.assign(m_sorted.size(), 1);
        m_gap.assign(m_sorted.size() - 1, distance);
        m_port.resize(m_sorted.size());
        separate(m_wanted, m_weight, m_gap, m_port);
        const double left = m_net.items[item].x - room / 2, right = left + room;
        for (size_t i = 0; i < m_sorted.size(); ++i) {
            const double before = distance * static_cast<double>(i), all = distance * static_cast<double>(m_gap.size());
            portAt(m_net.segments[m_sorted[i]], lower) = std::clamp(m_port[i], left + before, right - all + before);
        }
    }

private:
    double far(uint32_t segment, bool lower) const {
        const Segment& s = m_net.segments[segment];
        return m_net.items[lower ? s.upper : s.lower].x;
    }
    Network& m_net;
    std::vector<uint32_t> m_sorted;
    std::vector<double> m_wanted, m_weight, m_gap, m_port;
};

void add(std::vector<Point>& points, Point point) {
    if (!points.empty() && points.back().x == point.x && std::abs(points.back().y - point.y) < kSame)
        return;
    if (points.size() >= 2 && points.back().x == point.x && points[points.size() - 2].x == point.x)
        points.back() = point;
    else
        points.push_back(point);
}

double topOf(const Network& network, uint32_t item) {
    const Item& box = network.items[item];
    return (network.layerTop[box.layer] + network.layerBottom[box.layer] - box.height) / 2;
}

/// From layer to layer: slanted between the layers, vertical within them, so that no box is crossed.
void addSegment(std::vector<Point>& points, const Network& network, const Segment& segment) {
    add(points, {segment.upperPort, network.layerBottom[network.items[segment.upper].layer]});
    add(points, {segment.lowerPort, network.layerTop[network.items[segment.lower].layer]});
}

} // namespace

void assignPorts(Network& network) {
    Ports ports(network);
    for (uint32_t item = 0; item < network.items.size(); ++item) {
        ports.assign(item, true);
        ports.assign(item, false);
    }
}

EdgePath route(const Network& network, const Arc& arc, uint32_t lastSegment) {
    if (lastSegment == kNone)
        return {{}, true};
    EdgePath path;
    const Segment& last = network.segments[lastSegment];
    const int between = network.items[last.lower].layer - network.items[arc.upper].layer - 1;
    const Segment& first = between > 0 ? network.segments[network.chainSegment[arc.upper]] : last;
    add(path.points, {first.upperPort, topOf(network, arc.upper) + network.items[arc.upper].height});
    for (int i = 0; i < between; ++i)
        addSegment(path.points, network, network.segments[network.chainSegment[arc.upper] + i]);
    addSegment(path.points, network, last);
    add(path.points, {last.lowerPort, topOf(network, arc.lower)});
    if (arc.turned)
        std::reverse(path.points.begin(), path.points.end());
    return path;
}

} // namespace fxscope::layered
