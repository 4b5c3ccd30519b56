// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/layout/layout.h"
#include "core/rewrite/trace.h"

#include <QFont>
#include <QRectF>
#include <QString>

#include <memory>
#include <unordered_map>
#include <vector>

namespace fxscope {

/// How boxes are written and laid out; a scene is built for one style.
struct SceneStyle {
    QFont font;
    LayoutOptions layout;
    bool graphviz = false; ///< use dot (small graphs only), fall back to layered with a note
};

/// Note [One picture for all steps]
/// The scene is laid out once for the union of all versions of a trace: every node that lives in any version and every
/// edge that exists in any version. Ids are stable, so a version is a subset of the union, stepping never moves a box,
/// and before and after share coordinates by construction.
///
/// Immutable once built; built in a job, shown by any number of canvases. Coordinates are pixels at zoom 1.
class GraphScene {
public:
    struct Item {
        NodeId node;
        QRectF rect;
        QString name, target, type; ///< what the box says: "index_put", "aten.index_put", "f32[8, 512]"
        Op op = Op::CallFunction;
        int layer = 0;
        bool changes = false; ///< its content or existence differs between versions: ask the version
    };
    struct Link {
        NodeId from, to;
        EdgePath path;
        bool changes = false; ///< not there in every version: ask the version
    };

    /// Errors: cancelled. A failing Graphviz becomes a note and the layered layout.
    static Result<std::shared_ptr<const GraphScene>> build(std::shared_ptr<const Trace> trace, const SceneStyle& style,
                                                           const Cancel& cancel);
    /// A graph without a trace: a trace of no steps.
    static Result<std::shared_ptr<const GraphScene>> build(std::shared_ptr<const Graph> graph, const SceneStyle& style,
                                                           const Cancel& cancel);

    const std::vector<Item>& items() const { return m_items; }
    const std::vector<Link>& links() const { return m_links; }
    QRectF bounds() const { return m_bounds; }
    const Item* item(NodeId node) const; ///< null: not in the scene
    const Diagnostics& notes() const { return m_notes; }
    const SceneStyle& style() const { return m_style; }
    /// Indices of items and links that touch `area`, from a spatial index.
    void itemsIn(const QRectF& area, std::vector<int>& into) const;
    void linksIn(const QRectF& area, std::vector<int>& into) const;
    NodeId itemAt(QPointF point) const;
    int indexOf(NodeId node) const; ///< into items(); -1: not in the scene
    /// Indices of the items of one layer, left to right (top to bottom if the layout runs left to right).
    const std::vector<int>& layer(int number) const { return m_layers[number]; }
    int layerCount() const { return static_cast<int>(m_layers.size()); }
    /// Squares of the spatial index that hold items, for pictures too small to show boxes.
    std::vector<QRectF> occupied(const QRectF& area) const;
    const std::vector<int>& linksOf(NodeId node) const; ///< links that begin or end at it

private:
    friend class SceneBuilder;
    std::vector<Item> m_items;
    std::vector<Link> m_links;
    QRectF m_bounds;
    Diagnostics m_notes;
    SceneStyle m_style;
    std::unordered_map<uint32_t, int> m_itemOf;
    std::vector<std::vector<int>> m_linksOf; ///< by item index
    std::vector<std::vector<int>> m_layers;
    double m_cell = 512;
    std::unordered_map<int64_t, std::vector<int>> m_itemCells, m_linkCells;
    std::vector<int> m_wideLinks; ///< that touch too many cells to be listed in each
};

} // namespace fxscope
