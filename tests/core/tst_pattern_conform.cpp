// SPDX-License-Identifier: BSD-3-Clause
// What PyTorch's matcher answered, replayed: a part that lies in the tree, and all of it where the folder is at hand.
#include "app/conform/explain_conform.h"
#include "core/pattern/pattern_set.h"
#include "core/support/file.h"

#include <QtTest>

#include <filesystem>

using namespace fxscope;

class TestPatternConform : public QObject {
    Q_OBJECT
private slots:
    void explanations_data() { rows("explain_cases"); }
    void explanations() {
        QFETCH(QString, path);
        skipMissing(path);
        const auto report = conform::replayExplanations(path.toStdString());
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().str().c_str());
        check(*report);
    }
    void randpermPrograms_data() { rows("randperm_cases"); }
    void randpermPrograms() {
        QFETCH(QString, path);
        skipMissing(path);
        const auto report = conform::replayRandpermTraced(path.toStdString(), "pytorch-2.11");
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().str().c_str());
        check(*report);
    }

private:
    static void rows(const std::string& prefix) {
        QTest::addColumn<QString>("path");
        const std::filesystem::path bundled = FXSCOPE_SOURCE_DIR "/tests/data/conformance";
        std::error_code ignored;
        for (const auto& entry : std::filesystem::directory_iterator(bundled, ignored))
            if (entry.path().filename().string().starts_with(prefix))
                QTest::newRow(entry.path().filename().c_str()) << QString::fromStdString(entry.path().string());
        QTest::newRow("all that was recorded")
            << QString::fromStdString(FXSCOPE_SHARED_DIR "/conformance/" + prefix + ".json");
    }
    static void skipMissing(const QString& path) {
        if (!QFile::exists(path))
            QSKIP("the wider records are not at hand");
    }
    static void check(const conform::Report& report) {
        size_t failed = 0, passed = 0;
        for (const auto& [name, group] : report.groups()) {
            const QString line = QString("%1: %2 passed, %3 failed, %4 skipped")
                                     .arg(QString::fromStdString(name))
                                     .arg(group.passed)
                                     .arg(group.failed)
                                     .arg(group.skipped);
            qInfo().noquote() << line;
            if (group.failed)
                qWarning().noquote() << QString::fromStdString(group.firstFailure);
            failed += group.failed;
            passed += group.passed;
        }
        QVERIFY(passed > 0);
        QCOMPARE(failed, size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestPatternConform)
#include "tst_pattern_conform.moc"
