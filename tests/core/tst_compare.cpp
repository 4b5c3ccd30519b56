// SPDX-License-Identifier: BSD-3-Clause
#include "core/compare/compare.h"
#include "core/rewrite/rewriter.h"
#include "core/tensor/half.h"

#include <QtTest>

#include <cmath>
#include <limits>
#include <numeric>

using namespace fxscope;

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN(), kInf = std::numeric_limits<float>::infinity();

template <class T> Tensor tensorOf(DType dtype, std::vector<T> values) {
    Tensor tensor = Tensor::empty(dtype, {static_cast<int64_t>(values.size())}).value();
    std::copy(values.begin(), values.end(), tensor.data<T>());
    return tensor;
}
Tensor floats(std::vector<float> values) { return tensorOf(DType::Float32, std::move(values)); }

/// x += 1, and the graph after the passes writes something else, or nothing, into x; both return 0.
Trace rewrittenInPlace(const std::string& after) {
    const auto graph = [](const std::string& line) {
        return io::openText("def forward(self, x: \"f32[4]\"):\n    a: \"f32[4]\" = torch.ops.aten." + line +
                                "\n    b: \"f32[4]\" = torch.ops.aten.zeros.default([4])\n    return (b,)\n",
                            "test")
            .value()
            .entry()
            .value()
            .graph;
    };
    return {.base = graph("add_.Tensor(x, 1)"), .result = graph(after)};
}

/// x + x becomes 2 * x (or, wrongly, 2.5 * x) in one step.
Trace rewritten(bool wrong) {
    auto base = io::openText("class GraphModule(torch.nn.Module):\n"
                             "    def forward(self, x: \"f32[4]\"):\n"
                             "        a: \"f32[4]\" = torch.ops.aten.add.Tensor(x, x)\n"
                             "        b: \"f32[4]\" = torch.ops.aten.neg.default(a)\n"
                             "        return (b,)\n",
                             "test");
    Trace trace;
    trace.base = base.value().entry().value().graph;
    Graph graph = *trace.base;
    const NodeId root = *graph.find("a"), x = *graph.find("x");
    RewriteStep step{.pass = "test", .rule = "double"};
    step.match.root = root;
    NodeBody body{.name = "twice", .target = "torch.ops.aten.mul.Tensor", .meta = graph[root].meta};
    body.args = {Argument::node(x), Argument::floating(wrong ? 2.5 : 2.0)};
    Rewriter rewriter(graph);
    const NodeId twice = rewriter.insert(body, root);
    rewriter.replaceUses(root, twice);
    rewriter.erase(root);
    step.edits = rewriter.takeEdits();
    step.added = {twice};
    step.removed = {root};
    step.changed = {*graph.find("b")};
    step.replacement = twice;
    trace.steps = {step};
    trace.result = std::make_shared<const Graph>(std::move(graph));
    return trace;
}

Comparison compared(const Trace& trace, CompareOptions options = {}) {
    const BoundInputs inputs = bindInputs(*trace.base, {}, {{"x", floats({1, -2, 3, 0})}}, 0).value();
    auto comparison = compareTrace(trace, inputs, *findBackend("cpu").value(), options);
    if (!comparison)
        qFatal("%s", comparison.error().str().c_str());
    return std::move(comparison).value();
}

} // namespace

class TstCompare : public QObject {
    Q_OBJECT
private slots:
    void tolerances_data() {
        QTest::addColumn<float>("a");
        QTest::addColumn<float>("b");
        QTest::addColumn<bool>("equal");
        QTest::newRow("same") << 1.0f << 1.0f << true;
        QTest::newRow("within atol") << 0.0f << 0.9e-5f << true;
        QTest::newRow("beyond atol") << 0.0f << 1.1e-5f << false;
        QTest::newRow("within rtol") << 1000.0f << 1000.001f << true;
        QTest::newRow("beyond rtol") << 1000.0f << 1000.01f << false;
        QTest::newRow("minus zero") << 0.0f << -0.0f << true;
        QTest::newRow("NaN both") << kNan << -kNan << true;
        QTest::newRow("NaN one") << kNan << 1.0f << false;
        QTest::newRow("inf both") << kInf << kInf << true;
        QTest::newRow("inf other sign") << kInf << -kInf << false;
        QTest::newRow("inf against number") << 1.0f << kInf << false;
    }
    void tolerances() {
        QFETCH(float, a);
        QFETCH(float, b);
        QTEST(compareTensors(floats({7, a}), floats({7, b})).equal, "equal");
    }

    void differencesAreMeasured() {
        const auto d = compareTensors(floats({1, 2, 4, 8}), floats({1, 2.5, 4, 10}));
        QVERIFY(!d.equal && !d.bitEqual);
        QCOMPARE(d.elements, int64_t(4));
        QCOMPARE(d.differing, int64_t(2));
        QCOMPARE(d.maxAbs, 2.0);
        QCOMPARE(d.maxRel, 0.2);
        QCOMPARE(d.firstBad, int64_t(1));
        QCOMPARE(d.firstBadA, 2.0);
        QCOMPARE(d.firstBadB, 2.5);
    }

    void ownToleranceIsUsedForFloatsOnly() {
        QVERIFY(compareTensors(floats({1}), floats({1.4f}), Tolerance{0, 0.5}).equal);
        QVERIFY(
            !compareTensors(tensorOf<int64_t>(DType::Int64, {1}), tensorOf<int64_t>(DType::Int64, {2}), Tolerance{0, 5})
                 .equal);
    }

    void toleranceWithoutBoundTakesEveryFiniteNumber() {
        QVERIFY(compareTensors(floats({1, 2}), floats({0, -7}), Tolerance{kInf, 0}).equal);
        QVERIFY(!compareTensors(floats({1}), floats({kInf}), Tolerance{kInf, 0}).equal);
    }

    void integersAreExact() {
        const int64_t big = int64_t(1) << 62;
        const auto d =
            compareTensors(tensorOf<int64_t>(DType::Int64, {big}), tensorOf<int64_t>(DType::Int64, {big + 1}));
        QVERIFY(!d.equal);
        QCOMPARE(d.maxAbs, 1.0);
        const auto far =
            compareTensors(tensorOf<int64_t>(DType::Int64, {INT64_MIN}), tensorOf<int64_t>(DType::Int64, {INT64_MAX}));
        QCOMPARE(far.maxAbs, std::pow(2.0, 64));
    }

    void halvesHaveTheirOwnTolerance() {
        QVERIFY(compareTensors(tensorOf<Half>(DType::Float16, {Half(1.0f)}),
                               tensorOf<Half>(DType::Float16, {Half(1.0009766f)}))
                    .equal);
        QVERIFY(
            !compareTensors(tensorOf<Half>(DType::Float16, {Half(1.0f)}), tensorOf<Half>(DType::Float16, {Half(1.01f)}))
                 .equal);
        QVERIFY(compareTensors(tensorOf<BFloat16>(DType::BFloat16, {BFloat16(1.0f)}),
                               tensorOf<BFloat16>(DType::BFloat16, {BFloat16(1.0078125f)}))
                    .equal);
    }

    void otherDtypesAndSizesAreNoValues() {
        QCOMPARE(compareTensors(floats({1}), tensorOf<double>(DType::Float64, {1})).mismatch,
                 std::string("dtype float32 against float64"));
        QCOMPARE(compareTensors(floats({1}), floats({1, 2})).mismatch, std::string("sizes f32[1] against f32[2]"));
        QVERIFY(!compareTensors(floats({1}), floats({1, 2})).equal);
    }

    void emptyTensorsAreEqual() {
        const auto d = compareTensors(floats({}), floats({}));
        QVERIFY(d.equal && d.bitEqual);
        QCOMPARE(d.elements, int64_t(0));
    }

    void stridesDoNotMatter() {
        Tensor a = Tensor::empty(DType::Float32, {2, 3}).value();
        std::iota(a.data<float>(), a.data<float>() + 6, 0.0f);
        Tensor b = Tensor::emptyStrided(DType::Float32, {2, 3}, {1, 2}).value();
        copyElements(a, b);
        QVERIFY(compareTensors(a, b).bitEqual);
    }

    void complexNumbersByDistance() {
        using C = std::complex<float>;
        const auto d =
            compareTensors(tensorOf<C>(DType::Complex64, {C(3, 4)}), tensorOf<C>(DType::Complex64, {C(0, 0)}));
        QCOMPARE(d.maxAbs, 5.0);
    }

    void statisticsLeaveOutWhatIsNotFinite() {
        const TensorStatistics s = statistics(floats({1, 2, 3, kNan, kInf, -kInf}));
        QCOMPARE(s.elements, int64_t(6));
        QCOMPARE(s.nans, int64_t(1));
        QCOMPARE(s.infinities, int64_t(2));
        QCOMPARE(s.min, 1.0);
        QCOMPARE(s.max, 3.0);
        QCOMPARE(s.mean, 2.0);
        QCOMPARE(s.stddev, std::sqrt(2.0 / 3.0));
        QCOMPARE(s.histogram.size(), size_t(32));
        QCOMPARE(std::accumulate(s.histogram.begin(), s.histogram.end(), int64_t(0)), int64_t(3));
        QCOMPARE(s.histogram.front(), int64_t(1));
        QCOMPARE(s.histogram.back(), int64_t(1));
        QCOMPARE(statistics(floats({})).elements, int64_t(0));
        QCOMPARE(statistics(floats({4, 4})).histogram.front(), int64_t(2));
    }

    void mapsWithLoneNamesDiffer() {
        const Comparison c =
            compareMaps({{"a", floats({1})}, {"b", floats({1})}}, {{"a", floats({1})}, {"c", floats({1})}});
        QVERIFY(!c.equal);
        QCOMPARE(c.nodes.size(), size_t(3));
        QCOMPARE(c.firstDiffering, std::string("b"));
        QCOMPARE(c.nodes[1].difference.mismatch, std::string("only in the first"));
        QCOMPARE(c.nodes[2].difference.mismatch, std::string("only in the second"));
    }

    void traceComparesEveryValueOnBothSides() {
        const Comparison c = compared(rewritten(false), {.repeats = 3, .statistics = true});
        QVERIFY(c.equal);
        QCOMPARE(c.rewrites, size_t(1));
        QCOMPARE(c.nodes.size(), size_t(3)); // a -> twice, b, out0
        QCOMPARE(c.nodes[0].before, std::string("a"));
        QCOMPARE(c.nodes[0].after, std::string("twice"));
        QCOMPARE(c.nodes[2].output, std::string("out0"));
        QVERIFY(c.nodes[0].beforeStatistics && c.nodes[0].beforeStatistics->max == 6);
        QVERIFY(c.firstDiffering.empty() && c.onlyBefore.empty() && c.onlyAfter.empty());
        QCOMPARE(c.beforeTimes.size(), size_t(2));
        QVERIFY(c.before.count() > 0 && c.after.count() > 0 && c.peakBefore > 0);
    }

    void valuesThatAreKeptDoNotCountAsMemory() {
        const Comparison once = compared(rewritten(false)), often = compared(rewritten(false), {.repeats = 2});
        QCOMPARE(once.peakBefore, int64_t(2 * 16)); // a and b
        QCOMPARE(once.peakAfter, int64_t(2 * 16));
        QCOMPARE(often.peakBefore, once.peakBefore);
        QCOMPARE(often.peakAfter, once.peakAfter);
    }

    void fusedNodesAreTimedAsOne() {
        const Comparison c = compared(rewritten(true), {.repeats = 2, .fuse = true, .traffic = true});
        QVERIFY(c.fused);
        QCOMPARE(c.nodes.size(), size_t(3)); // the values between are compared all the same
        QCOMPARE(c.firstDiffering, std::string("a"));
        QCOMPARE(c.beforeTimes.size(), size_t(1));
        QCOMPARE(c.beforeTimes[0].fused.size(), size_t(2));
        QCOMPARE(c.beforeTimes[0].bytes, uint64_t(2 * 16)); // x read, b written
        QVERIFY(c.before.count() > 0 && c.after.count() > 0 && c.copy.bytesPerSecond > 0);
        QCOMPARE(c.peakBefore, int64_t(16));
        QCOMPARE(c.replayBefore.count(), int64_t(0)); // nothing replays here
    }

    void inputsThatAreWrittenCountAsOutputs_data() {
        QTest::addColumn<QString>("after");
        QTest::addColumn<bool>("equal");
        QTest::newRow("the same") << "add_.Tensor(x, 1.0)" << true;
        QTest::newRow("another value") << "add_.Tensor(x, 2)" << false;
        QTest::newRow("not written") << "add.Tensor(x, 1)" << false;
    }
    void inputsThatAreWrittenCountAsOutputs() {
        QFETCH(QString, after);
        const Comparison c = compared(rewrittenInPlace(after.toStdString()));
        QTEST(c.equal, "equal");
        QCOMPARE(c.nodes.back().output, std::string("input x"));
        QCOMPARE(c.nodes.back().before, std::string("x"));
        QTEST(c.nodes.back().difference.equal, "equal");
    }

    void firstDifferenceIsNamed() {
        const Comparison c = compared(rewritten(true));
        QVERIFY(!c.equal);
        QCOMPARE(c.firstDiffering, std::string("a"));
        QCOMPARE(c.maxAbs, 1.5);
        QCOMPARE(c.nodes[2].difference.differing, int64_t(3));
    }
};

QTEST_GUILESS_MAIN(TstCompare)
#include "tst_compare.moc"
