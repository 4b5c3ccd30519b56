// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/made_up.h"
#include "core/exec/memory_meter.h"
#include "core/exec/outputs.h"
#include "core/exec/run.h"

#include <QtTest>

#include <set>

using namespace fxscope;

namespace {

Graph graphOf(const std::string& text) {
    auto capture = io::openText("class GraphModule(torch.nn.Module):\n    def forward(self, " + text, "test");
    if (!capture)
        qFatal("%s", capture.error().str().c_str());
    Graph graph = *capture->entry().value().graph;
    inferMissing(graph);
    return graph;
}

/// x -> `length` times relu -> return.
Graph chain(int length) {
    std::string text = "x: \"f32[256]\"):\n", last = "x";
    for (int i = 0; i < length; ++i) {
        const std::string name = "relu_" + std::to_string(i);
        text += "        " + name + ": \"f32[256]\" = torch.ops.aten.relu.default(" + last + ")\n";
        last = name;
    }
    return graphOf(text + "        return (" + last + ",)\n");
}

Backend& cpu() { return *findBackend("cpu").value(); }

BoundInputs bound(const Graph& graph, uint64_t seed = 0) {
    auto inputs = bindInputs(graph, {}, {}, seed);
    if (!inputs)
        qFatal("%s", inputs.error().str().c_str());
    return std::move(inputs).value();
}

RunResult ran(const Graph& graph, ExecOptions options = {}) {
    const BoundInputs inputs = bound(graph);
    options.attributes = inputs.attributes;
    auto result = run(graph, inputs.values, cpu(), options);
    if (!result)
        qFatal("%s", result.error().str().c_str());
    return std::move(result).value();
}

Tensor floats(std::initializer_list<float> values) {
    Tensor tensor = Tensor::empty(DType::Float32, {static_cast<int64_t>(values.size())}).value();
    std::copy(values.begin(), values.end(), tensor.data<float>());
    return tensor;
}

} // namespace

class TstExec : public QObject {
    Q_OBJECT
private slots:
    void peakOfAChainIsTwoTensors() {
        const Graph graph = chain(40);
        const RunResult result = ran(graph);
        constexpr int64_t kTensor = 256 * 4;
        QCOMPARE(result.peakBytes, 2 * kTensor);
        QCOMPARE(plan(graph, cpu())->estimatedPeakBytes, 2 * kTensor);
        QCOMPARE(result.times.size(), size_t(40));
        QVERIFY(result.values.empty());
    }

    void memoryOfInputsThatAreGoneCountsForWhoHasItNext() {
        MemoryMeter meter;
        const auto bytes = [](int64_t size) { return Tensor::zeros(DType::UInt8, {size}).value(); };
        {
            const Tensor input = bytes(100), other = bytes(100);
            meter.ignore(Value(input));
            meter.ignore(Value(other));
            meter.add(Value(input));
        }
        QCOMPARE(meter.peak(), int64_t(0));
        const Tensor here = bytes(1000), there = bytes(1000); // likely where the inputs lay
        meter.add(Value(here));
        meter.add(Value(there));
        QCOMPARE(meter.peak(), int64_t(2000));
    }

    void viewsKeepTheirStorageAndAddNone() {
        const Graph graph = graphOf("x: \"f32[16, 16]\"):\n"
                                    "        a: \"f32[16, 16]\" = torch.ops.aten.relu.default(x)\n"
                                    "        v: \"f32[256]\" = torch.ops.aten.view.default(a, [256])\n"
                                    "        w: \"f32[16, 16]\" = torch.ops.aten.view.default(v, [16, 16])\n"
                                    "        b: \"f32[16, 16]\" = torch.ops.aten.neg.default(w)\n"
                                    "        return (b,)\n");
        QCOMPARE(ran(graph).peakBytes, int64_t(2 * 1024));
        QCOMPARE(plan(graph, cpu())->estimatedPeakBytes, int64_t(2 * 1024));
    }

    void valuesAreFreedAfterTheirLastUse() {
        const Graph graph = chain(3);
        const Plan planned = plan(graph, cpu()).value();
        QCOMPARE(planned.order.size(), graph.size());
        size_t freed = 0;
        for (const auto& ids : planned.freedAfter)
            freed += ids.size();
        QCOMPARE(freed, graph.size());
        QCOMPARE(planned.freedAfter[1], std::vector<NodeId>{*graph.find("x")});
    }

    void graphsOutOfOrderRun() {
        Graph graph = chain(2);
        graph.move(*graph.find("relu_1"), *graph.find("relu_0")); // before what it uses
        const RunResult result = ran(graph);
        QCOMPARE(result.times.front().node, *graph.find("relu_0"));
        QVERIFY(result.output.isList());
    }

    void unsupportedOperatorIsNamedBeforeTheRun() {
        const Graph graph = graphOf("x: \"f32[4]\"):\n"
                                    "        a: \"f32[4]\" = torch.ops.aten.relu.default(x)\n"
                                    "        bad = torch.ops.aten.no_such_thing.default(a)\n"
                                    "        worse = torch.ops.aten.nor_this.default(bad)\n"
                                    "        return (worse,)\n");
        bool ran = false;
        ExecOptions options;
        options.observe = [&](NodeId, const Value&) { ran = true; };
        const auto result = run(graph, {floats({1, 2, 3, 4})}, cpu(), options);
        QVERIFY(!result.ok());
        QVERIFY(!ran);
        QCOMPARE(QString::fromStdString(result.error().where), QStringLiteral("node bad"));
        const auto what = QString::fromStdString(result.error().what);
        QVERIFY2(what.startsWith("aten.no_such_thing.default cannot run: "), qPrintable(what));
        QVERIFY2(what.endsWith("(and 1 more node: aten.nor_this.default)"), qPrintable(what));
    }

    void callsThatDoNotBindAreNamedBeforeTheRun_data() {
        QTest::addColumn<QString>("call");
        QTest::addColumn<QString>("why");
        QTest::newRow("missing") << "add.Tensor(x)"
                                 << "misses its parameter other";
        QTest::newRow("unknown") << "add.Tensor(x, x, foo = 3)"
                                 << "has no parameter foo";
        QTest::newRow("too many") << "add.Tensor(x, x, 1, 2, 3)"
                                  << "takes 2 positional arguments, the call has 5";
        QTest::newRow("text") << "add.Tensor('hello', x)"
                              << "its parameter self is of type Tensor";
        QTest::newRow("list for a number") << "randperm.default([4])"
                                           << "its parameter n is of type SymInt";
    }
    void callsThatDoNotBindAreNamedBeforeTheRun() {
        QFETCH(QString, call);
        QFETCH(QString, why);
        const Graph graph =
            graphOf("x: \"f32[4]\"):\n        a = torch.ops.aten." + call.toStdString() + "\n        return (a,)\n");
        const auto planned = plan(graph, cpu());
        QVERIFY(!planned.ok());
        QCOMPARE(planned.error().where, std::string("node a"));
        const QString what = QString::fromStdString(planned.error().what);
        QVERIFY2(what.startsWith("aten." + call.section('(', 0, 0) + " cannot run: ") && what.contains(why),
                 qPrintable(what));
        QVERIFY2(what.contains("(aten::"), qPrintable(what)); // the schema
    }

    void skippingCanBeCancelledAndHasAnEnd() {
        const Graph graph = chain(1);
        ExecOptions options{.skip = UINT64_MAX};
        const auto endless = run(graph, bound(graph).values, cpu(), options);
        QVERIFY(!endless.ok());
        QCOMPARE(endless.error().what, std::string("more random numbers are to be skipped than any program draws: "
                                                   "18446744073709551615"));
        options.skip = 100'000'000'000;
        options.cancel.request();
        const auto cancelled = run(graph, bound(graph).values, cpu(), options);
        QVERIFY(!cancelled.ok());
        QCOMPARE(cancelled.error().what, std::string("cancelled while random numbers were skipped"));
    }

    void contradictedMetadataIsAWarning() {
        const RunResult result = ran(graphOf("x: \"f32[3]\", s: \"f32[s0]\"):\n"
                                             "        a: \"i64[7]\" = torch.ops.aten.add.Tensor(x, x)\n"
                                             "        b: \"f32[3]\" = torch.ops.aten.neg.default(x)\n"
                                             "        c: \"f32[2*s0]\" = torch.ops.aten.neg.default(s)\n"
                                             "        return (a, b, c)\n"));
        QCOMPARE(result.warnings.size(), size_t(2));
        QCOMPARE(result.warnings[0].str(),
                 std::string("node a (aten.add.Tensor): declared as i64[7], computed is f32[3]; the declared shape of "
                             "this file is wrong here"));
        QVERIFY(result.warnings[0].severity == Severity::Warning);
        QVERIFY(result.warnings[1].where.starts_with("node c "));
    }

    void cancelStopsBetweenNodes() {
        const Graph graph = chain(30);
        ExecOptions options;
        size_t seen = 0;
        Cancel cancel = options.cancel;
        options.observe = [&](NodeId, const Value&) {
            if (++seen == 5)
                cancel.request();
        };
        const auto result = run(graph, bound(graph).values, cpu(), options);
        QVERIFY(!result.ok());
        QCOMPARE(seen, size_t(5));
        QCOMPARE(QString::fromStdString(result.error().what), QStringLiteral("cancelled after 6 of 32 nodes"));
    }

    void progressEndsAtAll() {
        ExecOptions options;
        std::vector<size_t> done;
        options.progress = [&](size_t now, size_t all) {
            QCOMPARE(all, size_t(12));
            done.push_back(now);
        };
        ran(chain(10), options);
        QVERIFY(!done.empty());
        QVERIFY(std::is_sorted(done.begin(), done.end()));
        QCOMPARE(done.back(), size_t(12));
    }

    void keptValuesAreSnapshots() {
        const Graph graph = graphOf("x: \"f32[3]\"):\n"
                                    "        a: \"f32[3]\" = torch.ops.aten.relu.default(x)\n"
                                    "        b: \"f32[3]\" = torch.ops.aten.add_.Tensor(a, a)\n"
                                    "        return (b,)\n");
        const Plan planned = plan(graph, cpu()).value();
        const auto result = run(graph, {floats({1, 2, 3})}, cpu(), {.keepAll = true});
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().str().c_str());
        QCOMPARE(elementAsDouble(result->values.at(*graph.find("a")).tensor(), 2), 3.0);
        QCOMPARE(elementAsDouble(result->values.at(*graph.find("b")).tensor(), 2), 6.0);
    }

    void inputsAreNotChanged() {
        const Graph graph = graphOf("x: \"f32[4]\"):\n"
                                    "        v: \"f32[2, 2]\" = torch.ops.aten.view.default(x, [2, 2])\n"
                                    "        b: \"f32[2, 2]\" = torch.ops.aten.add_.Tensor(v, v)\n"
                                    "        return (b,)\n");
        const Tensor x = floats({1, 2, 3, 4});
        const auto result = run(graph, {x}, cpu(), {});
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().str().c_str());
        QCOMPARE(x.data<float>()[3], 4.0f);
        QCOMPARE(elementAsDouble(result->output.list().at(0).tensor(), 3), 8.0);
    }

    void namedValuesAreKept() {
        const Graph graph = chain(4);
        const RunResult result = ran(graph, {.keepNames = {"relu_1"}});
        QCOMPARE(result.values.size(), size_t(1));
        QCOMPARE(result.values.begin()->first, *graph.find("relu_1"));
    }

    void errorsNameTheNode() {
        const Graph graph = graphOf("x: \"f32[4]\", y: \"f32[5]\"):\n"
                                    "        a = torch.ops.aten.add.Tensor(x, y)\n"
                                    "        return (a,)\n");
        const auto result = run(graph, {floats({1, 2, 3, 4}), floats({1, 2, 3, 4, 5})}, cpu(), {});
        QVERIFY(!result.ok());
        QCOMPARE(QString::fromStdString(result.error().where), QStringLiteral("node a (aten.add.Tensor)"));
    }

    void givenInputsGoByNumberOrName() {
        const Graph graph = graphOf("x: \"f32[2]\", y: \"f32[2]\"):\n        return (x, y)\n");
        const auto inputs = bindInputs(graph, {}, {{"in0", floats({1, 2})}, {"y", floats({3, 4})}}, 0);
        QVERIFY(inputs.ok());
        QCOMPARE(inputs->values[0].tensor().data<float>()[1], 2.0f);
        QCOMPARE(inputs->values[1].tensor().data<float>()[0], 3.0f);
        QCOMPARE(inputs->sources, std::vector<std::string>{"2 inputs given"});
        QCOMPARE(inputs->madeUp, (std::vector<bool>{false, false}));
    }

    void wrongInputsAreRefused_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("size");
        QTest::addColumn<QString>("error");
        QTest::newRow("sizes")
            << "in0" << 3
            << "input x: the graph wants f32[2], the value is f32[3] (dimension 0: 2 against 3); give an "
               "input that fits, or another graph with --graph";
        QTest::newRow("name") << "z" << 2 << "the tensor 'z' belongs to no input of the graph; its inputs are in0 (x)";
    }
    void wrongInputsAreRefused() {
        QFETCH(QString, name);
        QFETCH(int, size);
        const Graph graph = graphOf("x: \"f32[2]\"):\n        return (x,)\n");
        const Tensor tensor = Tensor::zeros(DType::Float32, {size}).value();
        const auto inputs = bindInputs(graph, {}, {{name.toStdString(), tensor}}, 0);
        QVERIFY(!inputs.ok());
        QTEST(QString::fromStdString(inputs.error().str()), "error");
    }

    void missingWeightIsNamed() {
        Graph graph = graphOf("w: \"f32[2]\"):\n        return (w,)\n");
        graph.inputSpecs = {{InputSpec::Kind::Parameter, "layer.weight"}};
        const auto inputs = bindInputs(graph, {}, {}, 0);
        QVERIFY(!inputs.ok());
        QCOMPARE(
            QString::fromStdString(inputs.error().str()),
            QStringLiteral("input w: the weight 'layer.weight' is not in the file; give it with --inputs, under the "
                           "name layer.weight"));
        Capture capture;
        capture.weights["layer.weight"] = floats({5, 6});
        const auto found = bindInputs(graph, capture, {}, 0);
        QVERIFY(found.ok());
        QCOMPARE(found->sources, std::vector<std::string>{"1 weight from the file"});
    }

    void symbolicSizesAgree() {
        const Graph graph =
            graphOf("s0: \"Sym(s0)\", x: \"f32[s0, s1]\", y: \"f32[s1, 2*s0]\"):\n        return (x, y)\n");
        const BoundInputs made = bound(graph);
        QCOMPARE(made.values[0].toInt(), int64_t(6));
        QCOMPARE(made.values[1].tensor().sizes(), (Sizes{6, 10}));
        QCOMPARE(made.values[2].tensor().sizes(), (Sizes{10, 12}));
        const auto given = bindInputs(graph, {}, {{"x", Tensor::zeros(DType::Float32, {3, 4}).value()}}, 0);
        QVERIFY(given.ok());
        QCOMPARE(given->values[0].toInt(), int64_t(3));
        QCOMPARE(given->values[2].tensor().sizes(), (Sizes{4, 6}));
    }

    void madeUpInputsFollowTheirUse() {
        const Graph graph = graphOf("w: \"f32[7, 3]\", i: \"i64[50]\", v: \"f32[9]\"):\n"
                                    "        u: \"i64[5, 10]\" = torch.ops.aten.view.default(i, [5, 10])\n"
                                    "        e: \"f32[5, 10, 3]\" = torch.ops.aten.embedding.default(w, u)\n"
                                    "        r: \"f32[9]\" = torch.ops.aten.rsqrt.default(v)\n"
                                    "        return (e, r)\n");
        QCOMPARE(usesOf(graph, *graph.find("i"), {}).indexBound, std::optional<int64_t>(7));
        const BoundInputs a = bound(graph, 1), again = bound(graph, 1), other = bound(graph, 2);
        std::set<int64_t> indices;
        for (int k = 0; k < 50; ++k)
            indices.insert(a.values[1].tensor().data<int64_t>()[k]);
        QVERIFY(*indices.begin() >= 0 && *indices.rbegin() < 7 && indices.size() > 3);
        for (int k = 0; k < 9; ++k)
            QVERIFY(a.values[2].tensor().data<float>()[k] > 0);
        QCOMPARE(elementAsDouble(a.values[0].tensor(), 5), elementAsDouble(again.values[0].tensor(), 5));
        QVERIFY(elementAsDouble(a.values[0].tensor(), 5) != elementAsDouble(other.values[0].tensor(), 5));
        QCOMPARE(QString::fromStdString(a.sources.at(0)),
                 QStringLiteral("3 inputs made up from seed 1 (w: normal, i: indices below 7, v: positive normal)"));
    }

    void madeUpIndicesAreSeenThroughGather() {
        const Graph graph = graphOf("w: \"f32[2, 3]\", table: \"i64[1, 50]\", i: \"i64[1, 8]\"):\n"
                                    "        g: \"i64[1, 8]\" = torch.ops.aten.gather.default(table, 1, i)\n"
                                    "        e: \"f32[1, 8, 3]\" = torch.ops.aten.embedding.default(w, g)\n"
                                    "        return (e,)\n");
        QCOMPARE(usesOf(graph, *graph.find("table"), {}).indexBound, std::optional<int64_t>(2));
        QCOMPARE(usesOf(graph, *graph.find("i"), {}).indexBound, std::optional<int64_t>(50));
    }

    void unknownInputsAreAnError() {
        const auto inputs = bindInputs(graphOf("x):\n        return (x,)\n"), {}, {}, 0);
        QVERIFY(!inputs.ok());
        QCOMPARE(
            QString::fromStdString(inputs.error().str()),
            QStringLiteral("input x: the file does not say what this input is; give it with --inputs, as in0 or x"));
    }

    void outputsAreNamed() {
        Graph graph = graphOf("x: \"f32[2]\", y: \"f32[2]\"):\n        return (x, y)\n");
        graph.outputSpecs = {{OutputSpec::Kind::BufferMutation, "bn.mean"}, {}};
        const auto outputs = namedOutputs(graph, ValueList{floats({1, 2}), floats({3, 4})});
        QCOMPARE(outputs.size(), size_t(2));
        QCOMPARE(outputs[0].name, std::string("mutation.bn.mean"));
        QCOMPARE(outputs[1].name, std::string("out0"));
        QCOMPARE(outputs[1].node, *graph.find("y"));
    }
};

QTEST_GUILESS_MAIN(TstExec)
#include "tst_exec.moc"
