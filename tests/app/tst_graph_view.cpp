// SPDX-License-Identifier: BSD-3-Clause
// What of a graph the window draws, and how: modules, parts, several nodes, colours.
#include "app/models/stages_model.h"
#include "app/shell/picture.h"
#include "tests/app/main_window_fixture.h"

#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QSplitter>
#include <QTextBrowser>
#include <QTreeView>
#include <QWheelEvent>
#include <QtMath>

#include <algorithm>

using namespace fxscope;

class TstGraphView : public QObject, MainWindowFixture {
    Q_OBJECT
private slots:
    void initTestCase() { QVERIFY(prepare()); }
    void init() { QVERIFY(openWindow()); }
    void cleanup() { m_window.reset(); }

    void modulesFoldAndAreRemembered();
    void partsAreHiddenAndShownAgain();
    void severalNodesAndThePathBetween();
    void nodesAreColouredByWhatTheyTook();
    void digitsGoToInputsOfModules();
    void partsStayPartsWhenPassesRun();
    void pickingTellsOnce();
    void foldedStepsAreToldToReaders();
    void pathOfRemovedNodes();
    void selectedNodeStaysInPlaceInBothCanvases();
    void pictureOfAnotherGraphIsNotAsked();
    void addedNodesAreForgottenWithTheirTrace();
    void backGoesToVisitsNotSteps();
    void backStaysWhenPassesRun();
    void cancelledRedrawLeavesTheWay();
    void stagesShowWhatChanged();
    void hiddenHitsAreSaid();
    void marksReachWhatStandsForThem();
    void picturesHoldBothVersionsAndALegend();
    void cancelledPictureLeavesTheFile();
    void wheelZoomsIfWanted();
    void arrowsWalkModules();
    void edgesSelectTheirValue();

private:
    bool openModules();
};

bool TstGraphView::openModules() {
    return openText(QStringLiteral("modules.py"), R"(class GraphModule(torch.nn.Module):
    def forward(self, x: "f32[4, 8]", p_net_0_a_weight: "f32[8, 8]", p_net_0_b_weight: "f32[8, 8]", p_net_1_a_weight: "f32[8, 8]", p_net_1_b_weight: "f32[8, 8]"):
        mm: "f32[4, 8]" = torch.ops.aten.mm.default(x, p_net_0_a_weight)
        relu: "f32[4, 8]" = torch.ops.aten.relu.default(mm)
        mm_1: "f32[4, 8]" = torch.ops.aten.mm.default(relu, p_net_0_b_weight)
        mm_2: "f32[4, 8]" = torch.ops.aten.mm.default(mm_1, p_net_1_a_weight)
        relu_1: "f32[4, 8]" = torch.ops.aten.relu.default(mm_2)
        mm_3: "f32[4, 8]" = torch.ops.aten.mm.default(relu_1, p_net_1_b_weight)
        return (mm_3,)
)");
}

void TstGraphView::modulesFoldAndAreRemembered() {
    QVERIFY(openModules());
    QVERIFY(!view().groups());
    trigger("group.show");
    QVERIFY(atRest());
    QVERIFY(view().groups());
    trigger("group.foldAll");
    QVERIFY(atRest());
    picture(QStringLiteral("modules_folded"));
    const NodeId relu = node("relu");
    QVERIFY(isGroup(view().scene()->boxOf(relu)));
    QCOMPARE(view().scene()->items().size(), size_t(4)); // x, two layers, output
    document().select(view().scene()->boxOf(relu));
    const QString said = child<QTextBrowser>("nodeDock")->toPlainText();
    QVERIFY2(said.contains(QStringLiteral("net_0")) && said.contains(QStringLiteral("aten.mm")), qPrintable(said));
    document().select(relu);
    trigger("group.fold");
    QVERIFY(atRest());
    QCOMPARE(view().scene()->boxOf(relu), relu);
    QVERIFY(isGroup(view().scene()->boxOf(node("relu_1"))));
    QCOMPARE(view().scene()->frames().size(), size_t(1));
    picture(QStringLiteral("modules_one_unfolded"));
    const NodeId layer = view().scene()->frames()[0].id; // ids of groups do not outlive their groups
    document().select(layer);
    QVERIFY(child<QTextBrowser>("nodeDock")->toPlainText().contains(QStringLiteral("net_0")));
    trigger("group.show");
    trigger("group.fold");
    trigger("part.hide");
    QVERIFY(atRest());
    QVERIFY(!document().selected().valid());
    QVERIFY(!child<QTextBrowser>("nodeDock")->toPlainText().contains(QStringLiteral("net_0")));
    trigger("node.back");
    QVERIFY(!isGroup(document().selected()));
    trigger("part.showAll");
    trigger("group.show");
    QVERIFY(atRest());
    document().closeFile(); // and another time
    QVERIFY(openModules());
    QVERIFY(view().groups());
    QCOMPARE(view().scene()->frames().size(), size_t(1));
    trigger("group.show");
    QVERIFY(atRest());
    QVERIFY(view().scene()->frames().empty());
}

void TstGraphView::partsAreHiddenAndShownAgain() {
    QVERIFY(openModules());
    const size_t all = view().scene()->items().size();
    document().select(node("relu"));
    trigger("part.extract1");
    QVERIFY(atRest());
    QCOMPARE(view().scene()->items().size(), size_t(3)); // mm, relu, mm_1
    document().select(node("mm_1"));
    trigger("part.revealInputs");
    QVERIFY(atRest());
    QCOMPARE(view().scene()->items().size(), size_t(4)); // and its weight
    trigger("part.revealUsers");
    QVERIFY(atRest());
    QCOMPARE(view().scene()->items().size(), size_t(5));
    document().select(node("relu"));
    trigger("part.hide");
    QVERIFY(atRest());
    QVERIFY(!view().scene()->item(node("relu")));
    trigger("part.showAll");
    QVERIFY(atRest());
    QCOMPARE(view().scene()->items().size(), all);
    QVERIFY(!(*m_window->actions())["part.showAll"]->isEnabled());
}

void TstGraphView::severalNodesAndThePathBetween() {
    QVERIFY(openModules());
    document().select(node("mm"));
    document().pick({node("mm_2")}, true);
    QCOMPARE(document().chosen(), (std::vector{node("mm"), node("mm_2")}));
    QVERIFY((*m_window->actions())["part.path"]->isEnabled());
    trigger("part.path");
    QCOMPARE(document().picked(), (std::set{node("relu"), node("mm_1"), node("mm_2")}));
    document().pick({node("relu"), node("mm")}, true); // both out again: another becomes the current one
    QCOMPARE(document().chosen().size(), size_t(2));
    QVERIFY(document().selected() != node("mm"));
    trigger("part.hideOthers");
    QVERIFY(atRest());
    QCOMPARE(view().scene()->items().size(), size_t(2));
    trigger("part.showAll");
    document().select(node("relu"));
    QVERIFY(document().picked().empty());
    QVERIFY(atRest());
}

void TstGraphView::nodesAreColouredByWhatTheyTook() {
    QVERIFY(openSample(QStringLiteral("add_into")));
    QVERIFY(compareAndWait());
    view().setColour(GraphView::Colour::Time);
    const NodeMarks marks = view().afterCanvas()->picture().panes[0].marks;
    QVERIFY(!marks.heat.empty());
    QVERIFY(std::any_of(marks.heat.map().begin(), marks.heat.map().end(),
                        [](const auto& m) { return m.second.share == 1; }));
    QVERIFY(std::all_of(marks.heat.map().begin(), marks.heat.map().end(),
                        [](const auto& m) { return !m.second.text.isEmpty(); }));
    picture(QStringLiteral("colour_by_time"));
    view().setColour(GraphView::Colour::Error);
    for (const auto& [id, heat] : view().afterCanvas()->picture().panes[0].marks.heat.map())
        QCOMPARE(heat.share, 0.0); // the rewrite is right
    view().setColour(GraphView::Colour::Changes);
    QVERIFY(view().afterCanvas()->picture().panes[0].marks.heat.empty());
}

/// 1 is the first input of a folded module and of an unfolded one; what is about nodes alone is not offered for them.
void TstGraphView::digitsGoToInputsOfModules() {
    QVERIFY(openModules());
    trigger("group.foldAll");
    QVERIFY(atRest());
    const NodeId second = view().scene()->boxOf(node("relu_1"));
    document().select(second);
    QVERIFY(!(*m_window->actions())["patterns.halt"]->text().contains(QStringLiteral("on  ")));
    QVERIFY(!(*m_window->actions())["step.toNode"]->isEnabled());
    key(Qt::Key_1);
    QCOMPARE(document().selected(), view().scene()->boxOf(node("mm_1")));
    document().select(second);
    trigger("node.input1");
    QCOMPARE(document().selected(), view().scene()->boxOf(node("mm_1")));
    trigger("group.unfoldAll");
    QVERIFY(atRest());
    const auto& frames = view().scene()->frames();
    const auto last = std::find_if(frames.begin(), frames.end(), [&](const auto& frame) {
        return view().scene()->hierarchy()[frame.group].path.ends_with("net_1");
    });
    QVERIFY(last != frames.end());
    document().select(last->id);
    trigger("node.input1");
    QCOMPARE(document().selected(), node("mm_1"));
}

/// What a rewrite adds in place of a kept node is kept, what it adds elsewhere stays out of the picture; also when
/// other passes run afterwards.
void TstGraphView::partsStayPartsWhenPassesRun() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    const auto steps = document().trace()->steps;
    QVERIFY(steps.size() >= 2);
    const auto shown = [&](size_t step) {
        const auto& nodes = document().trace()->steps[step].added;
        return std::any_of(nodes.begin(), nodes.end(), [&](NodeId id) { return view().scene()->item(id) != nullptr; });
    };
    document().moveTo(0);
    document().select(steps[1].match.root);
    trigger("part.hideOthers");
    QVERIFY(atRest());
    QVERIFY(shown(1));
    QVERIFY(!shown(0));
    const QStringList passes = document().passes();
    document().setPasses({}, nullptr);
    QVERIFY(atRest());
    QCOMPARE(view().scene()->items().size(), size_t(1));
    document().setPasses(passes, nullptr);
    QTRY_VERIFY(document().trace() && document().trace()->steps.size() == steps.size());
    QVERIFY(atRest());
    QVERIFY(shown(1));
    QVERIFY(!shown(0));
    trigger("part.showAll");
    QVERIFY(atRest());
    QVERIFY(shown(0) && shown(1));
}

void TstGraphView::pickingTellsOnce() {
    QVERIFY(openModules());
    document().select(node("mm"));
    QSignalSpy told(&document(), &Document::pickedChanged);
    document().pick({node("relu")}, true);
    QCOMPARE(told.count(), 1);
    document().pick({node("mm")}, true); // the current one goes, the other takes its place
    QCOMPARE(told.count(), 2);
    QCOMPARE(document().selected(), node("relu"));
    QVERIFY(document().picked().empty());
}

/// A step inside a folded module is selected on both sides; the side before it has no such node.
void TstGraphView::foldedStepsAreToldToReaders() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    for (const char* action : {"group.repeats", "group.sources", "group.foldAll"}) {
        trigger(action);
        QVERIFY(atRest());
        document().moveTo(0);
        for (size_t step = 0; step < document().stepCount(); ++step) {
            document().moveBy(1);
            const QString said = view().afterCanvas()->accessibleDescription();
            const NodeId box = view().scene()->boxOf(document().selected());
            const QString name = isGroup(box)
                                     ? QStringLiteral("group ")
                                     : QString::fromStdString((*document().after())[document().selected()].name);
            QVERIFY2(said.contains(name), qPrintable(said));
            QVERIFY(!view().beforeCanvas()->accessibleDescription().isEmpty());
        }
    }
}

void TstGraphView::pathOfRemovedNodes() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    document().moveTo(1);
    const RewriteStep& step = document().trace()->steps[0];
    QVERIFY(!step.removed.empty());
    const NodeId removed = step.removed[0], input = document().before()->inputs(removed)[0];
    document().select(input);
    document().pick({removed}, false);
    trigger("part.path");
    QVERIFY(document().picked().contains(removed));
    document().select(step.added[0]);
    document().pick({removed}, false);
    document().moveTo(document().stepCount()); // a later step, without the removed one
    document().select(step.added[0]);
    document().pick({removed}, false);
    const size_t lines = document().log().size();
    trigger("part.path"); // the one is gone: nothing to look between
    QCOMPARE(document().log().size(), lines + 1);
    QVERIFY(document().log().back().what.what.find("select two nodes") != std::string::npos);
}

void TstGraphView::selectedNodeStaysInPlaceInBothCanvases() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    document().moveTo(1);
    QVERIFY(atRest());
    QVERIFY(view().beforeCanvas()->isVisible());
    const NodeId node = document().trace()->steps[0].match.root.valid() ? document().selected() : NodeId{};
    for (GraphCanvas* canvas : {view().beforeCanvas(), view().afterCanvas()})
        canvas->setGliding(false);
    const auto screen = [&](const GraphCanvas* canvas) {
        return (view().scene()->item(node)->rect.center() - canvas->visibleArea().topLeft()) * canvas->zoom();
    };
    const QPointF was = screen(view().afterCanvas());
    trigger("group.sources");
    QVERIFY(atRest());
    for (const GraphCanvas* canvas : {view().beforeCanvas(), view().afterCanvas()})
        QVERIFY2((screen(canvas) - was).manhattanLength() < 2, qPrintable(QString::number(screen(canvas).y())));
}

void TstGraphView::pictureOfAnotherGraphIsNotAsked() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    QVERIFY(view().isCurrent());
    QVERIFY(openSample(QStringLiteral("gather")));
    document().openSample(sampleNamed(QStringLiteral("stochastic")));
    QVERIFY(QTest::qWaitFor([&] { return !view().isCurrent(); }, 5000)); // the old picture is still there
    document().select({});
    const QPoint middle = view().afterCanvas()->viewport()->rect().center();
    int asked = 0;
    for (int y = 20; y < middle.y() * 2 && !view().isCurrent(); y += 20, ++asked) {
        const QPointF at(middle.x(), y);
        QMouseEvent press(QEvent::MouseButtonPress, at, at, Qt::LeftButton, Qt::LeftButton, {});
        QMouseEvent release(QEvent::MouseButtonRelease, at, at, Qt::LeftButton, {}, {});
        QApplication::sendEvent(view().afterCanvas()->viewport(), &press); // at once: no event of a job comes between
        QApplication::sendEvent(view().afterCanvas()->viewport(), &release);
        QVERIFY(!document().selected().valid());
    }
    QVERIFY(asked > 10);
    document().jobs().cancel(QStringLiteral("layout"));
    QVERIFY(atRest());
    if (!view().hasScene()) {
        view().fit(); // Space
        QVERIFY(atRest());
    }
    QVERIFY(view().isCurrent());
}

void TstGraphView::addedNodesAreForgottenWithTheirTrace() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    document().moveTo(document().stepCount());
    document().select(document().trace()->steps[0].added[0]);
    document().pick({document().trace()->steps[1].added[0]}, false);
    document().setPasses({}, nullptr);
    QVERIFY(atRest());
    QVERIFY(!document().selected().valid());
    QVERIFY(document().picked().empty());
    document().visitBack();
    QVERIFY(!document().selected().valid() || document().after()->alive(document().selected()));
}

void TstGraphView::backGoesToVisitsNotSteps() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    const NodeId first = *std::next(document().after()->order().begin(), 2);
    const NodeId second = *std::next(document().after()->order().begin(), 4);
    document().select(first);
    document().select(second);
    for (size_t step = 0; step <= document().stepCount(); ++step)
        document().moveTo(step);
    document().visitBack();
    QCOMPARE(document().selected(), second);
    document().visitBack();
    QCOMPARE(document().selected(), first);
    document().visitForward();
    QCOMPARE(document().selected(), second);
}

/// Passes that run again leave Back where it was.
void TstGraphView::backStaysWhenPassesRun() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    std::vector<NodeId> nodes;
    for (const NodeId id : document().after()->order())
        nodes.push_back(id);
    for (const size_t i : {1, 3, 5})
        document().select(nodes[i]);
    document().visitBack();
    QCOMPARE(document().selected(), nodes[3]);
    QSignalSpy traced(&document(), &Document::traceChanged);
    document().runPasses();
    QTRY_VERIFY(traced.count() > 0);
    document().select(nodes[3]);
    document().visitBack();
    QCOMPARE(document().selected(), nodes[1]);
}

/// A redraw that is cancelled leaves the picture, and what the menus say is what is drawn.
void TstGraphView::cancelledRedrawLeavesTheWay() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    trigger("view.leftRight");
    document().jobs().cancel(QStringLiteral("layout"));
    QVERIFY(atRest());
    QCOMPARE(view().leftRight(), view().scene()->style().layout.direction == Direction::LeftRight);
    QCOMPARE((*m_window->actions())["view.leftRight"]->isChecked(), view().leftRight());
}

/// A timeline: a stage shows what made it of the one before.
void TstGraphView::stagesShowWhatChanged() {
    auto* stages = child<QTreeView>("stagesView");
    QVERIFY(openSample(QStringLiteral("stochastic")));
    QVERIFY(!stages->isVisible());
    const QString path = QStringLiteral(FXSCOPE_SOURCE_DIR "/tests/data/io/numpy_kwargs.log");
    m_window->open(path);
    QVERIFY(QTest::qWaitFor([&] { return document().file() && document().file()->path == path; }, 10000) && atRest());
    QVERIFY(stages->isVisible());
    const auto& graphs = document().file()->capture.graphs;
    const auto after = std::find_if(graphs.begin(), graphs.end(),
                                    [](const GraphEntry& one) { return one.stage == "after_pre_grad_graph"; });
    QVERIFY(after != graphs.end() && after->previous >= 0);
    const auto index = static_cast<int>(after - graphs.begin());
    auto* model = static_cast<StagesModel*>(stages->model());
    stages->setCurrentIndex(model->indexOf(index));
    QTRY_VERIFY(document().isOfStage());
    QVERIFY(atRest());
    QCOMPARE(document().currentEntry(), index);
    QCOMPARE(document().stepCount(), size_t(1));
    QCOMPARE(document().trace()->steps[0].changed.size(), size_t(8)); // the keyword names of eight calls
    QVERIFY(view().beforeCanvas()->isVisible());
    QVERIFY(!model->indexOf(index).siblingAtColumn(StagesModel::NodesColumn).data().toString().isEmpty());
    const QString why = child<QTextBrowser>("whyText")->toPlainText();
    QVERIFY2(why.contains(QStringLiteral("made by PyTorch")) && !why.contains(QStringLiteral("matched at")),
             qPrintable(why));
    document().select(node("h"));
    QTRY_VERIFY(child<QTextBrowser>("nodeDock")->toPlainText().contains(QStringLiteral("extern_kernels.addmm")));
    document().select(node("a"));
    QTRY_VERIFY(child<QTextBrowser>("nodeDock")->toPlainText().contains(QStringLiteral("cpp_fused")));
    QVERIFY(!child<QTextBrowser>("nodeDock")->toPlainText().contains(QStringLiteral("extern_kernels.addmm")));
    auto* splitter = child<QSplitter>("passesSplitter");
    const int height = stages->height();
    splitter->setSizes({splitter->height() - 120, 120});
    QVERIFY2(stages->height() > height, qPrintable(QString::number(stages->height())));
    picture(QStringLiteral("timeline"));
    const size_t lines = document().log().size();
    document().compare(1); // is not for them, and says so
    QVERIFY(document().log().size() > lines && document().log().back().what.severity == Severity::Error);
    trigger("passes.run");
    QTRY_VERIFY(!document().isOfStage());
    QTRY_VERIFY(document().trace()->passes.size() >= 3);
    document().closeFile();
    QVERIFY(!stages->isVisible() || document().file());
}

void TstGraphView::hiddenHitsAreSaid() {
    QVERIFY(openModules());
    document().select(node("relu"));
    trigger("part.hideOthers");
    QVERIFY(atRest());
    view().openFind();
    QTest::keyClicks(child<QLineEdit>("findText"), QStringLiteral("mm_3"));
    QTRY_VERIFY(document().found() && document().found()->complete);
    document().nextHit(1);
    QCOMPARE(document().selected(), node("mm_3"));
    QVERIFY(child<QLabel>("findCount")->text().contains(QStringLiteral("hidden")));
    trigger("part.showAll");
    QVERIFY(atRest());
    QVERIFY(!child<QLabel>("findCount")->text().contains(QStringLiteral("hidden")));
}

/// Whatever is folded, every step marks a box, and so do its captures.
void TstGraphView::marksReachWhatStandsForThem() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    for (const char* action : {"group.repeats", "group.sources", "group.foldAll"}) {
        trigger(action);
        QVERIFY(atRest());
        for (size_t step = 1; step <= document().stepCount(); ++step) {
            document().moveTo(step);
            const NodeMarks marks = view().beforeCanvas()->picture().panes[0].marks;
            const NodeMarks lifted = liftedMarks(*view().scene(), marks);
            const auto drawn = [&](const auto& map) {
                return std::count_if(map.begin(), map.end(), [&](const auto& mark) {
                    const GraphScene::Item* item = view().scene()->item(mark.first);
                    return item && item->node == mark.first;
                });
            };
            QVERIFY2(drawn(lifted.changes) > 0, action);
            QVERIFY2(marks.captures.empty() || drawn(lifted.captures) > 0, action);
        }
    }
}

void TstGraphView::picturesHoldBothVersionsAndALegend() {
    QVERIFY(openSample(QStringLiteral("add_into")));
    const CanvasPicture pair = view().picture();
    QCOMPARE(pair.panes.size(), size_t(2));
    CanvasPicture one = pair, plain = pair;
    one.panes.pop_back();
    QVERIFY(pair.size().width() > 1.5 * one.size().width());
    plain.panes.pop_back();
    plain.panes[0].marks = {};
    QVERIFY(one.size().height() > plain.size().height() + 20); // its legend
    const QImage image = pair.image();
    QCOMPARE(image.size(), QSize(qCeil(pair.size().width()), qCeil(pair.size().height()))); // as large as on the screen
    QVERIFY(image.save(m_pictures + QStringLiteral("/saved_pair.png")));
}

void TstGraphView::cancelledPictureLeavesTheFile() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    const QString path = m_folder.filePath(QStringLiteral("kept.svg"));
    const CanvasPicture picture = view().picture();
    QVERIFY(writePicture(picture, path, {}).ok());
    const qint64 size = QFileInfo(path).size();
    QVERIFY(size > 1000);
    Cancel cancelled;
    cancelled.request();
    QVERIFY(!writePicture(picture, path, cancelled).ok());
    QCOMPARE(QFileInfo(path).size(), size);
    const auto missing = writePicture(picture, m_folder.filePath(QStringLiteral("no/such/folder.png")), {});
    QVERIFY(!missing.ok() && missing.error().where.ends_with("folder.png"));
}

void TstGraphView::wheelZoomsIfWanted() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    const auto wheel = [&](Qt::KeyboardModifiers keys) {
        const QPointF at(200, 200);
        QWheelEvent event(at, view().afterCanvas()->viewport()->mapToGlobal(at), {}, {0, 120}, Qt::NoButton, keys,
                          Qt::NoScrollPhase, false);
        const double before = view().afterCanvas()->zoom();
        QApplication::sendEvent(view().afterCanvas()->viewport(), &event);
        return view().afterCanvas()->zoom() != before;
    };
    QVERIFY(!wheel(Qt::NoModifier));
    QVERIFY(wheel(Qt::ControlModifier));
    trigger("view.wheelZooms");
    QVERIFY(wheel(Qt::NoModifier));
    QVERIFY(!wheel(Qt::ControlModifier));
    QVERIFY(!wheel(Qt::ShiftModifier));
}

void TstGraphView::arrowsWalkModules() {
    QVERIFY(openModules());
    trigger("group.unfoldAll");
    QVERIFY(atRest());
    document().select(node("relu_1"));
    trigger("group.around");
    const NodeId module = document().selected();
    QVERIFY(isGroup(module) && view().scene()->frame(module));
    key(Qt::Key_Up);
    QCOMPARE(document().selected(), node("mm_1"));
    document().select(module);
    key(Qt::Key_Down);
    QVERIFY(!isGroup(document().selected()) && document().selected().valid());
    document().select(module);
    key(Qt::Key_Left);
    QVERIFY(isGroup(document().selected()) && document().selected() != module);
}

/// The producer and everything that takes it.
void TstGraphView::edgesSelectTheirValue() {
    QVERIFY(openSample(QStringLiteral("stochastic")));
    document().moveTo(0);
    QVERIFY(atRest());
    GraphCanvas& canvas = *view().afterCanvas();
    const GraphScene& scene = *view().scene();
    for (const GraphScene::Link& link : scene.links()) {
        if (link.path.stub || link.changes || link.path.points.size() < 2)
            continue;
        canvas.fitNodes({link.from, link.to}, link.from);
        const Point a = link.path.points[0], b = link.path.points[1];
        const QPointF middle((a.x + b.x) / 2, (a.y + b.y) / 2);
        if (scene.itemAt(middle).valid())
            continue;
        QTest::mouseClick(canvas.viewport(), Qt::LeftButton, {},
                          ((middle - canvas.visibleArea().topLeft()) * canvas.zoom()).toPoint());
        if (document().selected() != link.from)
            continue; // another line or a tag lies above it
        QVERIFY(document().picked().contains(link.to));
        QCOMPARE(document().picked().size(), (*document().after())[link.from].users.size());
        return;
    }
    QFAIL("no line could be clicked");
}

QTEST_MAIN(TstGraphView)
#include "tst_graph_view.moc"
