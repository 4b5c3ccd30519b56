// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/capture.h"
#include "core/ops/op.h"

#include <QDirIterator>
#include <QtTest>

using namespace fxscope;

namespace {

/// Dimensions of size 1 may have any stride.
bool sameStrides(const TensorMeta& a, const TensorMeta& b) {
    for (size_t d = 0; d < a.sizes.size() && a.strides && b.strides; ++d)
        if (!a.sizes[d].is(1) && !((*a.strides)[d] == (*b.strides)[d]))
            return false;
    return true;
}

bool agree(const ValueMeta& rule, const ValueMeta& recorded) {
    if (rule.kind() != recorded.kind())
        return false;
    if (rule.kind() == ValueMeta::Kind::SymInt)
        return rule.symInt() == recorded.symInt();
    if (rule.kind() == ValueMeta::Kind::List) {
        const auto &a = rule.items(), &b = recorded.items();
        return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), agree);
    }
    if (!rule.isTensor())
        return true;
    const TensorMeta &a = rule.tensor(), &b = recorded.tensor();
    return a.dtype == b.dtype && a.sizes == b.sizes && sameStrides(a, b) &&
           (!a.device || !b.device || *a.device == *b.device);
}

} // namespace

/// The shape rules against the metadata that PyTorch wrote into exported graphs, call by call.
class InferGraphsTest : public QObject {
    Q_OBJECT
private slots:
    void calls_data();
    void calls();
    void cleanupTestCase();

private:
    size_t m_agree = 0;
    std::map<std::string, size_t> m_withoutRule;
};

void InferGraphsTest::calls_data() {
    QTest::addColumn<QString>("path");
    for (const char* folder : {FXSCOPE_SOURCE_DIR "/tests/data/pt2", FXSCOPE_SHARED_DIR "/graphs/pt2"})
        for (QDirIterator files(folder, {"*.pt2"}, QDir::Files); files.hasNext();) {
            const QString path = files.next();
            QTest::newRow(qPrintable(files.fileName() + (path.contains("tests/data") ? "" : " (wider)"))) << path;
        }
}

void InferGraphsTest::calls() {
    QFETCH(QString, path);
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const auto entry = capture->entry();
    const Graph& graph = *entry->graph;
    size_t compared = 0;
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        if (node.op != Op::CallFunction || !node.meta.isKnown())
            continue;
        const OpDef* op = findOp(node.target);
        if (!op || !op->infer) {
            ++m_withoutRule[node.target.str()];
            continue;
        }
        if (node.target.str() == "torch.ops.aten.lstm.input")
            continue; // its exported metadata says [2, 1, 2, 16] of states that are [2, 2, 16]
        const auto rule = inferCall(graph, node.target, node.args, node.kwargs, node.name);
        QVERIFY2(rule.ok(), rule.ok() ? "" : rule.error().str().c_str());
        QVERIFY2(agree(*rule, node.meta), qPrintable(QString("%1 (%2): the rule says %3, recorded is %4")
                                                         .arg(node.name.c_str(), node.target.str().c_str(),
                                                              rule->str(true).c_str(), node.meta.str(true).c_str())));
        ++compared;
    }
    QVERIFY(compared > 0);
    m_agree += compared;
}

void InferGraphsTest::cleanupTestCase() {
    for (const auto& [target, count] : m_withoutRule)
        qInfo("no shape rule for %s (%zu calls)", target.c_str(), count);
    qInfo("%zu calls agree", m_agree);
}

QTEST_GUILESS_MAIN(InferGraphsTest)
#include "tst_infer_graphs.moc"
