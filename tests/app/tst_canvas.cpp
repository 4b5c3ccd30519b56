// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/scene_painter.h"
#include "tests/app/canvas_fixture.h"

#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QWheelEvent>
#include <QtTest>

#include <cmath>

using namespace fxscope;

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
    void hiddenNodesAreLeftOut();
    void severalNodesArePicked();
    void overviewMovesTheView();
    void marksStayApartForTheColourBlind_data();
    void marksStayApartForTheColourBlind();
};

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
    QFile svgFile(folder.filePath("a.svg")), pdfFile(folder.filePath("a.pdf"));
    QVERIFY(svgFile.open(QIODevice::WriteOnly) && pdfFile.open(QIODevice::WriteOnly));
    shown.canvas.picture().writeSvg(svgFile);
    shown.canvas.picture().writePdf(pdfFile);
    svgFile.close();
    pdfFile.close();
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

void TestCanvas::hiddenNodesAreLeftOut() {
    const auto graph = small();
    SceneStyle s = style();
    s.hidden = {*graph->find("relu"), *graph->find("w")};
    const auto scene = sceneOf(graph, s);
    QCOMPARE(scene->items().size(), size_t(4));
    QVERIFY(!scene->item(*graph->find("relu")));
    QCOMPARE(SceneVersion(*scene, *graph, {}).inputs(*graph->find("add")), std::vector{*graph->find("mm")});
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

QTEST_MAIN(TestCanvas)
#include "tst_canvas.moc"
