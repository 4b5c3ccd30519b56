// SPDX-License-Identifier: BSD-3-Clause
#include "app/bench/bench_report.h"
#include "core/ops/op.h"

#include <QtTest>

#include <nlohmann/json.hpp>

using namespace fxscope;
using namespace fxscope::bench;
using std::chrono::nanoseconds;

namespace {

Backend& cpu() { return *findBackend("cpu").value(); }

std::vector<std::string> targetsOf(const Graph& graph) {
    std::vector<std::string> targets;
    for (const NodeId id : graph.order())
        if (graph[id].op == Op::CallFunction)
            targets.emplace_back(graph[id].target.shortName());
    return targets;
}

PatternFigures figuresOf(const char* program, const PatternShape& shape, const std::vector<std::string>& sets) {
    const PatternBenchOptions options{.sets = sets, .device = {}, .measure = {.repeats = 3}};
    auto figures = benchPattern(*findPatternProgram(program).value(), shape, cpu(), options);
    if (!figures)
        qFatal("%s", figures.error().str().c_str());
    return std::move(figures).value();
}

} // namespace

class TstBench : public QObject {
    Q_OBJECT
private slots:
    void aSpreadIsTheMiddleAndAFifthOfBothEnds() {
        std::vector<Time> times;
        for (const int64_t ns : {5, 1, 4, 2, 3, 9, 6, 8, 7, 10})
            times.emplace_back(ns);
        const Spread spread = spreadOf(times);
        QCOMPARE(spread.median, nanoseconds(6));
        QCOMPARE(spread.low, nanoseconds(3));
        QCOMPARE(spread.high, nanoseconds(8));
        QCOMPARE(spreadOf({nanoseconds(7)}).high, nanoseconds(7));
    }

    void programsAreGraphsWithMetadata_data() {
        QTest::addColumn<QString>("name");
        for (const PatternProgram& program : patternPrograms())
            QTest::newRow(program.name.data())
                << QString::fromUtf8(program.name.data(), qsizetype(program.name.size()));
    }
    void programsAreGraphsWithMetadata() {
        QFETCH(QString, name);
        const PatternProgram& program = *findPatternProgram(name.toStdString()).value();
        const auto graph = programGraph(program, {12, 5, 4, DType::BFloat16}, *Device::parse("cuda:0"));
        QVERIFY2(graph.ok(), graph.ok() ? "" : graph.error().str().c_str());
        const Node& result = (**graph)[*(*graph)->find("result")];
        QVERIFY(result.tensor());
        QCOMPARE(result.tensor()->sizes, (SymSizes{program.takesY ? 12 : 4, 5}));
        QCOMPARE(result.tensor()->dtype, DType::BFloat16);
        QCOMPARE((*graph)->placeholders().size(), size_t(program.takesY ? 2 : 1));
        const auto given = withGivenIndex(**graph);
        QVERIFY(given.ok());
        QCOMPARE(targetsOf(**given), std::vector<std::string>{std::string(result.target.shortName())});
        const Node& index = (**given)[(*given)->placeholders().back()];
        QCOMPARE(index.tensor()->sizes, SymSizes{4});
        QVERIFY(verify(**given).empty());
    }

    void unknownProgramsAreRefused() {
        const auto none = findPatternProgram("index_ad");
        QVERIFY(!none.ok());
        QVERIFY(none.error().next.find("index_add, index_put, gather") != std::string::npos);
    }

    void everyFormIsMeasured() {
        const PatternFigures figures = figuresOf("index_add", {64, 8, 24, DType::Float32}, {"as_written", "fxscope"});
        QCOMPARE(figures.forms.size(), size_t(3));
        QVERIFY(figures.notRewritten.empty());
        const CopyBandwidth copy{"here", 1e9};
        const auto lines = linesOf(figures, copy);
        QCOMPARE(lines.size(), size_t(6));
        for (const BenchLine& line : lines) {
            QVERIFY(line.figures->cold.median > nanoseconds(0) && line.figures->warm.median > nanoseconds(0));
            QVERIFY(line.figures->cold.low <= line.figures->cold.high);
            QVERIFY(!line.figures->replayed);
            if (!line.program) // x and y read, the result written, the index read
                QCOMPARE(line.bytes, double((2 * 64 + 24) * 8 * 4 + 24 * 8));
            QCOMPARE(line.floorSeconds, line.bytes / 1e9);
        }
        QCOMPARE(figures.forms[0].form, std::string("before"));
        QVERIFY(!figures.forms[0].equal);
        for (const size_t form : {1u, 2u}) {
            QCOMPARE(figures.forms[form].equal, std::optional(true));
            QCOMPARE(figures.forms[form].rewrites, size_t(1));
        }
        QCOMPARE(figures.forms[2].rows->nodes.size(), size_t(1)); // the one-pass form, as one call
        QCOMPARE(figures.forms[2].rows->nodes[0].fused.size(), size_t(9));
    }

    void setsThatRewriteNothingAreNamed() {
        const PatternFigures figures = figuresOf("gather", {64, 8, 24, DType::Float32}, {"pytorch-2.11", "as_written"});
        QCOMPARE(figures.notRewritten, std::vector<std::string>{"pytorch-2.11"});
        QCOMPARE(figures.forms.size(), size_t(2));
        QCOMPARE(figures.forms[1].equal, std::optional(true));
    }

    void reportsHoldEveryLine() {
        std::vector<PatternFigures> points;
        points.push_back(figuresOf("index_put", {32, 4, 8, DType::Float16}, {"as_written"}));
        points.push_back(figuresOf("gather", {32, 4, 8, DType::Int64}, {"as_written"}));
        const CopyBandwidth copy{"here", 1e9};
        const QStringList csv = QString::fromStdString(csvOf(points, copy)).split('\n', Qt::SkipEmptyParts);
        QCOMPARE(csv.size(), qsizetype(1 + 2 * 4));
        for (const QString& line : csv)
            QCOMPARE(line.count(','), csv.front().count(','));
        const auto json = nlohmann::json::parse(jsonOf(points, copy));
        QCOMPARE(json["points"].size(), size_t(2));
        const auto& form = json["points"][1]["forms"][1];
        QCOMPARE(form["form"].get<std::string>(), std::string("as_written"));
        QCOMPARE(form["equal"].get<bool>(), true);
        QCOMPARE(form["rows"]["bytes"].get<double>(), double(2 * 8 * 4 * 8 + 8 * 8));
        QVERIFY(form["program"]["nodes"].size() >= 2);
    }
};

QTEST_GUILESS_MAIN(TstBench)
#include "tst_bench.moc"
