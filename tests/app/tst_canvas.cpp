// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas.h"
#include "app/canvas/scene_painter.h"

#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <QtTest>

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
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, Qt::ControlModifier, shown.at("relu"));
    QVERIFY(!shown.canvas.selected().valid());
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {}, shown.at("add"));
    QTest::mouseClick(shown.canvas.viewport(), Qt::LeftButton, {}, QPoint(3, 590));
    QVERIFY(!shown.canvas.selected().valid());
    QCOMPARE(spy.count(), 4);
    shown.canvas.select(shown.id("mm"));
    QCOMPARE(spy.count(), 4); // not by the user
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

} // namespace

QTEST_MAIN(TestCanvas)
#include "tst_canvas.moc"
