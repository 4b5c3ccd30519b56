// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/frame.h"
#include "core/layout/layered_parts.h"

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

Result<Placement> placeTopDown(std::span<const Box> boxes, std::span<const Edge> edges, const LayoutOptions& options,
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
