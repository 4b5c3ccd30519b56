// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/passes_conform.h"
#include "core/support/file.h"
#include "passes/passes.h"
#include "tests/passes/pass_case.h"

#include <QTest>

#include <filesystem>

using namespace fxscope;
using namespace fxscope::test;

namespace {

Result<Trace> apply(std::shared_ptr<const Graph> graph, const PassCase& test) {
    const std::string names[] = {test.pass};
    FX_TRY(const auto passes, resolvePasses(names));
    return runPasses(std::move(graph), passes, {.patterns = test.patterns});
}

/// One text for both: names, order, arguments, dtypes and sizes. Strides that only shape rules know are left out.
std::string textOf(const Graph& graph) { return io::writeReadable(graph, {.comments = false, .className = "after"}); }

std::string dedent(const std::string& classText) {
    std::string text;
    size_t at = classText.find("    def forward(self");
    for (; at != std::string::npos && at < classText.size();) {
        const size_t end = std::min(classText.find('\n', at), classText.size());
        std::string line = classText.substr(at, end - at);
        text += (line.starts_with("    ") ? line.substr(4) : line) + "\n";
        at = end + 1;
    }
    if (const size_t self = text.find("forward(self, "); self != std::string::npos)
        text.replace(self, 14, "after(");
    return text;
}

bool warned(const Trace& trace, const std::string& wanted) {
    for (const RewriteStep& step : trace.steps)
        for (const Diagnostic& warning : step.warnings)
            if (warning.what.find(wanted) != std::string::npos)
                return true;
    return false;
}

PassCase caseOf(const QString& path) {
    auto read = readPassCase(path.toStdString());
    if (!read)
        qFatal("%s", read.error().str().c_str());
    return std::move(read).value();
}

void addCases() {
    QTest::addColumn<QString>("path");
    for (const std::string& path : passCases()) {
        const std::filesystem::path file(path);
        const std::string title = file.parent_path().filename().string() + "/" + file.stem().string();
        QTest::newRow(title.c_str()) << QString::fromStdString(path);
    }
}

} // namespace

class TestPasses : public QObject {
    Q_OBJECT
private slots:
    void rewritesAsTheTextSays_data() { addCases(); }
    void rewritesAsTheTextSays();
    void aSecondRunChangesNothing_data() { addCases(); }
    void aSecondRunChangesNothing();
    void everyStepGoesForthAndBack_data() { addCases(); }
    void everyStepGoesForthAndBack();
    void computesTheSameBits_data() { addCases(); }
    void computesTheSameBits();
    void namesOfPassesAreResolved();
};

void TestPasses::rewritesAsTheTextSays() {
    QFETCH(QString, path);
    const PassCase test = caseOf(path);
    const auto trace = apply(test.before, test);
    QVERIFY2(trace.ok(), trace.ok() ? "" : trace.error().str().c_str());
    QCOMPARE(trace->steps.size(), test.matches);
    if (!test.because.empty()) {
        QVERIFY(!trace->passes[0].misses.empty());
        const Miss& miss = trace->passes[0].misses.front();
        QCOMPARE(QString::fromStdString(miss.sentence(*trace->base)), QString::fromStdString(test.because));
        QVERIFY(miss.matched < miss.wanted);
    }
    for (const Diagnostic& diagnostic : trace->passes[0].diagnostics)
        QFAIL(diagnostic.str().c_str());
    QCOMPARE(warned(*trace, test.warns), !test.warns.empty());
    if (test.matches == 0) {
        QCOMPARE(trace->result, trace->base);
        return;
    }
    const std::string actual = textOf(*trace->result), wanted = test.after ? textOf(*test.after) : std::string();
    if (actual != wanted) {
        const std::string beside = test.path.substr(0, test.path.size() - 3) + ".actual.py";
        QVERIFY(writeFile(beside, dedent(actual)).ok());
        QFAIL(("wrote " + beside + "; the pass gave\n" + dedent(actual) + "the test wants\n" + dedent(wanted)).c_str());
    }
}

void TestPasses::aSecondRunChangesNothing() {
    QFETCH(QString, path);
    const PassCase test = caseOf(path);
    const auto once = apply(test.before, test);
    QVERIFY(once.ok());
    const auto twice = apply(once->result, test);
    QVERIFY(twice.ok());
    QCOMPARE(twice->steps.size(), size_t{0});
}

void TestPasses::everyStepGoesForthAndBack() {
    QFETCH(QString, path);
    const PassCase test = caseOf(path);
    const auto trace = std::make_shared<const Trace>(apply(test.before, test).value());
    TraceCursor cursor(trace);
    std::vector<Graph> versions;
    for (size_t at = 0; at <= trace->steps.size(); ++at) {
        cursor.moveTo(at);
        versions.push_back(cursor.graph());
    }
    std::string why;
    QVERIFY2(sameGraph(versions.back(), *trace->result, {.origin = true}, &why), why.c_str());
    for (size_t at = versions.size(); at-- > 0;) {
        cursor.moveTo(at);
        QVERIFY2(sameGraph(cursor.graph(), versions[at], {.origin = true}, &why), why.c_str());
        QVERIFY(verify(cursor.graph()).empty());
    }
    QVERIFY2(sameGraph(cursor.graph(), *trace->base, {.origin = true}, &why), why.c_str());
}

void TestPasses::computesTheSameBits() {
    QFETCH(QString, path);
    const PassCase test = caseOf(path);
    if (!test.notRun.empty() || test.matches == 0)
        return; // the case says why it cannot run, or both sides are one graph
    const auto trace = apply(test.before, test);
    QVERIFY(trace.ok());
    const auto backend = findBackend("cpu");
    QVERIFY(backend.ok());
    for (const uint64_t seed : {1u, 7u, 1234u}) {
        const conform::BitComparison bits = conform::compareBits(*trace->base, *trace->result, **backend, seed);
        QVERIFY2(bits.ran && bits.equal, bits.why.c_str());
    }
}

void TestPasses::namesOfPassesAreResolved() {
    const std::string misc[] = {"misc"};
    const auto passes = resolvePasses(misc);
    QVERIFY(passes.ok());
    QCOMPARE(passes->size(), size_t{3});
    QCOMPARE((*passes)[0]->name(), std::string_view("randperm_index_add"));
    QCOMPARE((*passes)[2]->name(), std::string_view("numpy_kwargs"));
    const std::string wrong[] = {"randperm_indx"};
    const auto none = resolvePasses(wrong);
    QVERIFY(!none.ok());
    QCOMPARE(none.error().what, std::string("there is no pass or pipeline named randperm_indx"));
    QVERIFY2(none.error().next.starts_with("did you mean randperm_index"), none.error().next.c_str());
    for (const Pipeline& pipeline : allPipelines())
        QVERIFY(resolvePasses(pipeline.passes).ok());
}

QTEST_GUILESS_MAIN(TestPasses)
#include "tst_passes.moc"
