// SPDX-License-Identifier: BSD-3-Clause
// Boxes that stand for several nodes: folded modules, blocks drawn once, placeholders as tags.
#include "app/canvas/scene_version.h"
#include "tests/app/canvas_fixture.h"

#include <QContextMenuEvent>
#include <QSignalSpy>
#include <QtTest>

using namespace fxscope;

class TestCanvasGroups : public QObject {
    Q_OBJECT
private slots:
    void foldedGroupsStandForTheirNodes();
    void unfoldedGroupsHaveFrames();
    void repeatedBlocksAreDrawnOnce();
    void sourcesAreTagsAtTheirUsers();
    void groupsAreUnfoldedByDoubleClick();
    void marksInsideAGroupAreItsMarks();
    void groupKeepsItsCornerWhenItUnfolds();
    void labelsCountValuesOfTheVersion();
    void menuKnowsFrames();
    void inputsOfAFrameAreOutside();
};

void TestCanvasGroups::foldedGroupsStandForTheirNodes() {
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

void TestCanvasGroups::unfoldedGroupsHaveFrames() {
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

void TestCanvasGroups::repeatedBlocksAreDrawnOnce() {
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

void TestCanvasGroups::sourcesAreTagsAtTheirUsers() {
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

void TestCanvasGroups::groupsAreUnfoldedByDoubleClick() {
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

void TestCanvasGroups::marksInsideAGroupAreItsMarks() {
    const auto graph = modules();
    const auto scene = sceneOf(graph, grouped({"m"}));
    NodeMarks marks;
    marks.changes[*graph->find("relu_0")] = NodeMarks::Change::Added;
    marks.found.insert(*graph->find("mm_1"));
    marks.heat = {
        {{*graph->find("mm_0"), {0.2, QStringLiteral("2 ms")}}, {*graph->find("add_0"), {0.9, QStringLiteral("9 ms")}}},
        {},
        {},
        {}};
    const NodeMarks lifted = liftedMarks(*scene, marks);
    const NodeId first = groupNamed(*scene, "m.layers.0"), second = groupNamed(*scene, "m.layers.1");
    QCOMPARE(lifted.changes.at(first), NodeMarks::Change::Changed);
    QVERIFY(!lifted.changes.contains(second));
    QVERIFY(lifted.found.contains(second) && !lifted.found.contains(first));
    QCOMPARE(lifted.heat.map().at(first).text, QStringLiteral("9 ms"));
    QCOMPARE(lifted.changes.size(), size_t(2)); // what was said of the node itself stays
}

void TestCanvasGroups::groupKeepsItsCornerWhenItUnfolds() {
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

/// Another value leaves the folded layer after a step.
void TestCanvasGroups::labelsCountValuesOfTheVersion() {
    auto trace = std::make_shared<Trace>();
    trace->base = modules();
    Graph graph = *trace->base;
    const NodeId add = *graph.find("add_1");
    NodeBody taking = graph.node(add);
    taking.args[1] = Argument::node(*graph.find("relu_0"));
    auto was = std::make_shared<const NodeState>(graph.state(add));
    graph.setBody(add, taking);
    RewriteStep step;
    step.edits.push_back({add, was, std::make_shared<const NodeState>(graph.state(add))});
    step.changed = {add};
    trace->steps.push_back(std::move(step));
    trace->result = std::make_shared<const Graph>(std::move(graph));
    SceneStyle folded = style();
    folded.groups = true;
    folded.unfolded = {{"m"}};
    const auto scene = std::move(GraphScene::build(std::shared_ptr<const Trace>(trace), folded, Cancel())).value();
    const NodeId first = scene->boxOf(*trace->base->find("mm_0"));
    QVERIFY(isGroup(first));
    const NodeMarks none;
    const auto values = [&](const Graph& graph) {
        const SceneVersion version(*scene, graph, none);
        std::set<NodeId> shown;
        for (const auto& link : scene->links())
            if (link.from == first && version.shows(link))
                for (const auto& edge : scene->edgesOf(link))
                    if (version.shows(edge))
                        shown.insert(edge.from);
        return shown.size();
    };
    QCOMPARE(values(*trace->base), size_t(1));
    QCOMPARE(values(*trace->result), size_t(2));
}

/// A right click on the title of an unfolded module is about the module, and so is the menu key.
void TestCanvasGroups::menuKnowsFrames() {
    SceneStyle open = style();
    open.groups = true;
    open.unfolded = {{"m", "m.layers.0", "m.layers.1"}};
    Shown shown(modules(), {800, 600}, open);
    QVERIFY(!shown.scene->frames().empty());
    const auto& frame = shown.scene->frames().back();
    QSignalSpy wanted(&shown.canvas, &GraphCanvas::contextMenuWanted);
    const QPoint title = shown.at(frame.rect.topLeft() + QPointF(30, GraphScene::kFrameHeader / 2));
    QContextMenuEvent click(QContextMenuEvent::Mouse, title, shown.canvas.viewport()->mapToGlobal(title));
    QApplication::sendEvent(shown.canvas.viewport(), &click);
    QCOMPARE(wanted.count(), 1);
    QCOMPARE(wanted[0][0].value<NodeId>(), frame.id);
    shown.canvas.select(frame.id, false);
    QContextMenuEvent key(QContextMenuEvent::Keyboard, {5, 5}, shown.canvas.viewport()->mapToGlobal(QPoint(5, 5)));
    QApplication::sendEvent(shown.canvas.viewport(), &key);
    QCOMPARE(wanted[1][0].value<NodeId>(), frame.id);
}

/// A placeholder that is folded into a box inside is no input outside.
void TestCanvasGroups::inputsOfAFrameAreOutside() {
    SceneStyle open = style();
    open.groups = true;
    open.unfolded = {{"m", "m.layers.0", "m.layers.1"}};
    for (const bool folded : {false, true}) {
        open.sourcesFolded = folded;
        Shown shown(modules(), {800, 600}, open);
        const NodeId second = groupNamed(*shown.scene, "m.layers.1"), first = groupNamed(*shown.scene, "m.layers.0");
        const auto inputs = shown.canvas.inputs(second);
        QVERIFY(std::find(inputs.begin(), inputs.end(), shown.id("add_0")) != inputs.end());
        for (const NodeId input : inputs)
            QVERIFY(!shown.scene->hierarchy().holds(groupOfId(second), shown.scene->hierarchy().groupOf(input)));
        if (folded)
            QVERIFY(shown.canvas.inputs(first).empty()); // x and its weight are tags inside
    }
}

QTEST_MAIN(TestCanvasGroups)
#include "tst_canvas_groups.moc"
