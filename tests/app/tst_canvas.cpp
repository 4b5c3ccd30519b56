// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas.h"
#include "app/canvas/scene_painter.h"

#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>

using namespace fxscope;

namespace {

NodeBody body(Op op, std::string name, Target target, ArgumentList args, ValueMeta meta = {}) {
    NodeBody result;
    result.op = op;
    result.name = std::move(name);
    result.target = target;
    result.args = std::move(args);
    result.meta = std::move(meta);
    return result;
}
Argument ref(uint32_t index) { return Argument::node(NodeId{index}); }
ValueMeta f32(int64_t rows) { return ValueMeta::tensor({DType::Float32, {rows, 8}}); }

/// x, w -> mm -> relu -> add(relu, mm) -> output
std::shared_ptr<const Graph> small() {
    std::vector<NodeBody> bodies;
    bodies.push_back(body(Op::Placeholder, "x", "x", {}, f32(4)));
    bodies.push_back(body(Op::Placeholder, "w", "w", {}, f32(8)));
    bodies.push_back(body(Op::CallFunction, "mm", "torch.ops.aten.mm.default", {ref(0), ref(1)}, f32(4)));
    bodies.push_back(body(Op::CallFunction, "relu", "torch.ops.aten.relu.default", {ref(2)}, f32(4)));
    bodies.push_back(body(Op::CallFunction, "add", "torch.ops.aten.add.Tensor", {ref(3), ref(2)}, f32(4)));
    bodies.push_back(body(Op::Output, "output", "output", {Argument::tuple({ref(4)})}));
    return std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
}

/// A chain of `blocks` matmul, relu, add with a weight each, a residual, and one mask that every block uses.
std::shared_ptr<const Graph> large(uint32_t blocks) {
    std::vector<NodeBody> bodies;
    const auto add = [&](Op op, const std::string& name, Target target, ArgumentList args) {
        bodies.push_back(body(op, name, target, std::move(args), f32(512)));
        return static_cast<uint32_t>(bodies.size() - 1);
    };
    uint32_t last = add(Op::Placeholder, "x", "x", {});
    const uint32_t mask = add(Op::Placeholder, "mask", "mask", {});
    for (uint32_t i = 0; i < blocks; ++i) {
        const std::string number = "_" + std::to_string(i);
        const uint32_t weight = add(Op::GetAttr, "weight" + number, "weight" + number, {}), residual = last;
        const uint32_t permute =
            add(Op::CallFunction, "permute" + number, "torch.ops.aten.permute.default", {ref(weight)});
        const uint32_t mm =
            add(Op::CallFunction, "mm" + number, "torch.ops.aten.mm.default", {ref(last), ref(permute)});
        const uint32_t mul = add(Op::CallFunction, "mul" + number, "torch.ops.aten.mul.Tensor", {ref(mm), ref(mask)});
        last = add(Op::CallFunction, "add" + number, "torch.ops.aten.add.Tensor", {ref(mul), ref(residual)});
    }
    bodies.push_back(body(Op::Output, "output", "output", {Argument::tuple({ref(last)})}));
    return std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
}

/// Two equal layers of three operators, each with a weight, as modules.
std::shared_ptr<const Graph> modules() {
    std::vector<NodeBody> bodies;
    bodies.push_back(body(Op::Placeholder, "x", "x", {}, f32(4)));
    for (int i = 0; i < 2; ++i)
        bodies.push_back(body(Op::Placeholder, "p_w" + std::to_string(i), "w", {}, f32(8)));
    uint32_t last = 0;
    for (uint32_t i = 0; i < 2; ++i) {
        Origin origin;
        origin.modules = {{"m", "m", "nn.Model"},
                          {"m.layers." + std::to_string(i), "m.layers." + std::to_string(i), "nn.Layer"}};
        const auto shared = std::make_shared<const Origin>(std::move(origin));
        const std::string number = "_" + std::to_string(i);
        const uint32_t residual = last;
        const auto add = [&](const std::string& name, Target target, ArgumentList args) {
            bodies.push_back(body(Op::CallFunction, name + number, target, std::move(args), f32(4)));
            bodies.back().origin = shared;
            last = static_cast<uint32_t>(bodies.size() - 1);
        };
        add("mm", "torch.ops.aten.mm.default", {ref(last), ref(1 + i)});
        add("relu", "torch.ops.aten.relu.default", {ref(last)});
        add("add", "torch.ops.aten.add.Tensor", {ref(last), ref(residual)});
    }
    bodies.push_back(body(Op::Output, "output", "output", {Argument::tuple({ref(last)})}));
    return std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
}

/// relu becomes gelu: one node in, one out, one changed.
std::shared_ptr<const Trace> traceOf(const std::shared_ptr<const Graph>& base) {
    auto trace = std::make_shared<Trace>();
    trace->base = base;
    Graph graph = *base;
    RewriteStep step;
    const auto record = [&](NodeId id, auto change) {
        auto was = graph.alive(id) ? std::make_shared<const NodeState>(graph.state(id)) : nullptr;
        change();
        auto now = graph.alive(id) ? std::make_shared<const NodeState>(graph.state(id)) : nullptr;
        step.edits.push_back({id, was, now});
    };
    const NodeId relu = *base->find("relu"), add = *base->find("add"), gelu{static_cast<uint32_t>(base->slotCount())};
    record(gelu,
           [&] { graph.insert(body(Op::CallFunction, "gelu", "torch.ops.aten.gelu.default", {ref(2)}, f32(4)), add); });
    NodeBody changed = graph.node(add);
    changed.args[0] = Argument::node(gelu);
    record(add, [&] { graph.setBody(add, changed); });
    record(relu, [&] { graph.erase(relu); });
    step.added = {gelu};
    step.removed = {relu};
    step.changed = {add};
    trace->steps.push_back(std::move(step));
    trace->result = std::make_shared<const Graph>(std::move(graph));
    return trace;
}

SceneStyle style(Direction direction = Direction::TopDown) {
    SceneStyle result;
    result.font = QApplication::font();
    result.layout.direction = direction;
    return result;
}
std::shared_ptr<const GraphScene> sceneOf(const std::shared_ptr<const Graph>& graph, const SceneStyle& s = style()) {
    return std::move(GraphScene::build(graph, s, Cancel())).value();
}

class TestCanvas : public QObject {
    Q_OBJECT
private slots:
    void boxesSayNameOperatorAndType();
    void changingTextComesFromTheVersion();
    void cancelStopsTheScene();
    void graphvizFallsBackToLayersForLargeGraphs();
    void stepsMoveNoBox();
    void clickSelects();
    void clickOnALineSelectsItsProducer();
    void clickOnATagGoesToTheOtherEnd();
    void dragOverANodeSelectsNothing();
    void doubleClickAndEnterActivate();
    void hoverTells();
    void arrowsWalk_data();
    void arrowsWalk();
    void digitsGoToInputs();
    void spaceFits();
    void wheelScrollsAndZoomsAboutTheCursor();
    void scrollBarsMoveThePicture();
    void firstViewIsReadable();
    void linkedViewsFollow();
    void anotherSceneKeepsTheSelectedNodeInPlace();
    void screenReadersHearTheSelection();
    void picturesDifferBetweenVersions();
    void removedNodesCanBeShownBesideAddedOnes();
    void vectorPicturesAreWritten();
    void framesOfALargeGraph_data();
    void framesOfALargeGraph();
    void foldedGroupsStandForTheirNodes();
    void unfoldedGroupsHaveFrames();
    void repeatedBlocksAreDrawnOnce();
    void sourcesAreTagsAtTheirUsers();
    void hiddenNodesAreLeftOut();
    void groupsAreUnfoldedByDoubleClick();
    void severalNodesArePicked();
    void marksInsideAGroupAreItsMarks();
    void groupKeepsItsCornerWhenItUnfolds();
    void overviewMovesTheView();
    void marksStayApartForTheColourBlind_data();
    void marksStayApartForTheColourBlind();
};

struct Shown {
    explicit Shown(const std::shared_ptr<const Graph>& graph, QSize size = {800, 600}, const SceneStyle& s = style())
        : graph(graph) {
        canvas.resize(size);
        canvas.setScene(scene = sceneOf(graph, s), graph);
        canvas.show();
        canvas.grab();
    }
    NodeId id(const char* name) const { return graph->find(name).value_or(NodeId{}); }
    QPoint at(QPointF point) const { return ((point - canvas.visibleArea().topLeft()) * canvas.zoom()).toPoint(); }
    QPoint at(const char* name) const { return at(scene->item(id(name))->rect.center()); }
    std::shared_ptr<const Graph> graph;
    std::shared_ptr<const GraphScene> scene;
    GraphCanvas canvas;
};

std::string nameOf(const Shown& shown) {
    const NodeId node = shown.canvas.selected();
    return node.valid() ? shown.graph->node(node).name : "";
}

void TestCanvas::boxesSayNameOperatorAndType() {
    const auto graph = small();
    const auto scene = sceneOf(graph);
    QCOMPARE(scene->items().size(), size_t(6));
    QCOMPARE(scene->links().size(), size_t(6));
    const auto& add = *scene->item(*graph->find("add"));
    QCOMPARE(add.name, "add");
    QCOMPARE(add.target, "aten.add.Tensor");
    QCOMPARE(add.type, "f32[4, 8]");
    QCOMPARE(scene->item(*graph->find("mm"))->target, "aten.mm");
    QCOMPARE(scene->item(*graph->find("x"))->target, "");
    QVERIFY(!scene->item(NodeId{77}));
    QCOMPARE(scene->itemAt(add.rect.center()), add.node);
    QVERIFY(!scene->itemAt(add.rect.topLeft() - QPointF(3, 3)).valid());
}

void TestCanvas::changingTextComesFromTheVersion() {
    const auto trace = traceOf(small());
    const auto scene = std::move(GraphScene::build(trace, style(), Cancel())).value();
    QCOMPARE(scene->items().size(), size_t(7));
    const NodeMarks none;
    const SceneVersion before(*scene, *trace->base, none), after(*scene, *trace->result, none);
    const NodeId relu = *trace->base->find("relu"), gelu = *trace->result->find("gelu"),
                 add = *trace->base->find("add");
    QVERIFY(before.shows(relu) && !before.shows(gelu));
    QVERIFY(!after.shows(relu) && after.shows(gelu));
    QCOMPARE(before.inputs(add), (std::vector<NodeId>{relu, NodeId{2}}));
    QCOMPARE(after.inputs(add), (std::vector<NodeId>{gelu, NodeId{2}}));
    QCOMPARE(after.users(NodeId{2}).size(), size_t(2)); // add and gelu; relu is gone
    QCOMPARE(after.describe(gelu), "f32[4, 8], 1 user");
}

void TestCanvas::cancelStopsTheScene() {
    Cancel cancel;
    cancel.request();
    const auto scene = GraphScene::build(large(100), style(), cancel);
    QVERIFY(!scene.ok());
    QCOMPARE(scene.error().what, std::string("the layout was cancelled"));
}

void TestCanvas::graphvizFallsBackToLayersForLargeGraphs() {
    SceneStyle dot = style();
    dot.graphviz = true;
    const auto scene = sceneOf(large(100), dot);
    QCOMPARE(scene->notes().size(), size_t(1));
    QVERIFY(scene->notes()[0].severity == Severity::Note);
    if (!graphvizLayout())
        QSKIP("dot is not installed");
    QVERIFY(sceneOf(small(), dot)->notes().empty());
}

void TestCanvas::stepsMoveNoBox() {
    const auto trace = traceOf(small());
    const auto scene = std::move(GraphScene::build(trace, style(), Cancel())).value();
    GraphCanvas canvas;
    canvas.resize(500, 500);
    canvas.setScene(scene, trace->base);
    canvas.grab();
    const QRectF view = canvas.visibleArea();
    const QRectF before = scene->item(*trace->base->find("add"))->rect;
    canvas.setVersion(trace->result);
    canvas.grab();
    QCOMPARE(canvas.visibleArea(), view);
    QCOMPARE(scene->item(*trace->result->find("add"))->rect, before);
}

void TestCanvas::clickSelects() {
    Shown shown(small());
    QSignalSpy spy(&shown.canvas, &GraphCanvas::nodeSelected);
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {}, shown.at("relu"));
    QCOMPARE(nameOf(shown), std::string("relu"));
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].value<NodeId>(), shown.id("relu"));
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {}, shown.at("add"));
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {}, QPoint(3, 590));
    QVERIFY(!shown.canvas.selected().valid());
    QCOMPARE(spy.count(), 3);
    shown.canvas.select(shown.id("mm"));
    QCOMPARE(spy.count(), 3); // not by the user
}

void TestCanvas::clickOnALineSelectsItsProducer() {
    Shown shown(small());
    const auto& links = shown.scene->links();
    const auto link =
        std::find_if(links.begin(), links.end(), [&](const auto& l) { return l.to == shown.id("output"); });
    QVERIFY(link != links.end());
    const auto& points = link->path.points;
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {},
                      shown.at(QPointF(points[0].x + points[1].x, points[0].y + points[1].y) / 2));
    QCOMPARE(nameOf(shown), std::string("add"));
}

void TestCanvas::clickOnATagGoesToTheOtherEnd() {
    Shown shown(large(60));
    const int mul = shown.scene->indexOf(shown.id("mul_40"));
    const NodeMarks none;
    const auto tags = SceneVersion(*shown.scene, *shown.graph, none).tags(mul);
    QCOMPARE(tags.size(), size_t(1));
    QCOMPARE(tags[0].others, std::vector<NodeId>{shown.id("mask")});
    shown.canvas.select(shown.id("mul_40"));
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {}, shown.at(tags[0].rect.center()));
    QCOMPARE(nameOf(shown), std::string("mask"));
    QVERIFY(shown.canvas.visibleArea().contains(shown.scene->item(shown.id("mask"))->rect));
}

void TestCanvas::dragOverANodeSelectsNothing() {
    Shown shown(small());
    QSignalSpy spy(&shown.canvas, &GraphCanvas::nodeSelected);
    const auto drag = [&](QPoint from, Qt::MouseButton button) {
        QTest::mousePress(shown.canvas.viewport(), button, {}, from);
        QTest::mouseMove(shown.canvas.viewport(), from + QPoint(40, 30));
        QMouseEvent move(QEvent::MouseMove, QPointF(from + QPoint(50, 40)), QPointF(from), Qt::NoButton, button, {});
        QApplication::sendEvent(shown.canvas.viewport(), &move);
        QTest::mouseRelease(shown.canvas.viewport(), button, {}, from + QPoint(50, 40));
    };
    QRectF view = shown.canvas.visibleArea();
    drag(shown.at("mm"), Qt::LeftButton);
    QCOMPARE(shown.canvas.visibleArea(), view);
    drag(QPoint(5, 300), Qt::LeftButton);
    QVERIFY(shown.canvas.visibleArea() != view);
    view = shown.canvas.visibleArea();
    drag(shown.at("mm"), Qt::MiddleButton);
    QVERIFY(shown.canvas.visibleArea() != view);
    QCOMPARE(spy.count(), 0);
}

void TestCanvas::doubleClickAndEnterActivate() {
    Shown shown(small());
    QSignalSpy spy(&shown.canvas, &GraphCanvas::nodeActivated);
    QTest::mouseDClick(shown.canvas.viewport(), Qt::LeftButton, {}, shown.at("mm"));
    QCOMPARE(spy.count(), 1);
    shown.canvas.select(shown.id("relu"));
    QTest::keyClick(&shown.canvas, Qt::Key_Return);
    QCOMPARE(spy.count(), 2);
    QCOMPARE(spy[1][0].value<NodeId>(), shown.id("relu"));
}

void TestCanvas::hoverTells() {
    Shown shown(small());
    QSignalSpy spy(&shown.canvas, &GraphCanvas::nodeHovered);
    QMouseEvent move(QEvent::MouseMove, QPointF(shown.at("mm")), QPointF(), Qt::NoButton, Qt::NoButton, {});
    QApplication::sendEvent(shown.canvas.viewport(), &move);
    QCOMPARE(spy.count(), 1);
    QCOMPARE(spy[0][0].value<NodeId>(), shown.id("mm"));
    QEvent leave(QEvent::Leave);
    QApplication::sendEvent(shown.canvas.viewport(), &leave);
    QVERIFY(!spy.last()[0].value<NodeId>().valid());
}

void TestCanvas::arrowsWalk_data() {
    QTest::addColumn<bool>("leftRight");
    QTest::addColumn<QString>("from");
    QTest::addColumn<QList<int>>("keys");
    QTest::addColumn<QString>("to");
    const QList<int> up{Qt::Key_Up}, down{Qt::Key_Down}, left{Qt::Key_Left}, right{Qt::Key_Right};
    QTest::newRow("to the producer") << false << "relu" << up << "mm";
    QTest::newRow("to the user") << false << "mm" << down << "relu";
    QTest::newRow("down twice") << false << "mm" << QList<int>{Qt::Key_Down, Qt::Key_Down} << "add";
    QTest::newRow("down and back") << false << "w" << QList<int>{Qt::Key_Down, Qt::Key_Up} << "w";
    QTest::newRow("beside") << false << "x" << right << "w";
    QTest::newRow("and back") << false << "w" << left << "x";
    QTest::newRow("no neighbour") << false << "mm" << right << "mm";
    QTest::newRow("no input") << false << "x" << up << "x";
    QTest::newRow("left-right: to the user") << true << "mm" << right << "relu";
    QTest::newRow("left-right: to the producer") << true << "relu" << left << "mm";
    QTest::newRow("from nothing") << false << "" << down << "x";
}

void TestCanvas::arrowsWalk() {
    QFETCH(bool, leftRight);
    QFETCH(QString, from);
    QFETCH(QList<int>, keys);
    QFETCH(QString, to);
    Shown shown(small(), {800, 600}, style(leftRight ? Direction::LeftRight : Direction::TopDown));
    shown.canvas.select(shown.id(from.toUtf8().constData()));
    for (const int key : keys)
        QTest::keyClick(&shown.canvas, static_cast<Qt::Key>(key));
    const std::string reached = nameOf(shown);
    QVERIFY2(reached == to.toStdString() || (from.isEmpty() && reached == "w"), reached.c_str());
}

void TestCanvas::digitsGoToInputs() {
    Shown shown(small());
    shown.canvas.select(shown.id("add"));
    QTest::keyClick(&shown.canvas, Qt::Key_2);
    QCOMPARE(nameOf(shown), std::string("mm"));
    QTest::keyClick(&shown.canvas, Qt::Key_9);
    QCOMPARE(nameOf(shown), std::string("mm"));
}

void TestCanvas::spaceFits() {
    Shown shown(large(100));
    QTest::keyClick(&shown.canvas, Qt::Key_Space);
    QVERIFY(shown.canvas.visibleArea().contains(shown.scene->bounds()));
    shown.canvas.select(shown.id("mm_50"));
    QTest::keyClick(&shown.canvas, Qt::Key_Space);
    QVERIFY(shown.canvas.zoom() > 0.6);
    for (const char* name : {"mm_50", "add_49", "permute_50", "mul_50"})
        QVERIFY(shown.canvas.visibleArea().contains(shown.scene->item(shown.id(name))->rect));
    QTest::keyClick(&shown.canvas, Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(shown.canvas.zoom(), 1.0);
    QTest::keyClick(&shown.canvas, Qt::Key_Plus, Qt::ControlModifier);
    QVERIFY(shown.canvas.zoom() > 1);
}

void wheel(GraphCanvas& canvas, QPoint at, QPoint angle, Qt::KeyboardModifiers keys) {
    QWheelEvent event(at, canvas.viewport()->mapToGlobal(at), {}, angle, Qt::NoButton, keys, Qt::NoScrollPhase, false);
    QApplication::sendEvent(canvas.viewport(), &event);
}

void TestCanvas::wheelScrollsAndZoomsAboutTheCursor() {
    Shown shown(large(100));
    GraphCanvas& canvas = shown.canvas;
    QRectF view = canvas.visibleArea();
    wheel(canvas, {100, 100}, {0, -120}, {});
    QVERIFY(canvas.visibleArea().top() > view.top() && canvas.visibleArea().left() == view.left());
    view = canvas.visibleArea();
    wheel(canvas, {100, 100}, {0, -120}, Qt::ShiftModifier);
    QVERIFY(canvas.visibleArea().top() == view.top() && canvas.visibleArea().left() > view.left());
    const QPoint cursor = shown.at("mm_1");
    const double zoom = canvas.zoom();
    wheel(canvas, cursor, {0, 120}, Qt::ControlModifier);
    QVERIFY(canvas.zoom() > zoom);
    QVERIFY((shown.at("mm_1") - cursor).manhattanLength() <= 2);
}

void TestCanvas::scrollBarsMoveThePicture() {
    Shown shown(large(100));
    QScrollBar* bar = shown.canvas.verticalScrollBar();
    const double top = shown.canvas.visibleArea().top();
    bar->setValue(bar->value() + 200);
    QVERIFY(std::abs(shown.canvas.visibleArea().top() - top - 200 / shown.canvas.zoom()) < 2);
}

void TestCanvas::firstViewIsReadable() {
    const Shown whole(small());
    QVERIFY(whole.canvas.visibleArea().contains(whole.scene->bounds()));
    const Shown top(large(300));
    QVERIFY(top.canvas.zoom() > 0.6);
    QVERIFY(top.canvas.visibleArea().contains(top.scene->item(top.id("x"))->rect));
    Shown selected(small());
    GraphCanvas canvas;
    canvas.resize(800, 600);
    canvas.select(top.id("mm_200"));
    canvas.setScene(top.scene, top.graph);
    QSignalSpy spy(&canvas, &GraphCanvas::firstPicture);
    canvas.grab();
    QVERIFY(spy.wait(1000));
    QVERIFY(canvas.visibleArea().contains(top.scene->item(top.id("mm_200"))->rect));
}

void TestCanvas::linkedViewsFollow() {
    Shown a(large(50));
    GraphCanvas b;
    b.resize(a.canvas.size());
    b.show();
    a.canvas.linkViewWith(&b);
    b.setScene(a.scene, a.graph);
    b.grab();
    QCOMPARE(b.visibleArea(), a.canvas.visibleArea());
    wheel(a.canvas, {10, 10}, {0, -360}, {});
    QCOMPARE(b.visibleArea(), a.canvas.visibleArea());
    b.setZoom(1.7);
    QCOMPARE(a.canvas.zoom(), 1.7);
    QCOMPARE(b.visibleArea(), a.canvas.visibleArea());
    a.canvas.fitAll();
    QCOMPARE(b.zoom(), a.canvas.zoom());
}

void TestCanvas::anotherSceneKeepsTheSelectedNodeInPlace() {
    Shown shown(large(100));
    shown.canvas.select(shown.id("mm_50"));
    const QPoint before = shown.at("mm_50");
    const double zoom = shown.canvas.zoom();
    shown.graph = large(120);
    shown.scene = sceneOf(shown.graph, style(Direction::LeftRight));
    shown.canvas.setScene(shown.scene, shown.graph);
    QCOMPARE(shown.canvas.zoom(), zoom);
    QVERIFY((shown.at("mm_50") - before).manhattanLength() <= 2);
}

void TestCanvas::screenReadersHearTheSelection() {
    Shown shown(small());
    shown.canvas.setTitle("before");
    QCOMPARE(shown.canvas.accessibleName(), "Graph, before");
    shown.canvas.select(shown.id("mm"));
    QCOMPARE(shown.canvas.accessibleDescription(), "mm, aten.mm, f32[4, 8], 2 users");
}

int differentPixels(const QImage& a, const QImage& b) {
    int count = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x)
            count += a.pixel(x, y) != b.pixel(x, y);
    return count;
}

void TestCanvas::picturesDifferBetweenVersions() {
    const auto trace = traceOf(small());
    GraphCanvas canvas;
    canvas.setScene(std::move(GraphScene::build(trace, style(), Cancel())).value(), trace->base);
    const QImage before = canvas.picture().image({600, 600});
    canvas.setVersion(trace->result);
    const QImage after = canvas.picture().image({600, 600});
    QImage nothing(before.size(), before.format());
    nothing.fill(CanvasTheme::light().background);
    QVERIFY(differentPixels(before, nothing) > 5000);
    QVERIFY(differentPixels(before, after) > 500);
    NodeMarks marks;
    marks.changes[*trace->base->find("mm")] = NodeMarks::Change::Changed;
    canvas.setMarks(marks);
    QVERIFY(differentPixels(after, canvas.picture().image({600, 600})) > 100);
    canvas.setTheme(CanvasTheme::dark());
    QVERIFY(canvas.picture().image({600, 600}).pixelColor(0, 0).lightness() < 60);
}

void TestCanvas::removedNodesCanBeShownBesideAddedOnes() {
    const auto trace = traceOf(small());
    const auto scene = std::move(GraphScene::build(trace, style(), Cancel())).value();
    const NodeId relu = *trace->base->find("relu");
    NodeMarks marks;
    QVERIFY(!SceneVersion(*scene, *trace->result, marks).shows(relu));
    marks.changes[relu] = NodeMarks::Change::Removed;
    QVERIFY(SceneVersion(*scene, *trace->result, marks).shows(relu));
    QCOMPARE(SceneVersion(*scene, *trace->result, marks).inputs(relu), std::vector<NodeId>{NodeId{2}});
}

void TestCanvas::vectorPicturesAreWritten() {
    QTemporaryDir folder;
    Shown shown(small());
    shown.canvas.picture().writeSvg(folder.filePath("a.svg"));
    shown.canvas.picture().writePdf(folder.filePath("a.pdf"));
    QFile svg(folder.filePath("a.svg")), pdf(folder.filePath("a.pdf"));
    QVERIFY(svg.open(QIODevice::ReadOnly) && pdf.open(QIODevice::ReadOnly));
    const QByteArray text = svg.readAll();
    QVERIFY(text.contains("aten.add.Tensor") && text.contains("f32[4, 8]"));
    QVERIFY(pdf.readAll().startsWith("%PDF"));
}

void TestCanvas::framesOfALargeGraph_data() {
    QTest::addColumn<double>("zoom");
    for (const double zoom : {0.005, 0.02, 0.1, 0.25, 0.5, 0.8, 1.0, 2.0})
        QTest::addRow("zoom %g", zoom) << zoom;
}

/// Prints the time of a frame; asserts only that there is something in it.
void TestCanvas::framesOfALargeGraph() {
    QFETCH(double, zoom);
    static const auto graph = large(3000); // 15,003 nodes
    static const auto scene = sceneOf(graph);
    GraphCanvas canvas;
    canvas.resize(1280, 800);
    canvas.setScene(scene, graph);
    canvas.select(*graph->find("mm_1500"));
    canvas.grab();
    canvas.setZoom(zoom);
    QImage image(canvas.viewport()->size(), QImage::Format_RGB32);
    std::vector<double> times;
    for (int i = 0; i < 41; ++i) {
        wheel(canvas, {100, 100}, {0, i % 2 ? 120 : -120}, {});
        QElapsedTimer timer;
        timer.start();
        QPainter painter(&image);
        canvas.viewport()->render(&painter);
        painter.end();
        times.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
    }
    std::sort(times.begin(), times.end());
    qInfo("%zu nodes at zoom %.3f: frame median %.2f ms, slowest %.2f ms", scene->items().size(), canvas.zoom(),
          times[20], times[40]);
    QImage nothing(image.size(), image.format());
    nothing.fill(CanvasTheme::light().background);
    QVERIFY(differentPixels(image, nothing) > 100);
}

SceneStyle grouped(std::set<std::string> unfolded) {
    SceneStyle s = style();
    s.groups = true;
    s.unfolded = std::move(unfolded);
    return s;
}

NodeId groupNamed(const GraphScene& scene, const std::string& path) {
    for (size_t g = 0; g < scene.hierarchy().groups().size(); ++g)
        if (scene.hierarchy().groups()[g].path == path)
            return idOfGroup(static_cast<int>(g));
    return {};
}

void TestCanvas::foldedGroupsStandForTheirNodes() {
    const auto graph = modules();
    const auto scene = sceneOf(graph, grouped({"m"}));
    QCOMPARE(scene->items().size(), size_t(4)); // x, two layers, output
    QCOMPARE(scene->links().size(), size_t(3)); // the residual goes the same way as the value
    const NodeId layer = groupNamed(*scene, "m.layers.0");
    QVERIFY(layer.valid());
    QCOMPARE(scene->boxOf(*graph->find("relu_0")), layer);
    QCOMPARE(scene->boxOf(*graph->find("p_w0")), layer);
    QCOMPARE(scene->boxOf(*graph->find("x")), *graph->find("x"));
    QVERIFY(scene->item(layer)->name.contains(QStringLiteral("layers.0")));
    QCOMPARE(scene->item(layer)->target, QStringLiteral("Layer"));
    QCOMPARE(scene->item(layer)->type, QStringLiteral("4 nodes"));
    const SceneVersion version(*scene, *graph, {});
    QCOMPARE(version.users(*graph->find("x")), std::vector{layer});
    QCOMPARE(version.inputs(layer), std::vector{*graph->find("x")});
    QVERIFY(version.describe(layer).contains(QStringLiteral("4 nodes")));
}

void TestCanvas::unfoldedGroupsHaveFrames() {
    const auto graph = modules();
    const auto scene = sceneOf(graph, grouped({"m", "m.layers.1"}));
    const GraphScene::Frame *outer = scene->frame(groupNamed(*scene, "m")),
                            *inner = scene->frame(groupNamed(*scene, "m.layers.1"));
    QVERIFY(outer && inner && !scene->frame(groupNamed(*scene, "m.layers.0")));
    QVERIFY(outer->rect.contains(inner->rect));
    QVERIFY(outer->rect.contains(scene->item(groupNamed(*scene, "m.layers.0"))->rect));
    for (const char* name : {"mm_1", "relu_1", "add_1", "p_w1"})
        QVERIFY2(inner->rect.contains(scene->item(*graph->find(name))->rect), name);
    QVERIFY(!outer->rect.intersects(scene->item(*graph->find("x"))->rect));
    QVERIFY(!inner->rect.intersects(scene->item(groupNamed(*scene, "m.layers.0"))->rect));
    for (const auto& link : scene->links())
        QVERIFY(!link.path.stub);
}

void TestCanvas::repeatedBlocksAreDrawnOnce() {
    const auto graph = modules();
    SceneStyle s = grouped({"m", "m.layers.0", "m.layers.1"});
    s.repeatsOnce = true;
    const auto scene = sceneOf(graph, s);
    QCOMPARE(scene->items().size(), size_t(6)); // x, output and one block of four
    QCOMPARE(scene->boxOf(*graph->find("relu_1")), *graph->find("relu_0"));
    const GraphScene::Frame* frame = scene->frame(groupNamed(*scene, "m.layers.0"));
    QVERIFY(frame && frame->repeats == 2);
    QVERIFY(frame->title.contains(QChar(0xd7)));
    const SceneVersion version(*scene, *graph, {});
    QCOMPARE(version.inputs(graph->output()), std::vector{*graph->find("add_0")});
}

void TestCanvas::sourcesAreTagsAtTheirUsers() {
    const auto graph = small();
    SceneStyle s = style();
    s.sourcesFolded = true;
    const auto scene = sceneOf(graph, s);
    QCOMPARE(scene->items().size(), size_t(4));
    const int mm = scene->indexOf(*graph->find("mm"));
    QCOMPARE(scene->items()[mm].sources, (std::vector{*graph->find("x"), *graph->find("w")}));
    const SceneVersion version(*scene, *graph, {});
    const auto tags = version.tags(mm);
    QCOMPARE(tags.size(), size_t(1));
    QVERIFY(tags[0].sources);
    QVERIFY(tags[0].text.contains(QStringLiteral("2 inputs")));
    QCOMPARE(scene->boxOf(*graph->find("w")), *graph->find("mm"));
    QVERIFY(version.inputs(*graph->find("mm")).empty());
}

void TestCanvas::hiddenNodesAreLeftOut() {
    const auto graph = small();
    SceneStyle s = style();
    s.hidden = {*graph->find("relu"), *graph->find("w")};
    const auto scene = sceneOf(graph, s);
    QCOMPARE(scene->items().size(), size_t(4));
    QVERIFY(!scene->item(*graph->find("relu")));
    QCOMPARE(SceneVersion(*scene, *graph, {}).inputs(*graph->find("add")), std::vector{*graph->find("mm")});
}

void TestCanvas::groupsAreUnfoldedByDoubleClick() {
    Shown shown(modules(), {800, 600}, grouped({"m", "m.layers.1"}));
    QSignalSpy activated(&shown.canvas, &GraphCanvas::nodeActivated);
    const NodeId folded = groupNamed(*shown.scene, "m.layers.0"), open = groupNamed(*shown.scene, "m.layers.1");
    QTest::mouseDClick(shown.canvas.viewport(), Qt::LeftButton, {}, shown.at(shown.scene->item(folded)->rect.center()));
    QCOMPARE(activated.size(), 1);
    QCOMPARE(activated[0][0].value<NodeId>(), folded);
    QTest::mouseDClick(shown.canvas.viewport(), Qt::LeftButton, {},
                       shown.at(shown.scene->frame(open)->rect.topLeft() + QPointF(20, 10)));
    QCOMPARE(activated.size(), 2);
    QCOMPARE(activated[1][0].value<NodeId>(), open);
    shown.canvas.select(open);
    QTest::keyClick(&shown.canvas, Qt::Key_Return);
    QCOMPARE(activated.size(), 3);
}

void TestCanvas::severalNodesArePicked() {
    Shown shown(small());
    std::vector<std::pair<std::vector<NodeId>, bool>> picked;
    connect(&shown.canvas, &GraphCanvas::nodesPicked, [&](const std::vector<NodeId>& nodes, bool toggle) {
        picked.push_back({nodes, toggle});
    });
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, Qt::ControlModifier, shown.at("relu"));
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, Qt::ShiftModifier, shown.at("mm"));
    QCOMPARE(picked.size(), size_t(2));
    QVERIFY(picked[0].first == std::vector{shown.id("relu")} && picked[0].second);
    QVERIFY(picked[1].first == std::vector{shown.id("mm")} && !picked[1].second);
    const QRectF area = shown.scene->item(shown.id("relu"))->rect | shown.scene->item(shown.id("add"))->rect;
    const QPoint from = shown.at(area.topLeft() - QPointF(3, 3)), to = shown.at(area.bottomRight() + QPointF(3, 3));
    QTest::mousePress(shown.canvas.viewport(), Qt::LeftButton, Qt::ShiftModifier, from);
    for (const QPoint point : {(from + to) / 2, to}) {
        QMouseEvent move(QEvent::MouseMove, point, shown.canvas.viewport()->mapToGlobal(point), Qt::NoButton,
                         Qt::LeftButton, Qt::ShiftModifier);
        QApplication::sendEvent(shown.canvas.viewport(), &move);
    }
    QTest::mouseRelease(shown.canvas.viewport(), Qt::LeftButton, Qt::ShiftModifier, to);
    QCOMPARE(picked.size(), size_t(3));
    QVERIFY(std::find(picked[2].first.begin(), picked[2].first.end(), shown.id("relu")) != picked[2].first.end());
    QVERIFY(std::find(picked[2].first.begin(), picked[2].first.end(), shown.id("add")) != picked[2].first.end());
    QVERIFY(std::find(picked[2].first.begin(), picked[2].first.end(), shown.id("x")) == picked[2].first.end());
}

void TestCanvas::marksInsideAGroupAreItsMarks() {
    const auto graph = modules();
    const auto scene = sceneOf(graph, grouped({"m"}));
    NodeMarks marks;
    marks.changes[*graph->find("relu_0")] = NodeMarks::Change::Added;
    marks.found.insert(*graph->find("mm_1"));
    marks.heat[*graph->find("mm_0")] = {0.2, QStringLiteral("2 ms")};
    marks.heat[*graph->find("add_0")] = {0.9, QStringLiteral("9 ms")};
    const NodeMarks lifted = liftedMarks(*scene, marks);
    const NodeId first = groupNamed(*scene, "m.layers.0"), second = groupNamed(*scene, "m.layers.1");
    QCOMPARE(lifted.changes.at(first), NodeMarks::Change::Changed);
    QVERIFY(!lifted.changes.contains(second));
    QVERIFY(lifted.found.contains(second) && !lifted.found.contains(first));
    QCOMPARE(lifted.heat.at(first).text, QStringLiteral("9 ms"));
    QCOMPARE(lifted.changes.size(), size_t(2)); // what was said of the node itself stays
}

void TestCanvas::groupKeepsItsCornerWhenItUnfolds() {
    Shown shown(modules(), {800, 600}, grouped({"m"}));
    shown.canvas.setGliding(false);
    const NodeId layer = groupNamed(*shown.scene, "m.layers.1");
    const QPoint before = shown.at(shown.scene->item(layer)->rect.topLeft());
    shown.canvas.keepInPlace(layer);
    shown.canvas.setScene(shown.scene = sceneOf(shown.graph, grouped({"m", "m.layers.1"})), shown.graph);
    shown.canvas.grab();
    const QPoint after = shown.at(shown.scene->frame(layer)->rect.topLeft());
    QVERIFY2((after - before).manhattanLength() <= 2,
             qPrintable(QStringLiteral("%1 %2").arg(after.x()).arg(after.y())));
}

void TestCanvas::overviewMovesTheView() {
    Shown shown(large(400));
    shown.canvas.setMinimapShown(true);
    shown.canvas.setZoom(1);
    auto* map = shown.canvas.findChild<QWidget*>(QString(), Qt::FindDirectChildrenOnly);
    for (auto* child : shown.canvas.findChildren<QWidget*>())
        if (child->accessibleName() == QStringLiteral("Overview"))
            map = child;
    QVERIFY(map && map->isVisible());
    QTest::mouseClick(map, Qt::LeftButton, {}, QPoint(map->width() / 2, map->height() - 8));
    QVERIFY(shown.canvas.visibleArea().center().y() > 0.9 * shown.scene->bounds().height());
    QTest::mouseClick(map, Qt::LeftButton, {}, QPoint(map->width() / 2, map->height() / 2));
    const double middle = shown.canvas.visibleArea().center().y() / shown.scene->bounds().height();
    QVERIFY(middle > 0.45 && middle < 0.55);
    shown.canvas.setMinimapShown(false);
    QVERIFY(!map->isVisible());
}

void TestCanvas::marksStayApartForTheColourBlind_data() {
    QTest::addColumn<CanvasTheme>("theme");
    QTest::newRow("light") << CanvasTheme::light();
    QTest::newRow("dark") << CanvasTheme::dark();
    QTest::newRow("high contrast") << CanvasTheme::highContrastLight();
    QTest::newRow("high contrast, dark") << CanvasTheme::highContrastDark();
}

/// Contrast as WCAG 2.1 defines it.
double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& c) {
        const auto linear = [](double v) { return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4); };
        return 0.2126 * linear(c.redF()) + 0.7152 * linear(c.greenF()) + 0.0722 * linear(c.blueF());
    };
    const double x = luminance(a) + 0.05, y = luminance(b) + 0.05;
    return std::max(x, y) / std::min(x, y);
}

/// What eyes without green (deuteranopia) or red receptors (protanopia) see: Vienot, Brettel and Mollon 1999, in
/// linear light.
QColor seenBy(const QColor& c, bool deuteranopia) {
    const auto linear = [](double v) { return std::pow(v, 2.2); };
    const auto back = [](double v) { return std::pow(std::clamp(v, 0.0, 1.0), 1 / 2.2); };
    const double r = linear(c.redF()), g = linear(c.greenF()), b = linear(c.blueF());
    const double y = deuteranopia ? 0.29275 * r + 0.70725 * g : 0.11238 * r + 0.88762 * g;
    const double z = deuteranopia ? -0.02234 * r + 0.02234 * g + b : 0.00401 * r - 0.00401 * g + b;
    return QColor::fromRgbF(static_cast<float>(back(y)), static_cast<float>(back(y)), static_cast<float>(back(z)));
}

double apart(const QColor& a, const QColor& b) {
    return std::hypot(std::hypot(a.red() - b.red(), a.green() - b.green()), a.blue() - b.blue());
}

void TestCanvas::marksStayApartForTheColourBlind() {
    QFETCH(CanvasTheme, theme);
    const bool high = theme.background == QColor(Qt::white) || theme.background == QColor(Qt::black);
    QVERIFY(contrast(theme.text, theme.box) >= (high ? 7 : 4.5));
    QVERIFY(contrast(theme.text, theme.group) >= (high ? 7 : 4.5));
    QVERIFY(contrast(theme.faint, theme.box) >= (high ? 7 : 4.5));
    for (const QColor& mark : {theme.added, theme.removed, theme.changed, theme.selected, theme.error})
        QVERIFY2(contrast(mark, theme.background) >= (high ? 4.5 : 3), qPrintable(mark.name()));
    for (const bool deuteranopia : {true, false}) {
        QVERIFY(apart(seenBy(theme.added, deuteranopia), seenBy(theme.removed, deuteranopia)) > 25);
        QVERIFY(apart(seenBy(theme.selected, deuteranopia), seenBy(theme.changed, deuteranopia)) > 60);
        QVERIFY(apart(seenBy(theme.selected, deuteranopia), seenBy(theme.removed, deuteranopia)) > 60);
    }
}

} // namespace

QTEST_MAIN(TestCanvas)
#include "tst_canvas.moc"
