// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"
#include "app/canvas/node_text.h"

#include <QApplication>
#include <QHelpEvent>
#include <QMouseEvent>
#include <QNativeGestureEvent>
#include <QToolTip>
#include <QWheelEvent>

namespace fxscope {
namespace {

constexpr double kTagsFrom = 0.6; ///< zoom from which tags are painted
constexpr double kEdgeReach = 4;  ///< screen pixels around a line that belong to it
constexpr qsizetype kMostListed = 12;
constexpr QSizeF kTitleReach(140, 20);

double distance(QPointF p, QPointF a, QPointF b) {
    const QPointF ab = b - a, ap = p - a;
    const double length = QPointF::dotProduct(ab, ab);
    const double t = length > 0 ? qBound(0.0, QPointF::dotProduct(ap, ab) / length, 1.0) : 0;
    const QPointF away = ap - ab * t;
    return std::sqrt(QPointF::dotProduct(away, away));
}

} // namespace

NodeId GraphCanvas::Private::nodeAt(QPoint screen) const {
    const NodeId node = empty() ? NodeId{} : scene->itemAt(toScene(screen));
    return shownItem(node) ? node : NodeId{};
}

/// A title is at least kTitleReach screen pixels high and wide, however small the picture.
NodeId GraphCanvas::Private::frameAt(QPoint screen) const {
    if (empty())
        return {};
    const QPointF point = toScene(screen);
    const auto& frames = scene->frames();
    const double height = std::max(GraphScene::kFrameHeader, kTitleReach.height() / zoom);
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
        const QRectF strip(frame->rect.topLeft(), QSizeF(frame->rect.width(), GraphScene::kFrameHeader));
        const QRectF title(frame->rect.topLeft(),
                           QSizeF(std::min(frame->rect.width(), kTitleReach.width() / zoom), height));
        if (strip.contains(point) || title.contains(point))
            return frame->id;
    }
    return {};
}

const GraphScene::Link* GraphCanvas::Private::linkAt(QPoint screen) const {
    const GraphScene::Link* best = nullptr;
    if (empty() || zoom < kTagsFrom / 2)
        return best;
    const QPointF point = toScene(screen);
    double nearest = kEdgeReach / zoom;
    std::vector<int> links;
    scene->linksIn(QRectF(point, QSizeF()).adjusted(-nearest, -nearest, nearest, nearest), links);
    for (const int index : links) {
        const GraphScene::Link& link = scene->links()[index];
        if (!version().shows(link))
            continue;
        const auto polygon = linePath(link.path, scene->style().layout.direction, true).toFillPolygon();
        for (qsizetype i = 1; i < polygon.size() - 1; ++i)
            if (const double d = distance(point, polygon[i - 1], polygon[i]); d < nearest) {
                nearest = d;
                best = &link;
            }
    }
    return best;
}

std::optional<SceneVersion::Tag> GraphCanvas::Private::tagAt(QPoint screen, NodeId* owner) const {
    if (empty() || zoom < kTagsFrom)
        return std::nullopt;
    const QPointF point = toScene(screen);
    std::vector<int> items;
    scene->itemsIn(QRectF(point, QSizeF()).adjusted(-40, -20, 40, 20), items);
    for (const int index : items)
        if (version().shows(scene->items()[index]))
            for (SceneVersion::Tag& tag : version().tags(index))
                if (tag.rect.contains(point)) {
                    *owner = scene->items()[index].node;
                    return std::move(tag);
                }
    return std::nullopt;
}

QString GraphCanvas::Private::tooltipAt(QPoint screen) const {
    if (const NodeId node = nodeAt(screen); isGroup(node))
        return version().describe(node) + QStringLiteral("\ndouble-click unfolds it");
    else if (node.valid()) {
        const NodeText text = textOf(graph->node(node));
        const QString target = text.target.isEmpty() ? QString() : text.target + QChar(u'\n');
        return text.name + QChar(u'\n') + target + version().describe(node);
    }
    NodeId owner;
    if (const auto tag = tagAt(screen, &owner)) {
        QStringList names;
        for (const NodeId other : tag->others)
            names += version().nameOf(other);
        const qsizetype more = names.size() - kMostListed;
        if (more > 0)
            names = names.mid(0, kMostListed) << QStringLiteral("and %1 more").arg(more);
        return (tag->below     ? QStringLiteral("used far below by\n")
                : tag->sources ? QStringLiteral("takes, folded into this box\n")
                               : QStringLiteral("comes from far above\n")) +
               names.join(QChar(u'\n'));
    }
    if (const GraphScene::Link* link = linkAt(screen))
        return version().nameOf(link->from) + QStringLiteral(": ") + version().describe(link->from);
    if (const NodeId frame = frameAt(screen); frame.valid())
        return version().describe(frame) + QStringLiteral("\ndouble-click folds it");
    return {};
}

void GraphCanvas::Private::hover(NodeId node) {
    if (hovered == node)
        return;
    hovered = node;
    q->viewport()->update();
    if (linked) {
        linked->d->hovered = node;
        linked->viewport()->update();
    }
    emit q->nodeHovered(node);
}

void GraphCanvas::Private::choose(NodeId node, bool wantsReveal) {
    walkedFrom = selected;
    q->select(node, wantsReveal);
    emit q->nodeSelected(node);
}

/// A click selects the node under it, the far end of a tag (if it is one), or the value of an edge; else nothing.
void GraphCanvas::Private::click(QPoint screen, Qt::KeyboardModifiers keys) {
    NodeId owner;
    if (const NodeId node = nodeAt(screen); node.valid() && keys & (Qt::ControlModifier | Qt::ShiftModifier))
        emit q->nodesPicked({node}, keys & Qt::ControlModifier);
    else if (node.valid())
        choose(node, false);
    else if (const NodeId frame = frameAt(screen); frame.valid())
        choose(frame, false);
    else if (const auto tag = tagAt(screen, &owner))
        choose(tag->others.size() == 1 ? tag->others[0] : owner, true);
    else if (const GraphScene::Link* link = linkAt(screen))
        chooseValue(*link);
    else
        choose({}, false);
}

/// The producer, and with it all that takes the value; of a bundle the box at its end.
void GraphCanvas::Private::chooseValue(const GraphScene::Link& link) {
    const std::vector<NodeId> takers = isGroup(link.from) ? std::vector{link.to} : version().users(link.from);
    choose(link.from, false);
    if (!takers.empty())
        emit q->nodesPicked(takers, false);
}

void GraphCanvas::Private::pickIn(const QRectF& area) {
    std::vector<int> items;
    scene->itemsIn(area, items);
    std::vector<NodeId> nodes;
    for (const int index : items)
        if (const GraphScene::Item& item = scene->items()[index]; version().shows(item))
            nodes.push_back(item.node);
    emit q->nodesPicked(nodes, false);
}

void GraphCanvas::wheelEvent(QWheelEvent* event) {
    const QPoint turned = event->angleDelta();
    const bool withControl = event->modifiers() & Qt::ControlModifier,
               sideways = event->modifiers() & Qt::ShiftModifier;
    if (withControl != d->wheelZooms && !sideways) {
        d->zoomAbout(event->position(), std::pow(1.0015, turned.y() ? turned.y() : turned.x()));
    } else {
        QPointF by = event->pixelDelta().isNull() ? QPointF(turned) * 0.6 : QPointF(event->pixelDelta());
        if (sideways && by.x() == 0)
            by = QPointF(by.y(), 0);
        d->setView(d->corner - by / d->zoom, d->zoom);
    }
    event->accept();
}

void GraphCanvas::mousePressEvent(QMouseEvent* event) {
    d->pressed = d->last = event->pos();
    if (event->button() == Qt::MiddleButton)
        d->drag = Private::Drag::Pan;
    else if (event->button() == Qt::LeftButton)
        d->drag = Private::Drag::Maybe;
    if (d->drag == Private::Drag::Pan)
        viewport()->setCursor(Qt::ClosedHandCursor);
}

void GraphCanvas::mouseMoveEvent(QMouseEvent* event) {
    using Drag = Private::Drag;
    const bool moved = (event->pos() - d->pressed).manhattanLength() >= QApplication::startDragDistance();
    if (d->drag == Drag::Maybe && moved) {
        d->drag = event->modifiers() & Qt::ControlModifier ? Drag::ZoomBox
                  : event->modifiers() & Qt::ShiftModifier ? Drag::SelectBox
                  : d->nodeAt(d->pressed).valid()          ? Drag::Nothing
                                                           : Drag::Pan;
        viewport()->setCursor(d->drag == Drag::Pan ? Qt::ClosedHandCursor : Qt::ArrowCursor);
    }
    if (d->drag == Drag::Pan)
        d->setView(d->corner - QPointF(event->pos() - d->last) / d->zoom, d->zoom);
    if (d->drag == Drag::ZoomBox || d->drag == Drag::SelectBox)
        viewport()->update();
    d->last = event->pos();
    if (d->drag != Drag::None)
        return;
    NodeId node = d->nodeAt(event->pos());
    if (NodeId owner; !node.valid() && d->tagAt(event->pos(), &owner))
        node = owner;
    else if (const GraphScene::Link* link = node.valid() ? nullptr : d->linkAt(event->pos()))
        node = link->from;
    if (!node.valid())
        node = d->frameAt(event->pos());
    viewport()->setCursor(node.valid() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    d->hover(node);
}

void GraphCanvas::mouseReleaseEvent(QMouseEvent* event) {
    const Private::Drag drag = std::exchange(d->drag, Private::Drag::None);
    viewport()->setCursor(Qt::ArrowCursor);
    if (drag == Private::Drag::Maybe && event->button() == Qt::LeftButton && d->empty())
        emit pictureWanted();
    else if (drag == Private::Drag::Maybe && event->button() == Qt::LeftButton)
        d->click(event->pos(), event->modifiers());
    const QRectF box = QRectF(d->toScene(d->pressed), d->toScene(event->pos())).normalized();
    if (drag == Private::Drag::ZoomBox)
        d->fit(box, 4);
    if (drag == Private::Drag::SelectBox && !d->empty())
        d->pickIn(box);
    if (drag == Private::Drag::ZoomBox || drag == Private::Drag::SelectBox)
        viewport()->update();
}

void GraphCanvas::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    if (const NodeId node = d->nodeAt(event->pos()); node.valid())
        emit nodeActivated(node);
    else if (const NodeId frame = d->frameAt(event->pos()); frame.valid())
        emit nodeActivated(frame);
}

void GraphCanvas::leaveEvent(QEvent*) { d->hover({}); }

void GraphCanvas::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void GraphCanvas::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

bool GraphCanvas::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), d->tooltipAt(help->pos()), viewport());
        return true;
    }
    if (event->type() == QEvent::NativeGesture) {
        const auto* gesture = static_cast<QNativeGestureEvent*>(event);
        if (gesture->gestureType() == Qt::ZoomNativeGesture) {
            d->zoomAbout(gesture->position(), 1 + gesture->value());
            return true;
        }
    }
    if (event->type() == QEvent::Leave)
        d->hover({});
    return QAbstractScrollArea::viewportEvent(event);
}

} // namespace fxscope
