// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/minimap.h"
#include "app/canvas/scene_painter.h"

#include <QElapsedTimer>
#include <QTimer>

#include <optional>

namespace fxscope {

/// The state of a canvas. The view is a point of the scene (its top left corner) and a zoom; scroll bars follow it.
struct GraphCanvas::Private {
    explicit Private(GraphCanvas* canvas) : q(canvas) {}

    // --- what is shown
    std::shared_ptr<const GraphScene> scene;
    std::shared_ptr<const Graph> graph;
    NodeMarks ownMarks, marks; ///< marks: lifted onto the scene
    CanvasTheme theme = CanvasTheme::light();
    QString title, placeholderText;
    bool legendShown = true;
    NodeId selected, hovered, walkedFrom, kept;
    void liftMarks();
    QRectF placeOf(const GraphScene& of, NodeId node) const; ///< of a box or an unfolded group; empty: neither
    QRectF sightOf(NodeId node) const; ///< its box, or the title of its frame; empty: not in this version

    bool empty() const { return !scene || !graph; }
    SceneVersion version() const { return {*scene, *graph, marks}; }
    QRectF shownBounds() const;                           ///< of the items this version has
    const GraphScene::Item* shownItem(NodeId node) const; ///< null: not in this version

    // --- view
    QPointF corner;
    double zoom = 1;
    bool firstViewPending = false, firstPicturePending = false, following = false;
    bool wheelZooms = false;
    QPointer<GraphCanvas> linked;
    struct Fitted {
        QRectF rect, anchor;
        double mostZoom = 1;
    };
    std::optional<Fitted> fitted; ///< what the view was fitted to; none once it was moved

    QSizeF viewSize() const { return q->viewport()->size(); }
    QRectF visible() const { return {corner, viewSize() / zoom}; }
    QPointF toScene(QPointF screen) const { return corner + screen / zoom; }
    QPointF toScreen(QPointF point) const { return (point - corner) * zoom; }
    double leastZoom() const;
    void setView(QPointF newCorner, double newZoom); ///< keeps the picture reachable; tells the linked canvas
    void zoomAbout(QPointF screen, double factor);
    void fit(const QRectF& rect, double mostZoom, const QRectF& anchor = {});
    void moveTo(QPointF middle, double newZoom, const QRectF& area);
    QRectF fitArea() const;
    double overviewRoom() const;
    QRectF clearArea() const;
    void centreOn(
        QPointF middle,
        double newZoom); ///< of the viewport, without what the titles cover; the smaller one of two linked canvases
    void firstView();
    QPointF beginning() const;
    void reveal(NodeId node);
    void updateScrollBars();
    /// Two points of the old and the new scene that shall be at the same place on the screen.
    struct Anchor {
        QPointF before, after;
    };
    std::optional<Anchor> anchor(const GraphScene* next, const Graph* nextGraph) const;

    // --- moving to a new scene
    Glide glide;
    QTimer glideTimer;
    QElapsedTimer glideClock;
    bool gliding = true;
    void startGlide(std::shared_ptr<const GraphScene> from, QPointF shift);
    void goOnGliding();

    Minimap* minimap = nullptr; ///< a child
    bool minimapWanted = false;
    double minimapRoom = 0; ///< of the viewport's width
    void refreshMinimap();
    void placeMinimap();

    // --- interaction
    enum class Drag { None, Maybe, Nothing, Pan, ZoomBox, SelectBox };
    Drag drag = Drag::None;
    QPoint pressed, last;
    NodeId nodeAt(QPoint screen) const;
    NodeId frameAt(QPoint screen) const; ///< the unfolded group whose title is there
    void pickIn(const QRectF& area);
    std::optional<SceneVersion::Tag> tagAt(QPoint screen, NodeId* owner) const;
    const GraphScene::Link* linkAt(QPoint screen) const;
    QString tooltipAt(QPoint screen) const;
    void click(QPoint screen, Qt::KeyboardModifiers keys);
    void hover(NodeId node);
    void chooseValue(const GraphScene::Link& link);
    void choose(NodeId node, bool reveal); ///< by the user: selects and tells
    bool zoomKey(QKeyEvent* event);
    bool nodeKey(QKeyEvent* event);
    NodeId walk(int key) const;
    NodeId nearestOf(const std::vector<NodeId>& candidates) const;
    NodeId neighbourInLayer(int step) const;
    NodeId firstVisible() const;
    NodeId walkFromFrame(int key) const;
    std::vector<NodeId> neighbourhood(NodeId node) const;
    void describeToReaders();
    QString describeNode(NodeId node) const;

    // --- painting
    void paint(QPainter& painter);
    void paintLegend(QPainter& painter);
    void paintTitle(QPainter& painter);
    QRectF legendPatch() const; ///< empty: no legend
    QRectF titlePatch() const;

    GraphCanvas* q;
};

} // namespace fxscope
