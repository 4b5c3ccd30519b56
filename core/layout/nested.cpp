// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/nested.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace fxscope {
namespace {

constexpr double kPadding = 14;
constexpr double kSameRow = 0.5;

/// What one group holds, as its own layout problem.
struct Level {
    std::vector<Box> boxes;
    std::vector<Edge> edges;
    std::unordered_map<uint64_t, uint32_t> edgeOf; ///< by the box of the value and the target
    Placement placement;
};

/// A piece of an edge: edge `edge` of level `level`.
struct Piece {
    uint32_t level = 0, edge = 0;
};

/// See Note [Layout with groups]. Level 0 is the outermost; level g + 1 is what group g holds. A vertex is a box, or
/// a group (its number after those of the boxes).
class Nesting {
public:
    Nesting(std::span<const Box> boxes, std::span<const int> groupOf, std::span<const GroupBox> groups,
            std::span<const Edge> edges)
        : m_boxes(boxes), m_groupOf(groupOf), m_groups(groups), m_edges(edges), m_levels(groups.size() + 1),
          m_place(boxes.size() + groups.size()), m_depth(groups.size() + 1), m_pieces(edges.size()) {
        for (size_t g = 0; g < groups.size(); ++g)
            m_depth[g + 1] = m_depth[levelOfGroup(g)] + 1;
        for (uint32_t box = 0; box < boxes.size(); ++box)
            addVertex(box, levelOfBox(box), boxes[box]);
        for (uint32_t g = 0; g < groups.size(); ++g)
            addVertex(vertexOf(g), levelOfGroup(g), {});
        for (uint32_t edge = 0; edge < edges.size(); ++edge)
            splitEdge(edge);
    }

    Result<NestedPlacement> run(const LayoutEngine& engine, const LayoutOptions& options, const Cancel& cancel) {
        for (size_t level = m_levels.size(); level-- > 0;) {
            Level& here = m_levels[level];
            FX_TRY(here.placement, engine.place(here.boxes, here.edges, options, cancel));
            if (level == 0)
                break;
            const GroupBox& group = m_groups[level - 1];
            Box& outer = m_levels[levelOfGroup(level - 1)].boxes[m_place[vertexOf(level - 1)]];
            outer.width = std::max(group.leastWidth, here.placement.width + 2 * kPadding);
            outer.height = here.placement.height + group.header + 2 * kPadding;
        }
        return collect(options.direction);
    }

private:
    uint32_t levelOfBox(uint32_t box) const { return static_cast<uint32_t>(m_groupOf[box] + 1); }
    uint32_t levelOfGroup(size_t group) const { return static_cast<uint32_t>(m_groups[group].parent + 1); }
    uint32_t vertexOf(size_t group) const { return static_cast<uint32_t>(m_boxes.size() + group); }

    void addVertex(uint32_t vertex, uint32_t level, const Box& box) {
        m_place[vertex] = static_cast<uint32_t>(m_levels[level].boxes.size());
        m_levels[level].boxes.push_back(box);
    }

    uint32_t commonLevel(uint32_t a, uint32_t b) const {
        while (a != b)
            m_depth[a] >= m_depth[b] ? a = levelOfGroup(a - 1) : b = levelOfGroup(b - 1);
        return a;
    }

    /// The opening of a level for the value of box `source`.
    uint32_t opening(uint32_t level, uint32_t source, bool exit) {
        const auto [found, fresh] =
            m_openings.emplace(uint64_t(level) << 33 | uint64_t(exit) << 32 | source, m_levels[level].boxes.size());
        if (fresh)
            m_levels[level].boxes.push_back({2, 0, false, exit, !exit});
        return static_cast<uint32_t>(found->second);
    }

    /// One edge per value and target: what several users in a group take enters it once.
    uint32_t addEdge(uint32_t level, uint32_t source, uint32_t from, uint32_t to) {
        Level& here = m_levels[level];
        const auto [found, fresh] =
            here.edgeOf.emplace(uint64_t(source) << 32 | to, static_cast<uint32_t>(here.edges.size()));
        if (fresh)
            here.edges.push_back({from, to});
        return found->second;
    }

    void splitEdge(uint32_t edge) {
        const auto [from, to] = m_edges[edge];
        const uint32_t common = commonLevel(levelOfBox(from), levelOfBox(to));
        std::vector<Piece>& pieces = m_pieces[edge];
        uint32_t upper = m_place[from];
        for (uint32_t level = levelOfBox(from); level != common; level = levelOfGroup(level - 1)) {
            pieces.push_back({level, addEdge(level, from, upper, opening(level, from, true))});
            upper = m_place[vertexOf(level - 1)];
        }
        const size_t down = pieces.size();
        uint32_t lower = m_place[to];
        for (uint32_t level = levelOfBox(to); level != common; level = levelOfGroup(level - 1)) {
            pieces.push_back({level, addEdge(level, from, opening(level, from, false), lower)});
            lower = m_place[vertexOf(level - 1)];
        }
        pieces.push_back({common, addEdge(common, from, upper, lower)});
        std::reverse(pieces.begin() + static_cast<std::ptrdiff_t>(down), pieces.end());
    }

    NestedPlacement collect(Direction direction) const {
        NestedPlacement result;
        std::vector<Point> origin(m_levels.size());
        for (uint32_t g = 0; g < m_groups.size(); ++g) {
            const uint32_t outer = levelOfGroup(g), place = m_place[vertexOf(g)];
            const Point corner = moved(m_levels[outer].placement.boxes[place], origin[outer]);
            const Box& size = m_levels[outer].boxes[place];
            const double spare = (size.width - m_levels[g + 1].placement.width) / 2;
            origin[g + 1] = {corner.x + spare, corner.y + m_groups[g].header + kPadding};
            result.corners.push_back(corner);
            result.sizes.push_back(size);
        }
        Placement& placement = result.placement;
        for (uint32_t box = 0; box < m_boxes.size(); ++box)
            placement.boxes.push_back(
                moved(m_levels[levelOfBox(box)].placement.boxes[m_place[box]], origin[levelOfBox(box)]));
        for (const auto& pieces : m_pieces)
            placement.edges.push_back(join(pieces, origin));
        placement.width = m_levels[0].placement.width;
        placement.height = m_levels[0].placement.height;
        numberRows(placement, direction);
        return result;
    }

    static Point moved(Point point, Point by) { return {point.x + by.x, point.y + by.y}; }

    EdgePath join(const std::vector<Piece>& pieces, const std::vector<Point>& origin) const {
        EdgePath path;
        for (const Piece& piece : pieces) {
            const EdgePath& part = m_levels[piece.level].placement.edges[piece.edge];
            if (part.stub || part.points.empty())
                return {{}, true};
            path.curve |= part.curve;
            for (const Point& point : part.points)
                path.points.push_back(moved(point, origin[piece.level]));
        }
        return path;
    }

    /// Boxes side by side are one layer for who walks through the picture.
    void numberRows(Placement& placement, Direction direction) const {
        const bool down = direction == Direction::TopDown;
        const auto middle = [&](uint32_t box) {
            return down ? placement.boxes[box].y + m_boxes[box].height / 2
                        : placement.boxes[box].x + m_boxes[box].width / 2;
        };
        std::vector<uint32_t> order(m_boxes.size());
        std::iota(order.begin(), order.end(), 0u);
        std::sort(order.begin(), order.end(),
                  [&](uint32_t a, uint32_t b) { return std::pair(middle(a), a) < std::pair(middle(b), b); });
        placement.layers.assign(m_boxes.size(), 0);
        double row = 0;
        for (const uint32_t box : order) {
            if (placement.layerCount == 0 || middle(box) > row + kSameRow) {
                row = middle(box);
                ++placement.layerCount;
            }
            placement.layers[box] = placement.layerCount - 1;
        }
    }

    std::span<const Box> m_boxes;
    std::span<const int> m_groupOf;
    std::span<const GroupBox> m_groups;
    std::span<const Edge> m_edges;
    std::vector<Level> m_levels;
    std::vector<uint32_t> m_place; ///< of each vertex among its level's boxes
    std::vector<int> m_depth;      ///< of each level
    std::unordered_map<uint64_t, size_t> m_openings;
    std::vector<std::vector<Piece>> m_pieces; ///< of each edge, from its source to its target
};

} // namespace

Result<NestedPlacement> placeNested(const LayoutEngine& engine, std::span<const Box> boxes,
                                    std::span<const int> groupOf, std::span<const GroupBox> groups,
                                    std::span<const Edge> edges, const LayoutOptions& options, const Cancel& cancel) {
    return Nesting(boxes, groupOf, groups, edges).run(engine, options, cancel);
}

} // namespace fxscope
