// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/canvas/graph_canvas.h"

#include <QTimer>
#include <QWidget>

#include <memory>

class QSplitter;

namespace fxscope {

class Document;
class FindBar;
class StepBar;

/// The centre of the window: before | after (or one overlay), find bar above, step bar below. Builds the scene in a
/// job; the old picture stays until the new one is ready.
class GraphView : public QWidget {
    Q_OBJECT
public:
    explicit GraphView(Document* document, QWidget* parent = nullptr);

    void setOverlay(bool overlay);
    void setGraphviz(bool graphviz); ///< small graphs only, see SceneStyle
    bool canUseGraphviz() const;
    void openFind();
    void fit(); ///< the selection's neighbourhood, else everything
    void fitAll();
    void zoomBy(double factor); ///< 0: to 100 %
    bool hasScene() const { return m_scene != nullptr; }
    bool isBuilding() const;
    GraphCanvas* beforeCanvas() const { return m_before; }
    GraphCanvas* afterCanvas() const { return m_after; } ///< also the single one and the overlay
    StepBar* stepBar() const { return m_stepBar; }

signals:
    void firstPicture(); ///< a newly built scene was painted
    void contextMenuWanted(fxscope::NodeId node, QPoint globalPosition);

protected:
    void changeEvent(QEvent* event) override;

private:
    void buildScene();
    void takeScene(std::shared_ptr<const GraphScene> scene);
    void takeGraph();
    void showStep();
    void showMarks();
    void markPatterns(NodeMarks& marks) const;
    void showVersions();
    void showFirstStep();
    void connectCanvas(GraphCanvas* canvas);
    void retheme();

    Document* m_document;
    GraphCanvas *m_before, *m_after;
    QSplitter* m_splitter;
    FindBar* m_findBar;
    StepBar* m_stepBar;
    QTimer m_soon; ///< a graph without trace is laid out only if its trace takes longer than this
    std::shared_ptr<const GraphScene> m_scene;
    std::shared_ptr<const void> m_sceneOf; ///< the trace or graph it was built of
    bool m_showsPair = false, m_overlay = false, m_graphviz = false;
};

} // namespace fxscope
