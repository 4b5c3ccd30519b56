// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/backend.h"
#include "core/ops/args.h"
#include "tests/ops/value_rows.h"

#include <QTest>
#include <map>

using namespace fxscope;

/// Products, convolutions, softmax, norms, reductions, pooling, upsampling and attention against results that
/// PyTorch 2.11 recorded: the shape rule, the reference kernel and every backend.
class TestOpsHeavy : public QObject {
    Q_OBJECT

private slots:
    void recorded_data();
    void recorded();
};

namespace {

/// What is wrong with the shape rule's answer, if anything.
std::string checkRule(const OpDef& op, const ValueRow& row, const Value& recorded) {
    const auto meta = op.infer(metaArgs(row.args));
    if (!meta.ok())
        return meta.error().str();
    const ValueMeta wanted = row.out.size() == 1 ? ValueMeta::tensor(recorded.tensor().meta()) : ValueMeta();
    if (row.out.size() == 1)
        return wanted.str(true) == meta->str(true) ? ""
                                                   : "recorded " + wanted.str(true) + ", inferred " + meta->str(true);
    for (size_t i = 0; i < row.out.size(); ++i) {
        const std::string one = ValueMeta::tensor(row.out[i].tensor().meta()).str(true);
        if (meta->items().size() != row.out.size() || one != meta->items()[i].str(true))
            return "recorded " + one + ", inferred another result " + std::to_string(i);
    }
    return {};
}

std::string checkRow(const ValueRow& row) {
    const OpDef* op = findOp(row.target);
    if (!op || !op->reference || !op->infer)
        return "no kernel or no shape rule";
    const Value recorded = row.out.size() == 1 ? row.out[0] : Value(row.out);
    if (const std::string wrong = checkRule(*op, row, recorded); !wrong.empty())
        return wrong;
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto reference = op->reference(row.args, context);
    if (!reference.ok())
        return reference.error().str();
    if (const std::string wrong = differenceFrom(recorded, *reference); !wrong.empty())
        return "reference: " + wrong;
    for (Backend* backend : allBackends()) {
        const auto result = backend->run(*op, row.args, context);
        const std::string wrong = result.ok() ? differenceFrom(recorded, *result) : result.error().str();
        if (!wrong.empty())
            return std::string(backend->name()) + ": " + wrong;
    }
    return {};
}

} // namespace

void TestOpsHeavy::recorded_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("bundled") << FXSCOPE_SOURCE_DIR "/tests/data/ops/heavy_rows.json";
    if (qEnvironmentVariableIsSet("FXSCOPE_ROWS"))
        QTest::newRow("given") << qEnvironmentVariable("FXSCOPE_ROWS");
}

void TestOpsHeavy::recorded() {
    QFETCH(QString, file);
    const auto rows = readValueRows(file.toStdString());
    QVERIFY2(rows.ok(), rows.ok() ? "" : rows.error().str().c_str());
    std::map<std::string, std::pair<int, int>> passed; // of how many
    std::string failures;
    for (size_t i = 0; i < rows->size(); ++i) {
        const ValueRow& row = (*rows)[i];
        const std::string wrong = checkRow(row);
        passed[row.target].first += wrong.empty();
        ++passed[row.target].second;
        if (!wrong.empty())
            failures += "\n  row " + std::to_string(i) + " " + row.target + Value(row.args).str() + ": " + wrong;
    }
    for (const auto& [target, count] : passed)
        qInfo("%s: %d of %d", target.c_str(), count.first, count.second);
    QVERIFY2(failures.empty(), failures.c_str());
    QVERIFY(!rows->empty());
}

QTEST_GUILESS_MAIN(TestOpsHeavy)
#include "tst_ops_heavy.moc"
