// SPDX-License-Identifier: BSD-3-Clause
// Jobs, find and Document, without any widget.
#include "tests/app/window_fixture.h"

#include <QFile>
#include <QSemaphore>
#include <QThread>

using namespace fxscope;

class TstDocument : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() { useOwnSettings(m_folder); }

    // --- jobs
    void jobDeliversOnThisThread();
    void newerJobReplacesTheWaitingOne();
    void failureIsSignalled();
    void cancelledJobDeliversNothing();
    void goneContextGetsNothing();
    void jobsCancelWhenTheyDie();

    // --- find
    void find_data();
    void find();
    void findRefuses_data();
    void findRefuses();

    // --- document
    void everySampleRewritesSomething_data();
    void everySampleRewritesSomething();
    void stepsMoveThePairOnShow();
    void passesAreWalked();
    void selectionIsRemembered();
    void hitsAreWalked();
    void badFileLeavesWhatWasOpen_data();
    void badFileLeavesWhatWasOpen();
    void folderOpensWhatItHolds();
    void closingShowsTheOtherFile();
    void unknownPassIsReported();

private:
    QString write(const QString& name, const QByteArray& content);
    QTemporaryDir m_folder;
};

void TstDocument::jobDeliversOnThisThread() {
    Jobs jobs;
    QThread *worked = nullptr, *delivered = nullptr;
    int result = 0;
    jobs.start(
        QStringLiteral("sum"), {},
        [&](const Cancel&) {
            worked = QThread::currentThread();
            return 41 + 1;
        },
        this,
        [&](int value) {
            delivered = QThread::currentThread();
            result = value;
        });
    QVERIFY(jobs.isRunning(QStringLiteral("sum")));
    QTRY_COMPARE(result, 42);
    QVERIFY(worked != QThread::currentThread());
    QCOMPARE(delivered, QThread::currentThread());
    QVERIFY(jobs.isIdle());
}

void TstDocument::newerJobReplacesTheWaitingOne() {
    Jobs jobs;
    QSemaphore started;
    std::atomic<int> ran = 0;
    QList<int> delivered;
    jobs.start(
        QStringLiteral("t"), {},
        [&](const Cancel& cancel) {
            started.release();
            while (!cancel.requested())
                QThread::msleep(1);
            return 0;
        },
        this, [&](int value) { delivered << value; });
    started.acquire();
    for (int i = 1; i <= 3; ++i)
        jobs.start(
            QStringLiteral("t"), {}, [&ran, i](const Cancel&) { return ++ran, i; }, this,
            [&](int value) { delivered << value; });
    QTRY_VERIFY(jobs.isIdle());
    QCOMPARE(delivered, QList<int>{3});
    QCOMPARE(ran.load(), 1);
}

void TstDocument::failureIsSignalled() {
    Jobs jobs;
    QSignalSpy failed(&jobs, &Jobs::failed);
    bool delivered = false;
    jobs.start(
        QStringLiteral("t"), {},
        [](const Cancel&) -> Result<int> {
            return Diagnostic{"no luck", "here", "try again"};
        },
        this, [&](int) { delivered = true; });
    QTRY_COMPARE(failed.count(), 1);
    QCOMPARE(failed[0][1].value<Diagnostic>().str(), std::string("here: no luck; try again"));
    QVERIFY(!delivered);
}

void TstDocument::cancelledJobDeliversNothing() {
    Jobs jobs;
    QSignalSpy cancelled(&jobs, &Jobs::cancelled);
    bool delivered = false;
    jobs.start(
        QStringLiteral("t"), {},
        [](const Cancel& cancel) {
            while (!cancel.requested())
                QThread::msleep(1);
            return 1;
        },
        this, [&](int) { delivered = true; });
    jobs.cancelAll();
    QTRY_COMPARE(cancelled.count(), 1);
    QVERIFY(!delivered);
}

void TstDocument::goneContextGetsNothing() {
    Jobs jobs;
    bool delivered = false;
    auto* context = new QObject;
    jobs.start(
        QStringLiteral("t"), {}, [](const Cancel&) { return 1; }, context, [&](int) { delivered = true; });
    delete context;
    QTRY_VERIFY(jobs.isIdle());
    QVERIFY(!delivered);
}

void TstDocument::jobsCancelWhenTheyDie() {
    std::atomic<bool> ended = false;
    {
        Jobs jobs;
        QSemaphore started;
        jobs.start(
            QStringLiteral("t"), {},
            [&](const Cancel& cancel) {
                started.release();
                while (!cancel.requested())
                    QThread::msleep(1);
                return ended = true, 1;
            },
            this, [](int) { QFAIL("delivered to a window that is gone"); });
        started.acquire();
    }
    QVERIFY(ended);
}

// --- find

void TstDocument::find_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("hits");
    const QStringList all{QStringLiteral("x"),  QStringLiteral("y"),    QStringLiteral("mul"),
                          QStringLiteral("mm"), QStringLiteral("relu"), QStringLiteral("output")};
    QTest::newRow("nothing") << QString() << QStringList();
    QTest::newRow("name") << QStringLiteral("rel") << QStringList{all[4]};
    QTest::newRow("case") << QStringLiteral("RELU") << QStringList{all[4]};
    QTest::newRow("name or target") << QStringLiteral("aten.m") << QStringList{all[2], all[3]};
    QTest::newRow("op") << QStringLiteral("op:mul.Tensor") << QStringList{all[2]};
    QTest::newRow("part of a shape") << QStringLiteral("shape:4") << QStringList{all[1], all[3], all[4]};
    QTest::newRow("two sizes") << QStringLiteral("shape:8,8") << QStringList{all[0], all[2]};
    QTest::newRow("written with x") << QStringLiteral("shape:8x4") << QStringList{all[1], all[3], all[4]};
    QTest::newRow("any size") << QStringLiteral("shape:*,4") << QStringList{all[1], all[3], all[4]};
    QTest::newRow("whole shape") << QStringLiteral("shape:[8, 8]") << QStringList{all[0], all[2]};
    QTest::newRow("not the whole") << QStringLiteral("shape:[8]") << QStringList();
    QTest::newRow("dtype") << QStringLiteral("dtype:f16") << QStringList{all[1]};
    QTest::newRow("dtype by torch's name") << QStringLiteral("dtype:float16") << QStringList{all[1]};
    QTest::newRow("users more") << QStringLiteral("users>1") << QStringList{all[0]};
    QTest::newRow("users none") << QStringLiteral("users=0") << QStringList{all[5]};
    QTest::newRow("regex") << QStringLiteral("/^m/") << QStringList{all[2], all[3]};
    QTest::newRow("all must hold") << QStringLiteral("op:m shape:8,8") << QStringList{all[2]};
    QTest::newRow("none") << QStringLiteral("nowhere") << QStringList();
}

void TstDocument::find() {
    QFETCH(QString, text);
    const auto capture = io::openText(R"(class GraphModule(torch.nn.Module):
    def forward(self, x: "f32[8, 8]", y: "f16[8, 4]"):
        mul: "f32[8, 8]" = torch.ops.aten.mul.Tensor(x, x)
        mm: "f32[8, 4]" = torch.ops.aten.mm.default(mul, y);  mul = y = None
        relu: "f32[8, 4]" = torch.ops.aten.relu.default(mm);  mm = None
        return (relu, x)
)",
                                      "test");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const Graph& graph = *capture->graphs[0].graph;
    const auto query = FindQuery::parse(text);
    QVERIFY(query.ok());
    QStringList hits;
    for (NodeId id : query->in(capture->graphs[0].graph, {}))
        hits << QString::fromStdString(graph[id].name);
    QTEST(hits, "hits");
}

void TstDocument::findRefuses_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("says");
    QTest::newRow("regex") << QStringLiteral("/(/") << QStringLiteral("parenthesis");
    QTest::newRow("users") << QStringLiteral("users>many") << QStringLiteral("users takes a number");
}

void TstDocument::findRefuses() {
    QFETCH(QString, text);
    QFETCH(QString, says);
    const auto query = FindQuery::parse(text);
    QVERIFY(!query.ok());
    QVERIFY2(QString::fromStdString(query.error().str()).contains(says), query.error().str().c_str());
}

// --- document

void TstDocument::everySampleRewritesSomething_data() {
    QTest::addColumn<QString>("name");
    const QStringList names = Document::samples();
    QVERIFY(names.size() >= 4);
    for (const QString& name : names)
        QTest::newRow(qPrintable(name)) << name;
}

void TstDocument::everySampleRewritesSomething() {
    QFETCH(QString, name);
    Document document;
    QSignalSpy problems(&document, &Document::problem);
    QVERIFY(openSampleAndWait(document, name));
    QCOMPARE(problems.count(), 0);
    QVERIFY(document.stepCount() > 0);
    QCOMPARE(document.currentStep(), 0); // a newcomer sees the first rewrite at once
    QVERIFY(document.versionWith(document.selected()));
}

void TstDocument::stepsMoveThePairOnShow() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    const auto trace = document.trace();
    for (size_t step = 0; step < document.stepCount(); ++step) {
        document.moveTo(step + 1);
        QCOMPARE(document.shownFrom(), step);
        QCOMPARE(document.shownTo(), step + 1);
        const NodeId root = trace->steps[step].match.root;
        QCOMPARE((*document.before())[root].target.str(), std::string("torch.ops.aten.index.Tensor"));
        QCOMPARE((*document.after())[root].target.str(), std::string("torch.ops.aten._unsafe_index.Tensor"));
    }
    QVERIFY(sameGraph(*document.after(), *trace->result));
    document.moveBy(-static_cast<int>(document.stepCount()));
    QCOMPARE(document.shownTo(), size_t{0});
    QVERIFY(sameGraph(*document.after(), *document.entry()->graph));
    document.moveBy(-1);
    QCOMPARE(document.shownTo(), size_t{0});
}

void TstDocument::passesAreWalked() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("stochastic"))));
    const auto& passes = document.trace()->passes;
    size_t changing = 0;
    for (const PassRecord& pass : passes)
        changing += pass.stepCount > 0 ? 1 : 0;
    QVERIFY(changing >= 2);
    document.moveTo(0);
    size_t visited = 0;
    while (document.moveToChangingPass(1)) {
        const PassRecord& pass = passes[static_cast<size_t>(document.currentPass())];
        QCOMPARE(static_cast<size_t>(document.currentStep()), pass.firstStep);
        ++visited;
    }
    QCOMPARE(visited, changing);
    document.showPass(static_cast<size_t>(document.currentPass()));
    QVERIFY(document.shownTo() - document.shownFrom() >= 1);
}

void TstDocument::selectionIsRemembered() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    const auto ids = document.after()->ids();
    document.select(ids[0]);
    document.select(ids[1]);
    document.select(ids[2]);
    document.visitBack();
    QCOMPARE(document.selected(), ids[1]);
    document.visitBack();
    QCOMPARE(document.selected(), ids[0]);
    document.visitForward();
    QCOMPARE(document.selected(), ids[1]);
    document.select(ids[3]);
    document.visitForward(); // a new way: nothing lies ahead
    QCOMPARE(document.selected(), ids[3]);
}

void TstDocument::hitsAreWalked() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    QSignalSpy hits(&document, &Document::hitsChanged);
    document.find(QStringLiteral("op:index"));
    QTRY_VERIFY(document.hits().size() >= 2);
    document.select({});
    document.nextHit(1);
    QCOMPARE(document.selected(), document.hits()[0]);
    document.nextHit(-1);
    QCOMPARE(document.selected(), document.hits().back());
    document.find(QStringLiteral("/(/"));
    QVERIFY(!document.findProblem().isEmpty());
    QVERIFY(document.hits().empty());
}

QString TstDocument::write(const QString& name, const QByteArray& content) {
    QFile file(m_folder.filePath(name));
    return file.open(QFile::WriteOnly) && file.write(content) == content.size() ? file.fileName() : QString();
}

void TstDocument::badFileLeavesWhatWasOpen_data() {
    QTest::addColumn<QString>("path");
    QTest::newRow("missing") << m_folder.filePath(QStringLiteral("missing.py"));
    QTest::newRow("empty") << write(QStringLiteral("empty.py"), {});
    QTest::newRow("no graph") << write(QStringLiteral("prose.txt"), "Dear reader,\nthis is no graph.\n");
    QTest::newRow("truncated archive") << write(QStringLiteral("cut.pt2"),
                                                QByteArray("PK\x03\x04", 4) + QByteArray(60, 'x'));
    QTest::newRow("undefined name") << write(
        QStringLiteral("undefined.txt"),
        "graph():\n    %x : [num_users=1] = placeholder[target=x]\n"
        "    %y : [num_users=1] = call_function[target=torch.ops.aten.relu.default](args = "
        "(%z,), kwargs = {})\n    return (y,)");
}

void TstDocument::badFileLeavesWhatWasOpen() {
    QFETCH(QString, path);
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    const auto trace = document.trace();
    QSignalSpy problems(&document, &Document::problem);
    document.open(path);
    QTRY_COMPARE(problems.count(), 1);
    const auto problem = problems[0][0].value<Diagnostic>();
    QVERIFY2(problem.where.find(QFileInfo(path).fileName().toStdString()) != std::string::npos, problem.str().c_str());
    QVERIFY2(!problem.what.empty(), problem.str().c_str());
    QCOMPARE(document.trace(), trace);
    QCOMPARE(document.files().size(), size_t{1});
}

void TstDocument::folderOpensWhatItHolds() {
    QTemporaryDir folder;
    const auto put = [&](const QString& name, const QByteArray& content) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QFile::WriteOnly) && file.write(content) == content.size());
    };
    put(QStringLiteral("a.txt"), "graph():\n    %x : [num_users=1] = placeholder[target=x]\n    return (x,)");
    put(QStringLiteral("b.txt"), "no graph");
    put(QStringLiteral("c.txt"), "graph():\n    %y : [num_users=1] = placeholder[target=y]\n    return (y,)");
    Document document;
    document.open(folder.path());
    QTRY_COMPARE(document.files().size(), size_t{2});
    QTemporaryDir empty;
    QSignalSpy problems(&document, &Document::problem);
    document.open(empty.path());
    QTRY_COMPARE(problems.count(), 1);
    QCOMPARE(document.files().size(), size_t{2});
}

void TstDocument::closingShowsTheOtherFile() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("numpy"))));
    QCOMPARE(document.currentFile(), 1);
    document.closeFile();
    QCOMPARE(document.currentFile(), 0);
    QTRY_VERIFY(document.trace());
    document.closeFile();
    QVERIFY(!document.entry());
    QVERIFY(!document.before() && !document.after() && !document.trace());
    QVERIFY(!document.selected().valid());
}

void TstDocument::unknownPassIsReported() {
    Document document;
    QVERIFY(openSampleAndWait(document, sampleNamed(QStringLiteral("gather"))));
    const auto trace = document.trace();
    QSignalSpy problems(&document, &Document::problem);
    document.setPasses({QStringLiteral("randperm_indx")});
    QTRY_COMPARE(problems.count(), 1);
    QVERIFY(problems[0][0].value<Diagnostic>().str().find("randperm_indx") != std::string::npos);
    QCOMPARE(document.trace(), trace);
}

QTEST_GUILESS_MAIN(TstDocument)
#include "tst_document.moc"
