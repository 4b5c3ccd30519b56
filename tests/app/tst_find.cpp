// SPDX-License-Identifier: BSD-3-Clause
// What is found, why each node is a hit, what is said without hits, and what letters lead to; without any widget.
#include "app/models/fuzzy.h"
#include "app/models/hits_model.h"
#include "app/shell/locator.h"
#include "tests/app/window_fixture.h"

#include <QAbstractItemModelTester>

using namespace fxscope;

namespace {

const char kText[] = R"(class GraphModule(torch.nn.Module):
    def forward(self, x: "f32[8, 8]", y: "f16[8, 4]"):
        mul: "f32[8, 8]" = torch.ops.aten.mul.Tensor(x, x)
        mm: "f32[8, 4]" = torch.ops.aten.mm.default(mul, y);  mul = y = None
        Relu_1: "f32[8, 4]" = torch.ops.aten.relu.default(mm);  mm = None
        idle: "i64[12, 8, 64]" = torch.ops.aten.arange.default(12)
        return (Relu_1, x)
)";

} // namespace

class TstFind : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void reasons_data();
    void reasons();
    void excludes_data();
    void excludes();
    void statesOfAStep();
    void unknownStateIsRefused();
    void saysWhyNone_data();
    void saysWhyNone();
    void hitsSoFarAreTold();
    void cancelKeepsWhatWasFound();
    void endlessExpressionsGiveUp();
    void modulesByNames();
    void wordsAreTheSameWithAnIndex();
    void modelFollowsTheDocument();
    void rowsAreMadeWhenAskedFor();
    void onlyHitsNeedsASearch();
    void fuzzy_data();
    void fuzzy();
    void fuzzyOrder_data();
    void fuzzyOrder();
    void locatesNodesAndEntries();

private:
    std::vector<NodeId> find(const QString& text) const {
        const auto query = FindQuery::parse(text);
        return query.ok() ? query->in(m_graph, {}) : std::vector<NodeId>();
    }
    QStringList names(const std::vector<NodeId>& nodes) const {
        QStringList list;
        for (const NodeId id : nodes)
            list << QString::fromStdString((*m_graph)[id].name);
        return list;
    }
    static std::shared_ptr<const Graph> manyNodes(size_t count);

    QTemporaryDir m_folder;
    std::shared_ptr<const Graph> m_graph;
};

void TstFind::initTestCase() {
    useOwnSettings(m_folder);
    const auto capture = io::openText(kText, "test");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    m_graph = capture->graphs[0].graph;
}

std::shared_ptr<const Graph> TstFind::manyNodes(size_t count) {
    std::vector<NodeBody> bodies(count);
    for (size_t i = 0; i < count; ++i) {
        bodies[i].name = "relu_" + std::to_string(i);
        bodies[i].target = "torch.ops.aten.relu.default";
    }
    auto graph = Graph::fromBodies(std::move(bodies));
    return graph.ok() ? std::make_shared<const Graph>(std::move(graph).value()) : nullptr;
}

/// The first hit's row: what each column shows, the letters that stand out in brackets.
void TstFind::reasons_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("row");
    const auto row = [](const char* name, const char* text, const char* shown) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(shown);
    };
    row("name", "elu", "R(elu)_1 | aten.relu.default | f32[8, 4] | name");
    row("name in upper case", "RELU", "(Relu)_1 | aten.relu.default | f32[8, 4] | name");
    row("target", "tensor", "mul | aten.mul.(Tensor) | f32[8, 8] | target");
    row("part of the target that is not shown", "op:ops.aten.mm", "mm | (aten.mm).default | f32[8, 4] | target");
    row("op is not the name", "op:mul", "mul | aten.(mul).Tensor | f32[8, 8] | target");
    row("regex", "/l._1$/", "Re(lu_1) | aten.relu.default | f32[8, 4] | name");
    row("shape", "shape:8,8", "x | x | f32[(8, 8)] | shape f32[8, 8]");
    row("inner shape", "shape:8,64", "idle | aten.arange.default | i64[12, (8, 64)] | shape i64[12, 8, 64]");
    row("dtype", "dtype:float16", "y | y | (f16)[8, 4] | dtype float16");
    row("dtype, still typing", "dtype:i", "idle | aten.arange.default | (i64)[12, 8, 64] | dtype int64");
    row("argument", "arg:12", "idle | aten.arange.default | i64[12, 8, 64] | argument (12)");
    row("users", "users>1", "x | x | f32[8, 8] | (2) users");
    row("one user", "users=1 op:mm", "mm | aten.(mm).default | f32[8, 4] | (1) user, target");
    row("two reasons", "relu is:dead", "");
    row("no users", "is:dead", "idle | aten.arange.default | i64[12, 8, 64] | no users");
    row("placeholder", "is:placeholder", "x | x | f32[8, 8] | placeholder");
    row("state, still typing", "is:pl", "x | x | f32[8, 8] | placeholder");
    row("not", "-is:placeholder", "mul | aten.mul.Tensor | f32[8, 8] | not is:placeholder");
    row("a reason each", "m -users>1 dtype:f32",
        "(m)ul | aten.mul.Tensor | (f32)[8, 8] | name, not users>1, dtype float32");
}

void TstFind::reasons() {
    QFETCH(QString, text);
    const auto query = FindQuery::parse(text);
    QVERIFY(query.ok());
    HitsModel model;
    model.setFound(std::make_shared<Found>(Found{*query, {m_graph, m_graph, {}, {}}, find(text), true, {}, {}}));
    QStringList row;
    for (int column = 0; column < HitsModel::NumColumns && model.rowCount() > 0; ++column) {
        const QModelIndex cell = model.index(0, column);
        QString shown = cell.data().toString();
        for (const auto& [first, length] : cell.data(HitsModel::HighlightRole).value<Highlights>())
            shown.insert(first + length, u')').insert(first, u'(');
        row << shown;
    }
    QTEST(row.join(QStringLiteral(" | ")), "row");
}

void TstFind::excludes_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("hits");
    const auto row = [](const char* name, const char* text, const QStringList& hits) {
        QTest::newRow(name) << QString::fromUtf8(text) << hits;
    };
    const QString x = QStringLiteral("x"), y = QStringLiteral("y"), mul = QStringLiteral("mul"),
                  mm = QStringLiteral("mm"), relu = QStringLiteral("Relu_1"), idle = QStringLiteral("idle"),
                  output = QStringLiteral("output");
    row("word", "-m", {x, y, relu, idle, output});
    row("both", "m -mm", {mul});
    row("regex", "-/[mx]/", {y, relu, idle, output});
    row("op", "-op:aten", {x, y, output});
    row("users", "-users>0", {idle, output});
    row("still typing", "mm -", {mm});
    row("output has no users and is not dead", "is:dead", {idle});
    row("still typing a state", "is:", {x, y, mul, mm, relu, idle, output});
    row("half a dtype", "dtype:f", {x, y, mul, mm, relu});
    row("a size is not the beginning of one", "shape:1", {});
    row("regex with an optional letter", "/mu?[lm]/", {mul, mm});
    row("regex with a choice", "/^(mul|idle)$/", {mul, idle});
    row("regex keeps upper case", "/relu/", {relu}); // by its target
    row("regex on the name's upper case", "/^Re/", {relu});
    row("regex, lower case", "/^re/", {});
    row("regex with an escape", "/aten\\.m+\\.d/", {mm});
    row("regex of letters that repeat", "/m+$/", {mm});
    row("regex of any letters", "/^..$/", {mm});
    row("regex with a letter by number", "/\\x6dul/", {mul});
    row("still typing a regex", "/", {x, y, mul, mm, relu, idle, output});
    row("regex and a word", "/^m/ tensor", {mul});
    row("beyond the last name", "output", {output});
    row("not a word but a size", "-aten shape:8", {x, y});
    row("type of an output", "dtype:f32 is:output", {});
}

void TstFind::excludes() {
    QFETCH(QString, text);
    QTEST(names(find(text)), "hits");
    const FindIndex index(m_graph);
    QTEST(names(FindQuery::parse(text)->in({m_graph, m_graph, {}, {}}, {}, {}, &index)), "hits");
}

void TstFind::statesOfAStep() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("stochastic"))));
    const auto& steps = document.trace()->steps;
    const auto removing = std::find_if(steps.begin(), steps.end(), [](const auto& s) { return !s.removed.empty(); });
    QVERIFY(removing != steps.end());
    document.moveTo(static_cast<size_t>(removing - steps.begin()) + 1);
    const RewriteStep& step = *removing;
    const auto found = [&](const char* text) {
        document.find(QString::fromUtf8(text));
        return QTest::qWaitFor([&] { return document.found() && document.found()->complete; }, 10000)
                   ? std::set<NodeId>(document.hits().begin(), document.hits().end())
                   : std::set<NodeId>{NodeId{}};
    };
    QCOMPARE(found("is:added"), std::set<NodeId>(step.added.begin(), step.added.end()));
    document.find({});
    QCOMPARE(found("is:removed"), std::set<NodeId>(step.removed.begin(), step.removed.end()));
    document.find({});
    for (const NodeId node : found("is:changed"))
        QVERIFY(document.before()->alive(node) && document.after()->alive(node));
    document.find({});
    document.showVersion(0); // no step: nothing was added
    QCOMPARE(found("is:added"), std::set<NodeId>());
}

void TstFind::unknownStateIsRefused() {
    const auto query = FindQuery::parse(QStringLiteral("is:blue"));
    QVERIFY(!query.ok());
    QCOMPARE(query.error().str(), "is:blue: a node cannot be blue; is: takes added, removed, changed, placeholder, "
                                  "output, dead");
}

void TstFind::saysWhyNone_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    QTest::addColumn<QStringList>("instead");
    const auto row = [](const char* name, const char* text, const char* says, const QStringList& instead) {
        QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(says) << instead;
    };
    row("name", "relo", "No node matches relo.", {QStringLiteral("relu")});
    row("number too high", "relu_99", "No node matches relu_99.", {QStringLiteral("relu")});
    row("op keeps its form", "op:arrange", "No node matches op:arrange.", {QStringLiteral("op:arange")});
    row("the other parts stay", "is:dead arrange", "No node matches arrange.", {QStringLiteral("is:dead arange")});
    row("dtype", "dtype:f63", "No node matches dtype:f63.",
        {QStringLiteral("dtype:f16"), QStringLiteral("dtype:f32"), QStringLiteral("dtype:i64")});
    row("nothing near", "zzzzzzzzzz", "No node matches zzzzzzzzzz.", {});
    row("each by itself", "op:relu dtype:i64", "No node matches all of it (op:relu: 1 node, dtype:i64: 1 node).", {});
    row("shape", "shape:9", "No node matches shape:9.", {});
}

void TstFind::saysWhyNone() {
    QFETCH(QString, text);
    const auto query = FindQuery::parse(text);
    QVERIFY(query.ok());
    QCOMPARE(names(find(text)), QStringList());
    const FindMiss miss = query->whyNone({m_graph, m_graph, {}, {}}, {});
    QTEST(miss.text, "says");
    QTEST(miss.instead, "instead");
}

void TstFind::hitsSoFarAreTold() {
    const auto graph = manyNodes(400'000);
    const auto query = FindQuery::parse(QStringLiteral("/^relu_\\d*[02468]$/"));
    size_t before = 0;
    bool grew = true;
    const auto all = query->in({graph, graph, {}, {}}, {}, [&](const std::vector<NodeId>& hits) {
        grew = grew && hits.size() > before;
        before = hits.size();
    });
    QCOMPARE(all.size(), size_t(200'000));
    QVERIFY(grew && before < all.size());
}

void TstFind::cancelKeepsWhatWasFound() {
    const auto graph = manyNodes(100'000);
    Cancel cancel;
    cancel.request();
    const auto some = FindQuery::parse(QStringLiteral("relu"))->in(graph, cancel);
    QVERIFY(!some.empty() && some.size() < graph->size());
}

/// Backtracks for ever on long names; the next query is answered at once and nothing freezes.
void TstFind::endlessExpressionsGiveUp() {
    std::vector<NodeBody> bodies(40);
    for (size_t i = 0; i < bodies.size(); ++i) {
        bodies[i].name = std::string(60, 'a') + std::to_string(i);
        bodies[i].target = "torch.ops.aten.relu.default";
    }
    const auto graph = std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
    const auto query = FindQuery::parse(QStringLiteral("/(\\w+\\d*)+[!?]/"));
    QVERIFY(query.ok());
    const FindScope scope{graph, graph, {}, {}};
    QVERIFY(query->in(scope, {}).empty());
    QVERIFY(query->gaveUp() > 0);
    const FindMiss miss = query->whyNone(scope, {});
    QVERIFY2(miss.text.contains(QStringLiteral("too long on")), qPrintable(miss.text));
    QCOMPARE(find(QStringLiteral("/^mul$/")).size(), size_t(1)); // an ordinary one is not hindered
}

void TstFind::modulesByNames() {
    const auto capture = io::openText(R"(class M(torch.nn.Module):
    def forward(self, x: "f32[4, 8]", p_net_0_a_weight: "f32[8, 8]", p_net_0_b_weight: "f32[8, 8]", p_net_1_a_weight: "f32[8, 8]", p_net_1_b_weight: "f32[8, 8]"):
        mm: "f32[4, 8]" = torch.ops.aten.mm.default(x, p_net_0_a_weight)
        mm_1: "f32[4, 8]" = torch.ops.aten.mm.default(mm, p_net_0_b_weight)
        mm_2: "f32[4, 8]" = torch.ops.aten.mm.default(mm_1, p_net_1_a_weight)
        mm_3: "f32[4, 8]" = torch.ops.aten.mm.default(mm_2, p_net_1_b_weight)
        return (mm_3,)
)",
                                      "modules");
    QVERIFY(capture.ok());
    const auto graph = capture->graphs[0].graph;
    const FindIndex index(graph);
    const auto query = FindQuery::parse(QStringLiteral("module:net_1"));
    QVERIFY(query->usesModules());
    const FindScope scope{graph, graph, {}, index.modules()};
    const auto hits = query->in(scope, {}, {}, &index);
    QVERIFY(hits.size() >= 2);
    for (const NodeId id : hits) {
        QVERIFY((*graph)[id].name != "mm" && (*graph)[id].name != "mm_1");
        QVERIFY(query->reasons((*graph)[id], scope)[0].text.find("net_1") != std::string::npos);
    }
}

void TstFind::wordsAreTheSameWithAnIndex() {
    const FindIndex index(m_graph);
    for (const char* text : {"muul", "op:arrange"}) {
        const auto query = FindQuery::parse(QString::fromUtf8(text));
        const FindScope scope{m_graph, m_graph, {}, {}};
        const FindMiss walked = query->whyNone(scope, {}), looked = query->whyNone(scope, {}, &index);
        QVERIFY2(!walked.instead.isEmpty(), text);
        QCOMPARE(looked.text, walked.text);
        QCOMPARE(looked.instead, walked.instead);
    }
}

void TstFind::modelFollowsTheDocument() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    HitsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    connect(&document, &Document::hitsChanged, &model, [&] { model.setFound(document.found()); });
    document.find(QStringLiteral("op:index"));
    QTRY_VERIFY(document.found() && document.found()->complete);
    QVERIFY(model.rowCount() >= 2);
    QCOMPARE(model.rowOf(document.hits()[1]), 1);
    QCOMPARE(model.rowOf({}), -1);
    QCOMPARE(model.index(1, 0).data(HitsModel::NodeIdRole).toUInt(), document.hits()[1].index);
    document.find(QStringLiteral("op:indx"));
    QTRY_VERIFY(document.found()->complete && !document.found()->miss.text.isEmpty());
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(document.found()->miss.instead.contains(QStringLiteral("op:index")));
    document.find({});
    QVERIFY(!document.found());
    document.find(QStringLiteral("op:index"));
    document.closeFile(); // while it is being found
    QTRY_VERIFY(document.jobs().isIdle());
    QVERIFY(!document.found() && model.rowCount() == 0);
}

/// A model in which rows are made one by one is as quick with 300,000 rows as with 3: what a row needs is not there
/// before it is asked for, and only 256 are kept. Seen from outside: the last row is right, whatever was asked before.
void TstFind::rowsAreMadeWhenAskedFor() {
    const auto graph = manyNodes(300'000);
    const auto query = FindQuery::parse(QStringLiteral("relu_2"));
    HitsModel model;
    model.setFound(std::make_shared<Found>(Found{*query, {graph, graph, {}, {}}, query->in(graph, {}), true, {}, {}}));
    QCOMPARE(model.rowCount(), 111'111);
    QCOMPARE(model.index(111'110, 0).data().toString(), QStringLiteral("relu_299999"));
    for (int row = 0; row < 600; ++row)
        QVERIFY(model.index(row, 0).data().toString().startsWith(QStringLiteral("relu_2")));
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("relu_2"));
    model.setFound(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstFind::onlyHitsNeedsASearch() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    QSignalSpy changed(&document, &Document::hitsOnlyChanged);
    document.setHitsOnly(true);
    document.setHitsOnly(true);
    QCOMPARE(changed.count(), 1);
    QVERIFY(!document.hitsOnly()); // nothing is looked for: every node is as it is
    document.find(QStringLiteral("index"));
    QTRY_VERIFY(document.hitsOnly());
    document.find({});
    QVERIFY(!document.hitsOnly());
}

// --- the locator

void TstFind::fuzzy_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("places"); ///< letters that stand for it in brackets; empty: none do
    const auto row = [](const char* text, const char* typed, const char* places) {
        QTest::addRow("%s in %s", typed, text)
            << QString::fromUtf8(text) << QString::fromUtf8(typed) << QString::fromUtf8(places);
    };
    row("layer_norm_3", "ln3", "(l)ayer_(n)orm_(3)");
    row("add_12", "dd_1", "a(d)(d)(_)(1)2");
    row("Fit Everything", "fe", "(F)it (E)verything");
    row("Fit Everything", "f ev", "(F)it (E)(v)erything");
    row("softmax", "sxm", "");
    row("mm", "mmm", "");
    row("", "a", "");
}

void TstFind::fuzzy() {
    QFETCH(QString, text);
    QFETCH(QString, typed);
    const FuzzyMatch match = fuzzyMatch(text, typed);
    QString shown;
    for (int i = 0; match.ok() && i < text.size(); ++i) {
        const bool here = std::find(match.places.begin(), match.places.end(), i) != match.places.end();
        shown += here ? QStringLiteral("(%1)").arg(text[i]) : QString(text[i]);
    }
    QTEST(shown, "places");
}

void TstFind::fuzzyOrder_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    const auto row = [](const char* name, const char* typed, const char* better, const char* worse) {
        QTest::newRow(name) << QString::fromUtf8(typed) << QString::fromUtf8(better) << QString::fromUtf8(worse);
    };
    row("the whole name", "add", "add", "add_1");
    row("the beginning", "add", "add_1", "badd");
    row("together", "mul", "amul", "m_u_l");
    row("words begin", "ln", "layer_norm", "slants");
    row("shorter", "mm", "mm_1", "mm_1000");
}

void TstFind::fuzzyOrder() {
    QFETCH(QString, typed);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    const int high = fuzzyMatch(better, typed).score, low = fuzzyMatch(worse, typed).score;
    QVERIFY2(high > low && low >= 0, qPrintable(QStringLiteral("%1 and %2").arg(high).arg(low)));
}

void TstFind::locatesNodesAndEntries() {
    const std::vector<LocatorEntry> entries{{QStringLiteral("Run to the End"), {}, {}}, {QStringLiteral("mm"), {}, {}}};
    const auto all = locate(entries, m_graph.get(), {}, 10, {});
    QCOMPARE(all.size(), size_t(2)); // no nodes before there is a text
    const auto some = locate(entries, m_graph.get(), QStringLiteral(" MM "), 10, {});
    QCOMPARE(some.size(), size_t(2));
    QCOMPARE(some[0].entry, 1); // before the node of the same name
    QCOMPARE(names({some[1].node}), QStringList{QStringLiteral("mm")});
    QCOMPARE(locate(entries, nullptr, QStringLiteral("mm"), 10, {}).size(), size_t(1));
    QCOMPARE(locate(entries, m_graph.get(), QStringLiteral("qqq"), 10, {}).size(), size_t(0));
    const auto best = locate({}, manyNodes(5000).get(), QStringLiteral("relu_77"), 3, {});
    QCOMPARE(best.size(), size_t(3));
    QCOMPARE(best[0].node, NodeId{77});
}

QTEST_GUILESS_MAIN(TstFind)
#include "tst_find.moc"
