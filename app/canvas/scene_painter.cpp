// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/scene_painter.h"

#include "app/canvas/node_text.h"

#include <QFontMetricsF>

namespace fxscope {
namespace {

constexpr double kBlocksBelow = 0.012, kBoxesBelow = 0.28, kNamesBelow = 0.6;

std::set<NodeId> neighbourhood(const GraphScene& scene, const SceneVersion& version, NodeId node) {
    std::set<NodeId> result;
    if (!node.valid() || !version.shows(node) || !scene.item(node))
        return result;
    result.insert(node);
    for (const NodeId input : version.inputs(node))
        result.insert(input);
    for (const NodeId user : version.users(node))
        result.insert(user);
    return result;
}

/// A picture too small for boxes: which parts of the plane hold some.
void paintBlocks(PaintContext& c) {
    c.painter.setRenderHint(QPainter::Antialiasing, false);
    c.painter.setPen(Qt::NoPen);
    c.painter.setBrush(mixed(c.theme.edge, c.theme.background, 0.3));
    for (const QRectF& rect : c.scene.occupied(c.area))
        c.painter.drawRect(rect);
}

QFont enlarged(QFont font) {
    font = nameFont(font);
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * 1.35);
    else
        font.setPixelSize(qRound(font.pixelSize() * 1.35));
    return font;
}

} // namespace

Detail detailAt(double zoom) {
    return zoom < kBlocksBelow  ? Detail::Blocks
           : zoom < kBoxesBelow ? Detail::Boxes
           : zoom < kNamesBelow ? Detail::Names
                                : Detail::Everything;
}

PaintFonts::PaintFonts(const QFont& font)
    : name(nameFont(font)), line(lineFont(font)), small(smallFont(font)), large(enlarged(font)),
      nameHeight(QFontMetricsF(name.font()).height()), lineHeight(QFontMetricsF(line.font()).height()),
      smallHeight(QFontMetricsF(small.font()).height()), smallMeasure(small.font()) {}

PaintFonts& paintFonts(const QFont& font) {
    static thread_local QFont current;
    static thread_local std::unique_ptr<PaintFonts> fonts;
    if (!fonts || current != font) {
        current = font;
        fonts = std::make_unique<PaintFonts>(font);
    }
    return *fonts;
}

bool PaintContext::dims(NodeId node) const {
    if (marks.foundOnly)
        return !marks.found.contains(node) && node != selected && node != hovered;
    return !near.empty() && !near.contains(node);
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](int x, int y) { return qBound(0, qRound(x + (y - x) * share), 255); };
    return QColor(mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue()));
}

void paintScene(QPainter& painter, const GraphScene& scene, const Graph& version, const NodeMarks& marks,
                const CanvasTheme& theme, const QRectF& area, double zoom, NodeId selected, NodeId hovered,
                const Glide& glide, const Cancel& cancel) {
    const auto box = [&](NodeId node) { return scene.frame(node) ? node : scene.boxOf(node); };
    PaintContext context{painter,
                         scene,
                         version,
                         marks,
                         theme,
                         area,
                         zoom,
                         box(selected),
                         box(hovered),
                         glide,
                         SceneVersion(scene, version, marks),
                         detailAt(zoom),
                         paintFonts(scene.style().font),
                         cancel,
                         {}};
    context.near = neighbourhood(scene, context.version, context.selected);
    context.near.merge(neighbourhood(scene, context.version, context.hovered));
    painter.save();
    if (context.detail == Detail::Blocks)
        paintBlocks(context);
    const bool moving = glide.share < 1 && glide.from;
    painter.setOpacity(moving ? glide.share : 1);
    paintFrames(context);
    paintLinks(context);
    paintFrameTitles(context);
    painter.setOpacity(1);
    paintItems(context);
    painter.restore();
}

} // namespace fxscope
