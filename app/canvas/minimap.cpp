// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/minimap.h"

#include "app/canvas/scene_painter.h"

#include <QMouseEvent>
#include <QPainter>

namespace fxscope {
namespace {

constexpr double kInset = 4, kLeastMark = 3, kLeastBox = 1, kLeastView = 6; // pixels
constexpr int kNarrow = 56, kWide = 150, kLeastHeight = 90;

/// What stands out, the least important first.
enum class Kind { Plain, Candidate, Found, Changed, Selected };

struct Spot {
    Kind kind = Kind::Plain;
    QColor colour;
};

Spot spotOf(const Minimap::Content& c, const GraphScene::Item& item) {
    const CanvasTheme& theme = c.theme;
    if (item.node == c.scene->boxOf(c.selected) || c.marks.selection.contains(item.node))
        return {Kind::Selected, theme.selected};
    if (const auto change = c.marks.changes.find(item.node); change != c.marks.changes.end())
        return {Kind::Changed, change->second == NodeMarks::Change::Added     ? theme.added
                               : change->second == NodeMarks::Change::Removed ? theme.removed
                                                                              : theme.changed};
    if (c.marks.found.contains(item.node))
        return {Kind::Found, theme.captures[1]};
    if (c.marks.badges.contains(item.node))
        return {Kind::Candidate, theme.changed};
    if (const auto heat = c.marks.heat.find(item.node); heat != c.marks.heat.end())
        return {Kind::Plain, mixed(theme.edge, theme.heat, heat->second.share)};
    return {Kind::Plain, mixed(theme.edge, theme.background, 0.2)};
}

} // namespace

Minimap::Minimap(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Overview"));
    setAccessibleDescription(tr("The whole graph; a click moves the view there"));
    setFocusPolicy(Qt::NoFocus); // the arrows and keys of the canvas do the same
    setCursor(Qt::PointingHandCursor);
    hide();
}

void Minimap::setContent(Content content) {
    m_content = std::move(content);
    m_picture = {};
    update();
}

void Minimap::setVisibleArea(const QRectF& area) {
    if (area == m_visible)
        return;
    m_visible = area;
    update();
}

double Minimap::placeIn(const QRect& room) {
    const QRectF bounds = m_content.scene ? m_content.scene->bounds() : QRectF();
    const bool tall = bounds.height() > 2.5 * bounds.width();
    const int width = tall ? kNarrow : kWide;
    const bool useful = !bounds.isEmpty() && room.height() > 2 * kLeastHeight && room.width() > 4 * width &&
                        (bounds.height() > 2 * m_visible.height() || bounds.width() > 2 * m_visible.width());
    setVisible(useful);
    if (!useful)
        return 0;
    const int most = room.height() - 2 * kGap;
    const int height = tall ? most : qBound(kLeastHeight, qRound(kWide * bounds.height() / bounds.width()), most / 2);
    setGeometry(room.right() - width - kGap, room.top() + kGap, width, height);
    return width + 2 * kGap;
}

QRectF Minimap::toMap(const QRectF& rect) const {
    const QRectF bounds = m_content.scene->bounds();
    const double sx = (width() - 2 * kInset) / bounds.width(), sy = (height() - 2 * kInset) / bounds.height();
    return {kInset + (rect.left() - bounds.left()) * sx, kInset + (rect.top() - bounds.top()) * sy, rect.width() * sx,
            rect.height() * sy};
}

void Minimap::redraw() {
    const double ratio = devicePixelRatioF();
    m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(mixed(m_content.theme.background, m_content.theme.box, 0.6));
    QPainter painter(&m_picture);
    if (!m_content.scene || !m_content.graph || m_content.scene->bounds().isEmpty())
        return;
    const SceneVersion version(*m_content.scene, *m_content.graph, m_content.marks);
    std::vector<std::pair<Spot, QRectF>> spots;
    for (const GraphScene::Item& item : m_content.scene->items()) {
        if (!version.shows(item))
            continue;
        const Spot spot = spotOf(m_content, item);
        QRectF rect = toMap(item.rect);
        const double least = spot.kind == Kind::Plain ? kLeastBox : kLeastMark;
        if (spot.kind != Kind::Plain) // a mark crosses the map, so that none is overlooked
            rect.adjust(-3, 0, 3, 0);
        const double wider = std::max(0.0, least - rect.width()) / 2, higher = std::max(0.0, least - rect.height()) / 2;
        rect.adjust(-wider, -higher, wider, higher);
        if (spot.kind == Kind::Plain)
            painter.fillRect(rect, spot.colour);
        else
            spots.push_back({spot, rect});
    }
    std::stable_sort(spots.begin(), spots.end(),
                     [](const auto& a, const auto& b) { return a.first.kind < b.first.kind; });
    for (const auto& [spot, rect] : spots)
        painter.fillRect(rect, spot.colour);
}

void Minimap::paintEvent(QPaintEvent*) {
    if (m_picture.isNull())
        redraw();
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_picture);
    painter.setPen(QPen(mixed(m_content.theme.border, m_content.theme.background, 0.4), 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    if (!m_content.scene || m_content.scene->bounds().isEmpty())
        return;
    QRectF view = toMap(m_visible & m_content.scene->bounds());
    const double wider = std::max(0.0, kLeastView - view.width()) / 2,
                 higher = std::max(0.0, kLeastView - view.height()) / 2;
    view.adjust(-wider, -higher, wider, higher);
    QColor ground = m_content.theme.selected;
    ground.setAlpha(40);
    painter.setBrush(ground);
    painter.setPen(QPen(m_content.theme.selected, 1.5));
    painter.drawRect(view.adjusted(0.5, 0.5, -0.5, -0.5) & QRectF(rect()).adjusted(1, 1, -2, -2));
}

void Minimap::resizeEvent(QResizeEvent*) { m_picture = {}; }

void Minimap::moveView(QPointF position) {
    if (!m_content.scene)
        return;
    const QRectF bounds = m_content.scene->bounds();
    emit moveWanted({bounds.left() + (position.x() - kInset) * bounds.width() / (width() - 2 * kInset),
                     bounds.top() + (position.y() - kInset) * bounds.height() / (height() - 2 * kInset)});
}

void Minimap::mousePressEvent(QMouseEvent* event) { moveView(event->position()); }

void Minimap::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons() & Qt::LeftButton)
        moveView(event->position());
}

} // namespace fxscope
