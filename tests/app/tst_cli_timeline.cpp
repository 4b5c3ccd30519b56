// SPDX-License-Identifier: BSD-3-Clause
// The command line on files with several graphs: stages of a compile, kernels, programs of one archive; and its limits.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>

namespace {

const QString kData = FXSCOPE_SOURCE_DIR "/tests/data/io/";
const QString kLog = kData + "numpy_kwargs.log";

struct Outcome {
    int exitCode = -1;
    QString out, err;
};

Outcome fxscope(const QStringList& arguments, const QString& limits = {}) {
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.remove("FXSCOPE_LIMITS");
    if (!limits.isEmpty())
        environment.insert("FXSCOPE_LIMITS", limits);
    process.setProcessEnvironment(environment);
    process.start(qEnvironmentVariable("FXSCOPE_BINARY_DIR") + "/bin/fxscope", arguments);
    if (!process.waitForFinished(120'000))
        return {-1, {}, process.errorString()};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

QJsonObject json(const Outcome& outcome) { return QJsonDocument::fromJson(outcome.out.toUtf8()).object(); }

} // namespace

class TstCliTimeline : public QObject {
    Q_OBJECT
private slots:
    void verbs_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says"); ///< a regular expression that stdout matches, stderr where that is empty
        const auto row = [](const char* name, const QStringList& arguments, int exitCode, const char* says) {
            QTest::newRow(name) << arguments << exitCode << QString(says);
        };
        row("kernels", {"list", kLog, "--kernels"}, 0, "extern_kernels\\.addmm +0/0 forward call 1\n +computes +addmm");
        row("no kernels", {"list", kData + "gcn.pt2", "--kernels"}, 0, "no kernels are recorded here");
        row("neighbours", {"diff", kLog}, 1, "0/0:before_pre_grad_graph +0/0:after_pre_grad_graph +8 +0 +0 +0 +0 ");
        row("two stages", {"diff", kLog, "--graph", "before_pre_grad_graph", "--graph", "after_pre_grad_graph"}, 1,
            "keyword axis is now dim");
        row("a stage and itself", {"diff", kLog, "--graph", "aot_joint_graph", "--graph", "aot_joint_graph"}, 0, "");
        row("one stage", {"diff", kLog, "--graph", "aot_joint_graph"}, 2, "a second graph is needed");
        row("followed", {"diff", kLog, "--graph", "before_pre_grad_graph", "--follow", "h"}, 0,
            "0/0:aot_joint_graph +permute, addmm\n(.*\n)*0/0 forward kernels +extern_kernels\\.addmm:1");
        row("followed nowhere", {"diff", kLog, "--follow", "nowhere"}, 2, "there is no node nowhere in ");
        row("second program", {"run", kData + "two_programs.pt2", "--graph", "second"}, 0,
            "1 weight from the file, 1 input from the file's sample inputs");
    }
    void verbs() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const Outcome outcome = fxscope(arguments);
        QTEST(outcome.exitCode, "exitCode");
        const QString said = outcome.out.isEmpty() ? outcome.err : outcome.out;
        QVERIFY2(QRegularExpression(says).match(said).hasMatch(), qPrintable(said));
    }

    void followedAsJson() {
        const QJsonObject report =
            json(fxscope({"diff", kLog, "--graph", "before_pre_grad_graph", "--follow", "h", "--json"}));
        QCOMPARE(report["node"].toString(), QString("h"));
        QVERIFY(report["stages"].toArray().size() >= 6);
    }

    void limits_data() {
        QTest::addColumn<QString>("limits");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says");
        QTest::newRow("none") << QString() << 0 << "readable +0 ";
        QTest::newRow("fewer nodes") << "nodes=3" << 2 << "more than 3 nodes";
        QTest::newRow("more nodes") << "nodes=5000000,inflated=8589934592" << 0 << "readable +0 ";
        QTest::newRow("no limit") << "nods=3" << 2 << "FXSCOPE_LIMITS: 'nods=3' is no limit; write NAME=NUMBER";
    }
    void limits() {
        QFETCH(QString, limits);
        QFETCH(QString, says);
        const Outcome outcome = fxscope({"list", kData + "gcn.readable.py"}, limits);
        QTEST(outcome.exitCode, "exitCode");
        QVERIFY2(QRegularExpression(says).match(outcome.out + outcome.err).hasMatch(),
                 qPrintable(outcome.out + outcome.err));
    }
};

QTEST_GUILESS_MAIN(TstCliTimeline)
#include "tst_cli_timeline.moc"
