// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"
#include "app/canvas/legend.h"
#include "app/canvas/node_text.h"
#include "app/canvas/scene_painter.h"

#include <QPainter>

namespace fxscope {
namespace {

constexpr double kInset = 10;

} // namespace

void GraphCanvas::Private::paint(QPainter& painter) {
    painter.fillRect(q->viewport()->rect(), theme.background);
    if (empty()) {
        painter.setPen(theme.faint);
        painter.drawText(q->viewport()->rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap,
                         placeholderText);
        return;
    }
    painter.save();
    painter.scale(zoom, zoom);
    painter.translate(-corner);
    paintScene(painter, *scene, *graph, marks, theme, visible(), zoom, selected, hovered, glide);
    painter.restore();
    painter.setRenderHint(QPainter::Antialiasing);
    paintTitle(painter);
    paintLegend(painter);
    if (q->hasFocus()) {
        painter.setPen(QPen(mixed(theme.selected, theme.background, 0.35), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(q->viewport()->rect()).adjusted(1, 1, -1, -1));
    }
    if (drag == Drag::ZoomBox || drag == Drag::SelectBox) {
        painter.setPen(QPen(theme.selected, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRect(pressed, last).normalized());
    }
}

QRectF GraphCanvas::Private::titlePatch() const {
    const QFontMetrics metrics(q->font());
    return title.isEmpty() ? QRectF()
                           : QRectF(kInset, kInset, metrics.horizontalAdvance(title) + 20, metrics.height() + 8);
}

void GraphCanvas::Private::paintTitle(QPainter& painter) {
    const QRectF patch = titlePatch();
    if (patch.isEmpty())
        return;
    painter.setPen(QPen(mixed(theme.border, theme.background, 0.4), 1));
    painter.setBrush(theme.box);
    painter.drawRoundedRect(patch, 6, 6);
    painter.setPen(theme.text);
    painter.setFont(q->font());
    painter.drawText(patch, Qt::AlignCenter, title);
}

QRectF GraphCanvas::Private::legendPatch() const {
    const QSizeF size = legendShown ? Legend(marks, theme, q->font()).size() : QSizeF();
    return size.isEmpty() ? QRectF() : QRectF({kInset, viewSize().height() - kInset - size.height()}, size);
}

void GraphCanvas::Private::paintLegend(QPainter& painter) {
    if (legendShown)
        Legend(marks, theme, q->font()).paint(painter, legendPatch().topLeft());
}

QRectF GraphCanvas::Private::placeOf(const GraphScene& of, NodeId node) const {
    if (const GraphScene::Frame* frame = of.frame(node))
        return frame->rect;
    const GraphScene::Item* item = of.item(node);
    return item ? item->rect : QRectF();
}

/// What keeps its place on the screen when another scene comes: a group that was just folded or unfolded (its corner,
/// where its title is), else the selected node, else one near the middle.
std::optional<GraphCanvas::Private::Anchor> GraphCanvas::Private::anchor(const GraphScene* next,
                                                                         const Graph* nextGraph) const {
    if (empty() || !next || !nextGraph || firstViewPending)
        return std::nullopt;
    if (kept.valid())
        if (const QRectF before = placeOf(*scene, kept), after = placeOf(*next, kept);
            !before.isEmpty() && !after.isEmpty())
            return Anchor{QPointF(qBound(visible().left(), before.left(), visible().right()),
                                  qBound(visible().top(), before.top(), visible().bottom())),
                          after.topLeft()}; // a title stays in sight even when its corner is not
    const auto stays = [&](NodeId node) {
        const GraphScene::Item *was = scene->item(node), *now = next->item(node);
        if (!was || !now || !visible().intersects(was->rect))
            return false;
        const bool same = was->node == now->node ? was->name == now->name
                                                 : !scene->hierarchy().isFlat() || !next->hierarchy().isFlat();
        return same && (isGroup(node) || nextGraph->alive(node));
    };
    const auto at = [&](NodeId node) {
        return Anchor{scene->item(node)->rect.center(), next->item(node)->rect.center()};
    };
    if (stays(selected))
        return at(selected);
    std::vector<int> items;
    scene->itemsIn(visible(), items);
    NodeId best;
    double least = INFINITY;
    for (const int index : items) {
        const GraphScene::Item& item = scene->items()[index];
        const QPointF away = item.rect.center() - visible().center();
        if (const double d = QPointF::dotProduct(away, away); d < least && stays(item.node)) {
            least = d;
            best = item.node;
        }
    }
    return best.valid() ? std::optional(at(best)) : std::nullopt;
}

void GraphCanvas::Private::describeToReaders() {
    NodeId said = empty() || !selected.valid() || !version().shows(selected) ? NodeId{} : selected;
    if (const GraphScene::Item* item = shownItem(selected); item && !said.valid())
        said = item->node; // what stands for it, where this version has no such node
    if (!said.valid())
        q->setAccessibleDescription(GraphCanvas::tr("no node selected"));
    else if (isGroup(said))
        q->setAccessibleDescription(GraphCanvas::tr("group %1").arg(version().describe(said)));
    else
        q->setAccessibleDescription(describeNode(said));
}

QString GraphCanvas::Private::describeNode(NodeId node) const {
    const NodeText text = textOf(graph->node(node));
    return QStringList{text.name, text.target, version().describe(node)}.join(QStringLiteral(", "));
}

} // namespace fxscope
