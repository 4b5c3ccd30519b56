// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/layout/layout.h"

namespace fxscope {

/// A box that holds boxes and other groups.
struct GroupBox {
    int parent = -1;   ///< -1: none; parents stand before their groups
    double header = 0; ///< room for a title above what it holds
    double leastWidth = 0;
};

struct NestedPlacement {
    Placement placement;        ///< of all boxes and edges, as if there were no groups
    std::vector<Point> corners; ///< top-left, one per group
    std::vector<Box> sizes;     ///< one per group
};

/// Note [Layout with groups]
/// Every group is laid out by itself, the innermost first, and stands in its parent as one box; so groups never overlap
/// and a group looks the same wherever it stands. A value that enters or leaves a group passes an opening at its
/// border: a box of no size in the first or last layer of the group, one per value. An edge is the chain of its pieces
/// inside the groups that it leaves and enters; if one of them is a stub, all of it is.
///
/// `groupOf`: the innermost group of each box, -1 for none. Errors as of LayoutEngine::place.
Result<NestedPlacement> placeNested(const LayoutEngine& engine, std::span<const Box> boxes,
                                    std::span<const int> groupOf, std::span<const GroupBox> groups,
                                    std::span<const Edge> edges, const LayoutOptions& options, const Cancel& cancel);

} // namespace fxscope
