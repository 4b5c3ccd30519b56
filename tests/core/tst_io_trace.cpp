// SPDX-License-Identifier: BSD-3-Clause
// Timelines: structured logs, folders that PyTorch writes, and what is followed through them.
#include "tst_io_common.h"

#include "core/io/diff_text.h"
#include "core/io/timeline.h"
#include "core/support/md5.h"

#include <QTemporaryDir>
#include <zlib.h>

using namespace fxscope;
using namespace iotest;

namespace {

struct Ids {
    int frame = 0, compile = 0, attempt = 0;
};

/// A record as PyTorch logs it, its payload below.
std::string record(const std::string& type, const std::string& payload, Ids ids = {}, const std::string& more = "") {
    std::string text = "V1122 18:40:42.634000 415 torch/_dynamo/x.py:1] {" + type +
                       ", \"frame_id\": " + std::to_string(ids.frame) +
                       ", \"frame_compile_id\": " + std::to_string(ids.compile) +
                       ", \"attempt\": " + std::to_string(ids.attempt) + more;
    if (payload.empty())
        return text + "}\n";
    text += ", \"has_payload\": \"" + md5(payload) + "\"}\n\t";
    for (const char c : payload)
        text += c == '\n' ? std::string("\n\t") : std::string(1, c);
    return text + "\n";
}
std::string artifact(const std::string& name) {
    return "\"artifact\": {\"name\": \"" + name + "\", \"encoding\": \"string\"}";
}
std::string plain(const std::string& type) { return "\"" + type + "\": {}"; }

/// A graph of one call.
std::string graph(const std::string& input, const std::string& target) {
    return "class GraphModule(torch.nn.Module):\n    def forward(self, " + input +
           ": \"f32[2]\"):\n        y: \"f32[2]\" = " + target + "(" + input + ");  " + input +
           " = None\n        return (y,)\n";
}
std::string runnable(const std::string& input, const std::string& target) {
    return "import torch\nclass Repro(torch.nn.Module):\n    def __init__(self) -> None:\n        "
           "super().__init__()\n\n"
           "    def forward(self, " +
           input + "):\n        y = " + target + "(" + input + ");  " + input +
           " = None\n        return (y,)\n\ndef load_args(reader):\n    buf0 = reader.storage(None, 8)\n    "
           "reader.tensor(buf0, "
           "(2,), is_leaf=True)  # " +
           input + "\nload_args._version = 0\nmod = Repro()\n";
}

QStringList idsOf(const Capture& capture) {
    QStringList ids;
    for (const GraphEntry& entry : capture.graphs)
        ids << QString::fromStdString(entry.id);
    return ids;
}
QString previousOf(const Capture& capture, const char* id) {
    const int previous = capture.graphs[capture.find(id).at(0)].previous;
    return previous < 0 ? QString() : QString::fromStdString(capture.graphs[static_cast<size_t>(previous)].id);
}
Capture opened(const std::string& text) {
    auto capture = io::openText(text, "a.log");
    if (!capture.ok())
        qWarning("%s", capture.error().str().c_str());
    return capture.ok() ? std::move(capture).value() : Capture{};
}
QString notes(const Diagnostics& list) {
    QStringList text;
    for (const Diagnostic& note : list)
        text << QString::fromStdString(note.what);
    return text.join('\n');
}
std::string gzipped(const std::string& text) {
    std::string out(text.size() + 1024, '\0');
    z_stream z{};
    deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    z.avail_in = static_cast<uInt>(text.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    deflate(&z, Z_FINISH);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

} // namespace

class TstIoTrace : public QObject {
    Q_OBJECT
private slots:
    void md5OfKnownTexts();
    void stagesOfARealLog();
    void passesOfInference();
    void kwargsOfEightNodes();
    void linksAndKernels();
    void placesOfKernels();
    void everyGraphOfTheCollection_data();
    void everyGraphOfTheCollection();
    void packed();
    void namesOfGraphs();
    void generations();
    void attempts();
    void backwardComesLater();
    void runsWithoutRunnable();
    void recordsWithoutIds();
    void ranks();
    void payloadsThatDiffer();
    void lateBackwardOfARestart();
    void linesThatAreNoRecords();
    void logsThatWentThroughOtherHands_data();
    void logsThatWentThroughOtherHands();
    void aGraphThatCannotBeRead();
    void folderOfRanks();
    void debugFolder();
    void parsedLog();
    void consoleOutput();
    void noGraphs();
};

void TstIoTrace::md5OfKnownTexts() {
    QCOMPARE(md5(""), std::string("d41d8cd98f00b204e9800998ecf8427e"));
    QCOMPARE(md5("abc"), std::string("900150983cd24fb0d6963f7d28e17f72"));
    QCOMPARE(md5(std::string(55, 'a')), std::string("ef1772b6dff9a122358552954ad0df65"));
    QCOMPARE(md5(std::string(64, 'a')), std::string("014842d480b571495a4a0363793f7367"));
}

void TstIoTrace::stagesOfARealLog() {
    const auto capture = io::open(data("numpy_kwargs.log"));
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->form, std::string("torch_trace"));
    QCOMPARE(idsOf(*capture),
             QStringList({"0/0:dynamo_output_graph", "0/0:before_pre_grad_graph", "0/0:after_pre_grad_graph",
                          "0/0:aot_joint_graph", "0/0:aot_forward_graph", "0/0:aot_backward_graph",
                          "0/0:forward/fx_graph_runnable", "0/0:forward/before_post_grad_graph",
                          "0/0:forward/inductor_post_grad_graph", "0/0:backward/fx_graph_runnable",
                          "0/0:backward/before_post_grad_graph", "0/0:backward/inductor_post_grad_graph"}));
    QCOMPARE(previousOf(*capture, "aot_joint_graph"), QString("0/0:after_pre_grad_graph"));
    QCOMPARE(previousOf(*capture, "aot_backward_graph"), QString("0/0:aot_joint_graph"));
    QCOMPARE(previousOf(*capture, "backward/fx_graph_runnable"), QString("0/0:aot_backward_graph"));
    for (const GraphEntry& entry : capture->graphs)
        QVERIFY2(!entry.graph, "opening reads no graph");
    const auto joint = capture->entry("aot_joint_graph");
    QVERIFY(joint.ok());
    QCOMPARE(joint->graph->size(), size_t{86});
    QCOMPARE(capture->entry("aot_joint_graph")->graph.get(), joint->graph.get()); // read once
    // What Inductor was given is what AOTAutograd made.
    for (const std::string direction : {"forward", "backward"}) {
        std::string why;
        const auto made = capture->entry("aot_" + direction + "_graph"),
                   given = capture->entry(direction + "/fx_graph_runnable");
        QVERIFY2(sameGraph(*made->graph, *given->graph, {.meta = false}, &why), why.c_str());
    }
}

/// Without gradients the passes for joint graphs run on the graph itself, between AOTAutograd and Inductor.
void TstIoTrace::passesOfInference() {
    const auto capture = io::open(data("joint.log"));
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(idsOf(*capture),
             QStringList({"0/0:dynamo_output_graph", "0/0:before_pre_grad_graph", "0/0:after_pre_grad_graph",
                          "0/0:aot_inference_graph", "0/0:before_joint_graph", "0/0:after_joint_graph",
                          "0/0:inference/fx_graph_runnable", "0/0:inference/before_post_grad_graph",
                          "0/0:inference/inductor_post_grad_graph"}));
    QCOMPARE(previousOf(*capture, "before_joint_graph"), QString("0/0:aot_inference_graph"));
    QCOMPARE(previousOf(*capture, "after_joint_graph"), QString("0/0:before_joint_graph"));
    QCOMPARE(previousOf(*capture, "inference/fx_graph_runnable"), QString("0/0:after_joint_graph"));
    const auto before = capture->entry("before_joint_graph"), after = capture->entry("after_joint_graph"),
               given = capture->entry("inference/fx_graph_runnable");
    QCOMPARE(diffGraphs(*before->graph, *after->graph).removed.size(), size_t{2}); // both permutations
    std::string why;
    QVERIFY2(sameGraph(*after->graph, *given->graph, {.meta = false}, &why), why.c_str());
}

void TstIoTrace::kwargsOfEightNodes() {
    const auto capture = io::open(data("numpy_kwargs.log"));
    QVERIFY(capture.ok());
    const auto before = capture->entry("before_pre_grad_graph"), after = capture->entry("after_pre_grad_graph");
    const GraphDiff diff = diffGraphs(*before->graph, *after->graph);
    QCOMPARE(diff.changed.size(), size_t{8});
    QVERIFY(diff.renamed.empty() && diff.removed.empty() && diff.added.empty() && diff.moved.empty());
    for (const NodeChange& change : diff.changed)
        for (const Difference& what : change.what)
            QCOMPARE(what.kind, Difference::Kind::KeywordName);
    QCOMPARE(io::differenceText(*before->graph, *after->graph, diff.changed[0], diff.changed[0].what[0]),
             std::string("keyword axis is now dim"));
}

void TstIoTrace::linksAndKernels() {
    const auto capture = io::open(data("numpy_kwargs.log"));
    QVERIFY(capture.ok());
    QCOMPARE(capture->runs.size(), size_t{2});
    const auto& links = capture->runs[0].links->get();
    QVERIFY2(links.ok(), links.ok() ? "" : links.error().str().c_str());
    QCOMPARE(links->kernels.size(), size_t{2});
    QCOMPARE(links->kernels[0].name, std::string("extern_kernels.addmm"));
    QCOMPARE(links->kernels[0].call, 1);
    QCOMPARE(links->kernels[0].sources, std::vector<std::string>{"h"});
    // The kernels of a node, in stages before and behind AOTAutograd, with the lines of the log that hold their code.
    const auto kernels = [&](const char* stage, const char* node) {
        QStringList names;
        for (const auto& [run, kernel] : io::kernelsOf(*capture, *capture->entry(stage), node))
            names << QString::fromStdString(run + " " + kernel.name);
        return names.join(", ");
    };
    QCOMPARE(kernels("before_pre_grad_graph", "h"), QString("0/0 forward extern_kernels.addmm"));
    QCOMPARE(kernels("forward/before_post_grad_graph", "addmm"), QString("0/0 forward extern_kernels.addmm"));
    QCOMPARE(kernels("backward/before_post_grad_graph", "addmm"), QString());
    const auto followed = io::followNode(*capture, "before_pre_grad_graph", "h");
    QVERIFY2(followed.ok(), followed.ok() ? "" : followed.error().str().c_str());
    const auto at = [&](const std::string& id) {
        for (const io::FollowedStage& stage : *followed)
            if (stage.id == id)
                return stage.nodes;
        return std::vector<std::string>{"no such stage"};
    };
    QCOMPARE(at("0/0:aot_joint_graph"), (std::vector<std::string>{"permute", "addmm"})); // one to many
    QCOMPARE(at("0/0:forward/inductor_post_grad_graph"), (std::vector<std::string>{"permute", "addmm"}));
    QCOMPARE(at("0/0 forward kernels"), std::vector<std::string>{"extern_kernels.addmm:1"});
    QCOMPARE(io::followNode(*capture, "before_pre_grad_graph", "nowhere").error().what,
             std::string("there is no node nowhere in 0/0:before_pre_grad_graph"));
}

/// The line of the log on which a kernel is defined.
void TstIoTrace::placesOfKernels() {
    const std::string code = "# AOT ID: ['0_inference']\nasync_compile = AsyncCompile()\n"
                             "cpp_fused_relu_0 = async_compile.cpp_pybinding(['const float*'], 'r')\n";
    const std::string log =
        record(plain("aot_inference_graph"), graph("x", "torch.ops.aten.relu.default")) +
        record(artifact("fx_graph_runnable"), runnable("x", "torch.ops.aten.relu.default")) +
        record(artifact("before_post_grad_graph"), graph("x", "torch.ops.aten.relu.default")) +
        record(plain("inductor_output_code"), code) +
        record(artifact("inductor_provenance_tracking_node_mappings"),
               R"({"preToPost": {}, "postToPre": {"y": ["r"]}, "cppCodeToPost": {"cpp_fused_relu_0:1": ["y"]}})");
    const Capture capture = opened(log);
    const auto kernels = io::kernelsOf(capture, *capture.entry("inference/before_post_grad_graph"), "y");
    QCOMPARE(kernels.size(), size_t{1});
    QCOMPARE(kernels[0].kernel.name, std::string("cpp_fused_relu_0"));
    QCOMPARE(kernels[0].kernel.file, std::string("a.log"));
    const int line = kernels[0].kernel.line;
    QVERIFY(line > 0);
    QVERIFY(QString::fromStdString(log).section('\n', line - 1, line - 1).startsWith("\tcpp_fused_relu_0 = async"));
}

void TstIoTrace::everyGraphOfTheCollection_data() {
    QTest::addColumn<QString>("path");
    QTest::newRow("small log") << QString::fromStdString(data("numpy_kwargs.log"));
    QTest::newRow("console") << QString::fromStdString(data("console.log"));
    for (const QString& path : shared("graphs/torch_trace", {"*.log"}))
        QTest::newRow(qPrintable(path.section('/', -1))) << path;
    for (const QString& path : shared("graphs/torch_compile_debug", {"output_code.py"}))
        QTest::newRow(qPrintable(path.section('/', -2))) << path;
    if (QDir(FXSCOPE_SHARED_DIR "/graphs/torch_compile_debug").exists())
        QTest::newRow("debug folder") << QString(FXSCOPE_SHARED_DIR "/graphs/torch_compile_debug");
}

void TstIoTrace::everyGraphOfTheCollection() {
    QFETCH(QString, path);
    const auto capture = io::open(path.toStdString());
    if (path.endsWith("output_code.py") && !capture.ok() && capture.error().what.starts_with("this is the code"))
        return; // code for the CPU has no fragments
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    for (size_t i = 0; i < capture->graphs.size(); ++i) {
        const auto entry = capture->load(i);
        QVERIFY2(entry.ok(), entry.ok() ? "" : entry.error().str().c_str());
        QVERIFY2(!entry->graph->partial, entry->id.c_str());
        for (const Diagnostic& problem : verify(*entry->graph))
            QVERIFY2(problem.severity != Severity::Error, problem.str().c_str());
    }
    for (const InductorRun& run : capture->runs)
        QVERIFY2(run.links->get().ok(), run.compileId.c_str());
}

void TstIoTrace::packed() {
    const std::string log = readFile(data("numpy_kwargs.log")), bytes = gzipped(log);
    const auto capture = io::openText(bytes, "a.log.gz");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{12});
    QVERIFY(capture->entry("aot_joint_graph").ok());
    const auto cut = io::openText(std::string_view(bytes).substr(0, bytes.size() / 2), "a.log.gz");
    QVERIFY(cut.ok());
    QVERIFY(notes(cut->notes).contains("the gzip file is cut off"));
    std::string damaged = bytes;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x55);
    const auto refused = io::openText(damaged, "a.log.gz");
    QVERIFY(!refused.ok() || !refused->notes.empty());
}

void TstIoTrace::namesOfGraphs() {
    const auto capture = io::open(data("numpy_kwargs.log"));
    QVERIFY(capture.ok());
    const auto idOf = [&](const char* name) { return capture->entry(name)->id; };
    QCOMPARE(idOf("0/0:aot_joint_graph"), std::string("0/0:aot_joint_graph"));
    QCOMPARE(idOf("before_post_grad_graph"), std::string("0/0:forward/before_post_grad_graph"));
    QCOMPARE(idOf("backward/before_post_grad_graph"), std::string("0/0:backward/before_post_grad_graph"));
    QCOMPARE(idOf("0/0:before_post_grad_graph"), std::string("0/0:forward/before_post_grad_graph"));
    QCOMPARE(idOf("0/0"), std::string("0/0:dynamo_output_graph"));
    QCOMPARE(idOf("3"), std::string("0/0:aot_joint_graph"));
    QCOMPARE(capture->find("before_post_grad_graph").size(), size_t{2});
    const auto unknown = capture->entry("joint");
    QVERIFY(unknown.error().str().starts_with(data("numpy_kwargs.log") +
                                              ": no graph has the id joint; ids in this file: 0/0:dynamo"));
}

void TstIoTrace::generations() {
    const std::string one =
        record(plain("dynamo_start"), "") + record(plain("dynamo_output_graph"), graph("x", "torch.relu"));
    const Capture capture = opened(one + one + one);
    QCOMPARE(idsOf(capture),
             QStringList({"0/0:dynamo_output_graph", "0/0#2:dynamo_output_graph", "0/0#3:dynamo_output_graph"}));
    // Old logs have no dynamo_start.
    const std::string old = record(plain("dynamo_output_graph"), graph("x", "torch.relu"));
    QCOMPARE(idsOf(opened(old + old)), QStringList({"0/0:dynamo_output_graph", "0/0#2:dynamo_output_graph"}));
}

void TstIoTrace::attempts() {
    const Capture capture = opened(
        record(plain("dynamo_start"), "") + record(plain("dynamo_output_graph"), graph("x", "torch.relu"), {0, 0, 0}) +
        record(plain("dynamo_output_graph"), graph("x", "torch.tanh"), {0, 0, 1}) +
        record(plain("aot_joint_graph"), graph("x", "torch.ops.aten.tanh.default"), {0, 0, 1}));
    QCOMPARE(idsOf(capture),
             QStringList({"0/0:dynamo_output_graph", "0/0_1:dynamo_output_graph", "0/0_1:aot_joint_graph"}));
    QVERIFY(capture.graphs[0].restarted && !capture.graphs[1].restarted);
    QCOMPARE(capture.entry("dynamo_output_graph")->id,
             std::string("0/0_1:dynamo_output_graph")); // the result, not what ended early
}

void TstIoTrace::backwardComesLater() {
    const auto compile = [](const std::string& target) {
        return record(plain("dynamo_start"), "") + record(plain("aot_joint_graph"), graph("primals_1", target)) +
               record(plain("aot_forward_graph"), graph("primals_1", target)) +
               record(plain("aot_backward_graph"), graph("tangents_1", target)) +
               record(artifact("fx_graph_runnable"), runnable("primals_1", target)) +
               record(artifact("before_post_grad_graph"), graph("primals_1", target));
    };
    const auto backward = [](const std::string& target) {
        return record(artifact("fx_graph_runnable"), runnable("tangents_1", target)) +
               record(artifact("before_post_grad_graph"), graph("tangents_1", target));
    };
    // Both models are 0/0; their backward graphs are compiled after both forward graphs, the first one's last.
    const Capture capture = opened(compile("torch.ops.aten.relu.default") + compile("torch.ops.aten.tanh.default") +
                                   backward("torch.ops.aten.tanh.default") + backward("torch.ops.aten.relu.default"));
    const auto first = capture.entry("0/0:backward/before_post_grad_graph"),
               second = capture.entry("0/0#2:backward/before_post_grad_graph");
    QVERIFY2(first.ok() && second.ok(), qPrintable(idsOf(capture).join(' ')));
    QCOMPARE((*first->graph)[*first->graph->find("y")].target.str(), std::string("torch.ops.aten.relu.default"));
    QCOMPARE((*second->graph)[*second->graph->find("y")].target.str(), std::string("torch.ops.aten.tanh.default"));
    QCOMPARE(previousOf(capture, "0/0#2:backward/fx_graph_runnable"), QString("0/0#2:aot_backward_graph"));
}

void TstIoTrace::runsWithoutRunnable() {
    // As on a cache hit, where steps are missing, and in old logs, whose type is the graph's own name.
    const Capture capture =
        opened(record(plain("aot_forward_graph"), graph("a", "torch.ops.aten.relu.default")) +
               record(plain("aot_backward_graph"), graph("b", "torch.ops.aten.relu.default")) +
               record(plain("inductor_post_grad_graph"), graph("a", "torch.ops.aten.relu.default")) +
               record(plain("inductor_post_grad_graph"), graph("b", "torch.ops.aten.relu.default")));
    QCOMPARE(idsOf(capture),
             QStringList({"0/0:aot_forward_graph", "0/0:aot_backward_graph", "0/0:forward/inductor_post_grad_graph",
                          "0/0:backward/inductor_post_grad_graph"}));
}

void TstIoTrace::recordsWithoutIds() {
    const auto bare = [](const std::string& type, const std::string& payload) {
        return "V1122 18:40:42.634000 415 x.py:1] {" + type + ", \"has_payload\": \"" + md5(payload) + "\"}\n\t" +
               QString::fromStdString(payload).replace("\n", "\n\t").toStdString() + "\n";
    };
    const std::string one = bare(artifact("aot_forward_graph_fw_metadata"), "m") +
                            bare(plain("aot_inference_graph"), graph("x", "torch.ops.aten.relu.default"));
    QCOMPARE(idsOf(opened(one + one)), QStringList({"-:aot_inference_graph", "-#2:aot_inference_graph"}));
}

void TstIoTrace::ranks() {
    const std::string log = record(plain("dynamo_output_graph"), graph("x", "torch.relu"), {}, ", \"rank\": 0") +
                            record(plain("dynamo_output_graph"), graph("x", "torch.tanh"), {}, ", \"rank\": 1");
    QCOMPARE(idsOf(opened(log)), QStringList({"rank0:0/0:dynamo_output_graph", "rank1:0/0:dynamo_output_graph"}));
}

void TstIoTrace::payloadsThatDiffer() {
    const std::string whole = record(plain("dynamo_output_graph"), graph("x", "torch.relu"));
    std::string edited = whole;
    edited.replace(edited.find("torch.relu"), 10, "torch.tanh");
    const Capture capture = opened(edited);
    const auto entry = capture.entry();
    QVERIFY(entry.ok());
    QCOMPARE(notes(entry->notes),
             QString("the payload is not what was logged: it was cut off, edited, or other lines came between"));
    // Cut within a statement: what stands before is shown.
    const Capture cut = opened(whole.substr(0, whole.find("return") - 12));
    const auto part = cut.entry();
    QVERIFY2(part.ok(), part.ok() ? "" : part.error().str().c_str());
    QVERIFY(part->graph->partial);
    // A record of another process came between: its payload took the rest.
    const size_t line = whole.find("\t        y:");
    const Capture mixed = opened(whole.substr(0, line) + record(plain("chromium_event"), "") + whole.substr(line));
    QVERIFY(!mixed.entry().ok() || mixed.entry()->graph->partial);
    const Capture lost = opened(whole.substr(0, whole.find('\n') + 1) + whole);
    QVERIFY(notes(lost.notes).contains("1 record has lost its payload"));
}

void TstIoTrace::linesThatAreNoRecords() {
    const std::string one = record(plain("dynamo_output_graph"), graph("x", "torch.relu"));
    const Capture capture =
        opened("\n" + one + "Traceback (most recent call last):\n\tof a payload\n\n\tstray\n" + one);
    QCOMPARE(notes(capture.notes), QString("1 line is no record\n1 line of payload belongs to no record"));
    QCOMPARE(capture.graphs.size(), size_t{2});
    // Line ends of Windows: hashes differ, graphs do not.
    const Capture windows = opened(QString::fromStdString(one).replace("\n", "\r\n").toStdString());
    QCOMPARE(windows.entry()->graph->size(), size_t{3});
}

/// The backward graph is compiled when backward() runs; its records then say no attempt.
void TstIoTrace::lateBackwardOfARestart() {
    const Capture capture =
        opened(record(plain("dynamo_start"), "") + record(plain("dynamo_output_graph"), graph("x", "torch.relu")) +
               record(plain("aot_joint_graph"), graph("a", "torch.ops.aten.relu.default"), {0, 0, 1}) +
               record(plain("aot_forward_graph"), graph("a", "torch.ops.aten.relu.default"), {0, 0, 1}) +
               record(plain("aot_backward_graph"), graph("b", "torch.ops.aten.relu.default"), {0, 0, 1}) +
               record(artifact("fx_graph_runnable"), runnable("b", "torch.ops.aten.relu.default")) +
               record(artifact("before_post_grad_graph"), graph("b", "torch.ops.aten.relu.default")));
    QCOMPARE(previousOf(capture, "0/0_1:backward/fx_graph_runnable"), QString("0/0_1:aot_backward_graph"));
    QCOMPARE(previousOf(capture, "0/0_1:backward/before_post_grad_graph"), QString("0/0_1:backward/fx_graph_runnable"));
}

void TstIoTrace::logsThatWentThroughOtherHands_data() {
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QString>("says");
    const QByteArray record = "V1122";
    QTest::newRow("as logged") << QByteArray("\n") << QByteArray("\n") << QByteArray() << QString();
    QTest::newRow("lone returns") << QByteArray("\n") << QByteArray("\r") << QByteArray() << QString();
    QTest::newRow("line ends of Windows") << QByteArray("\n") << QByteArray("\r\n") << QByteArray() << QString();
    QTest::newRow("colours") << record << "\x1b[32m" + record << QByteArray() << QString();
    QTest::newRow("rank before every line")
        << QByteArray("\n") << QByteArray("\n[rank0]:") << QByteArray("[rank0]:") << QString();
    QTest::newRow("output above it") << QByteArray() << QByteArray() << QByteArray("Downloading model\n(1%] \"\nDone\n")
                                     << QString("3 lines are no records");
    QTest::newRow("blank lines trimmed") << QByteArray("\n\t\n") << QByteArray("\n\n") << QByteArray() << QString();
}

void TstIoTrace::logsThatWentThroughOtherHands() {
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QByteArray, before);
    QFETCH(QString, says);
    const std::string spaced =
        QString::fromStdString(graph("x", "torch.relu")).replace("        y", "\n        y").toStdString();
    QByteArray log = QByteArray::fromStdString(record(plain("dynamo_output_graph"), spaced) +
                                               record(plain("aot_joint_graph"), graph("x", "torch.tanh")));
    if (log.endsWith('\n'))
        log.chop(1);
    if (!from.isEmpty()) {
        QVERIFY(log.contains(from));
        log.replace(from, to);
    }
    const Capture capture = opened((before + log).toStdString());
    QCOMPARE(capture.form, std::string("torch_trace"));
    QCOMPARE(notes(capture.notes), says);
    QCOMPARE(capture.graphs.size(), size_t{2});
    for (size_t i = 0; i < 2; ++i) {
        const auto entry = capture.load(i);
        QVERIFY2(entry.ok(), entry.ok() ? "" : entry.error().str().c_str());
        QCOMPARE(notes(entry->notes), QString());
        QCOMPARE(entry->graph->size(), size_t{3});
    }
}

void TstIoTrace::aGraphThatCannotBeRead() {
    const Capture capture = opened(
        record(plain("dynamo_output_graph"), graph("x", "torch.relu")) +
        record(
            plain("aot_joint_graph"),
            "class G(torch.nn.Module):\n    def forward(self, x):\n        y = torch.relu(z)\n        return (y,)\n"));
    QVERIFY(capture.entry().ok());
    const auto broken = capture.entry("aot_joint_graph");
    QVERIFY(!broken.ok());
    QVERIFY2(
        broken.error().str().starts_with("a.log, aot_joint_graph of line 7:3: the name z is not defined in this graph"),
        broken.error().str().c_str());
}

void TstIoTrace::folderOfRanks() {
    QTemporaryDir folder;
    const std::string log = record(plain("dynamo_output_graph"), graph("x", "torch.relu"));
    for (const char* name : {"dedicated_log_torch_trace_rank_10_ab.log", "dedicated_log_torch_trace_rank_2_cd.log"})
        QVERIFY(writeFile(folder.filePath(name).toStdString(), log).ok());
    QVERIFY(writeFile(folder.filePath("dedicated_log_torch_trace_rank_3_ef.log.gz").toStdString(), gzipped(log)).ok());
    QVERIFY(writeFile(folder.filePath("notes.txt").toStdString(), "not a log").ok());
    const auto capture = io::open(folder.path().toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(idsOf(*capture), QStringList({"rank2:0/0:dynamo_output_graph", "rank3:0/0:dynamo_output_graph",
                                           "rank10:0/0:dynamo_output_graph"}));
    QVERIFY(capture->entry("rank3:0/0:dynamo_output_graph").ok());
}

void TstIoTrace::debugFolder() {
    QTemporaryDir folder;
    const QString base = "torch_compile_debug/run_2026_01_01-pid_7/torchinductor/";
    const auto add = [&](const QString& model, const char* name, const std::string& text) {
        QDir(folder.path()).mkpath(base + model);
        return writeFile(folder.filePath(base + model + "/" + name).toStdString(), text).ok();
    };
    QVERIFY(add("model__0_backward_1.1", "fx_graph_readable.py", graph("tangents_1", "torch.ops.aten.relu.default")));
    QVERIFY(add("model__0_forward_0.0", "fx_graph_runnable.py", runnable("primals_1", "torch.ops.aten.relu.default")));
    QVERIFY(add("model__0_forward_0.0", "fx_graph_readable.py", graph("primals_1", "torch.ops.aten.relu.default")));
    QVERIFY(add("model__0_forward_0.0", "fx_graph_transformed.py", graph("primals_1", "torch.ops.aten.tanh.default")));
    const std::string code =
        "# AOT ID: ['0_forward']\nk = async_compile.cpp_pybinding([], r\'\'\'\n\'\'\')\ndef call(args):\n"
        "    # [Provenance debug handles] k:2\n    k(buf0)\n"
        "    # Topologically Sorted Source Nodes: [b, c], Original ATen: [aten.mm]\n"
        "    # [Provenance debug handles] extern_kernels.mm:3\n    extern_kernels.mm(x, y, out=z)\n";
    QVERIFY(add("model__0_forward_0.0", "output_code.py", code));
    // The kernels of the other direction may stand in the list as well.
    QVERIFY(add(
        "model__0_forward_0.0", "inductor_provenance_tracking_node_mappings.json",
        R"({"preToPost": {"a": ["y"]}, "postToPre": {"y": ["a"]}, "cppCodeToPost": {"other:1": ["z"], "k:2": ["y"]}})"));
    const QStringList graphs{"0:forward/fx_graph_runnable", "0:forward/fx_graph_readable",
                             "0:forward/fx_graph_transformed", "0:backward/fx_graph_readable"};
    for (const QString& path : {base.section('/', 0, 1), base}) {
        const auto capture = io::open(folder.filePath(path).toStdString());
        QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
        QCOMPARE(capture->form, std::string("torch_compile_debug"));
        QCOMPARE(idsOf(*capture), graphs);
        QVERIFY(notes(capture->notes).contains("this compile ended before its code was written"));
        QCOMPARE(capture->runs.size(), size_t{1});
        const std::vector<KernelCall> kernels = capture->runs[0].links->get()->kernels;
        QCOMPARE(kernels.size(), size_t{1});
        QCOMPARE(kernels[0].name, std::string("k"));
        QCOMPARE(kernels[0].sources, std::vector<std::string>{"a"});
        QCOMPARE(kernels[0].line, 2);
        for (const QString& id : graphs)
            QVERIFY(capture->entry(id.toStdString()).ok());
    }
    // Where nothing is logged of kernels, the code and its comments say what there is.
    QVERIFY(add("model__0_forward_0.0", "inductor_provenance_tracking_node_mappings.json", "{}"));
    const auto unlogged = io::open(folder.filePath(base).toStdString())->runs[0].links->get()->kernels;
    QCOMPARE(unlogged.size(), size_t{2});
    QCOMPARE(unlogged[1].name, std::string("extern_kernels.mm"));
    QCOMPARE(unlogged[1].call, 3);
    QCOMPARE(unlogged[1].sources, (std::vector<std::string>{"b", "c"}));
    QCOMPARE(unlogged[1].line, 9);
    QVERIFY(!io::isCaptureFolder(folder.path().toStdString())); // other files may lie beside it
    const std::string debug = folder.filePath("torch_compile_debug").toStdString();
    QCOMPARE(io::open(debug)->graphs[0].id, std::string("0:forward/fx_graph_runnable"));
    QVERIFY(
        QDir(folder.path()).mkpath("torch_compile_debug/run_2026_01_02-pid_8/torchinductor/model__3_inference_0.0"));
    QVERIFY(writeFile(folder
                          .filePath("torch_compile_debug/run_2026_01_02-pid_8/torchinductor/model__3_inference_0.0/"
                                    "fx_graph_readable.py")
                          .toStdString(),
                      graph("x", "torch.ops.aten.relu.default"))
                .ok());
    QCOMPARE(io::open(debug)->graphs.back().id, std::string("run_2026_01_02-pid_8:3:inference/fx_graph_readable"));
}

void TstIoTrace::parsedLog() {
    QTemporaryDir folder;
    const auto add = [&](const char* name, const std::string& text) {
        QDir(folder.path()).mkpath(QString(name).section('/', 0, -2));
        return writeFile(folder.filePath(name).toStdString(), text).ok();
    };
    QVERIFY(add("rank_0/compile_directory.json", "{}") && add("rank_1/compile_directory.json", "{}"));
    QVERIFY(add("rank_0/-_0_0_0/aot_joint_graph_9.txt", graph("x", "torch.ops.aten.relu.default")));
    QVERIFY(add("rank_0/-_0_0_0/dynamo_output_graph_2.txt", graph("x", "torch.relu")));
    QVERIFY(add("rank_0/-_0_0_0/chromium_event_3.txt", "{}"));
    QVERIFY(add("rank_1/raw.log", record(plain("dynamo_output_graph"), graph("x", "torch.relu"), {4, 1})));
    const auto capture = io::open(folder.path().toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->form, std::string("tlparse"));
    QCOMPARE(idsOf(*capture), QStringList({"rank0:0/0:dynamo_output_graph", "rank0:0/0:aot_joint_graph",
                                           "rank1:4/1:dynamo_output_graph"}));
    for (const GraphEntry& entry : capture->graphs)
        QVERIFY(capture->entry(entry.id).ok());
    QCOMPARE(previousOf(*capture, "rank0:0/0:aot_joint_graph"), QString("rank0:0/0:dynamo_output_graph"));
}

void TstIoTrace::consoleOutput() {
    const auto capture = io::open(data("console.log"));
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->form, std::string("torch_logs"));
    QCOMPARE(idsOf(*capture), QStringList({"0/0:dynamo_output_graph", "0/0:aot_joint_graph", "0/0:aot_forward_graph",
                                           "0/0:aot_backward_graph", "0/1:dynamo_output_graph", "0/1:aot_joint_graph",
                                           "0/1:aot_forward_graph", "0/1:aot_backward_graph"}));
    // Two ranks on one console take turns within a graph.
    const std::string log = readFile(data("console.log"));
    std::string both;
    for (const QString& line : QString::fromStdString(log).split('\n'))
        if (!line.isEmpty())
            both += "[rank0]:" + line.toStdString() + "\n[rank1]:" + line.toStdString() + "\n";
    QCOMPARE(opened(both).graphs.size(), size_t{16});
    for (size_t i = 0; i < 16; ++i)
        QVERIFY(opened(both).load(i).ok());
}

void TstIoTrace::noGraphs() {
    QCOMPARE(errorOf(record(plain("dynamo_start"), "")),
             QString("test: there is no graph in this log of 1 record; log a run that compiles something: "
                     "TORCH_TRACE=FOLDER python ..."));
    QCOMPARE(errorOf("V1122 18:36:19.239000 415 torch/x.py:28] [0/0] [__recompiles] because\n"),
             QString("test: this is a log of PyTorch (TORCH_LOGS) without a graph; TORCH_LOGS=graph_code,aot_graphs "
                     "prints graphs; TORCH_TRACE=FOLDER keeps them all"));
}

QTEST_GUILESS_MAIN(TstIoTrace)
#include "tst_io_trace.moc"
