// SPDX-License-Identifier: BSD-3-Clause
// Drawings of FxGraphDrawer, generated code, and what they lack.
#include "tst_io_common.h"

#include <set>

using namespace fxscope;
using namespace iotest;

class TstIoDot : public QObject {
    Q_OBJECT
private slots:
    void withArguments();
    void withoutArguments();
    void metadata();
    void brokenDrawings_data();
    void brokenDrawings();
    void waysToWriteADrawing_data();
    void waysToWriteADrawing();
    void severalDrawings();
    void fragments();
    void fragmentsOverSeveralLines();
    void sharedNodesOfFusedKernels();
};

void TstIoDot::withArguments() {
    const auto drawn = io::open(data("drawn_with_nodes.dot")), printed = io::open(data("drawn.graph.txt"));
    QVERIFY2(drawn.ok(), drawn.ok() ? "" : drawn.error().str().c_str());
    QCOMPARE(drawn->form, std::string("dot"));
    QCOMPARE(drawn->notes.size(), size_t{1});
    QVERIFY(drawn->notes[0].what.starts_with("this drawing does not say which module 1 node calls"));
    std::string why;
    QVERIFY2(sameGraph(*drawn->graphs[0].graph, *printed->graphs[0].graph, {.meta = false}, &why), why.c_str());
}

void TstIoDot::withoutArguments() {
    for (const std::string name : {"drawn", "drawn_core", "drawn_long"}) {
        const auto drawn = io::open(data((name + ".dot").c_str())),
                   printed = io::open(data((name + ".graph.txt").c_str()));
        QVERIFY(drawn.ok() && printed.ok());
        QVERIFY(drawn->notes.at(0).what.starts_with("this drawing leaves out which arguments nodes are"));
        const Graph &a = *drawn->graphs[0].graph, &b = *printed->graphs[0].graph;
        QCOMPARE(a.size(), b.size());
        for (const NodeId id : b.order()) { // edges are known, whatever arguments they are
            const auto other = a.find(b[id].name);
            QVERIFY(other && a[*other].op == b[id].op && a[*other].target == b[id].target);
            std::set<std::string> edges, wanted;
            for (const NodeId input : a.inputs(*other))
                edges.insert(a[input].name);
            for (const NodeId input : b.inputs(id))
                wanted.insert(b[input].name);
            QVERIFY(edges == wanted);
        }
    }
}

void TstIoDot::metadata() {
    const auto drawn = io::open(data("drawn.dot"));
    const Graph& graph = *drawn->graphs[0].graph;
    QCOMPARE(graph[*graph.find("view")].meta.str(), std::string("f32[2, 16]"));
    QCOMPARE(graph[*graph.find("split")].meta.items().size(), size_t{2});
    QCOMPARE(graph[*graph.find("k")].args.at(0), Argument::integer(3)); // a placeholder's default
}

void TstIoDot::brokenDrawings_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    QTest::newRow("no nodes") << QByteArray("digraph m { op_code=x }")
                              << "test: the drawing holds no node; expected nodes as FxGraphDrawer draws them";
    QTest::newRow("twice") << QByteArray("digraph m {\nx [label=\"{name=%x|op_code=placeholder\\n}\"];\n"
                                         "y [label=\"{name=%x|op_code=placeholder\\n}\"];\n}")
                           << "test:3: two nodes have the name x; rename one of them";
    QTest::newRow("op") << QByteArray("digraph m {\nx [label=\"{name=%x|op_code=call\\n}\"];\n}")
                        << "test:2: unknown kind of node 'call'; expected op_code=call_function or another of FX";
    QTest::newRow("cycle")
        << QByteArray("digraph m {\nx [label=\"{name=%x|op_code=call_function\\n|target=f\\n}\"];\n"
                      "y [label=\"{name=%y|op_code=call_function\\n|target=f\\n}\"];\nx->y;\ny -> x;}")
        << "test, node x: the graph has a cycle: x, y; no order of these nodes puts definitions first";
}

void TstIoDot::brokenDrawings() {
    QFETCH(QByteArray, text);
    QFETCH(QString, error);
    const QString said = errorOf(text.toStdString());
    if (error.contains("cycle"))
        QVERIFY2(said.contains("cycle"), qPrintable(said));
    else
        QCOMPARE(said, error);
}

const char kDrawing[] = R"(digraph G {
rankdir=TB;
x [label="{name=%x|op_code=placeholder\n|target=x\n|num_users=1\n}", shape=record];
e [label="{name=%e|op_code=call_function\n|target=torch.functional.einsum\n|args=(bi-\>ij, %x)|num_users=1\n}"];
output [label="{name=%output|op_code=output\n|target=output\n|args=(%e,)|num_users=0\n}", shape=record];
x -> e;
e -> output;
}
)";

void TstIoDot::waysToWriteADrawing_data() {
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    const auto row = [](const char* name, const char* from, const char* to) {
        QTest::newRow(name) << QByteArray(from) << QByteArray(to);
    };
    row("as drawn", "digraph", "digraph");
    row("byte order mark", "digraph",
        "\xEF\xBB\xBF"
        "digraph");
    row("strict", "digraph", "strict digraph");
    row("comments", "digraph G {", "// made by pydot\n# digraph H {\n/* of\ntwo lines */ digraph G { // here\n");
    row("name in quotes", "digraph G", "digraph \"my graph\"");
    row("string over two lines", "call_function", "call_\\\nfunction");
    row("string over two lines of Windows", "call_function", "call_\\\r\nfunction");
    row("a node called strict", "e -> output", "\"e\" -> \"output\"");
}

void TstIoDot::waysToWriteADrawing() {
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QByteArray text(kDrawing);
    QVERIFY(text.contains(from));
    text.replace(from, to);
    const auto capture = io::openText(text.toStdString(), "g.dot");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{1});
    const Graph& graph = *capture->graphs[0].graph;
    QCOMPARE(graph.size(), size_t{3});
    const Node& call = graph[*graph.find("e")];
    QCOMPARE(call.args.size(), size_t{2});
    QCOMPARE(call.args[0], Argument::string("bi->ij"));
}

void TstIoDot::severalDrawings() {
    const std::string one = kDrawing, other = QString(kDrawing).replace("digraph G", "digraph H").toStdString();
    const auto ids = [](const std::string& text) {
        QStringList found;
        const auto capture = io::openText(text, "g.dot");
        for (size_t i = 0; capture.ok() && i < capture->graphs.size(); ++i)
            found << QString::fromStdString(capture->graphs[i].id);
        return found;
    };
    QCOMPARE(ids(one), QStringList({"0"}));
    QCOMPARE(ids(one + other), QStringList({"G", "H"}));
    QCOMPARE(ids(one + one), QStringList({"0", "1"}));
    const std::string broken = QString(kDrawing).replace("op_code=placeholder", "op_code=place").toStdString();
    QCOMPARE(ids(broken + one), QStringList({"1"})); // the other one is told of
    QCOMPARE(notesOf(broken + one),
             QString("test:3: unknown kind of node 'place'; expected op_code=call_function or another of FX"));
}

const char kCode[] = R"(# AOT ID: ['0_forward']
# Topologically Sorted Source Nodes: [h, a], Original ATen: [aten.addmm, aten.relu]
# Source node to ATen node mapping:
#   h => addmm
# Graph fragment:
#   %buf0 : Tensor "f32[4, 8][8, 1]cpu" = PlaceHolder[target=buf0]
#   %addmm : Tensor "f32[4, 8][8, 1]cpu"[num_users=2] = call_function[target=torch.ops.aten.addmm.default](args = (%bias, %x, %weight), kwargs = {})
#   %var_mean : [num_users=2] = call_function[target=torch.ops.aten.var_mean.correction](args = (%addmm, [1]), kwargs = {correction: 0})
#   %relu : Tensor "f32[4, 8][8, 1]cpu"[num_users=1] = call_function[target=torch.ops.aten.relu.default](args = (%addmm,), kwargs = {})
#   return %relu,%buf0
triton_poi_fused_addmm_relu_0 = async_compile.triton('triton_poi_fused_addmm_relu_0', ''')";

void TstIoDot::fragments() {
    const auto capture = io::openText(kCode, "output_code.py");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{1});
    const auto entry = capture->entry("triton_poi_fused_addmm_relu_0");
    QVERIFY2(entry.ok(), entry.ok() ? "" : entry.error().str().c_str());
    QCOMPARE(entry->stage, std::string("kernel"));
    const Graph& graph = *entry->graph;
    QCOMPARE(graph.placeholders().size(), size_t{4}); // buf0, and three that other kernels compute
    QCOMPARE(graph[*graph.find("addmm")].meta.str(true), std::string("f32[4, 8][8, 1]cpu"));
    QCOMPARE(graph.inputs(graph.output()).size(), size_t{2});
    QCOMPARE(capture->runs[0].links->get()->kernels[0].nodes, (std::vector<std::string>{"addmm", "var_mean", "relu"}));
    QCOMPARE(capture->runs[0].links->get()->kernels[0].sources, (std::vector<std::string>{"h", "a"}));
    QCOMPARE(errorOf("# AOT ID: ['0_forward']\nfrom torch import x\n").section(';', 0, 0),
             QString("test: this is the code that Inductor generated (output_code.py), not a graph"));
}

void TstIoDot::fragmentsOverSeveralLines() {
    std::string broken(kCode);
    broken.replace(broken.find("(%addmm, [1])"), 13, "(%addmm,\n#     [1])"); // a value that continues on the next line
    const auto entry = io::openText(broken, "output_code.py")->entry();
    QVERIFY2(entry.ok(), entry.ok() ? "" : entry.error().str().c_str());
    QCOMPARE((*entry->graph)[*entry->graph->find("var_mean")].args.size(), size_t{1}); // kept as one text
}

void TstIoDot::sharedNodesOfFusedKernels() {
    std::string twice(kCode);
    const size_t relu = twice.find("#   %relu"), end = twice.find("#   return");
    twice.insert(end, twice.substr(relu, end - relu));
    const auto capture = io::openText(twice, "output_code.py");
    QCOMPARE(capture->entry()->graph->size(), io::openText(kCode, "output_code.py")->entry()->graph->size());
}

QTEST_GUILESS_MAIN(TstIoDot)
#include "tst_io_dot.moc"
