// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"

#include <QPixmap>
#include <QWidget>

namespace fxscope {

/// The whole picture beside the canvas, with the part in sight and everything that is marked. FX graphs are long: both
/// axes have their own scale, so that a graph of a thousand layers fills it too. A click or drag moves the view.
class Minimap : public QWidget {
    Q_OBJECT
public:
    explicit Minimap(QWidget* parent);

    struct Content {
        std::shared_ptr<const GraphScene> scene;
        std::shared_ptr<const Graph> graph;
        NodeMarks marks;
        CanvasTheme theme;
        NodeId selected;
    };
    void setContent(Content content);
    void setVisibleArea(const QRectF& area); ///< in scene coordinates
    /// Takes its place at the right edge of `room`; how much of the width it took, with its gap.
    double placeIn(const QRect& room);
    static constexpr int kGap = 8;

signals:
    void moveWanted(QPointF middle); ///< of the view, in scene coordinates

protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    void redraw();
    void redrawGround();
    QRectF toMap(const QRectF& rect) const;
    void moveView(QPointF position);

    Content m_content;
    QRectF m_visible;
    QPixmap m_ground;  ///< the boxes alone; null: to be painted
    QPixmap m_picture; ///< with the marks
};

} // namespace fxscope
