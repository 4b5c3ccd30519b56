// SPDX-License-Identifier: BSD-3-Clause
#include "app/docks/graph_view.h"

#include "app/docks/colours.h"
#include "app/docks/find_bar.h"
#include "app/docks/step_bar.h"
#include "app/docks/step_marks.h"
#include "app/document/document.h"

#include <QApplication>
#include <QEvent>
#include <QScopedValueRollback>
#include <QSettings>
#include <QSplitter>
#include <QVBoxLayout>

namespace fxscope {
namespace {

constexpr int kTraceSoonMs = 150;
constexpr size_t kGraphvizNodes = 300;

} // namespace

GraphView::GraphView(Document* document, QWidget* parent)
    : QWidget(parent), m_document(document), m_before(new GraphCanvas), m_after(new GraphCanvas),
      m_splitter(new QSplitter), m_findBar(new FindBar(document, this)), m_stepBar(new StepBar(document)) {
    m_before->setObjectName(QStringLiteral("beforeCanvas"));
    m_after->setObjectName(QStringLiteral("afterCanvas"));
    m_splitter->addWidget(m_before);
    m_splitter->addWidget(m_after);
    m_splitter->setChildrenCollapsible(false);
    m_before->linkViewWith(m_after);
    m_before->setTitle(tr("before"));
    m_before->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff); // those of the other canvas move both
    m_before->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_before->hide();
    m_after->setMinimapShown(minimapShown());
    setWheelZooms(wheelZooms());
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_findBar);
    column->addWidget(m_splitter, 1);
    column->addWidget(m_stepBar);
    connectCanvas(m_before);
    connectCanvas(m_after);
    m_soon.setSingleShot(true);
    m_soon.setInterval(kTraceSoonMs);
    connect(&m_soon, &QTimer::timeout, this, &GraphView::buildScene);
    connect(document, &Document::graphChanged, this, &GraphView::takeGraph);
    connect(document, &Document::traceChanged, this, &GraphView::buildScene);
    connect(document, &Document::stepChanged, this, &GraphView::showStep);
    connect(document, &Document::hitsChanged, this, &GraphView::showMarks);
    const PatternInspector& inspector = document->inspector();
    connect(&inspector, &PatternInspector::answerChanged, this, &GraphView::showMarks);
    connect(&inspector, &PatternInspector::reachedChanged, this, &GraphView::showMarks);
    connect(&inspector, &PatternInspector::candidatesChanged, this, &GraphView::showMarks);
    connect(&inspector, &PatternInspector::patternChanged, this, &GraphView::showMarks);
    connect(&inspector, &PatternInspector::breakpointsChanged, this, &GraphView::showMarks);
    connect(document, &Document::hitsOnlyChanged, this, &GraphView::showMarks);
    connect(document, &Document::pickedChanged, this, &GraphView::showMarks);
    connect(document, &Document::comparisonChanged, this, &GraphView::showMarks);
    connect(document, &Document::selectionChanged, this, [this](NodeId node, QObject* from) {
        const bool reveal = from != m_before && from != m_after && !m_takesScene;
        m_before->select(node, reveal);
        m_after->select(node, reveal);
    });
    connect(&document->jobs(), &Jobs::cancelled, this, [this](const QString& tag) {
        if (tag == QStringLiteral("layout"))
            showCancelled();
    });
    m_findBar->setShown([this](NodeId node) { return !m_scene || m_scene->item(node); });
    connect(this, &GraphView::pictureChanged, m_findBar, &FindBar::showCount);
    setFocusProxy(m_after);
    retheme();
}

void GraphView::connectCanvas(GraphCanvas* canvas) {
    // The ids of a picture that is out of date mean other nodes by now.
    connect(canvas, &GraphCanvas::nodeSelected, this, [this, canvas](NodeId node) {
        if (isCurrent())
            m_document->select(node, canvas);
    });
    connect(canvas, &GraphCanvas::nodesPicked, this, [this](const std::vector<NodeId>& nodes, bool toggle) {
        if (isCurrent())
            m_document->pick(nodes, toggle);
    });
    connect(canvas, &GraphCanvas::nodeActivated, this, [this](NodeId node) {
        if (isCurrent())
            isGroup(node) ? toggleFold(node) : openNode(node);
    });
    connect(canvas, &GraphCanvas::firstPicture, this, &GraphView::firstPicture);
    connect(canvas, &GraphCanvas::contextMenuWanted, this, [this](NodeId node, QPoint position) {
        if (isCurrent())
            emit contextMenuWanted(node, position);
    });
    connect(canvas, &GraphCanvas::pictureWanted, this, [this] {
        if (!isBuilding())
            buildScene();
    });
}

bool GraphView::isCurrent() const {
    if (!m_sceneOf || !m_document->entry())
        return false;
    const auto trace = m_document->trace();
    return m_sceneOf == (trace ? std::shared_ptr<const void>(trace) : m_document->entry()->graph) ||
           (m_sceneOf == m_document->entry()->graph && trace && trace->base == m_sceneOf);
}

/// In every pane, with what there is to know about it.
void GraphView::openNode(NodeId node) {
    m_document->select(node);
    emit nodeOpened(node);
}

// --- scene

bool GraphView::isBuilding() const {
    return m_soon.isActive() || m_document->jobs().isRunning(QStringLiteral("layout"));
}

void GraphView::takeGraph() {
    m_document->jobs().cancel(QStringLiteral("layout")); // of the graph before
    if (m_document->entry())
        return m_soon.start();
    showNoPicture({});
    m_hiddenOf.reset();
    m_hiddenIn.reset();
}

void GraphView::showNoPicture(const QString& why) {
    m_scene.reset();
    m_sceneOf.reset();
    for (GraphCanvas* canvas : {m_before, m_after}) {
        canvas->setScene(nullptr, nullptr);
        canvas->setPlaceholderText(why);
    }
    m_before->hide();
    emit pictureChanged();
}

/// An older picture of the same graph stays, and so does the way it is drawn.
void GraphView::showCancelled() {
    if (isBuilding() || !m_document->entry())
        return;
    if (!isCurrent())
        return showNoPicture(tr("The layout was cancelled. Press Space or click here to lay the graph out."));
    m_style = m_scene->style();
    m_graphviz = m_style.graphviz;
    emit pictureChanged();
}

bool GraphView::canUseGraphviz() const {
    if (!m_document->entry() || !graphvizLayout())
        return false;
    return m_graphviz || !m_scene || m_scene->items().size() <= kGraphvizNodes;
}

void GraphView::buildScene() {
    m_soon.stop();
    if (!m_document->entry())
        return;
    loadChoices();
    if (!m_scene)
        m_after->setPlaceholderText(tr("Laying out…"));
    SceneStyle style = m_style;
    style.font = QApplication::font();
    style.graphviz = m_graphviz;
    const auto graph = m_document->entry()->graph;
    const auto trace = m_document->trace();
    m_document->jobs().start(
        QStringLiteral("layout"), tr("Laying out"),
        [graph, trace, style](const Cancel& cancel) {
            return trace ? GraphScene::build(trace, style, cancel) : GraphScene::build(graph, style, cancel);
        },
        this,
        [this, of = trace ? std::shared_ptr<const void>(trace) : graph](std::shared_ptr<const GraphScene> scene) {
            const bool current = of == m_document->trace() || (m_document->entry() && of == m_document->entry()->graph);
            if (!current)
                return; // another one is under way
            const bool redrawn = std::exchange(m_sceneOf, of) == of;
            takeScene(std::move(scene), redrawn);
        });
}

void GraphView::takeScene(std::shared_ptr<const GraphScene> scene, bool redrawn) {
    for (const Diagnostic& note : scene->notes())
        m_document->report(note);
    m_scene = std::move(scene);
    if (m_style.groups && !m_style.unfolded)
        m_style.unfolded = m_scene->style().unfolded;
    m_before->setScene(m_scene, m_document->before());
    m_after->setScene(m_scene, m_document->after());
    {
        const QScopedValueRollback taking(m_takesScene, true);
        m_document->setGroups(m_scene->sharedHierarchy());
    }
    showVersions();
    showMarks();
    for (GraphCanvas* canvas : {m_before, m_after})
        canvas->select(m_document->selected(), false);
    redrawn ? saveChoices() : showFirstStep();
    emit pictureChanged();
}

CanvasPicture GraphView::picture() const {
    CanvasPicture picture = m_after->picture();
    if (m_showsPair)
        picture.panes.insert(picture.panes.begin(), m_before->picture().panes.front());
    return picture;
}

/// Brings the rewrite on show into view; without one the canvas chooses where to begin.
void GraphView::showFirstStep() {
    const auto trace = m_document->trace();
    if (!trace)
        return;
    const auto nodes = nodesToShow(marksOf(*trace, m_document->shownFrom(), m_document->shownTo()));
    if (!nodes.empty())
        m_after->fitNodes(nodes, m_document->selected().valid() ? m_document->selected() : nodes.front());
}

// --- versions and marks

void GraphView::showStep() {
    if (!m_scene || m_sceneOf != std::shared_ptr<const void>(m_document->trace()))
        return; // the scene that belongs to it is under way
    m_before->setVersion(m_document->before());
    m_after->setVersion(m_document->after());
    showVersions();
    showMarks();
}

void GraphView::showVersions() {
    const bool pair = m_document->shownTo() > m_document->shownFrom();
    if (std::exchange(m_showsPair, pair && !m_overlay) != (pair && !m_overlay)) {
        m_before->setVisible(m_showsPair);
        m_splitter->setSizes({1, 1}); // halves, at once: what follows fits nodes into them
        m_splitter->refresh();
    }
    m_after->setLegendShown(!m_showsPair); // one is enough; removed nodes are in the other's
    m_after->setTitle(!pair ? tr("graph") : m_overlay ? tr("before + after") : tr("after"));
}

void GraphView::showMarks() {
    NodeMarks marks;
    if (const auto trace = m_document->trace())
        marks = marksOf(*trace, m_document->shownFrom(), m_document->shownTo());
    markPatterns(marks);
    const PatternInspector& inspector = m_document->inspector();
    signBadges(marks, inspector.subject(), inspector.nodeBreakpoints());
    markHeat(marks);
    marks.found.insert(m_document->hits().begin(), m_document->hits().end());
    marks.foundOnly = m_document->hitsOnly() && !m_document->hits().empty();
    marks.selection.insert(m_document->picked().begin(), m_document->picked().end());
    m_before->setMarks(marks);
    if (!m_overlay) // the canvas paints what is marked as removed, also in a version that has it no more
        std::erase_if(marks.changes, [](const auto& mark) { return mark.second == NodeMarks::Change::Removed; });
    m_after->setMarks(std::move(marks));
}

/// Scores of the chosen pattern's candidates, and the comparison at the node that is explained. A step shows what it
/// matched itself, unless the matcher is stepped through.
void GraphView::markPatterns(NodeMarks& marks) const {
    const PatternInspector& inspector = m_document->inspector();
    const auto candidates = inspector.candidates();
    if (const PatternCandidates* list = candidates ? candidates->of(inspector.entry()) : nullptr)
        markCandidates(marks, *list);
    const auto answer = inspector.answer();
    if (!answer)
        return;
    const int step = m_document->currentStep();
    const bool ofStep =
        step >= 0 && m_document->trace()->steps[static_cast<size_t>(step)].match.root == inspector.subject();
    if (!ofStep || inspector.reached() >= 0)
        markAnswer(marks, *answer, inspector.reached());
}

// --- what the menus do

void GraphView::setOverlay(bool overlay) {
    m_overlay = overlay;
    showStep();
}

void GraphView::setGraphviz(bool graphviz) {
    if (std::exchange(m_graphviz, graphviz) != graphviz)
        buildScene();
}

bool GraphView::minimapShown() const { return QSettings().value(QStringLiteral("picture/minimap"), true).toBool(); }

void GraphView::setMinimapShown(bool shown) {
    QSettings().setValue(QStringLiteral("picture/minimap"), shown);
    m_after->setMinimapShown(shown);
}

void GraphView::setWheelZooms(bool zooms) {
    QSettings().setValue(QStringLiteral("picture/wheelZooms"), zooms);
    for (GraphCanvas* canvas : {m_before, m_after})
        canvas->setWheelZooms(zooms);
}

bool GraphView::wheelZooms() const { return QSettings().value(QStringLiteral("picture/wheelZooms")).toBool(); }

void GraphView::openFind() { m_findBar->open(); }

void GraphView::fit() {
    if (!m_scene && !isBuilding())
        return buildScene();
    const NodeId node = m_document->selected();
    if (isGroup(node) && m_scene && (m_scene->item(node) || m_scene->frame(node)))
        return m_after->fitNodes({node}, node);
    const auto graph = m_document->versionWith(node);
    if (!graph)
        return fitAll();
    std::vector<NodeId> near = graph->inputs(node);
    const auto& users = (*graph)[node].users;
    near.insert(near.end(), users.begin(), users.end());
    near.push_back(node);
    m_after->fitNodes(near, node);
}

void GraphView::fitAll() { m_after->fitAll(); }

void GraphView::zoomBy(double factor) { m_after->setZoom(factor == 0 ? 1.0 : m_after->zoom() * factor); }

void GraphView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange)
        retheme();
    if (event->type() == QEvent::FontChange && m_scene)
        buildScene(); // boxes are as large as their text
    QWidget::changeEvent(event);
}

void GraphView::retheme() {
    for (GraphCanvas* canvas : {m_before, m_after})
        canvas->setTheme(themeFor(palette()));
}

} // namespace fxscope
