// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/steps.h"
#include "app/models/node_info.h"
#include "app/models/passes_model.h"
#include "tests/app/window_fixture.h"

#include <QAbstractItemModelTester>

using namespace fxscope;

class TstPassesModel : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void structure();
    void values();
    void matchesAreNotSteps();
    void missesStayInOrder();
    void marksWhatIsOnShow();
    void errorsComeFromTheComparison();
    void emptyModel();
    void nodePanelNamesArguments();
    void nodePanelSaysWhatWas();
    void whyIsASentence();

private:
    QTemporaryDir m_folder;
    Document m_document;
    std::shared_ptr<const Trace> m_trace;
};

void TstPassesModel::initTestCase() {
    useOwnSettings(m_folder);
    QVERIFY(openSampleAndWait(m_document, sampleNamed(QStringLiteral("stochastic"))));
    m_trace = m_document.trace();
    QVERIFY(m_trace->steps.size() >= 4);
}

void TstPassesModel::structure() {
    PassesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTrace(m_trace);
    QCOMPARE(model.rowCount(), static_cast<int>(m_trace->passes.size()));
    for (int row = 0; row < model.rowCount(); ++row) {
        const PassRecord& pass = m_trace->passes[static_cast<size_t>(row)];
        const QModelIndex index = model.index(row, 0);
        QCOMPARE(model.rowCount(index), static_cast<int>(pass.stepCount) + (pass.misses.empty() ? 0 : 1));
        QCOMPARE(index.data(PassesModel::UnchangedRole).toBool(), pass.stepCount == 0);
        if (!pass.misses.empty()) {
            const QModelIndex group = model.index(static_cast<int>(pass.stepCount), 0, index);
            QCOMPARE(model.rowCount(group), static_cast<int>(pass.misses.size()));
            QCOMPARE(model.index(0, 0, group).parent(), group);
            QCOMPARE(group.parent(), index);
        }
    }
    model.setTrace(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstPassesModel::values() {
    PassesModel model;
    model.setTrace(m_trace);
    for (size_t i = 0; i < m_trace->steps.size(); ++i) {
        const RewriteStep& step = m_trace->steps[i];
        const QModelIndex index = model.indexOfStep(i);
        const auto at = [&](int column, int role) { return index.siblingAtColumn(column).data(role); };
        QCOMPARE(at(PassesModel::StepColumn, Qt::DisplayRole).toULongLong(), i + 1);
        QCOMPARE(at(PassesModel::RuleColumn, Qt::DisplayRole).toString().toStdString(), step.rule);
        QCOMPARE(at(PassesModel::NodeColumn, Qt::DisplayRole).toString().toStdString(),
                 (*m_trace->result)[step.match.root].name);
        QCOMPARE(at(PassesModel::AddedColumn, PassesModel::SortRole).toULongLong(), step.added.size());
        QCOMPARE(at(PassesModel::TimeColumn, PassesModel::SortRole).toLongLong(), step.took.count());
        QCOMPARE(index.data(PassesModel::PositionRole).toULongLong(), i + 1);
        QCOMPARE(index.data(PassesModel::NodeIdRole).toUInt(), step.match.root.index);
    }
}

/// After PyTorch's patterns the nodes are put in order: a step that matched nothing.
void TstPassesModel::matchesAreNotSteps() {
    Document document;
    document.setPatterns(QStringLiteral("pytorch-2.11"));
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("stochastic"))));
    QTRY_VERIFY(document.jobs().isIdle());
    PassesModel model;
    model.setTrace(document.trace());
    const QModelIndex pass = model.index(0, 0);
    const auto shown = [](const QModelIndex& row, int column) { return row.siblingAtColumn(column).data().toString(); };
    QCOMPARE(shown(pass, PassesModel::StepColumn), QStringLiteral("randperm_index_add"));
    QCOMPARE(shown(pass, PassesModel::MatchesColumn), QStringLiteral("2"));
    QVERIFY(pass.data(Qt::ToolTipRole).toString().contains(QStringLiteral("2 matches")));
    for (size_t i = 0; i < document.stepCount(); ++i)
        if (!isMatch(document.trace()->steps[i]))
            QCOMPARE(shown(model.indexOfStep(i), PassesModel::NodeColumn), QStringLiteral("nodes in order"));
    QCOMPARE(shown(model.indexOfStep(0), PassesModel::NodeColumn), QStringLiteral("index_put_1")); // as applied
    QCOMPARE(shown(model.indexOfStep(1), PassesModel::NodeColumn), QStringLiteral("index_put"));
}

void TstPassesModel::missesStayInOrder() {
    Document document;
    document.setPatterns(QStringLiteral("pytorch-2.11"));
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("stochastic"))));
    QTRY_VERIFY(document.jobs().isIdle());
    PassesModel model;
    model.setTrace(document.trace());
    const QModelIndex pass = model.index(1, 0), group = model.index(0, 0, pass);
    QCOMPARE(model.rowCount(group), 2);
    for (int row = 0; row < 2; ++row)
        QCOMPARE(model.index(row, 0, group).data(PassesModel::SortRole).toInt(), row);
    const QString first = model.index(0, 0, group).data().toString(); // the node first: reasons are often the same
    QCOMPARE(first, QStringLiteral("index_1  function_mismatch"));
}

void TstPassesModel::marksWhatIsOnShow() {
    PassesModel model;
    model.setTrace(m_trace);
    QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
    model.setShown(1, 2);
    QVERIFY(changed.count() > 0);
    for (size_t i = 0; i < m_trace->steps.size(); ++i)
        QCOMPARE(model.indexOfStep(i).data(PassesModel::CurrentRole).toBool(), i == 1);
}

void TstPassesModel::errorsComeFromTheComparison() {
    auto comparison = std::make_shared<Comparison>();
    NodeComparison node;
    node.beforeId = m_trace->steps[0].match.root;
    node.difference.maxAbs = 0.25;
    comparison->nodes.push_back(node);
    PassesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setTrace(m_trace);
    const QModelIndex first = model.indexOfStep(0).siblingAtColumn(PassesModel::ErrorColumn);
    QVERIFY(!first.data(PassesModel::SortRole).isValid());
    model.setComparison(comparison);
    QCOMPARE(first.data(PassesModel::SortRole).toDouble(), 0.25);
    QCOMPARE(first.data().toString(), QStringLiteral("0.25"));
}

void TstPassesModel::emptyModel() {
    PassesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setShown(0, 1);
    model.setComparison(nullptr);
    QVERIFY(!model.indexOfStep(0).isValid());
}

void TstPassesModel::nodePanelNamesArguments() {
    const Graph& graph = *m_trace->base;
    const NodeId root = m_trace->steps[0].match.root;
    QStringList names;
    QString all;
    for (const NodeField& field : nodeFields(graph, root)) {
        names << field.name;
        all += field.html;
    }
    QVERIFY2(names.contains(QStringLiteral("self")) && names.contains(QStringLiteral("indices")),
             qPrintable(names.join(u' ')));
    QVERIFY(names.contains(QStringLiteral("dtype")) && names.contains(QStringLiteral("shape")));
    for (NodeId input : graph.inputs(root))
        QVERIFY(all.contains(nodeLink(graph, input)));
    QCOMPARE(nodeOfLink(QStringLiteral("node:%1").arg(root.index)), root);
    QVERIFY(!nodeOfLink(QStringLiteral("https://node")).valid());
    QVERIFY(!nodeOfLink(QStringLiteral("node:x")).valid());
}

void TstPassesModel::nodePanelSaysWhatWas() {
    const Graph& before = *m_trace->base;
    const NodeId node = m_trace->steps[0].match.root;
    Graph after = before;
    QVERIFY(changeText(before, after, node).isEmpty());
    QVERIFY(!nodeFields(after, node, &before).empty());
}

void TstPassesModel::whyIsASentence() {
    const auto capture = io::openText(R"(class GraphModule(torch.nn.Module):
    def forward(self, x: "f32[8, 4]", y: "f32[3, 4]"):
        randint: "i64[3]" = torch.ops.aten.randint.low(0, 8, [3], device = device(type='cpu'), pin_memory = False)
        index_put: "f32[8, 4]" = torch.ops.aten.index_put.default(x, [randint], y, True);  x = randint = y = None
        return (index_put,)
)",
                                      "test");
    QVERIFY(capture.ok());
    QTemporaryDir folder;
    const QString path = folder.filePath(QStringLiteral("randint.py"));
    QVERIFY(io::exportGraph(*capture->graphs[0].graph, path.toStdString()).ok());
    Document document;
    document.open(path);
    QTRY_VERIFY(document.trace());
    QCOMPARE(document.stepCount(), size_t{0});
    const auto node = document.after()->find("index_put");
    QVERIFY(node);
    const auto misses = missesAt(*document.trace(), *node);
    QVERIFY(!misses.empty());
    QVERIFY(!misses[0].sentence.isEmpty() && !misses[0].sentence.contains(u'%'));
    QVERIFY(!misses[0].code.isEmpty());
}

QTEST_GUILESS_MAIN(TstPassesModel)
#include "tst_passes_model.moc"
