// SPDX-License-Identifier: BSD-3-Clause
// JSON, DOT, SVG, exports by ending.
#include "tst_io_common.h"

#include <QTemporaryDir>
#include <QXmlStreamReader>

using namespace fxscope;
using namespace iotest;

class TstIoForms : public QObject {
    Q_OBJECT
private slots:
    void jsonHoldsEverything_data() { addRows({"*.py", "*.pt2", "*.txt"}, "graphs"); }
    void jsonHoldsEverything();
    void brokenJson_data();
    void brokenJson();
    void svgIsXml_data() { addRows({"*.readable.py"}, "graphs/text"); }
    void svgIsXml();
    void namesAreEscaped();
    void exportsByEnding();
    void pythonImportsWhatItUses();
    void pythonRefusesNames();
    void openErrors();
};

void TstIoForms::jsonHoldsEverything() {
    QFETCH(QString, path);
    if (path.endsWith("output_code.py") || (path.endsWith(".txt") && !path.endsWith(".graph.txt")))
        return;
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const Graph& graph = *capture->graphs[0].graph;
    const std::string json = io::writeJson(graph);
    const auto again = io::openText(json, "json");
    QVERIFY2(again.ok(), again.ok() ? "" : again.error().str().c_str());
    QCOMPARE(again->form, std::string("json"));
    const Graph& copy = *again->graphs[0].graph;
    std::string why;
    QVERIFY2(sameGraph(graph, copy, {.origin = true}, &why), why.c_str());
    QCOMPARE(copy.name, graph.name);
    QVERIFY(copy.inputSpecs == graph.inputSpecs && copy.outputSpecs == graph.outputSpecs);
    QVERIFY(copy.symHints == graph.symHints);
    QCOMPARE(copy.symRanges.size(), graph.symRanges.size());
    QCOMPARE(io::writeJson(copy), json);
}

void TstIoForms::brokenJson_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    const auto row = [](const char* name, const std::string& nodes, const char* error) {
        QTest::newRow(name) << QByteArray::fromStdString("{\"fxscope_graph\": 1, \"graph\": {\"nodes\": [" + nodes +
                                                         "]}}")
                            << QString(error);
    };
    row("undefined", R"({"name": "o", "op": "output", "target": "output", "args": [{"node": "x"}]})",
        "test, node o: the name x is not defined in this graph; did you mean o?");
    row("op", R"({"name": "o", "op": "outpt", "args": []})",
        "test, node o: expected op, target, args and kwargs of a node; write the file again with fxscope export");
    row("argument", R"({"name": "o", "op": "output", "args": [{"nod": "x"}]})",
        "test, node o: expected a known kind of argument, found nod x; write the file again with fxscope export");
    row("twice", R"({"name": "o", "op": "output", "args": []}, {"name": "o", "op": "output", "args": []})",
        "test, node 2: two nodes have the name o; rename one of them");
    QTest::newRow("version") << QByteArray("{\"fxscope_graph\": 2, \"graph\": {}}")
                             << "test: version 2 of this form, expected 1; the file is of a newer fxscope";
    QTest::newRow("nothing") << QByteArray("{\"fxscope_graph\": 1}")
                             << "test: there is no \"graph\" beside \"fxscope_graph\"; write the file again with "
                                "fxscope export";
    QTest::newRow("cut") << QByteArray("{\"fxscope_graph\": 1, \"graph\": {\"nodes\"") << "test: broken JSON: ";
}
void TstIoForms::brokenJson() {
    QFETCH(QByteArray, text);
    QFETCH(QString, error);
    QCOMPARE(errorOf(text.toStdString()).left(error.size()), error);
}

void TstIoForms::svgIsXml() {
    QFETCH(QString, path);
    const auto capture = io::open(path.toStdString());
    QVERIFY(capture.ok());
    const Graph& graph = *capture->graphs[0].graph;
    const std::string svg = io::writeSvg(graph), dot = io::writeDot(graph);
    QXmlStreamReader xml(QByteArray::fromStdString(svg));
    size_t boxes = 0, lines = 0;
    while (!xml.atEnd()) {
        xml.readNext();
        boxes += xml.isStartElement() && xml.name() == QLatin1String("rect");
        lines += xml.isStartElement() && (xml.name() == QLatin1String("polyline"));
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    QCOMPARE(boxes, graph.size() + 1); // the output has a double border
    size_t edges = 0;
    for (const NodeId id : graph.order())
        edges += graph.inputs(id).size();
    QVERIFY(lines > 0 && lines <= edges);
    size_t arrows = 0;
    for (size_t at = dot.find(" -> "); at != std::string::npos; at = dot.find(" -> ", at + 1))
        ++arrows;
    QCOMPARE(arrows, edges);
}

void TstIoForms::namesAreEscaped() {
    std::vector<NodeBody> nodes(2);
    nodes[0].op = Op::Placeholder;
    nodes[0].name = "<b>\"x\"\\n&";
    nodes[0].target = Target("a\"b");
    nodes[1].op = Op::Output;
    nodes[1].name = "output";
    nodes[1].args = {Argument::node(NodeId{0})};
    const auto graph = Graph::fromBodies(std::move(nodes));
    QVERIFY(graph.ok());
    QVERIFY(io::writeSvg(*graph).find("&lt;b&gt;&quot;x&quot;") != std::string::npos);
    QVERIFY(io::writeSvg(*graph).find("<b>") == std::string::npos);
    QVERIFY(io::writeDot(*graph).find("\"<b>\\\"x\\\"\\\\n&\"") != std::string::npos);
}

void TstIoForms::exportsByEnding() {
    QTemporaryDir folder;
    const auto capture = io::open(data("gcn.pt2"));
    const Graph& graph = *capture->graphs[0].graph;
    for (const std::string& ending : io::exportEndings()) {
        const std::string path = folder.filePath("g").toStdString() + ending;
        QVERIFY(io::exportGraph(graph, path).ok());
        if (ending == ".dot" || ending == ".svg")
            continue;
        const auto again = io::open(path);
        QVERIFY2(again.ok(), again.ok() ? "" : again.error().str().c_str());
        std::string why;
        QVERIFY2(sameGraph(graph, *again->graphs[0].graph, {.meta = ending == ".json"}, &why), why.c_str());
    }
    QVERIFY(io::exportGraph(graph, folder.filePath("G.PY").toStdString()).ok());
    const auto wrong = io::exportGraph(graph, "g.doc");
    QCOMPARE(
        wrong.error().str(),
        std::string("g.doc: the ending of this name says no form for graphs; endings: .py, .txt, .json, .dot, .svg"));
    const auto nowhere = io::exportGraph(graph, "/nowhere/at/all/g.py");
    QVERIFY(nowhere.error().what.starts_with("cannot write"));
}

void TstIoForms::pythonImportsWhatItUses() {
    const auto written = [](const std::string& body) {
        const auto graph = graphOf("def forward(self, x):\n" + body + "    return (y,)\n");
        const std::string text = graph ? io::writePython(*graph).value() : "";
        const auto again = io::openText(text, "written");
        std::string why;
        return again && sameGraph(*graph, *again->graphs[0].graph, {}, &why) ? text.substr(0, text.find("\nclass"))
                                                                             : "cannot be read back: " + why;
    };
    QCOMPARE(written("    y = torch.neg(x)\n"), std::string("import torch\n"));
    QCOMPARE(written("    y = torch.f(x, [-inf], k = {'a': nan}, d = device(type='cpu'))\n"),
             std::string("import torch\nfrom torch import device, inf, nan\n"));
    QCOMPARE(written("    z = math_trunc(x)\n    v = _operator_not_(z)\n    y = torch_Tensor_add(v, z)\n"),
             std::string("import torch\nfrom operator import not_ as _operator_not_\nfrom math import trunc as "
                         "math_trunc\ntorch_Tensor_add = torch.Tensor.add\n"));
}

void TstIoForms::pythonRefusesNames() {
    const auto graph = graphOf("graph():\n    %lambda : [num_users=1] = placeholder[target=lambda]\n    return lambda");
    QVERIFY(graph);
    QTemporaryDir folder;
    const std::string path = folder.filePath("g.py").toStdString();
    const auto refused = io::exportGraph(*graph, path);
    QVERIFY(!refused.ok());
    QCOMPARE(refused.error().str(), path + ", node lambda: 'lambda' cannot be a name in Python; rename it, or write "
                                           ".txt or .json");
    QVERIFY(!QFile::exists(QString::fromStdString(path)));
}

void TstIoForms::openErrors() {
    QCOMPARE(io::open("/nowhere/g.py").error().str(), std::string("/nowhere/g.py: no such file; check the path"));
    QTemporaryDir folder;
    QCOMPARE(io::open(folder.path().toStdString()).error().what,
             std::string("this is a folder, a file is wanted here"));
    const std::string path = folder.filePath("empty.py").toStdString();
    QVERIFY(writeFile(path, "").ok());
    QCOMPARE(io::open(path).error().str(), path + ": the file is empty; save the graph again");
}

QTEST_GUILESS_MAIN(TstIoForms)
#include "tst_io_forms.moc"
