// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"
#include "app/canvas/node_text.h"
#include "app/canvas/scene_painter.h"

#include <QPainter>

namespace fxscope {
namespace {

constexpr double kInset = 10;

struct LegendEntry {
    QString text;
    QColor colour;
    QString sign; ///< empty: a captured node's stripe
};

std::vector<LegendEntry> legendOf(const NodeMarks& marks, const CanvasTheme& theme) {
    bool added = false, removed = false, changed = false;
    for (const auto& [node, change] : marks.changes) {
        added |= change == NodeMarks::Change::Added;
        removed |= change == NodeMarks::Change::Removed;
        changed |= change == NodeMarks::Change::Changed;
    }
    std::vector<LegendEntry> entries;
    if (added)
        entries.push_back({GraphCanvas::tr("added"), theme.added, QStringLiteral("+")});
    if (removed)
        entries.push_back({GraphCanvas::tr("removed"), theme.removed, QString(QChar(0x2212))});
    if (changed)
        entries.push_back({GraphCanvas::tr("changed"), theme.changed, QStringLiteral("~")});
    bool fits = false, differs = false;
    for (const auto& [node, part] : marks.compared)
        (part ? fits : differs) = true;
    if (fits)
        entries.push_back({GraphCanvas::tr("fits the pattern"), theme.added, QStringLiteral("✓")});
    if (differs)
        entries.push_back({GraphCanvas::tr("does not fit"), theme.error, QStringLiteral("✗")});
    std::set<int> captures;
    for (const auto& [node, capture] : marks.captures)
        captures.insert(capture);
    for (const int capture : captures)
        if (const auto index = static_cast<size_t>(capture); capture >= 0 && index < marks.captureNames.size())
            entries.push_back({marks.captureNames[index], theme.captures[index % theme.captures.size()], {}});
    if (!marks.heat.empty()) {
        entries.push_back({QStringLiteral("%1: %2").arg(marks.heatName, marks.heatMost),
                           mixed(theme.box, theme.heat, 0.48), QStringLiteral("▲")});
        entries.push_back({marks.heatLeast, mixed(theme.box, theme.heat, 0.06), QStringLiteral("▽")});
    }
    return entries;
}

double legendLine(const QFontMetrics& metrics) { return metrics.height() + 6; }

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
    const auto entries = legendShown ? legendOf(marks, theme) : std::vector<LegendEntry>{};
    if (entries.empty())
        return {};
    const QFontMetrics metrics(q->font());
    double width = 0;
    for (const LegendEntry& entry : entries)
        width = std::max<double>(width, metrics.horizontalAdvance(entry.text));
    const double height = legendLine(metrics) * static_cast<double>(entries.size()) + 10;
    return {kInset, viewSize().height() - kInset - height, width + 46, height};
}

void GraphCanvas::Private::paintLegend(QPainter& painter) {
    const QRectF patch = legendPatch();
    if (patch.isEmpty())
        return;
    const auto entries = legendOf(marks, theme);
    const double line = legendLine(QFontMetrics(q->font())), width = patch.width() - 46;
    painter.setPen(QPen(mixed(theme.border, theme.background, 0.4), 1));
    painter.setBrush(theme.box);
    painter.drawRoundedRect(patch, 6, 6);
    painter.setFont(q->font());
    double y = patch.top() + 5;
    for (const LegendEntry& entry : entries) {
        const QRectF swatch(patch.left() + 10, y + line / 2 - 7, 14, 14);
        painter.setPen(Qt::NoPen);
        painter.setBrush(entry.colour);
        entry.sign.isEmpty() ? painter.drawRect(swatch) : painter.drawEllipse(swatch);
        painter.setPen(theme.background);
        painter.drawText(swatch, Qt::AlignCenter, entry.sign);
        painter.setPen(theme.text);
        painter.drawText(QRectF(swatch.right() + 8, y, width + 4, line), Qt::AlignVCenter, entry.text);
        y += line;
    }
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
    if (isGroup(selected) && !empty()) {
        q->setAccessibleDescription(GraphCanvas::tr("group %1").arg(version().describe(selected)));
        return;
    }
    if (!shownItem(selected)) {
        q->setAccessibleDescription(GraphCanvas::tr("no node selected"));
        return;
    }
    const NodeText text = textOf(graph->node(selected));
    q->setAccessibleDescription(
        QStringList{text.name, text.target, version().describe(selected)}.join(QStringLiteral(", ")));
}

} // namespace fxscope
