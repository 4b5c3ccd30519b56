// SPDX-License-Identifier: BSD-3-Clause
// The patterns of inductor-2.11 beside what PyTorch makes of the same files (scripts/record_patterns.py).
#include "core/io/capture.h"
#include "core/ops/op.h"
#include "core/pattern/pattern_run.h"
#include "core/pattern/replace.h"
#include "core/support/file.h"

#include <QRegularExpression>
#include <QtTest>

#include <algorithm>

using namespace fxscope;

namespace {

constexpr const char* kSet = "inductor-2.11";

QString recorded(const char* kind) {
    const auto file = MappedFile::open(std::string(FXSCOPE_SOURCE_DIR "/tests/data/") + kind + "_" + kSet + ".txt");
    return file.ok() ? QString::fromUtf8((*file)->text().data(), qsizetype((*file)->text().size())) : QString();
}

/// The blocks behind lines "==== TITLE": (title, text).
QList<std::pair<QString, QString>> blocks(const QString& text) {
    QList<std::pair<QString, QString>> result;
    for (const QString& line : text.split('\n')) {
        if (line.startsWith("==== "))
            result.append({line.mid(5), {}});
        else if (!result.isEmpty())
            result.last().second += line + '\n';
    }
    return result;
}

/// A printed graph with the metadata of its inputs; the rest follows.
Graph graphOf(const QString& text, const std::vector<ValueMeta>& inputs) {
    const auto capture = io::openText(text.toStdString(), "before");
    if (!capture.ok())
        return {};
    Graph graph = *capture->graphs[0].graph;
    auto input = inputs.begin();
    for (const NodeId id : graph.ids())
        if (graph[id].op == Op::Placeholder && input != inputs.end()) {
            NodeBody body = graph[id];
            body.meta = *input++;
            graph.setBody(id, std::move(body));
        }
    inferMissing(graph);
    return graph;
}

PatternSet alone(const PatternSet& set, const std::string& name) {
    PatternSet one{name, {}, {}};
    for (const auto& entry : set.entries)
        if (entry->name() == name)
            one.entries.push_back(entry);
    return one;
}

/// What PyTorch does around a pass: order and dead code. The text as it prints it.
QString settled(Graph& graph) {
    Rewriter rewriter(graph);
    if (!sortNodes(rewriter).ok())
        return "no order";
    removeDeadCode(graph, true);
    return verify(graph).empty() ? QString::fromStdString(io::writeText(graph)).trimmed() : "broken";
}

/// Why the try that came furthest failed.
QString nearestReason(const PatternRun& run) {
    std::pair<int, int> nearest{-1, -1};
    std::string_view reason;
    for (const PatternTry& tried : run.tries)
        if (const std::pair at{tried.phase, tried.failure.matched}; tried.reason() != Reason::Match && at > nearest)
            nearest = at, reason = name(tried.reason());
    return QString::fromUtf8(reason.data(), qsizetype(reason.size()));
}

} // namespace

class TestPatternFamily : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        const auto set = loadPatternSet(kSet);
        QVERIFY(set.ok());
        m_set = *set;
        for (const Diagnostic& problem : m_set->problems)
            QFAIL(problem.str().c_str());
        QVERIFY(m_set->entries.size() >= 10);
    }

    void printsAsPyTorch_data() {
        QTest::addColumn<QString>("wanted");
        for (const auto& [title, text] : blocks(recorded("patterns")))
            QTest::newRow(title.toUtf8()) << text.trimmed();
    }
    void printsAsPyTorch() {
        QFETCH(QString, wanted);
        const PatternEntry* entry = m_set->find(QTest::currentDataTag());
        QVERIFY(entry);
        QCOMPARE(QString::fromStdString(printPattern(entry->pattern)), wanted);
    }

    void everyPatternIsRecorded() { QCOMPARE(blocks(recorded("patterns")).size(), qsizetype(m_set->entries.size())); }

    void rewritesAsPyTorch_data() {
        QTest::addColumn<QString>("text");
        for (const auto& [title, text] : blocks(recorded("rewrites")))
            QTest::newRow(title.toUtf8()) << text;
    }
    /// The example fires as often as in PyTorch, and PyTorch's own graph of it becomes the same text here.
    void rewritesAsPyTorch() {
        QFETCH(QString, text);
        const QStringList title = QString(QTest::currentDataTag()).split(' ');
        const PatternEntry* entry = m_set->find(title[0].toStdString());
        QVERIFY(entry);
        const PatternExample& example = entry->source.examples.at(title[1].toUInt());
        QCOMPARE(example.matches, title[3].toInt());
        QCOMPARE(QString::fromStdString(runExample(*entry, example)), QString());
        if (!example.matches)
            return;
        const QStringList parts = text.split("---- after\n");
        std::vector<ValueMeta> inputs;
        for (const TraceInput& input : example.inputs)
            inputs.push_back(input.meta);
        Graph graph = graphOf(parts[0], inputs);
        const auto run = runPatterns(graph, alone(*m_set, entry->name()), {.scores = true});
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().str().c_str());
        QCOMPARE(run->matches, int64_t(example.matches));
        QCOMPARE(settled(graph), parts[1].trimmed());
    }

    void casesAsPyTorch_data() {
        QTest::addColumn<QString>("text");
        for (const auto& [title, text] : blocks(recorded("cases")))
            QTest::newRow(title.toUtf8()) << text;
    }
    /// Programs that are no pattern: what PyTorch answered, and why nothing matches.
    void casesAsPyTorch() {
        QFETCH(QString, text);
        const QStringList title = QString(QTest::currentDataTag()).split(' ');
        const QStringList parts = text.split(QRegularExpression("---- (before|after)\n"));
        std::vector<ValueMeta> inputs;
        for (const QString& input : parts[0].trimmed().split("; "))
            inputs.push_back(ValueMeta::tensor(*parseTensorText(input.toStdString(), "")));
        Graph graph = graphOf(parts[1], inputs);
        const auto run =
            runPatterns(graph, alone(*m_set, title[0].section("__", 0, 0).toStdString()), {.scores = true});
        QVERIFY2(run.ok(), run.ok() ? "" : run.error().str().c_str());
        QCOMPARE(QString::fromStdString(run->error), QString());
        QCOMPARE(run->matches, int64_t(title[2].toInt()));
        if (!title[3].isEmpty())
            QCOMPARE(nearestReason(*run), title[3]);
        QCOMPARE(settled(graph), parts[2].trimmed());
    }

    /// Which kernel PyTorch takes on a GPU depends on that GPU; on the CPU it is fused, or taken apart with dropout.
    void attentionByDevice_data() {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("tensor");
        QTest::addColumn<QString>("call");
        QTest::newRow("cpu") << "attention_1"
                             << "f32[2, 4, 8, 16]"
                             << "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default";
        QTest::newRow("cpu, dropout") << "attention_3"
                                      << "f32[2, 4, 8, 16]"
                                      << "torch.ops.aten.rand.default";
        QTest::newRow("gpu") << "attention_1"
                             << "f32[2, 4, 8, 16]cuda:0"
                             << "torch.ops.aten.scaled_dot_product_attention.default";
    }
    void attentionByDevice() {
        QFETCH(QString, pattern);
        QFETCH(QString, tensor);
        QFETCH(QString, call);
        const PatternEntry* entry = m_set->find(pattern.toStdString());
        QVERIFY(entry);
        std::vector<TraceInput> inputs = entry->source.inputs;
        for (TraceInput& input : inputs)
            if (input.meta.isTensor())
                input.meta = ValueMeta::tensor(*parseTensorText(tensor.toStdString(), ""));
        const auto graph = traceFunction(entry->source.replacement(), inputs, {});
        QVERIFY2(graph.ok(), graph.ok() ? "" : graph.error().str().c_str());
        const auto ids = graph->ids();
        QVERIFY(std::any_of(ids.begin(), ids.end(),
                            [&](NodeId id) { return (*graph)[id].target.str() == call.toStdString(); }));
    }

private:
    std::shared_ptr<const PatternSet> m_set;
};

QTEST_GUILESS_MAIN(TestPatternFamily)
#include "tst_pattern_family.moc"
