// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/exceptions.h"
#include "app/conform/ops_conform.h"
#include "core/support/text.h"

#include <QDirIterator>
#include <QtTest>

using namespace fxscope;

/// Every recorded call of every operator that has a kernel: the bundled records, and more of them where a folder of
/// them is.
class OpConformTest : public QObject {
    Q_OBJECT
private slots:
    void records_data();
    void records();
    void argumentsOfOtherSizesAreNotReadBeyondTheirEnd_data() { bundled(); }
    void argumentsOfOtherSizesAreNotReadBeyondTheirEnd();
    void equalElementsMayBeExchanged_data();
    void equalElementsMayBeExchanged();
    void cleanupTestCase();

private:
    static void bundled();
    conform::Report m_all;
};

void OpConformTest::records_data() {
    QTest::addColumn<QString>("path");
    const QString folders[]{FXSCOPE_SOURCE_DIR "/tests/data/conformance/ops", FXSCOPE_SHARED_DIR "/conformance/ops"};
    for (const QString& folder : folders)
        for (QDirIterator files(folder, {"*.json"}, QDir::Files); files.hasNext();) {
            files.next();
            const QString where = folder == folders[0] ? "bundled " : "wider ";
            QTest::newRow(qPrintable(where + files.fileInfo().completeBaseName())) << files.filePath();
        }
}

void OpConformTest::records() {
    QFETCH(QString, path);
    const auto cpu = findBackend("cpu");
    QVERIFY(cpu.ok());
    const auto report = conform::replayOperator(path.toStdString(), **cpu);
    QVERIFY2(report.ok(), report.ok() ? "" : report.error().str().c_str());
    m_all.add(*report);
    const auto total = report->total();
    const QString name = QFileInfo(path).completeBaseName();
    QVERIFY2(total.failed == 0, report->groups().at(name.toStdString()).firstFailure.c_str());
    QVERIFY(total.passed + total.skipped > 0);
}

void OpConformTest::bundled() {
    QTest::addColumn<QString>("path");
    for (QDirIterator files(FXSCOPE_SOURCE_DIR "/tests/data/conformance/ops", {"*.json"}, QDir::Files);
         files.hasNext();) {
        files.next();
        QTest::newRow(qPrintable(files.fileInfo().completeBaseName())) << files.filePath();
    }
}

namespace {

/// Without the last part of its first dimension that has several, all in one dimension, and one element without any.
std::vector<Tensor> otherSizes(const Value& value) {
    if (!value.isTensor() || !value.tensor().defined())
        return {};
    const Tensor& x = value.tensor();
    std::vector<Tensor> others;
    for (size_t d = 0; d < x.dim() && others.empty(); ++d)
        if (Sizes sizes = x.sizes(); sizes[d] > 1) {
            --sizes[d];
            others.push_back(x.asStrided(sizes, x.strides(), x.offset())->clone().value());
        }
    if (x.numel() > 0) {
        others.push_back(x.contiguous()->asStrided({x.numel()}, {1}, 0)->clone().value());
        others.push_back(x.asStrided({}, {}, x.offset())->clone().value());
    }
    return others;
}

} // namespace

/// One argument of a recorded call gets other sizes than the rest wants: the call goes on, or is refused. Memory
/// checkers see what is read beyond its end.
void OpConformTest::argumentsOfOtherSizesAreNotReadBeyondTheirEnd() {
    QFETCH(QString, path);
    const auto json = conform::readJson(path.toStdString());
    const auto tensors = io::loadTensors(QString(path).replace(".json", ".safetensors").toStdString());
    QVERIFY(json.ok() && tensors.ok());
    const OpDef* op = findOp(Target("torch.ops." + json->at("op").get<std::string>()));
    QVERIFY(op && schemaOf(*op));
    size_t number = 0;
    for (const auto& record : json->at("cases")) {
        conform::RecordedCall of{"", std::to_string(number++) + ".", *tensors, {}};
        const auto args = conform::boundValues(*schemaOf(*op), record, of);
        QVERIFY(args.ok());
        for (size_t i = 0; i < args->size(); ++i)
            for (const Tensor& other : otherSizes((*args)[i])) {
                std::vector<Value> changed = *args;
                changed[i] = Value(other);
                Generator generator;
                const Cancel cancel;
                KernelContext context{generator, cancel};
                const auto result = runAlone(**findBackend("cpu"), *op, changed, context);
                QVERIFY(result.ok() || !result.error().what.empty());
            }
    }
}

void OpConformTest::equalElementsMayBeExchanged_data() {
    QTest::addColumn<QList<qint64>>("places");
    QTest::addColumn<bool>("right");
    QTest::newRow("as recorded") << QList<qint64>{2, 0, 1} << true;
    QTest::newRow("equal ones exchanged") << QList<qint64>{2, 1, 0} << true;
    QTest::newRow("one of the equal ones twice") << QList<qint64>{2, 1, 1} << false;
    QTest::newRow("others exchanged") << QList<qint64>{0, 2, 1} << false;
    QTest::newRow("outside") << QList<qint64>{2, 0, 3} << false;
}

void OpConformTest::equalElementsMayBeExchanged() {
    QFETCH(QList<qint64>, places);
    const auto tensor = [](DType dtype, auto numbers) {
        Tensor made = Tensor::empty(dtype, {static_cast<int64_t>(numbers.size())}).value();
        std::copy(numbers.begin(), numbers.end(), made.template data<typename decltype(numbers)::value_type>());
        return made;
    };
    const Tensor x = tensor(DType::Float32, std::vector<float>{5, 5, 9}),
                 sorted = tensor(DType::Float32, std::vector<float>{9, 5, 5}),
                 picked = tensor(DType::Int64, std::vector<int64_t>(places.begin(), places.end()));
    QTEST(conform::picksRecordedValues(x, 0, picked, sorted, **findBackend("cpu")), "right");
}

void OpConformTest::cleanupTestCase() {
    const auto total = m_all.total();
    for (const auto& [name, group] : m_all.groups())
        if (group.failed || group.skipped)
            qInfo("%s: %zu passed, %zu failed, %zu skipped%s%s", name.c_str(), group.passed, group.failed,
                  group.skipped, group.skipReasons.empty() ? "" : ": ",
                  group.skipReasons.empty() ? "" : group.skipReasons.begin()->first.c_str());
    qInfo("%zu passed, %zu failed, %zu skipped", total.passed, total.failed, total.skipped);
}

QTEST_GUILESS_MAIN(OpConformTest)
#include "tst_op_conform.moc"
