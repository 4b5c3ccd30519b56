// SPDX-License-Identifier: BSD-3-Clause
// ValuesModel and TimingsModel over a comparison written by hand.
#include "app/models/format.h"
#include "app/models/timings_model.h"
#include "app/models/value_sort.h"
#include "app/models/values_model.h"

#include <QAbstractItemModelTester>
#include <QTest>

using namespace fxscope;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<const Graph> graphOf(const std::vector<std::string>& names) {
    std::vector<NodeBody> bodies;
    for (const std::string& name : names) {
        NodeBody body;
        body.op = Op::Placeholder;
        body.name = name;
        body.target = name;
        bodies.push_back(body);
    }
    return std::make_shared<Graph>(Graph::fromBodies(std::move(bodies)).value());
}

std::shared_ptr<const Comparison> comparison() {
    auto c = std::make_shared<Comparison>();
    NodeComparison equal, close, differs;
    equal.before = equal.after = "a";
    equal.beforeId = equal.afterId = {0};
    equal.type = "f32[4]";
    equal.difference = {.equal = true, .bitEqual = true, .elements = 4};
    close = equal;
    close.before = close.after = "b";
    close.beforeId = close.afterId = {1};
    close.difference = {.equal = true, .elements = 4, .differing = 1, .maxAbs = 1e-7, .maxRel = 2e-7};
    differs = equal;
    differs.before = "c";
    differs.after = "c_1";
    differs.beforeId = {2};
    differs.afterId = {3};
    differs.difference = {
        .elements = 4, .differing = 2, .maxAbs = 10, .maxRel = 0.5, .firstBad = 3, .firstBadA = 1, .firstBadB = 11};
    differs.beforeStatistics = TensorStatistics{.elements = 4, .min = -1, .max = 2, .mean = 0.5};
    c->nodes = {equal, close, differs};
    c->onlyAfter.push_back({"d", {4}, "i64[2]", {}});
    c->beforeTimes = {{{0}, 100ns}, {{2}, 2ms}};
    c->afterTimes = {{{0}, 100ns}, {{3}, 300ns}};
    return c;
}

} // namespace

class TstValuesModel : public QObject {
    Q_OBJECT
private slots:
    void rows();
    void sortsByValue();
    void findsTheRowOfANode();
    void timings();
    void timingsOfFusedNodes();
    void timingsBesideTheFloor();
    void numbersAreReadable_data();
    void numbersAreReadable();
};

void TstValuesModel::rows() {
    ValuesModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setComparison(comparison());
    QCOMPARE(model.rowCount(), 4);
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, ValuesModel::VerdictColumn), QStringLiteral("= equal"));
    QCOMPARE(text(1, ValuesModel::VerdictColumn), QStringLiteral("≈ within tolerance"));
    QCOMPARE(text(2, ValuesModel::VerdictColumn), QStringLiteral("≠ differs"));
    QCOMPARE(text(3, ValuesModel::VerdictColumn), QStringLiteral("only after"));
    QCOMPARE(text(2, ValuesModel::NodeColumn), QStringLiteral("c → c_1"));
    QCOMPARE(text(2, ValuesModel::MaxAbsColumn), QStringLiteral("10"));
    QCOMPARE(text(2, ValuesModel::FirstBadColumn), QStringLiteral("3"));
    QCOMPARE(text(2, ValuesModel::MeanBeforeColumn), QStringLiteral("0.5"));
    QCOMPARE(text(2, ValuesModel::MinBeforeColumn), QStringLiteral("-1"));
    QVERIFY(text(2, ValuesModel::MeanAfterColumn).isEmpty());
    QVERIFY(model.index(2, 0).data(ValuesModel::DiffersRole).toBool());
    QVERIFY(model.index(2, 0)
                .data(Qt::ToolTipRole)
                .toString()
                .contains(QStringLiteral("element 3 is 1 before and 11 after")));
    model.setComparison(nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstValuesModel::sortsByValue() {
    ValuesModel model;
    model.setComparison(comparison());
    ValueSort sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(ValuesModel::SortRole);
    sorted.sort(ValuesModel::MaxAbsColumn, Qt::DescendingOrder);
    QCOMPARE(sorted.index(0, ValuesModel::NodeColumn).data().toString(), QStringLiteral("c → c_1")); // 10, not "1e-07"
    QCOMPARE(sorted.index(1, ValuesModel::NodeColumn).data().toString(), QStringLiteral("b"));
    QCOMPARE(sorted.index(3, ValuesModel::NodeColumn).data().toString(), QStringLiteral("d")); // no value: last
    sorted.sort(ValuesModel::MaxAbsColumn, Qt::AscendingOrder);
    QCOMPARE(sorted.index(0, ValuesModel::NodeColumn).data().toString(), QStringLiteral("a"));
    QCOMPARE(sorted.index(3, ValuesModel::NodeColumn).data().toString(), QStringLiteral("d")); // whichever way
}

void TstValuesModel::findsTheRowOfANode() {
    ValuesModel model;
    model.setComparison(comparison());
    QCOMPARE(model.rowOf({2}), 2);
    QCOMPARE(model.rowOf({3}), 2);
    QCOMPARE(model.rowOf({4}), 3);
    QCOMPARE(model.rowOf({99}), -1);
}

void TstValuesModel::timings() {
    auto trace = std::make_shared<Trace>();
    trace->base = trace->result = graphOf({"a", "b", "c", "c_1", "d"});
    TimingsModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setComparison(trace, comparison());
    QCOMPARE(model.rowCount(), 2);
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, TimingsModel::NodeColumn), QStringLiteral("a"));
    QCOMPARE(text(0, TimingsModel::ShareColumn), QStringLiteral("25 %"));
    QCOMPARE(text(1, TimingsModel::BeforeColumn), QStringLiteral("2.00 ms"));
    QCOMPARE(text(1, TimingsModel::NodeColumn), QStringLiteral("c → c_1")); // replaced: one row
    QCOMPARE(text(1, TimingsModel::TargetColumn), QStringLiteral("c → c_1"));
    QCOMPARE(text(1, TimingsModel::AfterColumn), QStringLiteral("300 ns"));
    QCOMPARE(text(1, TimingsModel::ChangeColumn), QStringLiteral("−2.00 ms"));
    QCOMPARE(model.index(1, TimingsModel::ChangeColumn).data(TimingsModel::SortRole).toLongLong(), 300 - 2000000);
    QCOMPARE(model.rowOf({2}), 1);
    QCOMPARE(model.rowOf({3}), 1);
    model.setComparison(nullptr, nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void TstValuesModel::timingsOfFusedNodes() {
    auto trace = std::make_shared<Trace>();
    trace->base = trace->result = graphOf({"a", "b", "c", "c_1", "d"});
    auto fused = std::make_shared<Comparison>();
    fused->beforeTimes = {{{0}, 100ns}, {{1}, 200ns}};
    fused->copy = {"a device", 4e9};
    fused->beforeTimes[0].bytes = 4000;
    fused->afterTimes = {{{1}, 150ns, {{0}, {1}}, 800}, {{99}, 1ns, {{98}}}}; // the last one is of no node here
    TimingsModel model;
    model.setComparison(trace, fused);
    QCOMPARE(model.rowCount(), 2);
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, TimingsModel::BeforeColumn), QStringLiteral("100 ns"));
    QCOMPARE(text(0, TimingsModel::AfterColumn), QStringLiteral("in b"));
    QCOMPARE(text(0, TimingsModel::ChangeColumn), QString());
    QCOMPARE(text(0, TimingsModel::BytesColumn), QString()); // it moves none of its own
    QCOMPARE(text(1, TimingsModel::BytesColumn), QStringLiteral("800 B"));
    QVERIFY(!model.index(0, TimingsModel::AfterColumn).data(TimingsModel::SortRole).isValid());
    QCOMPARE(text(1, TimingsModel::AfterColumn), QStringLiteral("150 ns"));
    QCOMPARE(model.index(1, 0).data(Qt::ToolTipRole).toString(), QStringLiteral("After, run as one: a + b"));
    QVERIFY(model.index(0, 0).data(Qt::ToolTipRole).toString().endsWith(QStringLiteral("their time is at b")));
}

void TstValuesModel::timingsBesideTheFloor() {
    auto trace = std::make_shared<Trace>();
    trace->base = trace->result = graphOf({"a", "b", "c", "c_1", "d"});
    auto timed = std::make_shared<Comparison>();
    timed->beforeTimes = {{{0}, 4us, {}, 4096}, {{1}, 1us, {}, 0}, {{2}, 1us, {}, 1000}};
    timed->afterTimes = {{{0}, 2us, {}, 4000}, {{1}, 1us, {}, 0}};
    timed->copy = {"a device", 4e9};
    TimingsModel model;
    model.setComparison(trace, timed);
    const auto text = [&](int row, int column) { return model.index(row, column).data().toString(); };
    QCOMPARE(text(0, TimingsModel::BytesColumn), QStringLiteral("3.91 KiB")); // of the graph after
    QCOMPARE(text(0, TimingsModel::SpeedColumn), QStringLiteral("2.00"));
    QCOMPARE(text(0, TimingsModel::FloorColumn), QStringLiteral("1.00 µs"));
    QCOMPARE(text(0, TimingsModel::OfCopyColumn), QStringLiteral("50 %"));
    for (int column = TimingsModel::BytesColumn; column <= TimingsModel::OfCopyColumn; ++column) {
        QVERIFY(text(1, column).isEmpty()); // a view
        QVERIFY(!model.index(1, column).data(TimingsModel::SortRole).isValid());
    }
    QCOMPARE(text(2, TimingsModel::FloorColumn), QStringLiteral("250 ns")); // gone after: as it was before
    QVERIFY(model.headerData(TimingsModel::FloorColumn, Qt::Horizontal, Qt::ToolTipRole)
                .toString()
                .contains(QStringLiteral("4.00 GB/s (read and written), as measured in a copy on a device")));
    timed->copy = {};
    model.setComparison(trace, timed);
    QCOMPARE(text(0, TimingsModel::BytesColumn), QStringLiteral("3.91 KiB"));
    QVERIFY(text(0, TimingsModel::OfCopyColumn).isEmpty());
}

void TstValuesModel::numbersAreReadable_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("wanted");
    QTest::newRow("ns") << durationText(820ns) << QStringLiteral("820 ns");
    QTest::newRow("us") << durationText(12345ns) << QStringLiteral("12.3 µs");
    QTest::newRow("round up") << durationText(9996ns) << QStringLiteral("10.0 µs");
    QTest::newRow("s") << durationText(3100ms) << QStringLiteral("3.10 s");
    QTest::newRow("bytes") << bytesText(512) << QStringLiteral("512 B");
    QTest::newRow("KiB") << bytesText(1536) << QStringLiteral("1.50 KiB");
    QTest::newRow("nan") << numberText(std::nan("")) << QStringLiteral("nan");
    QTest::newRow("-inf") << numberText(-HUGE_VAL) << QStringLiteral("-inf");
    QTest::newRow("small") << numberText(1.23456e-7) << QStringLiteral("1.23e-07");
    QTest::newRow("html") << htmlText("<b>&") << QStringLiteral("&lt;b&gt;&amp;");
}

void TstValuesModel::numbersAreReadable() {
    QFETCH(QString, text);
    QTEST(text, "wanted");
}

QTEST_GUILESS_MAIN(TstValuesModel)
#include "tst_values_model.moc"
