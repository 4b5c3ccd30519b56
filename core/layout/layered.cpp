// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/frame.h"
#include "core/layout/layered_parts.h"

#include <numeric>
#include <utility>

namespace fxscope {
namespace {

using namespace layered;

std::vector<Box> swapped(std::span<const Box> boxes) {
    std::vector<Box> result(boxes.begin(), boxes.end());
    for (Box& box : result)
        std::swap(box.width, box.height);
    return result;
}

void swapAxes(Placement& placement) {
    for (Point& corner : placement.boxes)
        std::swap(corner.x, corner.y);
    for (EdgePath& edge : placement.edges)
        for (Point& point : edge.points)
            std::swap(point.x, point.y);
    std::swap(placement.width, placement.height);
}

Placement collect(const Network& network, Layering layering, std::span<const Box> boxes) {
    Placement result;
    result.boxes.reserve(boxes.size());
    for (uint32_t i = 0; i < boxes.size(); ++i) {
        const int layer = layering.layer[i];
        const double middle = (network.layerTop[layer] + network.layerBottom[layer]) / 2;
        result.boxes.push_back({network.items[i].x - boxes[i].width / 2, middle - boxes[i].height / 2});
    }
    result.edges.reserve(layering.arcs.size());
    for (size_t i = 0; i < layering.arcs.size(); ++i)
        result.edges.push_back(route(network, layering.arcs[i], network.lastSegment[i]));
    result.layers = std::move(layering.layer);
    result.layerCount = layering.count;
    layout::frame(result, boxes);
    return result;
}

Result<Placement> placeTogether(std::span<const Box> boxes, std::span<const Edge> edges, const LayoutOptions& options,
                                const Cancel& cancel) {
    const Diagnostic cancelled{"the layout was cancelled", "", ""};
    Layering layering = assignLayers(boxes, edges, options.longestEdge);
    if (cancel.requested())
        return cancelled;
    Network network = buildNetwork(boxes, layering, options);
    if (!orderLayers(network, options.sweeps, cancel) || !assignCoordinates(network, options, cancel))
        return cancelled;
    assignPorts(network);
    return collect(network, std::move(layering), boxes);
}

/// Large parts that no edge connects are laid out one after another and stand side by side: what is worked on then fits
/// the caches, however many parts there are. Small ones stay with the first, which has room for them.
class Parts {
public:
    Parts(std::span<const Box> boxes, std::span<const Edge> edges)
        : m_boxes(boxes), m_edges(edges), m_part(boxes.size()) {
        std::iota(m_part.begin(), m_part.end(), 0u);
        for (const Edge& edge : edges) {
            const uint32_t a = root(edge.from), b = root(edge.to);
            m_part[std::max(a, b)] = std::min(a, b);
        }
        std::vector<uint32_t> size(boxes.size()), number(boxes.size(), 0);
        for (uint32_t box = 0; box < boxes.size(); ++box)
            ++size[root(box)];
        for (uint32_t box = 0; box < boxes.size(); ++box)
            if (size[box] >= kLargePart)
                number[box] = m_count++;
        for (uint32_t box = 0; box < boxes.size(); ++box)
            m_part[box] = root(box);
        for (uint32_t& part : m_part)
            part = number[part];
    }
    uint32_t count() const { return m_count; }

    Result<Placement> place(const LayoutOptions& options, const Cancel& cancel) const {
        Placement all;
        all.boxes.resize(m_boxes.size());
        all.layers.resize(m_boxes.size());
        all.edges.resize(m_edges.size());
        std::vector<uint32_t> ids(m_boxes.size()), keys, values(m_boxes.size());
        for (const Edge& edge : m_edges)
            keys.push_back(m_part[edge.from]);
        std::vector<uint32_t> edgeIds(m_edges.size());
        std::iota(edgeIds.begin(), edgeIds.end(), 0u);
        std::iota(values.begin(), values.end(), 0u);
        const Lists boxesOf = group(m_count, m_part, values), edgesOf = group(m_count, keys, edgeIds);
        for (uint32_t part = 0; part < m_count; ++part) {
            std::vector<Box> boxes;
            std::vector<Edge> edges;
            for (const uint32_t box : boxesOf.of(part)) {
                ids[box] = static_cast<uint32_t>(boxes.size());
                boxes.push_back(m_boxes[box]);
            }
            for (const uint32_t edge : edgesOf.of(part))
                edges.push_back({ids[m_edges[edge].from], ids[m_edges[edge].to]});
            FX_TRY(Placement placed, placeTogether(boxes, edges, options, cancel));
            const double left = part == 0 ? 0 : all.width + kPartGap;
            for (const uint32_t box : boxesOf.of(part)) {
                const Point corner = placed.boxes[ids[box]];
                all.boxes[box] = {corner.x + left, corner.y};
                all.layers[box] = placed.layers[ids[box]];
            }
            size_t next = 0;
            for (const uint32_t edge : edgesOf.of(part)) {
                all.edges[edge] = std::move(placed.edges[next++]);
                for (Point& point : all.edges[edge].points)
                    point.x += left;
            }
            all.layerCount = std::max(all.layerCount, placed.layerCount);
            all.width = left + placed.width;
            all.height = std::max(all.height, placed.height);
        }
        return all;
    }

private:
    uint32_t root(uint32_t box) {
        while (m_part[box] != box)
            box = m_part[box] = m_part[m_part[box]];
        return box;
    }
    static constexpr uint32_t kLargePart = 512;
    static constexpr double kPartGap = 96;

    std::span<const Box> m_boxes;
    std::span<const Edge> m_edges;
    std::vector<uint32_t> m_part; ///< of each box
    uint32_t m_count = 0;
};

Result<Placement> placeTopDown(std::span<const Box> boxes, std::span<const Edge> edges, const LayoutOptions& options,
                               const Cancel& cancel) {
    const Parts parts(boxes, edges);
    return parts.count() > 1 ? parts.place(options, cancel) : placeTogether(boxes, edges, options, cancel);
}

class Layered : public LayoutEngine {
public:
    std::string_view name() const override { return "layered"; }
    Result<Placement> place(std::span<const Box> boxes, std::span<const Edge> edges, const LayoutOptions& options,
                            const Cancel& cancel) const override {
        if (options.direction == Direction::TopDown)
            return placeTopDown(boxes, edges, options, cancel);
        FX_TRY(Placement placement, placeTopDown(swapped(boxes), edges, options, cancel));
        swapAxes(placement);
        return placement;
    }
};

} // namespace

const LayoutEngine& layeredLayout() {
    static const Layered engine;
    return engine;
}

} // namespace fxscope
