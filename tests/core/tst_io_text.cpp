// SPDX-License-Identifier: BSD-3-Clause
// str(graph): reading, writing, and what is said about broken text.
#include "tst_io_common.h"

using namespace fxscope;
using namespace iotest;

class TstIoText : public QObject {
    Q_OBJECT
private slots:
    void textAroundGraphsIsLeftOut();
    void printsAsItParses_data() { addRows({"*.graph.txt"}, "graphs"); }
    void printsAsItParses();
    void equalsItsReadableTwin_data() { addRows({"*.graph.txt"}, "graphs"); }
    void equalsItsReadableTwin();
    void argumentKinds_data();
    void argumentKinds();
    void strangeStringsKeepTheText();
    void stringsWithCommas_data();
    void stringsWithCommas();
    void severalGraphsInOneFile();
    void continuedLines();
    void usesAboveDefinitions();
    void userCounts();
    void marksAndColours();
    void brokenText_data();
    void brokenText();
    void oneBrokenGraphOfTwo();
    void partialGraph();
};

void TstIoText::printsAsItParses() {
    QFETCH(QString, path);
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->form, std::string("text"));
    QVERIFY2(capture->notes.empty(), capture->notes.empty() ? "" : capture->notes[0].str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{1});
    QCOMPARE(io::writeText(*capture->graphs[0].graph), readFile(path.toStdString()));
}

void TstIoText::equalsItsReadableTwin() {
    QFETCH(QString, path);
    const std::string twinPath = path.chopped(10).toStdString() + ".readable.py";
    const auto text = io::open(path.toStdString()), twin = io::open(twinPath);
    if (!twin.ok() && twin.error().what == "no such file")
        return;
    QVERIFY2(twin.ok(), twin.ok() ? "" : twin.error().str().c_str());
    std::string why;
    // Readable text prints all placeholders first, also where get_attr nodes stand above them.
    const bool ordered = !path.endsWith("unlifted.graph.txt");
    const bool same =
        sameGraph(*text->graphs[0].graph, *twin->graphs[0].graph, {.order = ordered, .meta = false}, &why);
    if (twin->graphs[0].graph->children.empty())
        QVERIFY2(same, why.c_str());
    else // str(graph) has no children
        QVERIFY(QString::fromStdString(why).contains("child"));
}

void TstIoText::argumentKinds_data() {
    QTest::addColumn<QString>("written");
    QTest::addColumn<int>("kind");
    using Kind = Argument::Kind;
    const auto row = [](const char* written, Kind kind) { QTest::newRow(written) << QString(written) << int(kind); };
    row("None", Kind::None);
    row("True", Kind::Bool);
    row("-3", Kind::Int);
    row("9223372036854775807", Kind::Int);
    row("9223372036854775808", Kind::Opaque); // Python's ints have no end
    row("1e-05", Kind::Float);
    row("-inf", Kind::Float);
    row("nan", Kind::Float);
    row("(1+2j)", Kind::Complex);
    row("(-1.5-0.25j)", Kind::Complex);
    row("2j", Kind::Complex);
    row("tanh", Kind::String);
    row("bij,bjk->bik", Kind::String);
    row("s0", Kind::Sym);
    row("2*s0 + 1", Kind::Sym);
    row("(s53//8)", Kind::Sym);
    row("torch.float32", Kind::DType);
    row("cuda:0", Kind::Device);
    row("cpu", Kind::Device);
    row("torch.strided", Kind::Layout);
    row("torch.channels_last", Kind::MemoryFormat);
    row("[]", Kind::List);
    row("[%x, [1, 2], None]", Kind::List);
    row("()", Kind::Tuple);
    row("(%x,)", Kind::Tuple);
    row("{a: 1, b: [%x]}", Kind::Dict);
    row("slice(None, x, 2)", Kind::Slice);
    row("Ellipsis", Kind::Ellipsis);
    row("range(0, 5)", Kind::Range);
    row("aten.add.Tensor", Kind::Operator);
}

void TstIoText::argumentKinds() {
    QFETCH(QString, written);
    QFETCH(int, kind);
    const std::string text = "graph():\n    %x : [num_users=1] = placeholder[target=x]\n"
                             "    %f : [num_users=1] = call_function[target=torch.f](args = (%x, " +
                             written.toStdString() + "), kwargs = {k: " + written.toStdString() + "})\n    return f";
    const auto graph = graphOf(text);
    QVERIFY(graph);
    const Node& node = (*graph)[*graph->find("f")];
    QCOMPARE(node.args.size(), size_t{2});
    QCOMPARE(int(node.args[1].kind()), kind);
    QCOMPARE(int(node.kwargs[0].second.kind()), kind);
    QCOMPARE(io::writeText(*graph), text);
}

void TstIoText::strangeStringsKeepTheText() {
    const std::string text =
        "graph():\n    %x : [num_users=1] = placeholder[target=x]\n"
        "    %f : [num_users=1] = call_function[target=torch.f](args = (%x, a) b), kwargs = {k: 1})\n"
        "    return f";
    const auto graph = graphOf(text);
    QVERIFY(graph);
    QCOMPARE((*graph)[*graph->find("f")].args[0].asOpaque(), std::string("%x, a) b"));
    QVERIFY(notesOf(text).contains("the arguments of f cannot be told apart"));
}

void TstIoText::stringsWithCommas_data() {
    QTest::addColumn<QString>("call");
    QTest::addColumn<QString>("args"); ///< as Python writes them
    QTest::addColumn<QString>("note");
    const auto row = [](const char* name, const char* call, const char* args, const char* note = "") {
        QTest::newRow(name) << call << args << note;
    };
    row("the schema has two", "torch.ops.aten.einsum.default](args = (bi, ij -> bj, [%x, %x]), kwargs = {})",
        "'bi, ij -> bj', [x, x]");
    row("a part that is a number", "torch.ops.aten.einsum.default](args = (a, 1, None, [%x]), kwargs = {})",
        "'a, 1, None', [x]");
    row("an assertion", "torch.ops.aten._assert_scalar.default](args = (%x, Eq(s0, 2), or so), kwargs = {})",
        "x, 'Eq(s0, 2), or so'");
    row("one string is one", "torch.ops.aten.einsum.default](args = (ij, [%x, %x]), kwargs = {})", "'ij', [x, x]");
    row("a device that is text", "torch.amp.autocast_mode._enter_autocast](args = (cpu, %x), kwargs = {})", "'cpu', x");
    row("a device", "torch.f](args = (cpu, %x), kwargs = {})", "device(type='cpu'), x");
    row("a type of no tensor here", "torch.quantize_per_tensor](args = (%x, 0.1, 3, torch.quint8), kwargs = {})",
        "x, 0.1, 3, torch.quint8");
    row("no schema", "torch.functional.einsum](args = (bi, ij -> bj, %x, %x), kwargs = {})", "bi, ij -> bj, x, x",
        "strings that stand side by side in f are kept as one text");
    row("in a keyword", "torch.f](args = (%x,), kwargs = {how: a, b and c, dim: 1})", "x, how = 'a, b and c', dim = 1");
}

void TstIoText::stringsWithCommas() {
    QFETCH(QString, call);
    QFETCH(QString, args);
    QFETCH(QString, note);
    const std::string text = "graph():\n    %x : [num_users=1] = placeholder[target=x]\n    %f : [num_users=1] = "
                             "call_function[target=" +
                             call.toStdString() + "\n    return f";
    const auto graph = graphOf(text);
    QVERIFY(graph);
    const Node& node = (*graph)[*graph->find("f")];
    QStringList found;
    for (const Argument& argument : node.args)
        found << QString::fromStdString(io::writeArgument(*graph, argument));
    for (const auto& [key, argument] : node.kwargs)
        found << QString::fromStdString(key + " = " + io::writeArgument(*graph, argument));
    QCOMPARE(found.join(", "), args);
    QCOMPARE(notesOf(text).section(": ", 1).section(';', 0, 0), note);
    QCOMPARE(io::writeText(*graph), text);
}

void TstIoText::severalGraphsInOneFile() {
    const std::string one = "graph():\n    %a : [num_users=1] = placeholder[target=a]\n    return [a, a]";
    const std::string two = "graph():\n    %b : [num_users=1] = placeholder[target=b]\n    return (b,)";
    const auto capture = io::openText("a note\n" + one + two + one, "test");
    QVERIFY(capture.ok());
    QCOMPARE(capture->graphs.size(), size_t{3});
    QCOMPARE(io::writeText(*capture->graphs[1].graph), two);
    QCOMPARE(capture->entry("2")->graph->placeholders().size(), size_t{1});
    const auto none = capture->entry("7");
    QVERIFY(!none.ok());
    QCOMPARE(none.error().str(), std::string("test: no graph has the id 7; ids in this file: 0, 1, 2"));
}

void TstIoText::continuedLines() {
    const auto graph =
        graphOf("graph():\n    %f : [num_users=1] = call_function[target=torch.f](args = (tensor([[1.],\n"
                "        [2.]]),), kwargs = {})\n    return f\n");
    QVERIFY(graph);
    QCOMPARE(graph->size(), size_t{2});
    QCOMPARE((*graph)[graph->first()].args.size(), size_t{1});
}

void TstIoText::usesAboveDefinitions() {
    const auto graph = graphOf("graph():\n    %x : [num_users=1] = placeholder[target=x]\n"
                               "    %b : [num_users=1] = call_function[target=torch.b](args = (%a,), kwargs = {})\n"
                               "    %a : [num_users=1] = call_function[target=torch.a](args = (%x,), kwargs = {})\n"
                               "    return b");
    QVERIFY(graph);
    const auto order = topologicalOrder(*graph);
    QVERIFY(order.ok());
    QCOMPARE((*graph)[(*order)[1]].name, std::string("a"));
    QCOMPARE((*graph)[graph->ids()[1]].name, std::string("b"));
}

void TstIoText::userCounts() {
    const QString notes = notesOf("graph():\n    %x : [num_users=3] = placeholder[target=x]\n    return (x, x)");
    QCOMPARE(notes, QString("test:2: x is printed with num_users=3 but has 1 user; the derived number is used"));
}

void TstIoText::marksAndColours() {
    const auto graph =
        graphOf("\xEF\xBB\xBFgraph():\r\n    \x1b[31m%x\x1b[0m : [num_users=1] = placeholder[target=x]\r\n"
                "    return x\r\n");
    QVERIFY(graph);
    QCOMPARE((*graph)[graph->first()].target.str(), std::string("x"));
    for (const char* text : {"\x1b[31mgraph():\x1b[0m\n    %x : [num_users=1] = placeholder[target=x]\n    return x\n",
                             "graph():\r    %x : [num_users=1] = placeholder[target=x]\r    return x\r"}) {
        const auto coloured = graphOf(text);
        QVERIFY(coloured);
        QCOMPARE(coloured->size(), size_t{2});
    }
}

void TstIoText::brokenText_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QString>("error");
    const QByteArray x = "graph():\n    %x : [num_users=1] = placeholder[target=x]\n";
    QTest::newRow("empty") << QByteArray() << "test: the file is empty; save the graph again";
    QTest::newRow("blank") << QByteArray(" \n\n") << "test: the file holds only blank lines; save the graph again";
    const QString unknown =
        "test: this is no graph in a form that fxscope reads; it reads torch.export archives (.pt2), tensor files "
        "(.safetensors, .npy: inputs, not graphs), fxscope's own JSON, structured logs (TORCH_TRACE, also packed with "
        "gzip), console output of TORCH_LOGS, drawings (DOT) of FxGraphDrawer, fx_graph_runnable.py, graph fragments "
        "in "
        "generated code (output_code.py), printed graphs (str(graph)), readable Python (print_readable, "
        "fx_graph_readable.py)";
    QTest::newRow("no graph") << QByteArray("Dear reader,\nthis is a letter.\n") << unknown;
    QTest::newRow("trace log") << QByteArray("V1122 18:36:19.239000 415 torch/_logging/structured.py:28] {\"str\": "
                                             "[\"a.py\", 0]}\n")
                               << "test: there is no graph in this log of 1 record; log a run that compiles something: "
                                  "TORCH_TRACE=FOLDER python ...";
    QTest::newRow("log") << QByteArray("V1122 18:36:19.239000 415 a.py:28] [0/0] [__recompiles] because\n")
                         << "test: this is a log of PyTorch (TORCH_LOGS) without a graph; "
                            "TORCH_LOGS=graph_code,aot_graphs prints graphs; TORCH_TRACE=FOLDER keeps them all";
    QTest::newRow("generated code")
        << QByteArray("# AOT ID: ['0_forward']\nfrom torch._inductor.async_compile import AsyncCompile\n\n"
                      "def call(args):\n    with torch.cuda._DeviceGuard(0):\n        return (buf0, )\n")
        << "test: this is the code that Inductor generated (output_code.py), not a graph; the graph it was made from "
           "is in fx_graph_transformed.py or fx_graph_readable.py beside it";
    QTest::newRow("a word about modules")
        << QByteArray("Dear reader, derive from Module(torch.nn.Module): it helps.\n") << unknown;
    QTest::newRow("undefined") << x + "    %f : [num_users=1] = call_function[target=f](args = (%xx,), kwargs = {})\n"
                                      "    return f"
                               << "test:3: the name xx is not defined in this graph; did you mean x, f?";
    QTest::newRow("undefined return") << x + "    return (x, y)"
                                      << "test:3: the name y is not defined in this graph; did you mean x?";
    QTest::newRow("cycle")
        << QByteArray("graph():\n    %a : [num_users=1] = call_function[target=f](args = (%b,), kwargs = {})\n"
                      "    %b : [num_users=2] = call_function[target=f](args = (%a,), kwargs = {})\n    return b")
        << "test, node b: these nodes need each other: b <- a; a graph must not contain a cycle; check "
           "the arguments of these nodes";
    QTest::newRow("twice") << x + "    %x : [num_users=1] = placeholder[target=x]\n    return x"
                           << "test:3: two nodes have the name x, the first in line 2; rename one of them";
    QTest::newRow("kind")
        << x + "    %f : [num_users=1] = call_thing[target=f](args = (%x,), kwargs = {})\n    return f"
        << "test:3: unknown kind of node 'call_thing'; expected placeholder, get_attr, call_function, "
           "call_method or call_module";
    QTest::newRow("cut")
        << x + "    %f : [num_use"
        << "test:3: expected ' : [num_users=N] = ' after the name; a node's line is '%name : [num_users=N] "
           "= op[target=...](args = (...), kwargs = {...})'";
    QTest::newRow("bracket")
        << x + "    %f : [num_users=1] = call_function[target=f](args = ([%x,), kwargs = {}\n    return f"
        << "test:3: expected a comma and a space, or ], before ',), kwargs = {}'; expected a line as "
           "str(graph) prints it";
    QTest::newRow("after return") << x + "    return x\n    %y : [num_users=0] = placeholder[target=y]\n"
                                  << "test:3: a node stands after the return; a new graph begins with 'graph():'";
    QTest::newRow("nothing") << QByteArray("graph():\n") << "test:1: the graph is empty; expected lines '%name : ...'";
    QByteArray deep(400, '[');
    QTest::newRow("deep") << x + "    %f : [num_users=1] = call_function[target=f](args = (" + deep +
                                 "), kwargs = {})\n"
                          << "test:3: arguments are nested deeper than 256; expected a line as str(graph) prints it";
}

void TstIoText::brokenText() {
    QFETCH(QByteArray, text);
    QFETCH(QString, error);
    QCOMPARE(errorOf(std::string_view(text.constData(), size_t(text.size()))), error);
}

void TstIoText::oneBrokenGraphOfTwo() {
    const std::string text =
        "graph():\n    return nothing\ngraph():\n    %x : [num_users=1] = placeholder[target=x]\n    return x";
    QCOMPARE(graphOf(text)->size(), size_t{2});
    QVERIFY(notesOf(text).contains("the name nothing is not defined"));
}

void TstIoText::partialGraph() {
    const std::string text = "graph():\n    %x : [num_users=0] = placeholder[target=x]\n";
    QVERIFY(graphOf(text)->partial);
    QCOMPARE(notesOf(text), QString("test:1: graph 0 ends before its return"));
}

/// print("before:"); print(g); print("after:"); print(g): what stands between belongs to no graph.
void TstIoText::textAroundGraphsIsLeftOut() {
    const std::string graph = "graph():\n    %x : [num_users=1] = placeholder[target=x]\n"
                              "    %relu : [num_users=1] = call_function[target=torch.ops.aten.relu.default]"
                              "(args = (%x,), kwargs = {})\n    return (relu,)\n";
    const auto capture = io::openText("before:\n" + graph + "after:\n" + graph + "Done in 3.2 s\n", "test");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->graphs.size(), size_t(2));
    for (size_t i = 0; i < 2; ++i) {
        const auto entry = capture->load(i);
        QVERIFY(entry.ok());
        QCOMPARE((*entry->graph)[*entry->graph->find("relu")].users.size(), size_t(1));
    }
    const bool noted = std::any_of(capture->notes.begin(), capture->notes.end(), [](const Diagnostic& note) {
        return note.what.find("around the graph") != std::string::npos;
    });
    QVERIFY(noted);
}

QTEST_GUILESS_MAIN(TstIoText)
#include "tst_io_text.moc"
