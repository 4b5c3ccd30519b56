// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/layered_parts.h"

#include <algorithm>
#include <cmath>

namespace fxscope::layered {
namespace {

constexpr double kLoose = 1e-3; ///< weight of an item that nothing on the looked-at side holds

struct Side {
    bool above = false, below = false;
};

/// One pass moves every layer's items towards the weighted median of their neighbours, as far as the others let them.
class Coordinates {
public:
    Coordinates(Network& network, double boxGap) : m_net(network), m_boxGap(boxGap) {}

    void pack() {
        for (int layer = 0; layer < m_net.layerCount(); ++layer) {
            double x = 0;
            for (const uint32_t item : m_net.layerOf(layer)) {
                m_net.items[item].x = x + m_net.items[item].width / 2;
                x += m_net.items[item].width + m_boxGap;
            }
        }
    }

    bool pass(bool downwards, Side side, const Cancel& cancel) {
        const int count = m_net.layerCount();
        for (int i = 0; i < count; ++i) {
            if (i % kPollEvery == 0 && cancel.requested())
                return false;
            placeLayer(downwards ? i : count - 1 - i, side);
        }
        return true;
    }

private:
    struct Pull {
        double x, weight;
    };

    /// Components are placed apart from each other and packed afterwards: one does not push the other away.
    void placeLayer(int layer, Side side) {
        const auto items = m_net.layerOf(layer);
        for (size_t from = 0, to = 0; from < items.size(); from = to) {
            while (to < items.size() && m_net.items[items[to]].component == m_net.items[items[from]].component)
                ++to;
            placeRun(items.subspan(from, to - from), side);
        }
    }

    void placeRun(std::span<const uint32_t> items, Side side) {
        m_desired.clear();
        m_weight.clear();
        m_gap.clear();
        for (size_t i = 0; i < items.size(); ++i) {
            wish(items[i], side);
            if (i > 0)
                m_gap.push_back(spacing(m_net.items[items[i - 1]], m_net.items[items[i]], m_boxGap));
        }
        m_position.resize(items.size());
        separate(m_desired, m_weight, m_gap, m_position);
        for (size_t i = 0; i < items.size(); ++i)
            m_net.items[items[i]].x = m_position[i];
    }

    void wish(uint32_t item, Side side) {
        m_pulls.clear();
        if (side.above)
            for (const uint32_t segment : m_net.up.of(item))
                m_pulls.push_back({m_net.items[m_net.segments[segment].upper].x, m_net.segments[segment].weight});
        if (side.below)
            for (const uint32_t segment : m_net.down.of(item))
                m_pulls.push_back({m_net.items[m_net.segments[segment].lower].x, m_net.segments[segment].weight});
        double total = 0;
        for (const Pull& pull : m_pulls)
            total += pull.weight;
        m_desired.push_back(m_pulls.empty() ? m_net.items[item].x : median(total));
        m_weight.push_back(m_pulls.empty() ? kLoose : total);
    }

    double median(double total) {
        std::sort(m_pulls.begin(), m_pulls.end(), [](const Pull& a, const Pull& b) { return a.x < b.x; });
        double sum = 0;
        for (size_t i = 0; i < m_pulls.size(); ++i) {
            sum += m_pulls[i].weight;
            if (std::abs(sum - total / 2) < 1e-6 * total && i + 1 < m_pulls.size())
                return (m_pulls[i].x + m_pulls[i + 1].x) / 2;
            if (sum > total / 2)
                return m_pulls[i].x;
        }
        return m_pulls.back().x;
    }

    Network& m_net;
    double m_boxGap;
    std::vector<Pull> m_pulls;
    std::vector<double> m_desired, m_weight, m_gap, m_position;
};

void startAtZero(Network& network) {
    double left = INFINITY;
    for (const Item& item : network.items)
        left = std::min(left, item.x - item.width / 2);
    for (Item& item : network.items)
        item.x -= left;
}

/// How far sideways the segments below a layer go, at most.
double widestStep(const Network& network, int layer) {
    double widest = 0;
    for (const uint32_t item : network.layerOf(layer))
        for (const uint32_t segment : network.down.of(item))
            widest =
                std::max(widest, std::abs(network.items[item].x - network.items[network.segments[segment].lower].x));
    return widest;
}

/// Layers below each other; far sideways edges get some more room, so that they do not lie flat on the boxes.
void stack(Network& network, double layerGap) {
    double y = 0;
    for (int layer = 0; layer < network.layerCount(); ++layer) {
        double height = 0;
        for (const uint32_t item : network.layerOf(layer))
            height = std::max(height, network.items[item].height);
        network.layerTop.push_back(y);
        network.layerBottom.push_back(y + height);
        y += height + layerGap + std::clamp((widestStep(network, layer) - 150) / 15, 0.0, 2 * layerGap);
    }
}

} // namespace

double spacing(const Item& left, const Item& right, double boxGap) {
    const bool bothVirtual = left.box == kNone && right.box == kNone;
    return (left.width + right.width) / 2 + (bothVirtual ? boxGap / 2 : boxGap);
}

// Pool adjacent violators: without the distances between them (subtracted as `offset`), positions must not fall, and
// the best such sequence is made of blocks that stand at their mean. A block that would stand left of the one before
// joins it.
void separate(std::span<const double> desired, std::span<const double> weight, std::span<const double> gap,
              std::span<double> position) {
    struct Block {
        double mean, weight;
        size_t count;
    };
    static thread_local std::vector<Block> blocks;
    blocks.clear();
    double offset = 0;
    for (size_t i = 0; i < desired.size(); ++i) {
        offset += i > 0 ? gap[i - 1] : 0;
        Block block{desired[i] - offset, weight[i], 1};
        while (!blocks.empty() && blocks.back().mean > block.mean) {
            const Block& left = blocks.back();
            const double total = left.weight + block.weight;
            block = {(left.mean * left.weight + block.mean * block.weight) / total, total, left.count + block.count};
            blocks.pop_back();
        }
        blocks.push_back(block);
    }
    offset = 0;
    size_t i = 0;
    for (const Block& block : blocks)
        for (size_t end = i + block.count; i < end; ++i) {
            offset += i > 0 ? gap[i - 1] : 0;
            position[i] = block.mean + offset;
        }
}

bool assignCoordinates(Network& network, const LayoutOptions& options, const Cancel& cancel) {
    if (network.items.empty())
        return true;
    Coordinates coordinates(network, options.boxGap);
    coordinates.pack();
    const Side above{true, false}, below{false, true}, both{true, true};
    const bool done = coordinates.pass(true, above, cancel) && coordinates.pass(false, below, cancel) &&
                      coordinates.pass(true, above, cancel) && coordinates.pass(false, below, cancel) &&
                      coordinates.pass(true, both, cancel) && coordinates.pass(false, both, cancel);
    straighten(network, options.boxGap);
    packComponents(network, options.boxGap);
    startAtZero(network);
    stack(network, options.layerGap);
    return done;
}

} // namespace fxscope::layered
