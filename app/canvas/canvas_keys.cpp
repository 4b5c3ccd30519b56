// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"

#include <QContextMenuEvent>
#include <QKeyEvent>

namespace fxscope {
namespace {

constexpr double kZoomStep = 1.25;

enum class Way { None, Input, User, Before, After };

/// Arrows follow the picture: against and along the flow, and to the neighbours beside.
Way wayOf(int key, Direction direction) {
    const bool down = direction == Direction::TopDown;
    switch (key) {
    case Qt::Key_Up: return down ? Way::Input : Way::Before;
    case Qt::Key_Down: return down ? Way::User : Way::After;
    case Qt::Key_Left: return down ? Way::Before : Way::Input;
    case Qt::Key_Right: return down ? Way::After : Way::User;
    default: return Way::None;
    }
}

} // namespace

/// The nearest of several: fewest layers away, then straightest. A walk turns back the way it came.
NodeId GraphCanvas::Private::nearestOf(const std::vector<NodeId>& candidates) const {
    const GraphScene::Item* from = scene->item(selected);
    const bool down = scene->style().layout.direction == Direction::TopDown;
    NodeId best;
    std::pair<int, double> least;
    for (const NodeId candidate : candidates) {
        if (candidate == walkedFrom)
            return candidate;
        const GraphScene::Item* item = scene->item(candidate);
        const QPointF away = item->rect.center() - from->rect.center();
        const std::pair cost(std::abs(item->layer - from->layer), std::abs(down ? away.x() : away.y()));
        if (!best.valid() || cost < least) {
            best = candidate;
            least = cost;
        }
    }
    return best;
}

NodeId GraphCanvas::Private::neighbourInLayer(int step) const {
    const auto& layer = scene->layer(scene->item(selected)->layer);
    const int index = scene->indexOf(selected);
    auto at = static_cast<std::ptrdiff_t>(std::find(layer.begin(), layer.end(), index) - layer.begin());
    for (at += step; at >= 0 && at < static_cast<std::ptrdiff_t>(layer.size()); at += step)
        if (const GraphScene::Item& item = scene->items()[layer[at]]; version().shows(item))
            return item.node;
    return {};
}

/// The topmost node in sight: where a walk begins.
NodeId GraphCanvas::Private::firstVisible() const {
    std::vector<int> items;
    scene->itemsIn(visible(), items);
    const GraphScene::Item* best = nullptr;
    for (const int index : items) {
        const GraphScene::Item& item = scene->items()[index];
        if (version().shows(item) && (!best || item.layer < best->layer))
            best = &item;
    }
    return best ? best->node : NodeId{};
}

/// Along the flow into an unfolded group, to its first box; against it to what feeds the group; else to the group that
/// comes before or after it in the list.
NodeId GraphCanvas::Private::walkFromFrame(int key) const {
    const Hierarchy& groups = scene->hierarchy();
    const int group = groupOfId(selected);
    const auto onShow = [&](NodeId id) { return scene->frame(id) || shownItem(id); };
    const Way way = wayOf(key, scene->style().layout.direction);
    if (way == Way::Input) {
        const auto inputs = version().inputs(selected);
        return inputs.empty() ? NodeId{} : inputs.front();
    }
    if (way == Way::User) {
        const GraphScene::Item* first = nullptr;
        for (const NodeId member : groups[group].all)
            if (const GraphScene::Item* item = shownItem(member); item && (!first || item->layer < first->layer))
                first = item;
        return first ? first->node : NodeId{};
    }
    const auto& row = groups[groups[group].parent].groups;
    const auto at = std::find(row.begin(), row.end(), group) - row.begin();
    const std::ptrdiff_t step = way == Way::Before ? -1 : 1;
    for (auto i = at + step; i >= 0 && i < static_cast<std::ptrdiff_t>(row.size()); i += step)
        if (onShow(idOfGroup(row[static_cast<size_t>(i)])))
            return idOfGroup(row[static_cast<size_t>(i)]);
    return {};
}

NodeId GraphCanvas::Private::walk(int key) const {
    if (scene->frame(selected))
        return walkFromFrame(key);
    if (!shownItem(selected))
        return firstVisible();
    switch (wayOf(key, scene->style().layout.direction)) {
    case Way::Input: return nearestOf(version().inputs(selected));
    case Way::User: return nearestOf(version().users(selected));
    case Way::Before: return neighbourInLayer(-1);
    case Way::After: return neighbourInLayer(1);
    case Way::None: break;
    }
    return {};
}

std::vector<NodeId> GraphCanvas::Private::neighbourhood(NodeId node) const {
    std::vector<NodeId> result{node};
    for (const auto& list : {version().inputs(node), version().users(node)})
        result.insert(result.end(), list.begin(), list.end());
    return result;
}

bool GraphCanvas::Private::zoomKey(QKeyEvent* event) {
    const QPointF middle(viewSize().width() / 2, viewSize().height() / 2);
    switch (event->key()) {
    case Qt::Key_Plus:
    case Qt::Key_Equal: zoomAbout(middle, kZoomStep); return true;
    case Qt::Key_Minus: zoomAbout(middle, 1 / kZoomStep); return true;
    case Qt::Key_0:
        if (!(event->modifiers() & Qt::ControlModifier))
            return false;
        zoomAbout(middle, 1 / zoom);
        return true;
    case Qt::Key_Space:
        if (shownItem(selected))
            q->fitNodes(neighbourhood(selected), selected);
        else
            q->fitAll();
        return true;
    default: return false;
    }
}

bool GraphCanvas::Private::nodeKey(QKeyEvent* event) {
    const auto keys = event->modifiers() & ~Qt::KeypadModifier;
    const int key = event->key();
    if (keys == Qt::NoModifier && wayOf(key, scene->style().layout.direction) != Way::None) {
        if (const NodeId next = walk(key); next.valid())
            choose(next, true);
        return true;
    }
    if ((key == Qt::Key_Return || key == Qt::Key_Enter) && (shownItem(selected) || scene->frame(selected))) {
        emit q->nodeActivated(selected);
        return true;
    }
    if (keys == Qt::NoModifier && key >= Qt::Key_1 && key <= Qt::Key_9) {
        const auto inputs = q->inputs(selected);
        if (const size_t wanted = static_cast<size_t>(key - Qt::Key_1); wanted < inputs.size())
            choose(inputs[wanted], true);
        return true;
    }
    return false;
}

void GraphCanvas::keyPressEvent(QKeyEvent* event) {
    if (d->empty() &&
        (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter)) {
        emit pictureWanted();
        return event->accept();
    }
    if (!d->empty() && (d->zoomKey(event) || d->nodeKey(event)))
        event->accept();
    else if (wayOf(event->key(), Direction::TopDown) != Way::None)
        event->ignore(); // with Ctrl or Alt the window's: not a scroll bar's
    else
        QAbstractScrollArea::keyPressEvent(event);
}

void GraphCanvas::contextMenuEvent(QContextMenuEvent* event) {
    const bool byKey = event->reason() == QContextMenuEvent::Keyboard;
    const QRectF place = byKey && !d->empty() ? d->sightOf(d->selected) : QRectF();
    const QPoint position = place.isEmpty() ? event->pos() : d->toScreen(place.center()).toPoint();
    NodeId node = place.isEmpty() ? d->nodeAt(position) : d->selected;
    if (!node.valid())
        node = d->frameAt(position);
    emit contextMenuWanted(node, viewport()->mapToGlobal(position));
    event->accept();
}

} // namespace fxscope
