// SPDX-License-Identifier: BSD-3-Clause
// Readable Python: reading, writing, and what is said about broken text.
#include "core/io/annotation.h"
#include "core/io/location.h"
#include "tst_io_common.h"

using namespace fxscope;
using namespace iotest;

class TstIoReadable : public QObject {
    Q_OBJECT
private slots:
    void printsAsItParses_data() {
        addRows({"*.readable.py", "fx_graph_readable.py", "fx_graph_transformed.py"}, "graphs");
    }
    void printsAsItParses();
    void readsBackTheSame_data() { addRows({"*.py"}, "graphs"); }
    void readsBackTheSame();
    void runnable();
    void titlesBelongToNoNode();
    void runnableInputs();
    void runnableInputsThatCannotBe();
    void pytreeInputs();
    void boxedInputs();
    void childGraphs();
    void expandedParameters();
    void variables();
    void mutations();
    void functions();
    void codeWithoutClass();
    void printedExportedProgram();
    void locations_data();
    void locations();
    void annotations_data();
    void annotations();
    void namedTuples();
    void shadowedNames();
    void partialGraphs();
    void proseAround_data();
    void proseAround();
    void childrenOfABrokenModule();
    void brokenText_data();
    void brokenText();
};

/// Whether the text is of the plain form, which is the one that is written.
static bool isPlain(const std::string& text) {
    return text.find("tree_flatten_spec(") == std::string::npos && text.find("args_iter") == std::string::npos;
}

void TstIoReadable::printsAsItParses() {
    QFETCH(QString, path);
    const std::string text = readFile(path.toStdString());
    if (!isPlain(text))
        return;
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->form, std::string("readable"));
    io::ReadableOptions options;
    options.stridesAndDevice = text.find("]cpu\"") != std::string::npos || text.find("]cuda:0\"") != std::string::npos;
    QVERIFY(io::writeReadable(*capture->graphs[0].graph, options) == text);
}

void TstIoReadable::readsBackTheSame() {
    QFETCH(QString, path);
    if (path.endsWith("output_code.py"))
        return;
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    for (const GraphEntry& entry : capture->graphs) {
        io::ReadableOptions options;
        options.stridesAndDevice = true;
        const std::string text = io::writeReadable(*entry.graph, options);
        const auto again = io::openText(text, "written");
        QVERIFY2(again.ok(), again.ok() ? "" : again.error().str().c_str());
        std::string why;
        // Inputs of fx_graph_runnable have offsets and requires_grad, which readable text has no place for.
        const bool meta = capture->form != "runnable";
        QVERIFY2(sameGraph(*entry.graph, *again->graphs[0].graph, {.meta = meta}, &why), why.c_str());
        QCOMPARE(io::writeReadable(*again->graphs[0].graph, options), text);
    }
}

/// A program around load_args.
std::string runnableOf(const std::string& before, const std::string& parameters, const std::string& inputs,
                       const std::string& version = "0") {
    return before + "import torch\nclass Repro(torch.nn.Module):\n    def forward(self, " + parameters +
           "):\n        return (a,)\n\ndef load_args(reader):\n" + inputs + "load_args._version = " + version +
           "\nmod = Repro()\n";
}

void TstIoReadable::runnableInputs() {
    const auto graph = graphOf(runnableOf(
        "s53 = 32\n", "a, b, c, d",
        "    buf0 = reader.storage(None, 4*s53, device=device(type='cuda', index=0), dtype_hint=torch.float16)\n"
        "    reader.tensor(buf0, (s53, 2), (1, s53), dtype=torch.float16, requires_grad=True)  # a\n"
        "    reader.tensor(buf0, (2,), dtype=torch.float16, storage_offset=4)  # b\n"
        "    reader.symint(32)  # c\n"
        "    # d was unsupported type for dumping: <class 'Foo'>\n"));
    QVERIFY(graph);
    const auto meta = [&](const char* name) { return (*graph)[*graph->find(name)].meta; };
    QCOMPARE(meta("a").str(true), std::string("f16[s53, 2][1, s53]cuda:0"));
    QVERIFY(meta("a").tensor().requiresGrad);
    QVERIFY(meta("b").tensor().storageOffset.is(4));
    QCOMPARE(meta("c").str(), std::string("Sym(s53)"));
    QVERIFY(!meta("d").isKnown());
    QCOMPARE(graph->symHints.at("s53"), int64_t{32});
}

void TstIoReadable::runnableInputsThatCannotBe() {
    const auto said = [](const std::string& inputs, const std::string& version = "0") {
        return notesOf(runnableOf("", "a", inputs, version));
    };
    const QString give = "; give inputs with --inputs";
    QCOMPARE(said("    buf0 = reader.storage(None, 8)\n    reader.tensor(buf0, (3,))  # a\n"),
             "test:8: the input a is larger than its storage" + give);
    QCOMPARE(said("    buf0 = reader.storage(None, 8)\n    reader.tensor(buf0, (4294967296, 4294967296))  # a\n"),
             "test:8: the input a is larger than its storage" + give);
    QCOMPARE(said("    reader.tensor(buf0, (3,))  # a\n"), "test:7: the input a cannot be read" + give);
    QCOMPARE(said("    buf0 = reader.storage(None, 8)\n    reader.tensor(buf0, (x.y,))  # a\n"),
             "test:8: the sizes of a cannot be read" + give);
    QCOMPARE(said("", "1"), "test:7: the inputs are of version 1, expected 0" + give +
                                "\ntest: load_args describes 0 inputs, the graph has 1" + give);
}

void TstIoReadable::runnable() {
    const auto capture = io::open(data("runnable.py"));
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{1});
    QCOMPARE(capture->form, std::string("runnable"));
    QVERIFY(capture->notes.empty());
    const Graph& repro = *capture->graphs[0].graph;
    QCOMPARE(repro.name, std::string("Repro"));
    for (const NodeId id : repro.placeholders()) // each has what load_args says
        QVERIFY2(repro[id].meta.isTensor() && repro[id].meta.tensor().strides, repro[id].name.c_str());
    QCOMPARE(capture->graphs[0].graph->size(), size_t{33});
}

void TstIoReadable::pytreeInputs() {
    const auto capture = io::open(data("numpy_1_joint_before_0.readable.py"));
    QVERIFY(capture.ok());
    const Graph& graph = *capture->graphs[0].graph;
    QCOMPARE(graph.placeholders().size(), size_t{4});
    QCOMPARE(graph[graph.first()].name, std::string("primals_1"));
    QVERIFY(graph[graph.first()].meta.isTensor());
    QVERIFY(graph[graph.output()].args[0].kind() == Argument::Kind::List);
}

void TstIoReadable::boxedInputs() {
    const auto capture = io::open(data("boxed.readable.py"));
    QVERIFY(capture.ok());
    const Graph& graph = *capture->graphs[0].graph;
    QCOMPARE(graph.placeholders().size(), size_t{2});
    QCOMPARE(graph[graph.placeholders()[1]].name, std::string("b_1"));
    QCOMPARE(graph.size(), size_t{5});
}

void TstIoReadable::childGraphs() {
    const auto capture = io::open(data("cond.readable.py"));
    QVERIFY(capture.ok());
    QCOMPARE(capture->graphs.size(), size_t{1});
    const Graph& graph = *capture->graphs[0].graph;
    QCOMPARE(graph.children.size(), size_t{2});
    QCOMPARE(graph.children.at("true_graph_0")->size(), size_t{4});
    QCOMPARE(graph.children.at("false_graph_0")->size(), size_t{3});
}

void TstIoReadable::expandedParameters() {
    const auto graph = graphOf("class M(torch.nn.Module):\n    def forward(\n        self,\n"
                               "        a_1: \"f32[2]\",  # PlainAOTInput(idx=0)\n"
                               "        b_1: \"f32[2]\",  # ParamAOTInput(target='w, x')\n    ):\n"
                               "        add: \"f32[2]\" = torch.ops.aten.add.Tensor(a_1, b_1);  a_1 = b_1 = None\n"
                               "        return (\n            add,  # PlainAOTOutput(idx=0)\n        )\n");
    QVERIFY(graph);
    QCOMPARE(graph->placeholders().size(), size_t{2});
    const Node& second = (*graph)[graph->placeholders()[1]];
    QCOMPARE(second.origin->meta.at("desc"), std::string("ParamAOTInput(target='w, x')"));
    QCOMPARE((*graph)[graph->output()].args[0].items().size(), size_t{1});
}

void TstIoReadable::variables() {
    const auto capture = io::open(data("operators.readable.py"));
    QVERIFY(capture.ok());
    const Graph& graph = *capture->graphs[0].graph;
    const Node& rest = graph[*graph.find("_rest")];
    QCOMPARE(rest.target.str(), std::string("*rest"));
    const Node& k = graph[*graph.find("k")];
    QCOMPARE(k.declaredType, std::string("int"));
    QCOMPARE(k.args[0].asInt(), int64_t{3});
    QCOMPARE(graph[*graph.find("sub_0")].target.str(), std::string("sub.0"));
    QVERIFY(graph[*graph.find("sub_0")].op == Op::CallModule);
    QVERIFY(graph[*graph.find("sub_0_weight")].op == Op::GetAttr);
    QVERIFY(graph[*graph.find("to")].op == Op::CallMethod);
    QCOMPARE(graph[*graph.find("not_")].target.str(), std::string("operator.not_"));
    QCOMPARE(graph[*graph.find("trunc")].target.str(), std::string("math.trunc"));
    QCOMPARE(graph[*graph.find("len_1")].target.str(), std::string("builtins.len"));
}

void TstIoReadable::mutations() {
    const auto graph = graphOf(
        "def forward(self, x, y):\n    x **= 2;  ipow = x\n    x[slice(0, 2, None)] = y;  setitem = x;  y = None\n"
        "    return ipow\n");
    QVERIFY(graph);
    const Node& power = (*graph)[*graph->find("ipow")];
    QCOMPARE(power.target.str(), std::string("operator.ipow"));
    QCOMPARE(power.args[1].asInt(), int64_t{2});
    const Node& set = (*graph)[*graph->find("setitem")];
    QCOMPARE(set.args.size(), size_t{3});
    QVERIFY(set.args[1].kind() == Argument::Kind::Slice);
}

/// A title above the class is no note of a node, though it has a colon and a place follows.
void TstIoReadable::titlesBelongToNoNode() {
    const auto capture = io::openText("# rule: what it shows\n"
                                      "class GraphModule(torch.nn.Module):\n"
                                      "    def forward(self, x: \"f32[4]\"):\n"
                                      "        # File: a.py:1 in forward, code: return x.relu()\n"
                                      "        y = torch.ops.aten.relu.default(x)\n"
                                      "        return y\n",
                                      "titled");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->entry()->graph->size(), size_t(3));
}

void TstIoReadable::functions() {
    const auto graphs = io::readFunctions("# test: two\n\ndef before(x: \"f32[4, 8]\", n):\n"
                                          "    y = torch.permute(x, [n, 0])\n    return y\n\n"
                                          "def after(x, n=2): return x\n",
                                          "rule.py");
    QVERIFY2(graphs.ok(), graphs.ok() ? "" : graphs.error().str().c_str());
    QCOMPARE(graphs->size(), size_t{2});
    QCOMPARE(graphs->at(0).name, std::string("before"));
    QCOMPARE(graphs->at(0).line, 3);
    QCOMPARE(graphs->at(0).graph.size(), size_t{4});
    QCOMPARE(graphs->at(1).graph.size(), size_t{3});
    const auto quoted = graphOf(R"(def forward(self, x, s = 'it\'s "(q', t = "\\", u=3):
    return x
)");
    QVERIFY(quoted);
    QCOMPARE(quoted->size(), size_t{5});
    QCOMPARE((*quoted)[*quoted->find("s")].args.at(0).asString(), std::string("it's \"(q"));
    const auto broken = io::readFunctions("def before(x):\n    return xx\n", "rule.py");
    QCOMPARE(broken.error().str(), std::string("rule.py:2: the name xx is not defined in this graph; did you mean x?"));
    const auto captured = io::openText("def before(x):\n    return x\ndef after(x):\n    return x\n", "t");
    QCOMPARE(captured->graphs[1].id, std::string("after"));
}

void TstIoReadable::codeWithoutClass() {
    const auto graph =
        graphOf("\n\n\ndef forward(self, x):\n    relu = torch.relu(x);  x = None\n    return relu\n    ");
    QVERIFY(graph);
    QCOMPARE(graph->size(), size_t{3});
}

void TstIoReadable::printedExportedProgram() {
    const auto graph =
        graphOf("ExportedProgram:\n    class GraphModule(torch.nn.Module):\n"
                "        def forward(self, x: \"f32[2]\"):\n            return (x,)\n            \n"
                "Graph signature: ExportGraphSignature(input_specs=[InputSpec(kind=<InputKind.USER_INPUT: "
                "1>, arg=TensorArgument(name='x'))])\nRange constraints: {}\n");
    QVERIFY(graph);
    QCOMPARE(graph->size(), size_t{2});
}

void TstIoReadable::locations_data() {
    QTest::addColumn<QString>("comment");
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("line");
    QTest::newRow("plain") << "# File: a/b.py:3 in f, code: y = x"
                           << "a/b.py" << 3;
    QTest::newRow("odd path") << "# File: <eval_with_key>.11:9 in forward, code: c = d"
                              << "<eval_with_key>.11" << 9;
    QTest::newRow("path with in") << "# File: C:/x in y/b.py:12 in <lambda>, code: a in b:3 in c"
                                  << "C:/x in y/b.py" << 12;
    QTest::newRow("notes") << "# Annotation: {'pp': {'a': 1}} recompute: MUST_SAVE File: b.py:1 in f, code: x"
                           << "b.py" << 1;
    QTest::newRow("graph id") << "# ac_graph_id: 2 - PREFER_RECOMPUTE No stacktrace found for following nodes"
                              << "" << 0;
}
void TstIoReadable::locations() {
    QFETCH(QString, comment);
    QFETCH(QString, file);
    QFETCH(int, line);
    std::shared_ptr<const Origin> origin;
    QVERIFY(io::parseLocation(comment.toStdString(), origin));
    QCOMPARE(origin->stack.size(), size_t{file.isEmpty() ? 0u : 1u});
    if (!file.isEmpty()) {
        QCOMPARE(origin->stack[0].file, file.toStdString());
        QCOMPARE(origin->stack[0].line, line);
    }
    QCOMPARE(io::writeLocation(origin.get()), comment.toStdString());
}

void TstIoReadable::annotations_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("kind");
    using Kind = ValueMeta::Kind;
    const auto row = [](const char* text, Kind kind) { QTest::newRow(text) << QString(text) << int(kind); };
    row("f32[]", Kind::Tensor);
    row("f32[2, 3][3, 1]cuda:0", Kind::Tensor);
    row("i64[][]cpu", Kind::Tensor);
    row("bf16[s0, 2*s0 + 1, Max(1, s0)]", Kind::Tensor);
    row("f32[(s53//8), 4][4, 1]cpu", Kind::Tensor);
    row("Sym(s0)", Kind::SymInt);
    row("Sym((s0//2))", Kind::SymInt);
    row("Sym(s0 > 2)", Kind::SymBool);
    row("Sym(zf0)", Kind::SymFloat);
}
void TstIoReadable::annotations() {
    QFETCH(QString, text);
    QFETCH(int, kind);
    const auto meta = io::parseAnnotation(text.toStdString());
    QVERIFY(meta);
    QCOMPARE(int(meta->kind()), kind);
    QCOMPARE(meta->str(true), text.toStdString());
    QVERIFY(!io::parseAnnotation("q" + text.toStdString()));
}

void TstIoReadable::namedTuples() {
    const auto graph =
        graphOf("def f(x):\n    y = torch.f(torch.return_types.topk(x, 3), dim = foo(3), k = ceiling(s0//2))\n"
                "    return BaseModelOutput(y, mylib_Point(x, None))\n");
    QVERIFY(graph);
    const Node& y = (*graph)[*graph->find("y")];
    QVERIFY(y.args[0].kind() == Argument::Kind::Tuple);
    QVERIFY(y.kwarg("dim")->kind() == Argument::Kind::Opaque);
    QVERIFY(y.kwarg("k")->kind() == Argument::Kind::Sym);
    QCOMPARE(io::writeArgument(*graph, (*graph)[graph->output()].args[0]), std::string("(y, (x, None))"));
}

void TstIoReadable::shadowedNames() {
    const std::string text = "def f(x):\n    y = torch.sin(x)\n    y = torch.cos(y)\n    return y\n";
    const auto graph = graphOf(text);
    QVERIFY(graph);
    QCOMPARE(io::writeArgument(*graph, (*graph)[graph->output()].args[0]), std::string("y_1"));
    QCOMPARE(io::writeArgument(*graph, (*graph)[*graph->find("y_1")].args[0]), std::string("y"));
    QCOMPARE(notesOf(text), QString("test:3: the name y is bound again, the new node is named y_1"));
    QCOMPARE(errorOf("def f(x, y, x):\n    return y\n"),
             QString("test:1: two parameters have the name x; rename one of them"));
}

void TstIoReadable::partialGraphs() {
    const std::string text = "def forward(self, x):\n    y = torch.sin(x)\n    z = torch.cos(x";
    const auto graph = graphOf(text);
    QVERIFY(graph);
    QVERIFY(graph->partial);
    QCOMPARE(graph->size(), size_t{2});
    QVERIFY(notesOf(text).contains("test:3: a bracket is not closed before the text ends; the file may be cut off"));
    QVERIFY(notesOf(text).contains("the graph ends before its return"));
}

void TstIoReadable::brokenText_data() {
    QTest::addColumn<QString>("body");
    QTest::addColumn<QString>("error");
    QTest::newRow("undefined")
        << "return torc"
        << "test:3: the name torc is not defined in this graph; define it, or check its spelling";
    QTest::newRow("near") << "y1 = torch.sin(x)\n    return y"
                          << "test:4: the name y is not defined in this graph; did you mean x, y1?";
    QTest::newRow("in a list") << "y = torch.cat([x, z])\n    return y"
                               << "test:3: the name z is not defined in this graph; did you mean x, y?";
    QTest::newRow("in a size") << "y = torch.f(x, 2*n + 1)\n    return y"
                               << "test:3: the name n is not defined in this graph; did you mean x, y?";
    QTest::newRow("calculation")
        << "y = torch.f(x, 2 * x)\n    return y"
        << "test:3: '2 * x' calculates inside an argument; give it a line of its own: value = 2 * x";
    const auto call = [](const char* row, const char* line, const char* what) {
        QTest::newRow(row) << QString(line) + "\n    return y"
                           << QString("test:3: a call inside an argument; give it a line of its own: value = ") + what;
    };
    call("a call", "y = torch.ops.aten.add.Tensor(x, torch.ops.aten.mul.Tensor(x, 2))",
         "torch.ops.aten.mul.Tensor(x, 2)");
    call("a call of a method's kind", "y = torch.cat([foo(x, dim = 1)])", "foo(x, dim = 1)");
    call("a call without nodes", "y = torch.add(x, torch.ones(3))", "torch.ones(3)");
    call("a call in a tuple type", "y = torch.add(x, Point(torch.neg(x), 3))", "torch.neg(x)");
    call("a size", "y = torch.add(x, Max(1, x))", "Max(1, x)");
    QTest::newRow("a call in the return")
        << "return (torch.neg(x),)"
        << "test:3: a call inside an argument; give it a line of its own: value = torch.neg(x)";
    QTest::newRow("attribute") << "y = torch.f(x.shape)\n    return y"
                               << "test:3: 'x.shape' inside an argument; give it a line of its own: value = x.shape";
    QTest::newRow("two steps")
        << "y = x + x + x\n    return y"
        << "test:3: 'x + x' calculates inside an argument; give it a line of its own: value = x + x";
    QTest::newRow("unpacking")
        << "a, b = torch.f(x)\n    return a"
        << "test:3: several names are bound at once; bind the tuple to one name and take its items: a = t[0]";
    QTest::newRow("statement")
        << "if x:\n    return x"
        << "test:3: this is no statement of a graph; expected 'name = call(...)' or 'return ...'";
    QTest::newRow("bracket")
        << "y = torch.f(x))\n    return y"
        << "test:3: a closing ) has no opening bracket; expected Python as print_readable prints it";
    QTest::newRow("string")
        << "y = torch.f('x)\n    return y"
        << "test:3: a string is not closed on its line; expected Python as print_readable prints it";
    QTest::newRow("device") << "y = torch.f(device(type='gpu'))\n    return y"
                            << "test:3: no device has the name 'gpu'; expected device(type='cuda', index=0)";
    QTest::newRow("cycle")
        << "a = torch.f(b)\n    b = torch.f(a)\n    return b"
        << "test:2, node b: these nodes need each other: b <- a; a graph must not contain a cycle; check "
           "the arguments of these nodes";
    QTest::newRow("two returns") << "return x\n    return x"
                                 << "test:4: a statement stands after the return; one return, at the end";
}
void TstIoReadable::brokenText() {
    QFETCH(QString, body);
    QFETCH(QString, error);
    QCOMPARE(errorOf("# a comment\ndef forward(self, x):\n    " + body.toStdString() + "\n"), error);
}

/// Outside of classes and functions nothing need be Python.
void TstIoReadable::proseAround_data() {
    QTest::addColumn<QString>("prose");
    for (const char* prose :
         {"It doesn't matter", "a) first", "(see below", "\"quoted", "class action can't be read", "def of it: don't",
          "'''\ndef forward(self, y):\n    return (y,)\n'''", "# don't", "call(\n  1,\n)"})
        QTest::newRow(prose) << prose;
}

void TstIoReadable::proseAround() {
    QFETCH(QString, prose);
    const std::string text = prose.toStdString() + "\n";
    const std::string python = "class G(torch.nn.Module):\n    def forward(self, x):\n        y = torch.relu(x)\n"
                               "        return (y,)\n";
    const auto capture = io::openText(text + python + text, "test");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{1});
    QCOMPARE(capture->graphs[0].graph->size(), size_t{3});
    QVERIFY(capture->graphs[0].graph->find("x"));
}

void TstIoReadable::childrenOfABrokenModule() {
    const auto module = [](int indent, const std::string& name, const std::string& value) {
        const std::string pad(static_cast<size_t>(indent), ' ');
        return pad + "class " + name + "(torch.nn.Module):\n" + pad + "    def forward(self, x):\n" + pad +
               "        y = torch.relu(" + value + ")\n" + pad + "        return (y,)\n";
    };
    const auto capture =
        io::openText(module(0, "outer", "x") + module(4, "broken", "nowhere") + module(8, "inner", "x"), "test");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QVERIFY(capture->notes.at(0).what.starts_with("the name nowhere is not defined"));
    QCOMPARE(capture->graphs.size(), size_t{2});
    QCOMPARE(capture->graphs[0].graph->name, std::string("outer"));
    QVERIFY(capture->graphs[0].graph->children.empty());
    QCOMPARE(capture->graphs[1].graph->name, std::string("inner"));
}

QTEST_GUILESS_MAIN(TstIoReadable)
#include "tst_io_readable.moc"
