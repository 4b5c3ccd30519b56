// SPDX-License-Identifier: BSD-3-Clause
// The passes on real programs, and on what PyTorch recorded. Rows of the shared folder are left out where it is absent.
#include "app/conform/passes_conform.h"
#include "core/compare/compare.h"
#include "core/io/capture.h"
#include "passes/passes.h"

#include <QTest>

#include <chrono>
#include <filesystem>

using namespace fxscope;

namespace {

Result<Trace> apply(std::shared_ptr<const Graph> graph, const std::vector<std::string>& names) {
    FX_TRY(const auto passes, resolvePasses(names));
    return runPasses(std::move(graph), passes);
}

size_t countTarget(const Graph& graph, std::string_view target) {
    size_t count = 0;
    for (const NodeId id : graph.order())
        count += graph[id].target.str() == target;
    return count;
}

double milliseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::milli>(time).count(); }

void printMisses(const Trace& trace) {
    for (const PassRecord& record : trace.passes) {
        qInfo("%s: %zu steps, %zu misses, %.2f ms", record.pass.c_str(), record.stepCount, record.misses.size(),
              milliseconds(record.took));
        for (size_t i = 0; i < std::min<size_t>(record.misses.size(), 3); ++i)
            qInfo("    %s: %s", record.misses[i].code.c_str(), record.misses[i].sentence(*trace.base).c_str());
    }
}

/// `times` copies of the graph's calls, one behind the other, over the same placeholders.
Graph repeated(const Graph& graph, int times) {
    std::vector<NodeBody> bodies;
    std::vector<NodeId> now(graph.slotCount());
    const auto add = [&](NodeBody body, NodeId old, const std::string& suffix) {
        const auto map = [&](NodeId id) { return Argument::node(now[id.index]); };
        for (Argument& arg : body.args)
            arg = mapNodes(arg, map);
        for (Kwarg& kwarg : body.kwargs)
            kwarg.second = mapNodes(kwarg.second, map);
        body.name += suffix;
        now[old.index] = NodeId{static_cast<uint32_t>(bodies.size())};
        bodies.push_back(std::move(body));
    };
    for (const NodeId id : graph.placeholders())
        add(graph[id], id, "");
    for (int copy = 0; copy < times; ++copy)
        for (const NodeId id : graph.order())
            if (const Op op = graph[id].op; op != Op::Placeholder && op != Op::Output)
                add(graph[id], id, "_r" + std::to_string(copy));
    add(graph[graph.output()], graph.output(), "");
    return Graph::fromBodies(std::move(bodies)).value();
}

} // namespace

class TestPassFiles : public QObject {
    Q_OBJECT
private slots:
    void recordedNumpyCases();
    void recordedRandpermCases();
    void recordedKeywordProgram();
    void realPrograms_data();
    void realPrograms();
    void realProgramsComputeTheSame_data();
    void realProgramsComputeTheSame();
    void bigGraphsTakeMilliseconds();
};

void TestPassFiles::recordedNumpyCases() {
    Backend& cpu = *findBackend("cpu").value();
    const std::string folder = FXSCOPE_SOURCE_DIR "/tests/data/conformance/";
    // The second: collisions of keywords, functions found by another name or not at all, several nodes.
    for (const auto& [file, count] : {std::pair("numpy_cases.json", 39), std::pair("numpy_cases_more.json", 24)}) {
        const auto report = conform::replayNumpyKwargs(folder + file, cpu);
        QVERIFY2(report.ok(), report.ok() ? "" : report.error().str().c_str());
        const auto total = report->total();
        QVERIFY2(total.failed == 0, total.firstFailure.c_str());
        QCOMPARE(total.passed, size_t(count));
        QCOMPARE(total.skipped, size_t{0});
    }
}

void TestPassFiles::recordedRandpermCases() {
    const std::string path = FXSCOPE_SHARED_DIR "/conformance/randperm_cases.json";
    if (!std::filesystem::exists(path))
        return;
    const auto report = conform::replayRandpermRewrites(path, "", *findBackend("cpu").value());
    QVERIFY2(report.ok(), report.ok() ? "" : report.error().str().c_str());
    for (const auto& [name, group] : report->groups()) {
        qInfo("%s: %zu passed, %zu failed, %zu skipped", name.c_str(), group.passed, group.failed, group.skipped);
        for (const auto& [why, count] : group.skipReasons)
            qInfo("    skipped %zu: %s", count, why.c_str());
        QVERIFY2(group.failed == 0, group.firstFailure.c_str());
    }
    QVERIFY(report->total().passed > 0);
}

/// What Dynamo handed over, and what PyTorch's own pass made of it: eight functions renamed, a method left alone.
void TestPassFiles::recordedKeywordProgram() {
    const auto before = io::open(FXSCOPE_SOURCE_DIR "/tests/data/passes/numpy_kwargs.before.py");
    const auto after = io::open(FXSCOPE_SOURCE_DIR "/tests/data/passes/numpy_kwargs.after.py");
    QVERIFY(before.ok() && after.ok());
    const auto trace = apply(before->entry()->graph, {"numpy_kwargs"});
    QVERIFY(trace.ok());
    QCOMPARE(trace->steps.size(), size_t{8});
    std::string why;
    QVERIFY2(sameGraph(*trace->result, *after->entry()->graph, {.origin = true}, &why), why.c_str());
    QVERIFY(!sameGraph(*trace->base, *after->entry()->graph));
}

void TestPassFiles::realPrograms_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("pass");
    QTest::addColumn<int>("steps");
    QTest::newRow("sdvit, exported: gathers") << "graphs/pt2/stochastic_depth_vit.pt2"
                                              << "randperm_index" << 12;
    QTest::newRow("sdvit, exported: additions") << "graphs/pt2/stochastic_depth_vit.pt2"
                                                << "randperm_index_add" << 12;
    QTest::newRow("sdvit, exported: both") << "graphs/pt2/stochastic_depth_vit.pt2"
                                           << "misc" << 24;
    QTest::newRow("randperm_index_add, exported") << "graphs/pt2/randperm_index_add.pt2"
                                                  << "misc" << 1;
    QTest::newRow("randperm_index_add, readable") << "graphs/text/randperm_index_add.readable.py"
                                                  << "misc" << 1;
    QTest::newRow("randperm_index_add, text") << "graphs/text/randperm_index_add.graph.txt"
                                              << "misc" << 1;
    QTest::newRow("sdvit, joint: gathers") << "graphs/passes/sdvit_gpu/1_joint_before_0.readable.py"
                                           << "randperm_index" << 24;
    QTest::newRow("sdvit, joint: additions") << "graphs/passes/sdvit_gpu/1_joint_before_0.readable.py"
                                             << "randperm_index_add" << 24;
    QTest::newRow("no randperm in bert") << "graphs/pt2/bert.pt2"
                                         << "randperm_index_add" << 0;
}

void TestPassFiles::realPrograms() {
    QFETCH(QString, file);
    QFETCH(QString, pass);
    QFETCH(int, steps);
    const std::string path = FXSCOPE_SHARED_DIR "/" + file.toStdString();
    if (!std::filesystem::exists(path))
        return;
    const auto capture = io::open(path);
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const auto trace = apply(capture->entry()->graph, {pass.toStdString()});
    QVERIFY2(trace.ok(), trace.ok() ? "" : trace.error().str().c_str());
    printMisses(*trace);
    QCOMPARE(trace->steps.size(), static_cast<size_t>(steps));
}

void TestPassFiles::realProgramsComputeTheSame_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("randperm_index_add") << "graphs/pt2/randperm_index_add.pt2";
    QTest::newRow("stochastic_depth_vit") << "graphs/pt2/stochastic_depth_vit.pt2";
}

/// With the program's own weights and sample inputs: every value both graphs compute, and every output.
void TestPassFiles::realProgramsComputeTheSame() {
    QFETCH(QString, file);
    const std::string path = FXSCOPE_SHARED_DIR "/" + file.toStdString();
    if (!std::filesystem::exists(path))
        return;
    const auto capture = io::open(path);
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const auto trace = apply(capture->entry()->graph, {"misc"});
    QVERIFY(trace.ok());
    const auto inputs = bindInputs(*trace->base, *capture, {}, 7);
    QVERIFY2(inputs.ok(), inputs.ok() ? "" : inputs.error().str().c_str());
    const auto result = compareTrace(*trace, *inputs, *findBackend("cpu").value(), {.seed = 7});
    QVERIFY2(result.ok(), result.ok() ? "" : result.error().str().c_str());
    QVERIFY2(result->equal, result->firstDiffering.c_str());
    size_t values = 0, outputs = 0;
    for (const NodeComparison& node : result->nodes) {
        QVERIFY2(node.difference.bitEqual, node.before.c_str());
        (node.output.empty() ? values : outputs) += 1;
    }
    qInfo("%zu rewrites, %zu values and %zu outputs equal bit for bit", trace->steps.size(), values, outputs);
    QVERIFY(outputs > 0);
}

void TestPassFiles::bigGraphsTakeMilliseconds() {
    const std::string path = FXSCOPE_SHARED_DIR "/graphs/text/sdvit_joint_4667.graph.txt";
    if (!std::filesystem::exists(path))
        return;
    const auto capture = io::open(path);
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const auto graph = std::make_shared<const Graph>(repeated(*capture->entry()->graph, 4));
    const auto start = std::chrono::steady_clock::now();
    const auto trace = apply(graph, {"misc"});
    const auto took = std::chrono::steady_clock::now() - start;
    QVERIFY2(trace.ok(), trace.ok() ? "" : trace.error().str().c_str());
    printMisses(*trace);
    qInfo("%zu nodes, %zu index_put before, %zu steps; with verifying and replaying: %.1f ms", graph->size(),
          countTarget(*graph, "torch.ops.aten.index_put.default"), trace->steps.size(), milliseconds(took));
    for (const PassRecord& record : trace->passes)
        QVERIFY2(milliseconds(record.took) < 2000, record.pass.c_str()); // a debug build on a busy machine
}

QTEST_GUILESS_MAIN(TestPassFiles)
#include "tst_pass_files.moc"
