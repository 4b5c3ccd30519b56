// SPDX-License-Identifier: BSD-3-Clause
// What is different between two graphs: pairs, regions, order, provenance.
#include "tst_io_common.h"

#include "core/io/diff_text.h"

using namespace fxscope;
using namespace iotest;

namespace {

/// The diff of two bodies "y = f(x)" per line, with what it says.
struct Compared {
    std::shared_ptr<const Graph> before, after;
    GraphDiff diff;

    QStringList names(const Graph& graph, const std::vector<NodeId>& ids) const {
        QStringList list;
        for (const NodeId id : ids)
            list << QString::fromStdString(graph[id].name);
        return list;
    }
    QStringList sentences() const {
        QStringList list;
        for (const NodeChange& change : diff.changed)
            for (const Difference& what : change.what)
                list << QString::fromStdString((*after)[change.after].name + ": " +
                                               io::differenceText(*before, *after, change, what));
        return list;
    }
};

std::shared_ptr<const Graph> body(const QString& lines, const char* result) {
    QString text = "def forward(self, x, z):\n";
    for (const QString& line : lines.split('\n'))
        text += "    " + line + "\n";
    return graphOf((text + "    return (" + result + ",)\n").toStdString());
}

Compared compared(const QString& before, const QString& after, const char* result = "c",
                  const std::map<std::string, std::vector<std::string>>& links = {}) {
    Compared both{body(before, result), body(after, result), {}};
    both.diff = diffGraphs(*both.before, *both.after, links);
    return both;
}

} // namespace

class TstGraphDiff : public QObject {
    Q_OBJECT
private slots:
    void sameGraphs();
    void arguments();
    void renamed();
    void aNameUsedAgain();
    void regions();
    void moved();
    void longLists();
    void metadata();
    void provenance();
    void twentyFourRewrites();
};

void TstGraphDiff::sameGraphs() {
    const QString lines = "a = torch.f(x)\nb = torch.g(a, dim = 1)\nc = torch.h(b, z)";
    const Compared both = compared(lines, lines);
    QVERIFY(both.diff.same());
    QCOMPARE(both.diff.pairs.size(), both.before->size());
}

void TstGraphDiff::arguments() {
    const Compared both =
        compared("a = torch.f(x, 1)\nb = torch.g(a, axis = 1, keep = True, old = 0)\nc = torch.h(b)",
                 "a = torch.f(x, 2, 3)\nb = torch.g(a, dim = 1, keep = False, new = 5)\nc = torch.i(b)");
    QCOMPARE(both.sentences(),
             QStringList({"a: argument 1 is 2, was 1", "a: argument 2 is new: 3", "b: keyword axis is now dim",
                          "b: keyword keep is False, was True", "b: keyword old is gone, was 0",
                          "b: keyword new is new: 5", "c: target is torch.i, was torch.h"}));
    QVERIFY(both.diff.removed.empty() && both.diff.added.empty() && both.diff.renamed.empty());
}

void TstGraphDiff::renamed() {
    // Renamed nodes and what uses them are not different for that.
    const Compared both = compared("a = torch.f(x)\nb = torch.g(a)\nc = torch.h(b)",
                                   "a1 = torch.f(x)\nb1 = torch.g(a1)\nc = torch.h(b1)");
    QCOMPARE(both.diff.renamed.size(), size_t{2});
    QVERIFY(both.diff.changed.empty() && both.diff.removed.empty());
    // Below a change, by their inputs.
    const Compared below =
        compared("a = torch.f(x)\nb = torch.g(a)\nc = torch.h(b)", "a = torch.f(z)\nb1 = torch.g(a)\nc = torch.h(b1)");
    QCOMPARE(below.sentences(), QStringList({"a: argument 0 is z, was x"}));
    QCOMPARE(below.diff.renamed.size(), size_t{1});
}

void TstGraphDiff::aNameUsedAgain() {
    // `a` computes what `b` did: structure is surer than a name.
    const Compared both = compared("a = torch.f(x)\nb = torch.g(x)\nc = torch.h(a, b)",
                                   "a = torch.g(x)\nb = torch.f(x)\nc = torch.h(b, a)");
    QVERIFY(both.diff.changed.empty());
    QCOMPARE(both.diff.renamed.size(), size_t{2});
}

void TstGraphDiff::regions() {
    const Compared both = compared("a = torch.f(x)\nb = torch.g(z)\nunused = torch.k(z)\nc = torch.h(a, b)",
                                   "p = torch.f1(x)\nq = torch.f2(p)\nb = torch.g(z)\nc = torch.h(q, b)");
    QCOMPARE(both.names(*both.before, both.diff.removed), QStringList({"a", "unused"}));
    QCOMPARE(both.names(*both.after, both.diff.added), QStringList({"p", "q"}));
    QCOMPARE(both.diff.regions.size(), size_t{2});
    QCOMPARE(io::regionText(*both.before, *both.after, both.diff.regions[0]),
             std::string("torch.f -> torch.f1, torch.f2"));
    QCOMPARE(io::regionText(*both.before, *both.after, both.diff.regions[1]), std::string("torch.k -> nothing"));
    QCOMPARE(both.sentences(), QStringList({"c: argument 0 is q, was a"}));
}

void TstGraphDiff::moved() {
    const Compared both = compared("a = torch.f(x)\nb = torch.g(z)\nd = torch.k(z)\nc = torch.h(a, b, d)",
                                   "b = torch.g(z)\nd = torch.k(z)\na = torch.f(x)\nc = torch.h(a, b, d)");
    QCOMPARE(both.diff.moved.size(), size_t{1});
    QCOMPARE((*both.before)[both.diff.moved[0].before].name, std::string("a"));
    QVERIFY(!both.diff.same());
}

void TstGraphDiff::longLists() {
    const Compared both = compared("a = torch.f(x)\nc = torch.cat([x, z, x, z, x, a])",
                                   "a = torch.f(x)\nc = torch.cat([x, z, x, z, x, z])");
    QCOMPARE(both.sentences(), QStringList({"c: in argument 0 item 5 is z, was a"}));
}

void TstGraphDiff::metadata() {
    const Compared both =
        compared("a: \"f32[2]\" = torch.f(x)\nb = torch.g(x)\nc: \"f32[2][1]cpu\" = torch.h(a)",
                 "a: \"f16[2]\" = torch.f(x)\nb: \"f16[2]\" = torch.g(x)\nc: \"f32[2][1]cuda:0\" = torch.h(a)");
    QCOMPARE(both.sentences(),
             QStringList({"a: it is f16[2], was f32[2]", "c: it is f32[2][1]cuda:0, was f32[2][1]cpu"}));
}

void TstGraphDiff::provenance() {
    const Compared both = compared("a = torch.linear(x)\nc = torch.h(a)",
                                   "permute = torch.ops.aten.permute.default(x)\naddmm = "
                                   "torch.ops.aten.addmm.default(x, permute)\nc = torch.ops.aten.h.default(addmm)",
                                   "c", {{"a", {"permute", "addmm", "elsewhere"}}});
    const NodeId a = *both.before->find("a");
    QCOMPARE(both.names(*both.after, both.diff.after(a)), QStringList({"permute", "addmm"}));
    QCOMPARE(both.names(*both.after, both.diff.after(*both.before->find("x"))), QStringList({"x"}));
    // torch.h and aten.h have a name in common by chance.
    QVERIFY(both.diff.after(*both.before->find("c")).empty());
}

void TstGraphDiff::twentyFourRewrites() {
    const QString folder = FXSCOPE_SHARED_DIR "/graphs/passes/sdvit_gpu/";
    const auto before = io::open((folder + "1_joint_before_0.graph.txt").toStdString()),
               after = io::open((folder + "2_joint_after_0.graph.txt").toStdString());
    if (!before.ok() || !after.ok())
        QSKIP("the wider collection is not here");
    const Graph &a = *before->graphs[0].graph, &b = *after->graphs[0].graph;
    const GraphDiff diff = diffGraphs(a, b);
    std::map<std::string, int> counts;
    for (const DiffRegion& region : diff.regions)
        ++counts[io::regionText(a, b, region)];
    QCOMPARE(counts["aten.index_put.default -> aten._unsafe_index.Tensor, aten.add.Tensor, aten.index_put.default"],
             24);
    QCOMPARE(counts["aten.permute.default, aten.permute.default -> nothing"], 25);
    QCOMPARE(counts["aten.alias.default, aten.alias.default -> nothing"], 6);
    QCOMPARE(counts.size(), size_t{3});
    QCOMPARE(diff.renamed.size(), size_t{36}); // randperms, their slices, and what stands behind them
}

QTEST_GUILESS_MAIN(TstGraphDiff)
#include "tst_graph_diff.moc"
