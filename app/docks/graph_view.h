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
    void setMinimapShown(bool shown); ///< kept in the settings
    bool minimapShown() const;
    void setWheelZooms(bool zooms); ///< without Ctrl; kept in the settings
    bool wheelZooms() const;
    void openFind();

    // What is drawn, see SceneStyle; groups and folds are kept per file.
    enum class Colour { Changes, Time, Error, Score };
    bool groups() const { return m_style.groups; }
    bool repeatsOnce() const { return m_style.repeatsOnce; }
    bool sourcesFolded() const { return m_style.sourcesFolded; }
    bool leftRight() const { return m_style.layout.direction == Direction::LeftRight; }
    void setGroups(bool on);
    void setRepeatsOnce(bool on);
    void setSourcesFolded(bool on);
    void setLeftRight(bool on);
    void setColour(Colour colour); ///< of the boxes' ground
    Colour colour() const { return m_colour; }
    void toggleFold(NodeId group); ///< or the group around a node
    void foldAll();
    void unfoldAll();
    bool hidesSomething() const { return !m_style.hidden.empty(); }
    void hideChosen();
    void hideOthers(); ///< leaves the chosen nodes
    void showAll();
    void reveal(bool inputs);   ///< hidden inputs or users of the chosen nodes
    void extract(int distance); ///< leaves what is at most so many edges from the chosen nodes
    void selectAround();        ///< the module around the selected node or module
    void pickPath();            ///< what lies between the two chosen nodes
    void fit();                 ///< the selection's neighbourhood, else everything
    void fitAll();
    void zoomBy(double factor); ///< 0: to 100 %
    bool hasScene() const { return m_scene != nullptr; }
    const GraphScene* scene() const { return m_scene.get(); } ///< null: none yet
    bool isBuilding() const;
    bool isCurrent() const;        ///< whether the picture is of the graph or trace at hand
    CanvasPicture picture() const; ///< what is on show: one version or a pair
    GraphCanvas* beforeCanvas() const { return m_before; }
    GraphCanvas* afterCanvas() const { return m_after; } ///< also the single one and the overlay
    StepBar* stepBar() const { return m_stepBar; }

signals:
    void firstPicture(); ///< a newly built scene was painted
    void contextMenuWanted(fxscope::NodeId node, QPoint globalPosition);
    void nodeOpened(fxscope::NodeId node); ///< its details are wanted
    void pictureChanged();                 ///< something else is drawn, or in another way

protected:
    void changeEvent(QEvent* event) override;

private:
    void buildScene();
    void takeScene(std::shared_ptr<const GraphScene> scene, bool redrawn);
    void takeGraph();
    void showNoPicture(const QString& why);
    void showCancelled();
    void openNode(NodeId node);
    void showStep();
    void showMarks();
    void markPatterns(NodeMarks& marks) const;
    void showVersions();
    void showFirstStep();
    void connectCanvas(GraphCanvas* canvas);
    void retheme();
    void redraw();
    void loadChoices();
    void saveChoices() const;
    void keepOnly(const std::vector<NodeId>& nodes);
    void hideFrom(uint32_t first, const Graph& graph);
    void keepRewrites(const Trace& trace, size_t from);
    void renewHidden();
    void markHeat(NodeMarks& marks);
    std::vector<NodeId> chosenNodes() const; ///< those of chosen groups too

    Document* m_document;
    GraphCanvas *m_before, *m_after;
    QSplitter* m_splitter;
    FindBar* m_findBar;
    StepBar* m_stepBar;
    QTimer m_soon; ///< a graph without trace is laid out only if its trace takes longer than this
    std::shared_ptr<const GraphScene> m_scene;
    std::shared_ptr<const void> m_sceneOf;   ///< the trace or graph it was built of
    SceneStyle m_style;                      ///< but for the font
    QString m_choicesOf;                     ///< the file whose choices these are
    std::shared_ptr<const Graph> m_hiddenOf; ///< the graph whose nodes are hidden
    std::shared_ptr<const Trace> m_hiddenIn; ///< the trace whose added nodes may be among them
    bool m_keepsOnly = false;                ///< hidden is all but a part
    Colour m_colour = Colour::Changes, m_heatColour = Colour::Changes;
    NodeMarks::Heats m_heat;
    std::shared_ptr<const void> m_heatOf; ///< what m_heat was worked out from
    bool m_showsPair = false, m_overlay = false, m_graphviz = false, m_takesScene = false;
};

} // namespace fxscope
