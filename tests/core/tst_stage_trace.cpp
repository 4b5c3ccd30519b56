// SPDX-License-Identifier: BSD-3-Clause
// Stages of a compile as a trace: every version is its stage, forwards and backwards.
#include "tst_io_common.h"

#include "core/rewrite/stage_trace.h"

using namespace fxscope;
using namespace iotest;

class TstStageTrace : public QObject {
    Q_OBJECT
private slots:
    void versionsAreStages_data();
    void versionsAreStages();
    void idsFollowNodes();
    void namesUsedAgain();
};

namespace {

std::vector<Stage> stagesOf(const Capture& capture, std::initializer_list<const char*> ids) {
    std::vector<Stage> stages;
    for (const char* id : ids)
        if (const auto entry = capture.entry(id); entry.ok())
            stages.push_back({entry->stage, entry->graph});
    return stages;
}

/// Walks the trace both ways and compares each version with its stage.
void compareAll(const std::vector<Stage>& stages) {
    const auto trace = std::make_shared<const Trace>(traceOfStages(stages));
    QCOMPARE(trace->passes.size(), stages.size() - 1);
    TraceCursor cursor(trace);
    const auto check = [&](size_t stage, size_t position) {
        cursor.moveTo(position);
        std::string why;
        QVERIFY2(sameGraph(*stages[stage].graph, cursor.graph(), {.origin = true}, &why),
                 (stages[stage].name + ": " + why).c_str());
        for (const Diagnostic& problem : verify(cursor.graph()))
            QVERIFY2(problem.severity != Severity::Error, problem.str().c_str());
    };
    const auto after = [&](size_t stage) {
        return stage == 0 ? 0 : trace->passes[stage - 1].firstStep + trace->passes[stage - 1].stepCount;
    };
    for (size_t stage = 0; stage < stages.size(); ++stage)
        check(stage, after(stage));
    for (size_t stage = stages.size(); stage-- > 0;)
        check(stage, after(stage));
}

} // namespace

void TstStageTrace::versionsAreStages_data() {
    QTest::addColumn<QString>("path");
    QTest::newRow("small log") << QString::fromStdString(data("numpy_kwargs.log"));
    for (const QString& path : shared("graphs/torch_trace", {"*.log"}))
        QTest::newRow(qPrintable(path.section('/', -1))) << path;
}

void TstStageTrace::versionsAreStages() {
    QFETCH(QString, path);
    const auto capture = io::open(path.toStdString());
    QVERIFY(capture.ok());
    compareAll(stagesOf(*capture,
                        {"dynamo_output_graph", "before_pre_grad_graph", "after_pre_grad_graph", "aot_joint_graph",
                         "aot_forward_graph", "forward/before_post_grad_graph", "forward/inductor_post_grad_graph"}));
    compareAll(stagesOf(*capture, {"aot_joint_graph", "aot_backward_graph", "backward/before_post_grad_graph",
                                   "backward/inductor_post_grad_graph", "aot_joint_graph"}));
}

void TstStageTrace::idsFollowNodes() {
    const auto capture = io::open(data("numpy_kwargs.log"));
    const auto stages = stagesOf(*capture, {"before_pre_grad_graph", "after_pre_grad_graph"});
    const Trace trace = traceOfStages(stages);
    QCOMPARE(trace.steps.size(), size_t{1});
    for (const NodeId id : trace.steps[0].changed) // eight have other keywords, the rest another meta or place
        QVERIFY(trace.base->alive(id));
    QVERIFY(trace.steps[0].changed.size() >= 8);
    QVERIFY(trace.steps[0].added.empty() && trace.steps[0].removed.empty());
    QCOMPARE(trace.passes[0].pass, std::string("after_pre_grad_graph"));
}

void TstStageTrace::namesUsedAgain() {
    const auto stage = [](const char* name, const std::string& lines) {
        return Stage{name, graphOf("def forward(self, x, z):\n" + lines)};
    };
    compareAll(
        {stage("1", "    a = torch.f(x)\n    b = torch.g(a)\n    return (b,)\n"),
         stage("2", "    b = torch.f(x)\n    c = torch.g(b)\n    return (c, z)\n"), // renamed to a name in use
         stage("3", "    c = torch.k(z)\n    return (c,)\n"),                       // gone
         stage("4", "    a = torch.h(z)\n    b = torch.h(a)\n    d = torch.h(b)\n    return (d, a)\n"), // back again
         stage("5", "    b = torch.h(z)\n    a = torch.k(b)\n    return (a,)\n")});                     // turned round
    compareAll({stage("1", "    a = torch.f(x)\n    b = torch.g(x)\n    return (a, b)\n"),
                stage("2", "    b = torch.f(x)\n    a = torch.g(x)\n    return (b, a)\n")});
}

QTEST_GUILESS_MAIN(TstStageTrace)
#include "tst_stage_trace.moc"
