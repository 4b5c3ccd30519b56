// SPDX-License-Identifier: BSD-3-Clause
// A kernel that reaches outside its memory ends the worker's device, not the window's work: a fresh worker stands ready
// for the next run.
#include "app/document/runner.h"

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace fxscope;

namespace {

/// Rows of x at four places that are all `index`, by an operator that does not check.
QByteArray graphOf(const QByteArray& index) {
    return "class GraphModule(torch.nn.Module):\n"
           "    def forward(self, x: \"f32[64, 8]\"):\n"
           "        i: \"i64[4]\" = torch.ops.aten.full.default([4], " +
           index +
           ", dtype = torch.int64)\n"
           "        rows: \"f32[4, 8]\" = torch.ops.aten._unsafe_index.Tensor(x, [i])\n"
           "        return (rows,)\n";
}

} // namespace

class TstLostDevice : public QObject {
    Q_OBJECT
private slots:
    void aFreshWorkerGoesOn();

private:
    bool compareAndWait(Runner& runner, const QByteArray& graph);
    QTemporaryDir m_folder;
};

bool TstLostDevice::compareAndWait(Runner& runner, const QByteArray& graph) {
    QFile file(m_folder.filePath(QStringLiteral("graph.py")));
    if (!file.open(QFile::WriteOnly) || file.write(graph) != graph.size() || !file.flush())
        return false;
    return runner.compare({.path = file.fileName()}, 1).ok() &&
           QTest::qWaitFor([&] { return !runner.isRunning(); }, 60'000);
}

void TstLostDevice::aFreshWorkerGoesOn() {
    Runner runner;
    runner.setDevice(QStringLiteral("cuda"));
    QVERIFY(compareAndWait(runner, graphOf("3")));
    QVERIFY2(runner.result(), runner.failure() ? runner.failure()->str().c_str() : "no result");
    const qint64 first = runner.worker().processId();
    QSignalSpy problems(&runner, &Runner::problem);
    QVERIFY(compareAndWait(runner, graphOf("17179869184")));
    QCOMPARE(problems.count(), 1);
    QVERIFY(runner.failure());
    QCOMPARE(runner.failure()->where, std::string("before the passes, node rows (aten._unsafe_index.Tensor)"));
    QVERIFY(runner.result()); // the comparison before it
    QTRY_VERIFY(runner.worker().processId() > 0 && runner.worker().processId() != first);
    QVERIFY(compareAndWait(runner, graphOf("5")));
    QVERIFY2(!runner.failure(), runner.failure() ? runner.failure()->str().c_str() : "");
    QCOMPARE(problems.count(), 1);
}

QTEST_MAIN(TstLostDevice)
#include "tst_lost_device.moc"
