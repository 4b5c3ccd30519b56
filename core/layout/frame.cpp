// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/frame.h"

#include <algorithm>
#include <cmath>

namespace fxscope::layout {

void frame(Placement& placement, std::span<const Box> boxes) {
    Point low{INFINITY, INFINITY}, high{-INFINITY, -INFINITY};
    const auto include = [&](double x, double y) {
        low = {std::min(low.x, x), std::min(low.y, y)};
        high = {std::max(high.x, x), std::max(high.y, y)};
    };
    for (size_t i = 0; i < boxes.size(); ++i) {
        include(placement.boxes[i].x, placement.boxes[i].y);
        include(placement.boxes[i].x + boxes[i].width, placement.boxes[i].y + boxes[i].height);
    }
    for (const EdgePath& edge : placement.edges)
        for (const Point& point : edge.points)
            include(point.x, point.y);
    if (boxes.empty())
        return;
    const auto shift = [&](Point& point) { point = {point.x - low.x, point.y - low.y}; };
    for (Point& corner : placement.boxes)
        shift(corner);
    for (EdgePath& edge : placement.edges)
        for (Point& point : edge.points)
            shift(point);
    placement.width = high.x - low.x;
    placement.height = high.y - low.y;
}

} // namespace fxscope::layout
