// SPDX-License-Identifier: BSD-3-Clause
// What of a graph the window draws, and how: modules, parts, several nodes, colours.
#include "tests/app/main_window_fixture.h"

#include <QTextBrowser>

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
    const NodeMarks marks = view().afterCanvas()->picture().marks;
    QVERIFY(!marks.heat.empty());
    QVERIFY(std::any_of(marks.heat.begin(), marks.heat.end(), [](const auto& m) { return m.second.share == 1; }));
    QVERIFY(std::all_of(marks.heat.begin(), marks.heat.end(), [](const auto& m) { return !m.second.text.isEmpty(); }));
    picture(QStringLiteral("colour_by_time"));
    view().setColour(GraphView::Colour::Error);
    for (const auto& [id, heat] : view().afterCanvas()->picture().marks.heat)
        QCOMPARE(heat.share, 0.0); // the rewrite is right
    view().setColour(GraphView::Colour::Changes);
    QVERIFY(view().afterCanvas()->picture().marks.heat.empty());
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

QTEST_MAIN(TstGraphView)
#include "tst_graph_view.moc"
