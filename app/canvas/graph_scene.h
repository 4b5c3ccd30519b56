// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/hierarchy.h"
#include "core/layout/layout.h"
#include "core/rewrite/trace.h"

#include <QFont>
#include <QRectF>
#include <QString>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace fxscope {

/// How boxes are written and laid out, and which of them there are; a scene is built for one style.
struct SceneStyle {
    QFont font;
    LayoutOptions layout;
    bool graphviz = false;      ///< use dot (small graphs only), fall back to layered with a note
    bool groups = false;        ///< frames around the modules, those in `unfolded` open
    bool repeatsOnce = false;   ///< of blocks built alike that follow each other only the first is drawn
    bool sourcesFolded = false; ///< placeholders and attributes as tags at their users
    std::optional<std::set<std::string>> unfolded; ///< paths of groups; none: as many levels as a screen holds
    std::set<NodeId> hidden;
};

/// Note [One picture for all steps]
/// The scene is laid out once for the union of all versions of a trace: every node that lives in any version and every
/// edge that exists in any version. Ids are stable, so a version is a subset of the union, stepping never moves a box,
/// and before and after share coordinates by construction.
///
/// Note [Boxes stand for nodes]
/// A node is drawn as a box of its own, or a box stands for it: the box of the folded group it is in, of its user (a
/// folded placeholder), or of its twin in the first of several blocks built alike. Hidden nodes have none. A folded
/// group has an id like a node (see hierarchy.h), so what walks, marks and selects needs to know of none of this.
///
/// Immutable once built; built in a job, shown by any number of canvases. Coordinates are pixels at zoom 1.
class GraphScene {
public:
    struct Item {
        NodeId node; ///< or the id of a folded group
        QRectF rect;
        QString name, target, type; ///< what the box says: "index_put", "aten.index_put", "f32[8, 512]"
        Op op = Op::CallFunction;
        int layer = 0;
        bool changes = false;        ///< its content or existence differs between versions: ask the version
        std::vector<NodeId> sources; ///< folded placeholders and attributes that it takes
    };
    struct Link {
        NodeId from, to; ///< the nodes of its boxes
        EdgePath path;
        bool changes = false;                  ///< not there in every version: ask the version
        uint32_t firstPair = 0, pairCount = 0; ///< edges it stands for, if its ends are not these nodes themselves
    };
    /// An unfolded group.
    struct Frame {
        NodeId id;
        QRectF rect;
        QString title, type;
        int group = 0, depth = 0, repeats = 1; ///< repeats: blocks that this one stands for
    };
    struct Edge {
        NodeId from, to;
    };

    /// Errors: cancelled. A failing Graphviz becomes a note and the layered layout.
    static Result<std::shared_ptr<const GraphScene>> build(std::shared_ptr<const Trace> trace, const SceneStyle& style,
                                                           const Cancel& cancel);
    /// A graph without a trace: a trace of no steps.
    static Result<std::shared_ptr<const GraphScene>> build(std::shared_ptr<const Graph> graph, const SceneStyle& style,
                                                           const Cancel& cancel);

    const std::vector<Item>& items() const { return m_items; }
    const std::vector<Link>& links() const { return m_links; }
    const std::vector<Frame>& frames() const { return m_frames; } ///< outer ones before inner ones
    const Hierarchy& hierarchy() const { return *m_hierarchy; }   ///< flat unless the style has groups or repeats
    const std::shared_ptr<const Hierarchy>& sharedHierarchy() const { return m_hierarchy; }
    std::span<const Edge> edgesOf(const Link& link) const { return {m_pairs.data() + link.firstPair, link.pairCount}; }
    QRectF bounds() const { return m_bounds; }
    /// The box of a node, or the one that stands for it; null: not in the scene.
    const Item* item(NodeId node) const;
    NodeId boxOf(NodeId node) const;        ///< the node of that box
    const Frame* frame(NodeId group) const; ///< null: no unfolded group
    const Diagnostics& notes() const { return m_notes; }
    const SceneStyle& style() const { return m_style; }
    /// Indices of items and links that touch `area`, from a spatial index.
    void itemsIn(const QRectF& area, std::vector<int>& into) const;
    void linksIn(const QRectF& area, std::vector<int>& into) const;
    NodeId itemAt(QPointF point) const;
    int indexOf(NodeId node) const; ///< of item(); -1: not in the scene
    /// Indices of the items of one layer, left to right (top to bottom if the layout runs left to right).
    const std::vector<int>& layer(int number) const { return m_layers[number]; }
    int layerCount() const { return static_cast<int>(m_layers.size()); }
    /// Squares of the spatial index that hold items, for pictures too small to show boxes.
    std::vector<QRectF> occupied(const QRectF& area) const;
    const std::vector<int>& linksOf(NodeId node) const; ///< links that begin or end at its box

    static constexpr double kFrameHeader = 24; ///< height of a frame's title

private:
    friend class SceneBuilder;
    std::vector<Item> m_items;
    std::vector<Link> m_links;
    std::vector<Frame> m_frames;
    std::vector<Edge> m_pairs;
    std::shared_ptr<const Hierarchy> m_hierarchy;
    QRectF m_bounds;
    Diagnostics m_notes;
    SceneStyle m_style;
    std::vector<int> m_itemOf;                                  ///< by node index
    std::unordered_map<uint32_t, int> m_itemOfGroup, m_frameOf; ///< by id
    std::vector<std::vector<int>> m_linksOf;                    ///< by item index
    std::vector<std::vector<int>> m_layers;
    double m_cell = 512;
    std::unordered_map<int64_t, std::vector<int>> m_itemCells, m_linkCells;
    std::vector<int> m_wideLinks; ///< that touch too many cells to be listed in each
};

} // namespace fxscope
