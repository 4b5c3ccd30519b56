// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/minimap.h"

#include "app/canvas/scene_painter.h"

#include <QMouseEvent>
#include <QPainter>

namespace fxscope {
namespace {

constexpr double kInset = 4, kLeastMark = 3, kLeastBox = 1, kLeastView = 6; // pixels
constexpr int kNarrow = 56, kWide = 150, kLeastHeight = 90;

/// Marks, each place once per colour: a hundred thousand hits are a few thousand pixels.
class Spots {
public:
    Spots(QPainter& painter, QSize size) : m_painter(painter), m_size(size) {}
    void begin(const QColor& colour) {
        m_colour = colour;
        m_taken.assign(static_cast<size_t>(m_size.width()) * static_cast<size_t>(m_size.height()), false);
    }
    void add(const QRectF& rect) {
        const QPoint middle = rect.center().toPoint();
        if (!QRect(QPoint(), m_size).contains(middle))
            return;
        const auto place =
            static_cast<size_t>(middle.y()) * static_cast<size_t>(m_size.width()) + static_cast<size_t>(middle.x());
        if (m_taken[place])
            return;
        m_taken[place] = true;
        const double wider = std::max(0.0, kLeastMark - rect.width()) / 2 + 3; // so that none is overlooked
        const double higher = std::max(0.0, kLeastMark - rect.height()) / 2;
        m_painter.fillRect(rect.adjusted(-wider, -higher, wider, higher), m_colour);
    }

private:
    QPainter& m_painter;
    QSize m_size;
    QColor m_colour;
    std::vector<bool> m_taken;
};

} // namespace

Minimap::Minimap(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Overview"));
    setAccessibleDescription(tr("The whole graph; a click moves the view there"));
    setFocusPolicy(Qt::NoFocus); // the arrows and keys of the canvas do the same
    setCursor(Qt::PointingHandCursor);
    hide();
}

void Minimap::setContent(Content content) {
    if (content.scene != m_content.scene || content.theme.background != m_content.theme.background)
        m_ground = {};
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

/// Every box of every version: it stays while one steps and searches.
void Minimap::redrawGround() {
    const double ratio = devicePixelRatioF();
    m_ground = QPixmap((QSizeF(size()) * ratio).toSize());
    m_ground.setDevicePixelRatio(ratio);
    m_ground.fill(mixed(m_content.theme.background, m_content.theme.box, 0.6));
    QPainter painter(&m_ground);
    if (!m_content.scene || m_content.scene->bounds().isEmpty())
        return;
    const QColor colour = mixed(m_content.theme.edge, m_content.theme.background, 0.2);
    for (const GraphScene::Item& item : m_content.scene->items()) {
        QRectF rect = toMap(item.rect);
        rect.setSize(rect.size().expandedTo(QSizeF(kLeastBox, kLeastBox)));
        painter.fillRect(rect, colour);
    }
}

/// What is marked, the most important on top.
void Minimap::redraw() {
    if (m_ground.isNull())
        redrawGround();
    m_picture = m_ground;
    if (!m_content.scene || !m_content.graph || m_content.scene->bounds().isEmpty())
        return;
    QPainter painter(&m_picture);
    Spots spots(painter, size());
    const CanvasTheme& theme = m_content.theme;
    const NodeMarks& marks = m_content.marks;
    const SceneVersion version(*m_content.scene, *m_content.graph, marks);
    const auto add = [&](NodeId node) {
        if (const GraphScene::Item* item = m_content.scene->item(node); item && version.shows(*item))
            spots.add(toMap(item->rect));
    };
    for (const auto& [node, heat] : marks.heat.map())
        if (const GraphScene::Item* item = m_content.scene->item(node); item && heat.share > 0)
            painter.fillRect(toMap(item->rect), mixed(theme.edge, theme.heat, heat.share));
    spots.begin(theme.changed);
    for (const auto& [node, text] : marks.badges)
        add(node);
    spots.begin(theme.captures[1]);
    marks.found.forEachNode(add);
    using Change = NodeMarks::Change;
    for (const auto& [change, colour] :
         {std::pair(Change::Changed, theme.changed), {Change::Removed, theme.removed}, {Change::Added, theme.added}}) {
        spots.begin(colour);
        for (const auto& [node, kind] : marks.changes)
            if (kind == change)
                add(node);
    }
    spots.begin(theme.selected);
    marks.selection.forEachNode(add);
    if (m_content.selected.valid())
        add(m_content.selected);
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

void Minimap::resizeEvent(QResizeEvent*) { m_picture = m_ground = {}; }

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
