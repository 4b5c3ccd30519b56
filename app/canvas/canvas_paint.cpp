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
    paintScene(painter, *scene, *graph, marks, theme, visible(), zoom, selected, hovered);
    painter.restore();
    painter.setRenderHint(QPainter::Antialiasing);
    paintTitle(painter);
    paintLegend(painter);
    if (drag == Drag::ZoomBox) {
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

/// The node that keeps its place on the screen when another scene comes: the selected one, else one near the middle.
NodeId GraphCanvas::Private::anchor(const GraphScene* next, const Graph* nextGraph) const {
    if (empty() || !next || !nextGraph || firstViewPending)
        return {};
    const auto stays = [&](const GraphScene::Item* item) {
        const GraphScene::Item* now = item ? next->item(item->node) : nullptr;
        return now && now->name == item->name && nextGraph->alive(item->node) && visible().intersects(item->rect);
    };
    if (stays(shownItem(selected)))
        return selected;
    std::vector<int> items;
    scene->itemsIn(visible(), items);
    NodeId best;
    double least = INFINITY;
    for (const int index : items) {
        const GraphScene::Item& item = scene->items()[index];
        const QPointF away = item.rect.center() - visible().center();
        if (const double d = QPointF::dotProduct(away, away); d < least && stays(&item)) {
            least = d;
            best = item.node;
        }
    }
    return best;
}

void GraphCanvas::Private::describeToReaders() {
    if (!shownItem(selected)) {
        q->setAccessibleDescription(GraphCanvas::tr("no node selected"));
        return;
    }
    const NodeText text = textOf(graph->node(selected));
    q->setAccessibleDescription(
        QStringList{text.name, text.target, version().describe(selected)}.join(QStringLiteral(", ")));
}

} // namespace fxscope
