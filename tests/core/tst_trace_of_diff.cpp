// SPDX-License-Identifier: BSD-3-Clause
// What other programs' passes did, as a trace: every pair of neighbours of a real log, and of two made-up graphs.
#include "core/graph/graph.h"
#include "core/io/capture.h"
#include "core/rewrite/trace_of_diff.h"

#include <QtTest>

using namespace fxscope;

namespace {

/// What is compared: everything but the name of the class, which a version keeps from its base.
std::string textOf(const Graph& graph) {
    io::ReadableOptions options;
    options.className = "M";
    return io::writeReadable(graph, options);
}

std::shared_ptr<const Graph> read(const char* text) {
    auto capture = io::openText(text, "test");
    return capture.ok() ? capture->graphs[0].graph : nullptr;
}

const char kBefore[] = R"(graph():
    %x : [num_users=2] = placeholder[target=x]
    %relu : [num_users=2] = call_function[target=torch.ops.aten.relu.default](args = (%x,), kwargs = {})
    %neg : [num_users=1] = call_function[target=torch.ops.aten.neg.default](args = (%relu,), kwargs = {})
    %abs_1 : [num_users=1] = call_function[target=torch.ops.aten.abs.default](args = (%relu,), kwargs = {})
    %add : [num_users=1] = call_function[target=torch.ops.aten.add.Tensor](args = (%neg, %x), kwargs = {})
    %mul : [num_users=1] = call_function[target=torch.ops.aten.mul.Tensor](args = (%add, %abs_1), kwargs = {})
    return (mul,))";

/// relu became two nodes, abs stands elsewhere, a name went to another node, mul got a number.
const char kAfter[] = R"(graph():
    %x : [num_users=2] = placeholder[target=x]
    %sign : [num_users=1] = call_function[target=torch.ops.aten.sign.default](args = (%x,), kwargs = {})
    %where : [num_users=2] = call_function[target=torch.ops.aten.gelu.default](args = (%sign,), kwargs = {})
    %abs_1 : [num_users=1] = call_function[target=torch.ops.aten.abs.default](args = (%where,), kwargs = {})
    %neg : [num_users=1] = call_function[target=torch.ops.aten.neg.default](args = (%where,), kwargs = {})
    %mul : [num_users=1] = call_function[target=torch.ops.aten.add.Tensor](args = (%neg, %x), kwargs = {})
    %mul_1 : [num_users=1] = call_function[target=torch.ops.aten.mul.Tensor](args = (%mul, %abs_1), kwargs = {})
    return (mul_1,))";

} // namespace

class TstTraceOfDiff : public QObject {
    Q_OBJECT
private slots:
    void madeUp_data();
    void madeUp();
    void neighboursOfALog();
    void sameGraphsHaveNoStep();

private:
    void check(const std::shared_ptr<const Graph>& before, const Graph& after);
};

/// Forwards it is `after`, backwards `before`, as often as one goes.
void TstTraceOfDiff::check(const std::shared_ptr<const Graph>& before, const Graph& after) {
    const GraphDiff diff = diffGraphs(*before, after);
    const auto trace = traceOfDiff(before, after, diff, "stage");
    const std::string result = textOf(*trace->result), wanted = textOf(after);
    QVERIFY2(result == wanted, (result + "\nwanted\n" + wanted).c_str());
    const Diagnostics problems = verify(*trace->result);
    QVERIFY2(problems.empty(), problems.empty() ? "" : problems[0].str().c_str());
    TraceCursor cursor(trace);
    for (int round = 0; round < 3; ++round) {
        cursor.moveTo(trace->steps.size());
        QCOMPARE(textOf(cursor.graph()), textOf(after));
        cursor.moveTo(0);
        QCOMPARE(textOf(cursor.graph()), textOf(*before));
        QVERIFY(verify(cursor.graph()).empty());
    }
    if (trace->steps.empty())
        return;
    const RewriteStep& step = trace->steps[0];
    QCOMPARE(step.added.size(), diff.added.size());
    QCOMPARE(step.removed.size(), diff.removed.size());
    for (const NodePair& pair : diff.pairs) // who has a counterpart keeps its id
        QCOMPARE((*trace->result)[pair.before].name, after[pair.after].name);
}

void TstTraceOfDiff::madeUp_data() {
    QTest::addColumn<bool>("forwards");
    QTest::newRow("forwards") << true;
    QTest::newRow("backwards") << false;
}

void TstTraceOfDiff::madeUp() {
    QFETCH(bool, forwards);
    const auto before = read(forwards ? kBefore : kAfter), after = read(forwards ? kAfter : kBefore);
    QVERIFY(before && after);
    check(before, *after);
}

void TstTraceOfDiff::neighboursOfALog() {
    const auto capture = io::open(FXSCOPE_SOURCE_DIR "/tests/data/io/numpy_kwargs.log");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    int pairs = 0;
    for (size_t i = 0; i < capture->graphs.size(); ++i) {
        const auto entry = capture->load(i);
        QVERIFY(entry.ok());
        if (entry->previous < 0)
            continue;
        const auto before = capture->load(static_cast<size_t>(entry->previous));
        QVERIFY(before.ok());
        check(before->graph, *entry->graph);
        ++pairs;
    }
    QVERIFY(pairs >= 4);
}

void TstTraceOfDiff::sameGraphsHaveNoStep() {
    const auto graph = read(kBefore), again = read(kBefore);
    const auto trace = traceOfDiff(graph, *again, diffGraphs(*graph, *again), "stage");
    QVERIFY(trace->steps.empty());
    QCOMPARE(trace->passes.size(), size_t(1));
    QCOMPARE(trace->result, graph);
}

QTEST_APPLESS_MAIN(TstTraceOfDiff)
#include "tst_trace_of_diff.moc"
