// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/cancel.h"
#include "core/support/result.h"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace fxscope {

// Plain geometry: a layout knows no graph, no font and no colour. Coordinates grow right and down; units are the
// caller's (the canvas uses pixels at zoom 1).

struct Point {
    double x = 0, y = 0;
};
struct Box {
    double width = 0, height = 0;
    bool source = false; ///< weight-like: just above its first user, not at the top (as every box without inputs)
    bool sink = false;   ///< the output: placed last
    bool entry = false;  ///< placed first, wherever its users are
};
/// From box `from` (bottom side) to box `to` (top side), indices into the boxes. Several between two boxes are fine.
struct Edge {
    uint32_t from = 0, to = 0;
};

enum class Direction { TopDown, LeftRight };

struct LayoutOptions {
    Direction direction = Direction::TopDown;
    double layerGap = 28, boxGap = 16;
    int longestEdge = 32; ///< layers; longer edges become stubs at both ends
    int sweeps = 4;       ///< crossing reduction, fixed for near-linear time
};

struct EdgePath {
    std::vector<Point> points; ///< polyline through the layers, first point on `from`, last on `to`; empty if a stub
    bool stub = false;         ///< too long to draw: show a named end at both boxes
    bool curve = false; ///< the points lie on a curve already; if not, slanted pieces may be drawn as smooth steps
};
struct Placement {
    std::vector<Point> boxes;    ///< top-left corner, one per box
    std::vector<EdgePath> edges; ///< one per edge
    std::vector<int> layers;     ///< one per box
    int layerCount = 0;
    double width = 0, height = 0;
};

/// A strategy. Deterministic: equal input gives equal output. Error only when cancelled or when an engine fails.
class LayoutEngine {
public:
    virtual ~LayoutEngine() = default;
    virtual std::string_view name() const = 0;
    virtual Result<Placement> place(std::span<const Box> boxes, std::span<const Edge> edges,
                                    const LayoutOptions& options, const Cancel& cancel) const = 0;
};
/// Layered, near-linear, for every graph. Cycles are tolerated (a back edge is drawn against the flow).
const LayoutEngine& layeredLayout();
/// Graphviz' dot in a process of its own, killed at the time limit; null if `dot` is not installed. For ~300 boxes.
const LayoutEngine* graphvizLayout();

} // namespace fxscope
