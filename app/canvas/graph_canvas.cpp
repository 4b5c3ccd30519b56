// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas.h"

#include "app/canvas/graph_canvas_p.h"

#include <QEvent>
#include <QPainter>
#include <QScrollBar>

namespace fxscope {
namespace {

constexpr int kGlideMs = 180, kFrameMs = 15;

} // namespace

GraphCanvas::GraphCanvas(QWidget* parent) : QAbstractScrollArea(parent), d(std::make_unique<Private>(this)) {
    qRegisterMetaType<NodeId>();
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Graph"));
    d->minimap = new Minimap(this);
    connect(d->minimap, &Minimap::moveWanted, this, [this](QPointF middle) {
        d->setView(middle - QPointF(d->viewSize().width(), d->viewSize().height()) / d->zoom / 2, d->zoom);
    });
    connect(&d->glideTimer, &QTimer::timeout, this, [this] { d->goOnGliding(); });
}

GraphCanvas::~GraphCanvas() = default;

void GraphCanvas::setScene(std::shared_ptr<const GraphScene> scene, std::shared_ptr<const Graph> version) {
    const auto anchor = d->anchor(scene.get(), version.get());
    const QPointF before = anchor ? d->toScreen(anchor->before) : QPointF();
    const bool sameScene = scene == d->scene;
    if (!sameScene) {
        d->glide = {};
        d->glideTimer.stop();
    }
    const auto old = std::exchange(d->scene, std::move(scene));
    d->graph = std::move(version);
    d->hovered = {};
    d->kept = {};
    d->liftMarks();
    d->firstPicturePending = !d->empty();
    d->describeToReaders();
    d->refreshMinimap();
    const GraphCanvas* linked = d->linked;
    if (anchor) {
        d->setView(anchor->after - before / d->zoom, d->zoom);
        if (!sameScene)
            d->startGlide(old, anchor->after - anchor->before);
    } else if (linked && linked->d->scene == d->scene && !d->empty() && !linked->d->firstViewPending) {
        d->setView(linked->d->corner, linked->d->zoom);
    } else if (!sameScene) {
        d->firstViewPending = !d->empty();
    }
    viewport()->update();
}

void GraphCanvas::setVersion(std::shared_ptr<const Graph> version) {
    d->graph = std::move(version);
    d->describeToReaders();
    d->refreshMinimap();
    viewport()->update();
}

void GraphCanvas::setMinimapShown(bool shown) {
    d->minimapWanted = shown;
    d->refreshMinimap();
}

void GraphCanvas::Private::refreshMinimap() {
    if (minimapWanted)
        minimap->setContent({scene, graph, marks, theme, selected});
    placeMinimap();
}

void GraphCanvas::Private::placeMinimap() {
    minimapRoom = 0;
    if (!minimapWanted || empty() || firstViewPending)
        return minimap->hide();
    minimap->setVisibleArea(visible());
    minimapRoom = minimap->placeIn(q->viewport()->geometry());
}

void GraphCanvas::setMarks(NodeMarks marks) {
    d->ownMarks = std::move(marks);
    d->liftMarks();
    d->refreshMinimap();
    viewport()->update();
}

void GraphCanvas::Private::liftMarks() { marks = scene ? liftedMarks(*scene, ownMarks) : ownMarks; }

void GraphCanvas::setWheelZooms(bool zooms) { d->wheelZooms = zooms; }
void GraphCanvas::setGliding(bool glides) { d->gliding = glides; }
void GraphCanvas::keepInPlace(NodeId group) { d->kept = group; }

void GraphCanvas::Private::startGlide(std::shared_ptr<const GraphScene> from, QPointF shift) {
    glide = {};
    if (!gliding || !from || !q->isVisible())
        return;
    glide = {std::move(from), 0, shift};
    glideClock.start();
    glideTimer.start(kFrameMs);
}

/// Fast at first, gently to its end.
void GraphCanvas::Private::goOnGliding() {
    const double time = std::min(1.0, static_cast<double>(glideClock.elapsed()) / kGlideMs);
    glide.share = 1 - (1 - time) * (1 - time) * (1 - time);
    if (time >= 1) {
        glide = {};
        glideTimer.stop();
    }
    q->viewport()->update();
}

void GraphCanvas::setTheme(const CanvasTheme& theme) {
    d->theme = theme;
    d->refreshMinimap();
    viewport()->update();
}

void GraphCanvas::setTitle(const QString& title) {
    d->title = title;
    setAccessibleName(title.isEmpty() ? tr("Graph") : tr("Graph, %1").arg(title));
    viewport()->update();
}

void GraphCanvas::setLegendShown(bool shown) {
    d->legendShown = shown;
    viewport()->update();
}

void GraphCanvas::setPlaceholderText(const QString& text) {
    d->placeholderText = text;
    viewport()->update();
}

void GraphCanvas::select(NodeId node, bool reveal) {
    d->selected = node;
    if (reveal)
        d->reveal(node);
    d->describeToReaders();
    d->refreshMinimap();
    viewport()->update();
}

NodeId GraphCanvas::selected() const { return d->selected; }

std::vector<NodeId> GraphCanvas::inputs(NodeId node) const {
    return d->empty() || !node.valid() ? std::vector<NodeId>() : d->version().inputs(node);
}

double GraphCanvas::zoom() const { return d->zoom; }
void GraphCanvas::fitAll() { d->fit(d->shownBounds(), 1); }

void GraphCanvas::fitNodes(const std::vector<NodeId>& nodes, NodeId anchor) {
    if (d->empty())
        return;
    QRectF rect;
    for (const NodeId node : nodes)
        rect |= d->placeOf(*d->scene, node);
    const QRectF first = anchor.valid() ? d->placeOf(*d->scene, anchor) : QRectF();
    d->fit(rect, 1, first.isEmpty() ? rect : first);
}

void GraphCanvas::setZoom(double zoom) {
    if (d->firstViewPending)
        d->firstView();
    d->zoomAbout({d->viewSize().width() / 2, d->viewSize().height() / 2}, zoom / d->zoom);
}

QRectF GraphCanvas::visibleArea() const { return d->visible(); }

void GraphCanvas::linkViewWith(GraphCanvas* other) {
    d->linked = other;
    other->d->linked = this;
}

void GraphCanvas::paintEvent(QPaintEvent*) {
    if (d->firstViewPending)
        d->firstView();
    QPainter painter(viewport());
    d->paint(painter);
    if (std::exchange(d->firstPicturePending, false))
        QMetaObject::invokeMethod(this, &GraphCanvas::firstPicture, Qt::QueuedConnection);
}

void GraphCanvas::resizeEvent(QResizeEvent*) {
    if (d->firstViewPending || d->empty())
        return;
    d->placeMinimap();
    if (const auto fitted = d->fitted)
        d->fit(fitted->rect, fitted->mostZoom, fitted->anchor);
    else
        d->updateScrollBars();
}

/// The distances do not help: bars that follow the view are set without signals. Their values do.
void GraphCanvas::scrollContentsBy(int, int) {
    QPointF corner = d->corner;
    const int x = horizontalScrollBar()->value(), y = verticalScrollBar()->value();
    if (x != qRound(corner.x() * d->zoom))
        corner.setX(x / d->zoom);
    if (y != qRound(corner.y() * d->zoom))
        corner.setY(y / d->zoom);
    d->setView(corner, d->zoom);
}

void GraphCanvas::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::EnabledChange)
        viewport()->update();
}

} // namespace fxscope
