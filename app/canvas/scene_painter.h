// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/node_text.h"
#include "app/canvas/scene_version.h"
#include "app/canvas/text_cache.h"

#include <QPainterPath>

namespace fxscope {

/// How much of a box can be read at a zoom.
enum class Detail { Blocks, Boxes, Names, Everything };
Detail detailAt(double zoom);

struct PaintFonts {
    explicit PaintFonts(const QFont& font);
    TextCache name, line, small, large; ///< large: the name alone, where the other lines would be too small to read
    double nameHeight, lineHeight, smallHeight;
    TextMeasure smallMeasure;
};
PaintFonts& paintFonts(const QFont& font); ///< of this thread

/// What is painted where; the parts of paintScene share it.
struct PaintContext {
    QPainter& painter;
    const GraphScene& scene;
    const Graph& graph;
    const NodeMarks& marks;
    const CanvasTheme& theme;
    QRectF area;
    double zoom;
    NodeId selected, hovered; ///< boxes, or unfolded groups
    const Glide& glide;
    SceneVersion version;
    Detail detail;
    PaintFonts& fonts;
    const Cancel& cancel; ///< a picture that nobody wants any more is not finished

    bool focuses(NodeId node) const { return node.valid() && (node == selected || node == hovered); }
    /// Whether something else is looked at: not the node itself and none of its neighbours.
    bool dims(NodeId node) const;
    std::set<NodeId> near; ///< selected, hovered and their neighbours; empty: nothing is dimmed
};

QColor mixed(const QColor& a, const QColor& b, double share); ///< share 0: a

/// The line of a link; nearer than `detail` Names pieces become smooth steps.
QPainterPath linePath(const EdgePath& path, Direction direction, bool smooth);
QPainterPath stubPath(const QRectF& from, const QRectF& to, Direction direction);

void paintFrames(PaintContext& context);      ///< below everything
void paintFrameTitles(PaintContext& context); ///< above the lines that enter
void paintLinks(PaintContext& context);
void paintItems(PaintContext& context);
void paintTags(PaintContext& context, const std::vector<int>& items);

} // namespace fxscope
