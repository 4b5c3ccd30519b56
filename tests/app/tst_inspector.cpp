// SPDX-License-Identifier: BSD-3-Clause
// What the chosen pattern set says of a graph: Document's inspector and the models that show it, without any widget.
#include "app/models/candidates_model.h"
#include "app/models/explain_model.h"
#include "app/models/pattern_text.h"
#include "core/rewrite/match_count.h"
#include "tests/app/gate_pattern.h"
#include "tests/app/window_fixture.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QTimer>

using namespace fxscope;

class TstInspector : public QObject {
    Q_OBJECT
private slots:
    void initTestCase();
    void init();
    void cleanup() { m_document.reset(); }

    void asWrittenHasNoTrees();
    void setRunsThePasses();
    void setIsRemembered();
    void lostSetFallsBack();
    void folderBecomesTheSet();
    void fileBecomesTheSet();
    void refusedFolderChangesNothing_data();
    void refusedFolderChangesNothing();
    void candidatesAreScored();
    void answerFollowsTheSelection();
    void partsKeepTheSubject();
    void matcherIsSteppedThrough();
    void candidateIsSteppedInto();
    void whatIfSaysWhatIsGained();
    void breakpointsHalt();
    void breakpointsOnNodesHalt_data();
    void breakpointsOnNodesHalt();
    void breakpointsOnNodesBelongToTheirGraph();
    void runsToANode();
    void stopsAreInOrder();
    void explainModel();
    void candidatesModel();
    void sourceMarksWhatTracingLost();
    void bigGraphLeavesTheEventLoopFree();

private:
    bool use(const QString& set);
    bool openGate();
    bool answered() {
        return QTest::qWaitFor([&] { return m_document->jobs().isIdle(); }, 10000);
    }
    NodeId node(const char* name) const { return m_document->trace()->base->find(name).value_or(NodeId{}); }
    bool select(const char* name) {
        m_document->select(node(name));
        return answered();
    }
    PatternInspector& inspector() const { return m_document->inspector(); }

    QTemporaryDir m_folder;
    std::unique_ptr<Document> m_document;
};

void TstInspector::initTestCase() { useOwnSettings(m_folder); }

void TstInspector::init() {
    QSettings().clear();
    m_document = std::make_unique<Document>();
}

bool TstInspector::use(const QString& set) {
    m_document->setPatterns(set);
    return answered();
}

bool TstInspector::openGate() {
    if (!use(gateFolder(m_folder.path())))
        return false;
    m_document->open(writeFile(m_folder.filePath(QStringLiteral("gate_graph.py")), kGateGraph));
    return answered() && m_document->trace() && m_document->stepCount() == 1;
}

void TstInspector::asWrittenHasNoTrees() {
    QVERIFY(openSampleAndWait(*m_document, sampleNamed(QStringLiteral("stochastic"))));
    QVERIFY(answered());
    QCOMPARE(m_document->patterns(), QStringLiteral("as_written"));
    QVERIFY(!inspector().set() && !inspector().answer() && !inspector().candidates());
    inspector().stepInto(); // nothing to step into
    QCOMPARE(inspector().reached(), -1);
}

void TstInspector::setRunsThePasses() {
    QVERIFY(openSampleAndWait(*m_document, sampleNamed(QStringLiteral("gather"))));
    QVERIFY(m_document->stepCount() > 0);
    QVERIFY(use(QStringLiteral("pytorch-2.11"))); // its gather has no slice
    QCOMPARE(m_document->stepCount(), size_t{0});
    QCOMPARE(m_document->trace()->passes[0].patterns, std::string("pytorch-2.11"));
    QVERIFY(use(QStringLiteral("as_written")));
    QVERIFY(m_document->stepCount() > 0);
}

void TstInspector::setIsRemembered() {
    QVERIFY(use(QStringLiteral("pytorch-2.11")));
    Document next;
    QTRY_COMPARE(next.patterns(), QStringLiteral("pytorch-2.11"));
    QVERIFY(next.inspector().set());
}

void TstInspector::lostSetFallsBack() {
    QSettings().setValue(QStringLiteral("patterns/set"), m_folder.filePath(QStringLiteral("gone")));
    const Document next;
    QCOMPARE(next.patterns(), QStringLiteral("as_written"));
    QCOMPARE(next.log().size(), size_t{1});
    QVERIFY(next.log()[0].what.str().find("gone") != std::string::npos);
}

void TstInspector::folderBecomesTheSet() {
    const QString folder = gateFolder(m_folder.path());
    QSignalSpy problems(m_document.get(), &Document::problem);
    m_document->open(folder); // as a drop does
    QVERIFY(answered());
    QCOMPARE(m_document->patterns(), folder);
    QCOMPARE(m_document->passes(), QStringList{QStringLiteral("pattern_set")}); // its rule is no pass of its own
    QCOMPARE(problems.count(), 1);
    const std::string refused = problems[0][0].value<Diagnostic>().str();
    QVERIFY2(refused.find("refused.py:8") != std::string::npos, refused.c_str());
    QCOMPARE(Document::patternFolders(), QStringList{folder});
    QVERIFY(use(QStringLiteral("pytorch-2.11")));
    QCOMPARE(m_document->passes(), QStringList{QStringLiteral("misc")});
}

void TstInspector::fileBecomesTheSet() {
    const QString file = gateFolder(m_folder.path()) + QStringLiteral("/gate.py");
    QSignalSpy problems(m_document.get(), &Document::problem);
    m_document->open(file);
    QVERIFY(answered());
    QVERIFY(!m_document->entry()); // its two functions could be read as a graph
    QCOMPARE(m_document->patterns(), file);
    QCOMPARE(inspector().set()->entries.size(), size_t{1});
    QCOMPARE(problems.count(), 0); // the one beside it is not read
    QCOMPARE(Document::patternFolders(), QStringList{file});
    Document next;
    QTRY_COMPARE(next.patterns(), file);
}

void TstInspector::refusedFolderChangesNothing_data() {
    QTest::addColumn<QString>("folder");
    QTest::newRow("a refused file") << writeFile(m_folder.filePath(QStringLiteral("one.py")), kRefusedPattern);
    const QString empty = m_folder.filePath(QStringLiteral("empty")), bad = m_folder.filePath(QStringLiteral("bad"));
    QDir().mkpath(empty);
    writeFile(bad + QStringLiteral("/refused.py"), kRefusedPattern);
    QTest::newRow("no pattern file") << empty;
    QTest::newRow("every file is refused") << bad;
    QTest::newRow("not there") << m_folder.filePath(QStringLiteral("nowhere"));
}

void TstInspector::refusedFolderChangesNothing() {
    QFETCH(QString, folder);
    QVERIFY(use(QStringLiteral("pytorch-2.11")));
    const auto set = inspector().set();
    QSignalSpy problems(m_document.get(), &Document::problem);
    m_document->open(folder); // as a drop does
    QVERIFY(answered());
    QCOMPARE(problems.count(), 1);
    QVERIFY(!m_document->entry()); // nor is it taken for a graph
    QVERIFY(use(folder));
    QCOMPARE(problems.count(), 2);
    QCOMPARE(inspector().set(), set);
    QCOMPARE(m_document->patterns(), QStringLiteral("pytorch-2.11"));
}

void TstInspector::candidatesAreScored() {
    QVERIFY(openGate());
    const PatternCandidates* list = inspector().candidates()->of(inspector().entry());
    QVERIFY(list);
    QCOMPARE(list->list.size(), size_t{3});
    QCOMPARE(list->matches, 1);
    QCOMPARE(list->list[0].anchor, node("mul_1"));
    QCOMPARE(list->list[0].matched, 2);
    QCOMPARE(list->list[2].wanted, 2);
}

void TstInspector::answerFollowsTheSelection() {
    QVERIFY(openGate());
    QCOMPARE(inspector().subject(), node("mul_1")); // the step's root, though what replaced it is selected
    QCOMPARE(inspector().answer()->explanation.reason, Reason::Match);
    QVERIFY(select("mul"));
    const auto answer = inspector().answer();
    QCOMPARE(answer->explanation.reason, Reason::MultipleUsers);
    QCOMPARE(answer->cause.cause, std::string("sigmoid is also used by output."));
    QVERIFY(answer->decisive > 0);
    QCOMPARE(answer->parts[static_cast<size_t>(answer->decisive)].part->node, node("sigmoid"));
    QVERIFY(select("sigmoid"));
    QVERIFY(!inspector().answer() && inspector().answers()); // no pattern starts there
    m_document->select({});
    QVERIFY(answered());
    QCOMPARE(inspector().subject(), node("mul_1"));
}

void TstInspector::partsKeepTheSubject() {
    QVERIFY(openGate());
    QVERIFY(select("mul"));
    inspector().selectPart(inspector().answer()->decisive);
    QVERIFY(answered());
    QCOMPARE(m_document->selected(), node("sigmoid"));
    QCOMPARE(inspector().subject(), node("mul"));
    QVERIFY(inspector().answer());
}

void TstInspector::matcherIsSteppedThrough() {
    QVERIFY(openGate());
    QVERIFY(select("mul"));
    const auto answer = inspector().answer();
    QSignalSpy reached(&inspector(), &PatternInspector::reachedChanged);
    for (int part = 0; part <= answer->decisive; ++part) {
        inspector().stepInto();
        QCOMPARE(inspector().reached(), part);
    }
    QCOMPARE(m_document->selected(), node("sigmoid"));
    inspector().stepInto(); // the matcher stopped there
    QCOMPARE(inspector().reached(), answer->decisive);
    inspector().stepOut();
    QCOMPARE(inspector().reached(), -1);
    QCOMPARE(m_document->selected(), node("mul"));
    QVERIFY(reached.count() > answer->decisive);
}

void TstInspector::candidateIsSteppedInto() {
    QVERIFY(openGate());
    QVERIFY(select("sigmoid")); // no pattern starts there: the nearest candidate is taken
    inspector().stepInto();
    QTRY_COMPARE(inspector().reached(), 0);
    QCOMPARE(inspector().subject(), node("mul_1"));
}

void TstInspector::whatIfSaysWhatIsGained() {
    QVERIFY(openGate());
    QVERIFY(select("mul"));
    inspector().setWhatIf({.userCounts = true});
    QVERIFY(answered());
    const PatternCandidates* list = inspector().candidates()->of(inspector().entry());
    QCOMPARE(list->matches, 2);
    QCOMPARE(list->gained, 1);
    QCOMPARE(inspector().answer()->explanation.reason, Reason::Match);
    QCOMPARE(inspector().answer()->decisive, -1);
    QCOMPARE(matchesText(*list), QStringLiteral("2 of 3 match, 1 more than PyTorch"));
    inspector().setWhatIf({});
    QVERIFY(answered());
    QCOMPARE(inspector().candidates()->of(inspector().entry())->matches, 1);
}

void TstInspector::breakpointsHalt() {
    QVERIFY(openGate());
    m_document->moveTo(0);
    QVERIFY(!inspector().continueToBreakpoint()); // there is none
    inspector().toggleBreakpoint(QStringLiteral("gate"));
    const auto halts = [&](const char* name, size_t from, size_t to) {
        const bool went = inspector().continueToBreakpoint() && answered();
        return went && inspector().subject() == node(name) && m_document->shownFrom() == from &&
               m_document->shownTo() == to;
    };
    QVERIFY(halts("mul_2", 0, 0));
    QCOMPARE(inspector().answer()->explanation.reason, Reason::FunctionMismatch);
    QVERIFY(halts("mul_1", 0, 1));
    QVERIFY(halts("mul", 1, 1));
    QCOMPARE(inspector().answer()->explanation.reason, Reason::MultipleUsers);
    QVERIFY(!inspector().continueToBreakpoint());
    inspector().toggleBreakpoint(QStringLiteral("gate"));
    m_document->moveTo(0);
    QVERIFY(!inspector().continueToBreakpoint());
}

void TstInspector::breakpointsOnNodesHalt_data() {
    QTest::addColumn<QString>("node");
    QTest::addColumn<QString>("why"); // empty: the run goes by
    QTest::newRow("root") << "mul_1"
                          << "mul_1 is removed";
    QTest::newRow("inner node") << "sigmoid_1"
                                << "sigmoid_1 is removed";
    QTest::newRow("user that takes the new value") << "mul_2"
                                                   << "mul_2 is changed";
    QTest::newRow("not touched") << "sigmoid"
                                 << "";
}

void TstInspector::breakpointsOnNodesHalt() {
    QFETCH(QString, node);
    QFETCH(QString, why);
    QVERIFY(openGate());
    m_document->moveTo(0);
    const NodeId halting = *m_document->trace()->base->find(node.toStdString());
    inspector().toggleBreakpoint(halting);
    QVERIFY(inspector().hasBreakpoint(halting) && inspector().hasBreakpoints());
    m_document->moveTo(1); // two versions, most nodes are in both
    QCOMPARE(inspector().nodeBreakpoints(), std::vector{halting});
    m_document->moveTo(0);
    QSignalSpy halted(&inspector(), &PatternInspector::halted);
    QCOMPARE(inspector().continueToBreakpoint(), !why.isEmpty());
    QCOMPARE(m_document->shownTo(), why.isEmpty() ? size_t{0} : size_t{1});
    if (!why.isEmpty())
        QCOMPARE(halted[0][0].toString(), QStringLiteral("Step 1, breakpoint: ") + why);
    QVERIFY(!inspector().continueToBreakpoint()); // there is no other
    inspector().removeBreakpoints();
    QVERIFY(!inspector().hasBreakpoint(halting) && !inspector().hasBreakpoints());
}

void TstInspector::breakpointsOnNodesBelongToTheirGraph() {
    QVERIFY(openGate());
    const NodeId created = m_document->trace()->steps[0].replacement;
    inspector().toggleBreakpoint(created);
    QCOMPARE(inspector().nodeBreakpoints(), std::vector{created});
    m_document->moveTo(0);
    QVERIFY(inspector().nodeBreakpoints().empty()); // not there yet
    m_document->reload();
    QVERIFY(answered());
    QVERIFY(inspector().hasBreakpoint(m_document->trace()->steps[0].replacement));
    m_document->moveTo(0);
    QVERIFY(inspector().continueToBreakpoint());
    QVERIFY(openSampleAndWait(*m_document, sampleNamed(QStringLiteral("gather"))));
    QVERIFY(!inspector().hasBreakpoints());
    m_document->showEntry(0, 0);
    QVERIFY(answered() && inspector().hasBreakpoints());
}

void TstInspector::runsToANode() {
    QVERIFY(openSampleAndWait(*m_document, sampleNamed(QStringLiteral("stochastic"))));
    QVERIFY(use(QStringLiteral("pytorch-2.11")));
    QSignalSpy halted(&inspector(), &PatternInspector::halted);
    m_document->moveTo(0);
    QVERIFY(inspector().continueTo(node("index_put"))); // PyTorch walks backwards: the second match
    QCOMPARE(m_document->currentStep(), 1);
    QCOMPARE(halted[0][0].toString(), QStringLiteral("Step 2, index_put is removed"));
    QVERIFY(!inspector().continueTo(node("index_put")));
    QCOMPARE(halted[1][0].toString(), QStringLiteral("No later step touches index_put"));
    QCOMPARE(m_document->currentStep(), 1);
}

void TstInspector::stopsAreInOrder() {
    QVERIFY(openSampleAndWait(*m_document, sampleNamed(QStringLiteral("stochastic"))));
    for (const char* set : {"as_written", "pytorch-2.11", "pytorch-d58734b"}) {
        QVERIFY(use(QString::fromLatin1(set)));
        const Trace& trace = *m_document->trace();
        const std::vector<Stop> stops = stopsOf(trace);
        size_t misses = 0, matches = 0, position = 0;
        for (const PassRecord& pass : trace.passes)
            misses += pass.misses.size();
        for (const Stop& stop : stops) {
            QVERIFY(stop.position >= position);
            position = stop.position;
            matches += stop.isStep;
            QVERIFY(!stop.isStep || isMatch(trace.steps[position - 1])); // sorting is no place to halt
        }
        QCOMPARE(stops.size(), misses + matches);
        QCOMPARE(matches, matchCount(trace));
    }
}

void TstInspector::explainModel() {
    QVERIFY(openGate());
    ExplainModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    QVERIFY(select("mul"));
    const auto answer = inspector().answer();
    model.setAnswer(inspector().answers()->graph, answer);
    QCOMPARE(model.rowCount(), 1);
    const QModelIndex root = model.index(0, 0), inner = model.index(1, 0, root);
    QCOMPARE(model.rowCount(root), 2);
    QCOMPARE(root.data().toString(), QStringLiteral("aten.mul.Tensor"));
    QCOMPARE(root.data(ExplainModel::LinesRole).toStringList(), QStringList{QStringLiteral("mul · aten.mul.Tensor")});
    QCOMPARE(inner.data().toString(), QStringLiteral("aten.sigmoid.default, 1 user"));
    QCOMPARE(inner.siblingAtColumn(ExplainModel::FoundColumn).data().toString(),
             QStringLiteral("sigmoid (aten.sigmoid.default), 2 users"));
    QVERIFY(inner.data(ExplainModel::DecisiveRole).toBool());
    QCOMPARE(inner.data(ExplainModel::SignRole).toString(), QStringLiteral("✗"));
    QVERIFY(inner.data(Qt::AccessibleTextRole).toString().contains(QStringLiteral("multiple_users")));
    QVERIFY(model.index(0, 0, inner).data(ExplainModel::BehindRole).toBool());
    QCOMPARE(inner.parent(), root);
    QCOMPARE(model.index(0, 0, root).data(ExplainModel::ColourRole).toInt(), 0); // x
    model.setReached(0);
    QVERIFY(inner.data(ExplainModel::BehindRole).toBool() && !inner.data(ExplainModel::DecisiveRole).toBool());
    QVERIFY(root.data(ExplainModel::ReachedRole).toBool());
    QCOMPARE(model.indexOfPart(answer->decisive), inner);
    model.setAnswer(nullptr, nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstInspector::candidatesModel() {
    QVERIFY(openGate());
    CandidatesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.setCandidates(inspector().candidates());
    const QModelIndex gate = model.indexOfPattern(QStringLiteral("gate"));
    QVERIFY(gate.isValid());
    QCOMPARE(model.rowCount(gate), 3);
    QCOMPARE(gate.siblingAtColumn(CandidatesModel::ScoreColumn).data().toString(), QStringLiteral("1/3"));
    const QModelIndex miss = model.indexOfNode(QStringLiteral("gate"), node("mul"));
    QCOMPARE(miss.siblingAtColumn(CandidatesModel::ScoreColumn).data().toString(), QStringLiteral("1/2"));
    QCOMPARE(miss.siblingAtColumn(CandidatesModel::AnswerColumn).data().toString(), QStringLiteral("multiple_users"));
    QCOMPARE(miss.parent(), gate);
    QCOMPARE(miss.data(CandidatesModel::NodeIdRole).toUInt(), node("mul").index);
    model.setBreakpoints({QStringLiteral("gate")});
    QVERIFY(gate.data(CandidatesModel::BreakpointRole).toBool() &&
            !miss.data(CandidatesModel::BreakpointRole).toBool());
    QVERIFY(!model.indexOfPattern(QStringLiteral("none")).isValid());
    model.setCandidates(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstInspector::sourceMarksWhatTracingLost() {
    QVERIFY(use(QStringLiteral("pytorch-2.11")));
    const PatternEntry* gather = inspector().set()->find("gather_2.11");
    QVERIFY(gather);
    QVERIFY(patternSource(*gather).startsWith(QStringLiteral("def pattern(x, slice_shape):\n")));
    QVERIFY(!patternSource(*gather).contains(QStringLiteral("def replacement")));
    const std::vector<PatternLine> lines = tracedCalls(*gather);
    QCOMPARE(lines.size(), size_t{3});
    QVERIFY(!lines[0].isLost && lines[0].text.startsWith(QStringLiteral("randperm = ")));
    QVERIFY(lines[1].isLost && lines[1].text.contains(QStringLiteral("aten.slice.Tensor")));
    QVERIFY(lines[1].why.contains(QStringLiteral("42")));
    QVERIFY(!lines[2].isLost && lines[2].text.contains(QStringLiteral("aten.index.Tensor")));
    for (const PatternLine& line : tracedCalls(*inspector().set()->find("add_sliced")))
        QVERIFY2(!line.isLost, qPrintable(line.text));
}

/// Thousands of candidates are found in a job: the event loop goes on meanwhile.
void TstInspector::bigGraphLeavesTheEventLoopFree() {
    QByteArray text = "class GraphModule(torch.nn.Module):\n    def forward(self, x: \"f32[4, 8]\"):\n";
    QByteArray last = "x";
    for (int i = 0; i < 2500; ++i) {
        const QByteArray n = QByteArray::number(i + 1);
        text += "        sigmoid_" + n + ": \"f32[4, 8]\" = torch.ops.aten.sigmoid.default(" + last + ")\n";
        text += "        mul_" + n + ": \"f32[4, 8]\" = torch.ops.aten.mul.Tensor(" + last + ", sigmoid_" + n + ")\n";
        last = "mul_" + n;
    }
    text += "        return (" + last + ",)\n";
    QVERIFY(use(gateFolder(m_folder.path())));
    m_document->setPasses({});
    m_document->open(writeFile(m_folder.filePath(QStringLiteral("big.py")), text.constData()));
    QVERIFY(answered());
    QElapsedTimer since;
    qint64 longest = 0;
    QTimer tick;
    connect(&tick, &QTimer::timeout, this, [&] { longest = std::max(longest, since.restart()); });
    since.start();
    tick.start(0);
    inspector().setWhatIf({.userCounts = true});
    m_document->select(*m_document->before()->find("mul_1000"));
    QVERIFY(answered());
    QCOMPARE(inspector().candidates()->of(inspector().entry())->list.size(), size_t{2500});
    QVERIFY2(longest < 200, qPrintable(QString::number(longest))); // 50 on a machine that is not shared
    qInfo("longest gap of the event loop: %lld ms", static_cast<long long>(longest));
}

QTEST_GUILESS_MAIN(TstInspector)
#include "tst_inspector.moc"
