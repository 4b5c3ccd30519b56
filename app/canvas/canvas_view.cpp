// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas_p.h"

#include <QScrollBar>

namespace fxscope {
namespace {

constexpr double kMostZoom = 4, kMargin = 24, kTitleGap = 6;
constexpr double kWholeFrom = 0.35; ///< a graph that fits at this zoom is shown whole at first
constexpr double kReadable = 0.8, kComfortable = 1;
constexpr int kFirstLayers = 6;
constexpr double kTitleInSight = 240;

double fitting(QSizeF view, QSizeF content) {
    return std::min(view.width() / (content.width() + 2 * kMargin), view.height() / (content.height() + 2 * kMargin));
}

} // namespace

const GraphScene::Item* GraphCanvas::Private::shownItem(NodeId node) const {
    if (empty() || !node.valid())
        return nullptr;
    const GraphScene::Item* item = scene->item(node);
    return item && version().shows(*item) ? item : nullptr;
}

QRectF GraphCanvas::Private::shownBounds() const { return empty() ? QRectF() : version().bounds(); }

double GraphCanvas::Private::leastZoom() const {
    return empty() ? 1 : std::min(kWholeFrom, 0.8 * fitting(viewSize(), scene->bounds().size()));
}

void GraphCanvas::Private::setView(QPointF newCorner, double newZoom) {
    zoom = following ? newZoom : qBound(leastZoom(), newZoom, kMostZoom);
    fitted.reset();
    if (!empty() && !following) { // the middle of the view stays over the picture
        const QRectF bounds = scene->bounds();
        const QPointF half(viewSize().width() / zoom / 2, viewSize().height() / zoom / 2);
        const QPointF middle = newCorner + half;
        newCorner = QPointF(qBound(bounds.left(), middle.x(), bounds.right()),
                            qBound(bounds.top(), middle.y(), bounds.bottom())) -
                    half;
    }
    corner = newCorner;
    firstViewPending = false;
    updateScrollBars();
    placeMinimap();
    q->viewport()->update();
    if (linked && !following && linked->d->scene == scene) { // while scenes are exchanged each finds its own place
        linked->d->following = true;
        linked->d->setView(corner, zoom);
        linked->d->following = false;
    }
}

void GraphCanvas::Private::updateScrollBars() {
    if (empty())
        return;
    const QRectF bounds = scene->bounds();
    const auto update = [](QScrollBar* bar, double low, double high, double view, double value) {
        const QSignalBlocker blocker(bar);
        bar->setRange(qFloor(low - view / 2), qCeil(high - view / 2));
        bar->setPageStep(qRound(view));
        bar->setSingleStep(40);
        bar->setValue(qRound(value));
    };
    update(q->horizontalScrollBar(), bounds.left() * zoom, bounds.right() * zoom, viewSize().width(),
           corner.x() * zoom);
    update(q->verticalScrollBar(), bounds.top() * zoom, bounds.bottom() * zoom, viewSize().height(), corner.y() * zoom);
}

void GraphCanvas::Private::zoomAbout(QPointF screen, double factor) {
    const QPointF fixed = toScene(screen);
    const double newZoom = qBound(leastZoom(), zoom * factor, kMostZoom);
    setView(fixed - screen / newZoom, newZoom);
}

QRectF GraphCanvas::Private::fitArea() const {
    QRectF area(QPointF(), viewSize());
    double top = titlePatch().bottom();
    if (linked && linked->isVisible()) {
        area.setSize(viewSize().boundedTo(linked->d->viewSize()));
        top = std::max(top, linked->d->titlePatch().bottom());
    }
    return area.adjusted(0, std::max(0.0, top + kTitleGap - kMargin), -overviewRoom(), 0);
}

/// What the overview strip covers of the viewport's width, here or beside, where the same is in view.
double GraphCanvas::Private::overviewRoom() const {
    return std::max(minimapRoom, linked && linked->isVisible() ? linked->d->minimapRoom : 0.0);
}

/// The part of the viewport that the overview strip leaves free.
QRectF GraphCanvas::Private::clearArea() const {
    return QRectF(QPointF(), viewSize()).adjusted(0, 0, -overviewRoom(), 0);
}

/// Beside the overview strip, which this view may bring up.
void GraphCanvas::Private::centreOn(QPointF middle, double newZoom) {
    const double room = overviewRoom();
    moveTo(middle, newZoom, clearArea());
    if (overviewRoom() > room)
        moveTo(middle, newZoom, clearArea());
}

/// As large as fits, but readable: what is larger than the view then is centred on its anchor. The legend covers none
/// of it: beside or above it is the larger of the two places, where the whole view would put something under it.
void GraphCanvas::Private::fit(const QRectF& rect, double mostZoom, const QRectF& anchor) {
    if (empty() || rect.isEmpty())
        return;
    const double room = overviewRoom();
    const QRectF whole = fitArea();
    QRectF legend = legendPatch();
    if (linked && linked->isVisible())
        legend |= linked->d->legendPatch();
    const double least = anchor.isValid() ? kReadable : leastZoom();
    const auto zoomIn = [&](const QRectF& area) { return qBound(least, fitting(area.size(), rect.size()), mostZoom); };
    QRectF area = whole;
    moveTo(rect.center(), zoomIn(area), area);
    if (!legend.isEmpty() && legend.intersects(QRectF(toScreen(rect.topLeft()), rect.size() * zoom))) {
        const QRectF beside = whole.adjusted(legend.right(), 0, 0, 0);
        const QRectF above = whole.adjusted(0, 0, 0, legend.top() - whole.bottom());
        area = fitting(beside.size(), rect.size()) > fitting(above.size(), rect.size()) ? beside : above;
        moveTo(rect.center(), zoomIn(area), area);
    }
    if (anchor.isValid() && fitting(area.size(), rect.size()) < least)
        moveTo(anchor.center(), least, area);
    if (overviewRoom() > room) // the strip came up with this view
        return fit(rect, mostZoom, anchor);
    fitted = Fitted{rect, anchor, mostZoom};
}

/// `middle`, a point of the scene, in the middle of a part of the viewport.
void GraphCanvas::Private::moveTo(QPointF middle, double newZoom, const QRectF& area) {
    setView(middle - area.center() / newZoom, newZoom);
}

/// Whole if it can be read whole; else the beginning, or the selected node, at a zoom that reads well.
void GraphCanvas::Private::firstView() {
    firstViewPending = false;
    const QRectF bounds = shownBounds();
    if (empty() || bounds.isEmpty())
        return;
    if (fitting(viewSize(), bounds.size()) >= kWholeFrom)
        return fit(bounds, 1);
    const double newZoom = qBound(kReadable, viewSize().width() / (bounds.width() + 2 * kMargin), kComfortable);
    const QSizeF view = viewSize() / newZoom;
    if (const GraphScene::Item* item = shownItem(selected))
        return centreOn(item->rect.center(), newZoom);
    const bool down = scene->style().layout.direction == Direction::TopDown;
    const double margin = kMargin / newZoom;
    setView(beginning() - (down ? QPointF(view.width() / 2, margin) : QPointF(margin, view.height() / 2)), newZoom);
}

/// Where the flow begins: the middle of the first side of the first boxes.
QPointF GraphCanvas::Private::beginning() const {
    const bool down = scene->style().layout.direction == Direction::TopDown;
    std::vector<double> middles;
    double edge = INFINITY;
    for (int layer = 0, used = 0; layer < scene->layerCount() && used < kFirstLayers; ++layer) {
        const size_t before = middles.size();
        for (const int index : scene->layer(layer))
            if (const GraphScene::Item& item = scene->items()[index]; version().shows(item)) {
                edge = std::min(edge, down ? item.rect.top() : item.rect.left());
                middles.push_back(down ? item.rect.center().x() : item.rect.center().y());
            }
        used += middles.size() > before;
    }
    const auto middle = middles.begin() + static_cast<std::ptrdiff_t>(middles.size() / 2);
    std::nth_element(middles.begin(), middle, middles.end());
    return down ? QPointF(*middle, edge) : QPointF(edge, *middle);
}

/// Brings a node into the view, if it is not there already with room around it.
void GraphCanvas::Private::reveal(NodeId node) {
    const QRectF place = sightOf(node);
    if (place.isEmpty() || firstViewPending)
        return;
    const double newZoom = detailAt(zoom) < Detail::Names ? kReadable : zoom;
    const QRectF seen(corner, clearArea().size() / zoom);
    if (newZoom == zoom && seen.adjusted(4, 4, -4, -4).contains(place))
        return;
    centreOn(place.center(), newZoom);
}

QRectF GraphCanvas::Private::sightOf(NodeId node) const {
    if (empty() || !node.valid())
        return {};
    if (const GraphScene::Frame* frame = scene->frame(node); frame && version().shows(node))
        return {frame->rect.topLeft(), QSizeF(std::min(frame->rect.width(), kTitleInSight), GraphScene::kFrameHeader)};
    const GraphScene::Item* item = shownItem(node);
    return item ? item->rect : QRectF();
}

} // namespace fxscope
