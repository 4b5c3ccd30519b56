// SPDX-License-Identifier: BSD-3-Clause
// Hostile and broken input: each hazard of formats.md, section 8, that has no test of its own form's file.
#include "tst_io_common.h"

#include "core/io/limits.h"
#include "core/io/zip_writer.h"
#include "core/support/text.h"

using namespace fxscope;
using namespace iotest;

namespace {

std::string repeated(std::string_view text, size_t times) {
    std::string out;
    for (size_t i = 0; i < times; ++i)
        out += text;
    return out;
}
std::string printed(const std::string& args) {
    return "graph():\n    %x : [num_users=1] = placeholder[target=x]\n    %y : [num_users=1] = "
           "call_function[target=torch.f](args = (" +
           args + "), kwargs = {})\n    return y";
}
std::string python(const std::string& expression) {
    return "def forward(self, x):\n    y = " + expression + "\n    return (y,)\n";
}
std::string nestedModules(size_t depth) {
    std::string text;
    for (size_t i = 0; i < depth; ++i)
        text += std::string(i, ' ') + "class a(torch.nn.Module):\n" + std::string(i + 1, ' ') +
                "def forward(self): return 1\n";
    return text;
}
std::string archive(const std::string& model) {
    io::ZipWriter writer;
    writer.add("m/models/model.json", model);
    writer.add("m/archive_format", "pt2");
    for (const char* list :
         {"m/data/weights/model_weights_config.json", "m/data/constants/model_constants_config.json"})
        writer.add(list, R"({"config": {}})");
    return writer.finish();
}
/// A program with these nodes; `x` is its input and `y` what it returns.
std::string program(const std::string& nodes, const std::string& values = R"("x": {}, "y": {})") {
    return archive(
        R"({"schema_version": {"major": 8, "minor": 17}, "graph_module": {"graph": {"inputs": [{"as_tensor": )"
        R"({"name": "x"}}], "outputs": [{"as_tensor": {"name": "y"}}], "nodes": [)" +
        nodes + R"(], "tensor_values": {)" + values +
        R"(}}, "signature": {"input_specs": [{"user_input": {"arg": {"as_tensor": {"name": "x"}}}}], )"
        R"("output_specs": [{"user_output": {"arg": {"as_tensor": {"name": "y"}}}}]}}})");
}
std::string node(const std::string& name, const std::string& input, const std::string& metadata = "{}") {
    return R"({"target": "torch.ops.aten.relu.default", "inputs": [{"name": "self", "arg": {"as_tensor": {"name": ")" +
           input + R"("}}, "kind": 1}], "outputs": [{"as_tensor": {"name": ")" + name + R"("}}], "metadata": )" +
           metadata + "}";
}
const std::string kTensor =
    R"({"dtype": 7, "sizes": [{"as_int": 2}], "requires_grad": false, "device": {"type": "cpu", "index": null}, )"
    R"("strides": [{"as_int": 1}], "storage_offset": {"as_int": 0}, "layout": 7})";
const std::string kBoth = R"("x": )" + kTensor + R"(, "y": )" + kTensor;

} // namespace

class TstIoLimits : public QObject {
    Q_OBJECT
private slots:
    void hazards_data();
    void hazards();
    void limitsAreSettings();
    void namesThatAreNoText();
    void absurdExpressions();
};

void TstIoLimits::hazards_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("answer"); ///< "" opens without a word; "note: " before a warning; else the error's begin
    const auto row = [](const char* name, const std::string& bytes, const char* answer) {
        QTest::newRow(name) << QByteArray(bytes.data(), static_cast<qsizetype>(bytes.size())) << QString(answer);
    };
    row("text: deep brackets", printed(repeated("[", 300) + "1" + repeated("]", 300)),
        "test:3: arguments are nested deeper than 256");
    row("text: many arguments", printed(repeated("1, ", 100'001) + "1"), "test:3: more than 100000 arguments");
    row("text: long line", printed(repeated("12345678, ", 1'700'000) + "1"),
        "test:3: this line is longer than 16777216 bytes");
    row("text: cycle",
        "graph():\n    %a : [num_users=1] = call_function[target=f](args = (%b,), kwargs = {})\n"
        "    %b : [num_users=2] = call_function[target=f](args = (%a,), kwargs = {})\n    return b",
        "test, node b: these nodes need each other: b <- a");
    row("text: % without a name", "graph():\n    %", "test:2: a % without a name");
    row("text: wrong num_users", "graph():\n    %x : [num_users=7] = placeholder[target=x]\n    return x",
        "note: x is printed with num_users=7 but has 1 user");
    row("text: use above definition",
        "graph():\n    %a : [num_users=1] = call_function[target=f](args = (%x,), kwargs = {})\n"
        "    %x : [num_users=1] = placeholder[target=x]\n    return a",
        "");
    row("python: deep brackets", python("torch.f(" + repeated("[", 300) + "x" + repeated("]", 300) + ")"),
        "test:2: brackets are nested deeper than 256");
    row("python: many items", python("torch.f([" + repeated("1, ", 100'001) + "x])"),
        "test:2: more than 100000 items in a list");
    row("python: unknown statement", "def forward(self, x):\n    while True:\n        pass\n    return x\n",
        "test:2: this is no statement of a graph");
    row("python: closing bracket", python("torch.f(x))"), "test:2: a closing ) has no opening bracket");
    row("python: bound twice", "def forward(self, x):\n    y = torch.f(x)\n    y = torch.g(y)\n    return (y,)\n",
        "note: the name y is bound again, the new node is named y_1");
    row("python: cut off", "def forward(self, x):\n    y = torch.f(x)\n    z = torch.g",
        "note: the graph ends before its return");
    row("python: NUL bytes", std::string("def forward(self, x):\n    y = torch.f(x, '\0')\n    return (y,)\n", 63), "");
    row("pt2: deep JSON", archive(repeated("[", 300) + repeated("]", 300)),
        "test, entry m/models/model.json: broken JSON");
    row("pt2: trailing bytes", archive("{} {}"), "test, entry m/models/model.json: broken JSON");
    row("pt2: fine", program(node("y", "x"), kBoth), "");
    row("pt2: defined twice", program(node("y", "x") + "," + node("y", "x"), kBoth),
        "test, entry m/models/model.json: two nodes have the name y");
    row("pt2: undefined", program(node("y", "z"), kBoth),
        "test, entry m/models/model.json, node y: the name z is not defined in this graph");
    row("pt2: cycle", program(node("y", "z") + "," + node("z", "y"), kBoth + R"(, "z": )" + kTensor),
        "test, entry m/models/model.json, node");
    row("pt2: value without meta", program(node("y", "x"), R"("x": )" + kTensor),
        "note: node y: 1 value has no dtype and shape in the file");
    row("pt2: value described twice", program(node("y", "x"), kBoth + R"(, "x": )" + kTensor),
        "test, entry m/models/model.json, node x: two entries describe this value");
    row("pt2: broken metadata", program(node("y", "x", R"({"stack_trace": "\q"})"), kBoth),
        "test, entry m/models/model.json, node y: broken JSON");
    row("pt2: metadata is no object", program(node("y", "x", "7"), kBoth), "");
    row("pt2: from_node is no JSON", program(node("y", "x", R"({"from_node": "[{"})"), kBoth),
        "note: from_node is no JSON");
    row("pt2: key of the graph twice", program(node("y", "x"), kBoth + R"(}, "tensor_values": {)"),
        "test, entry m/models/model.json: the key tensor_values stands here twice");
    row("pt2: nodes twice", program("", kBoth + R"(}, "nodes": {)"),
        "test, entry m/models/model.json: the key nodes stands here twice");
    row("pt2: nodes are no list",
        archive(R"({"schema_version": {"major": 8}, "graph_module": {"graph": {"inputs": [], "nodes": 5, )"
                R"("outputs": []}, "signature": {"input_specs": [], "output_specs": []}}})"),
        "test, entry m/models/model.json: expected a list 'nodes'");
    row("pt2: no outputs",
        archive(R"({"schema_version": {"major": 8}, "graph_module": {"graph": {"inputs": [], "nodes": []}, )"
                R"("signature": {"input_specs": [], "output_specs": []}}})"),
        "test, entry m/models/model.json: expected a list 'outputs'");
    row("pt2: stray metadata index",
        program(node("y", "x", "7") + "," + node("w", "x"), kBoth + R"(, "w": )" + kTensor), "");
    row("json: too long an int", R"({"fxscope_graph": 1, "graph": {"nodes": 99999999999999999999}})", "test: ");
    row("json: two outputs",
        R"({"fxscope_graph": 1, "graph": {"nodes": [{"name": "a", "op": "output", "target": "output", "args": [], "kwargs": )"
        R"([]}, {"name": "b", "op": "output", "target": "output", "args": [], "kwargs": []}]}})",
        "test: two output nodes, a and b; a graph has one");
    row("dot: two outputs",
        "digraph m {\na [label=\"{name=%a|op_code=output\\n}\"];\nb [label=\"{name=%b|op_code=output\\n}\"];\n}",
        "test: two output nodes, a and b; a graph has one");
    row("dot: ends behind a backslash", "digraph m {\nx [label=\"{name=%x|op_code=placeholder\\",
        "test:2: unknown kind of node 'placeholder\\'");
    row("dot: long statement",
        "digraph m {\nx [op_code=1, label=\"" + repeated("0123456789abcdef", 1 << 20) + "\"];\n}",
        "test:2: this statement is longer than 16777216 bytes");
    row("python: deep modules", nestedModules(65), "test:129: modules within modules, more than 64 deep");
    row("gzip: within gzip", std::string("\x1f\x8b\x08\x00", 4), "test: ");
    row("dot: cut off", "digraph m {\nx [label=\"{name=%x|op_code=placeholder", "note: the drawing has no output node");
}

void TstIoLimits::hazards() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, answer);
    const auto capture = io::openText({bytes.constData(), static_cast<size_t>(bytes.size())}, "test");
    if (answer.isEmpty() || answer.startsWith("note: ")) {
        QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
        QString notes;
        for (const Diagnostic& note : capture->notes)
            notes += QString::fromStdString(note.str()) + '\n';
        QVERIFY2(answer.isEmpty() ? notes.isEmpty() : notes.contains(answer.mid(6)), qPrintable(notes));
        return;
    }
    QVERIFY(!capture.ok());
    const QString said = QString::fromStdString(capture.error().str());
    QVERIFY2(said.startsWith(answer), qPrintable(said));
}

void TstIoLimits::limitsAreSettings() {
    const io::Limits before = io::limits();
    const auto fewer = io::parseLimits("nodes=2, nesting=3");
    QVERIFY(fewer.ok());
    QCOMPARE(fewer->nodes, size_t{2});
    QCOMPARE(fewer->line, before.line);
    io::setLimits(*fewer);
    QCOMPARE(errorOf(printed("%x")), QString("test:1: more than 2 nodes; if the file is what it should be, raise the "
                                             "limit: FXSCOPE_LIMITS=nodes=NUMBER"));
    QVERIFY(errorOf(python("torch.f([[[[x]]]])")).startsWith("test:2: brackets are nested deeper than 3"));
    io::setLimits(before);
    QCOMPARE(errorOf(printed("%x")), QString("no error"));
    for (const char* wrong : {"node=3", "nodes", "nodes=0", "nodes=-1", "nesting=100000", "nodes=99999999999999999999"})
        QVERIFY2(!io::parseLimits(wrong).ok(), wrong);
    QCOMPARE(io::parseLimits("node=3").error().str(),
             std::string("limits: 'node=3' is no limit; write NAME=NUMBER, names: nesting (up to 1000), line, nodes, "
                         "arguments, zipEntries, zipName, inflated, tensorHeader"));
}

void TstIoLimits::namesThatAreNoText() {
    // Bidi marks and broken UTF-8 stay in the graph and are shown as escapes.
    const auto graph =
        graphOf("graph():\n    %x : [num_users=1] = placeholder[target=a\xe2\x80\xae\xff]\n    return x");
    QVERIFY(graph);
    const std::string shown = displayText((*graph)[graph->first()].target.str());
    QVERIFY2(shown.find("\xe2\x80\xae") == std::string::npos && shown.find('\xff') == std::string::npos, shown.c_str());
}

void TstIoLimits::absurdExpressions() {
    const std::string deep = repeated("(", 200) + "s0" + repeated("+1)", 200);
    const auto graph = graphOf("def forward(self, x: \"f32[" + deep + "]\"):\n    return (x,)\n");
    QVERIFY(graph);
    QVERIFY((*graph)[graph->first()].meta.tensor().sizes[0].isOpaque());
    QVERIFY(graphOf("def forward(self, x: \"f32[" + repeated("s0*", 5'000) + "s1]\"):\n    return (x,)\n"));
}

QTEST_GUILESS_MAIN(TstIoLimits)
#include "tst_io_limits.moc"
