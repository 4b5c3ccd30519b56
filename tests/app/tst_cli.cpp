// SPDX-License-Identifier: BSD-3-Clause
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QtTest>

namespace {

const QString kProgram = qEnvironmentVariable("FXSCOPE_BINARY_DIR") + "/bin/fxscope";
const QString kData = FXSCOPE_SOURCE_DIR "/tests/data/";
const QString kGraph = kData + "pt2/randperm_index_add.pt2";
const QString kDynamic = kData + "passes/stochastic_depth_dynamic_joint.py";
const QString kTraced = FXSCOPE_SOURCE_DIR "/resources/samples/4_stochastic_depth.py";

struct Outcome {
    int exitCode = -1;
    QString out, err;
};

Outcome fxscope(const QStringList& arguments, const QString& program = kProgram) {
    QProcess process;
    process.start(program, arguments);
    if (!process.waitForFinished(120'000))
        return {-1, {}, process.errorString()};
    if (process.exitStatus() != QProcess::NormalExit)
        return {-2, {}, "crashed"};
    return {process.exitCode(), QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

QJsonObject json(const Outcome& outcome) { return QJsonDocument::fromJson(outcome.out.toUtf8()).object(); }

} // namespace

class TstCli : public QObject {
    Q_OBJECT
private:
    QTemporaryDir m_dir;
    QString file(const QString& name, const QByteArray& content) {
        QFile file(m_dir.filePath(name));
        if (!file.open(QIODevice::WriteOnly) || file.write(content) != content.size())
            qFatal("cannot write %s", qPrintable(file.fileName()));
        return file.fileName();
    }
    QByteArray bytesOf(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private slots:
    void verbs_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<int>("exitCode");
        QTest::addColumn<QString>("says"); ///< a regular expression that stdout matches
        const QString inputs = kData + "pt2/randperm_index_add.inputs.safetensors";
        QTest::newRow("show") << QStringList{"show", kGraph} << 0
                              << "index_put: \"f32\\[64, 32\\]\" = torch\\.ops\\.aten\\.index_put\\.default";
        QTest::newRow("show text") << QStringList{"show", kGraph, "--format", "text"} << 0
                                   << "^graph\\(\\):\n    %x : \\[num_users=1\\]";
        QTest::newRow("show dot") << QStringList{"show", kGraph, "--format", "dot"} << 0 << "digraph";
        QTest::newRow("show svg") << QStringList{"show", kGraph, "--format", "svg"} << 0 << "<svg";
        QTest::newRow("show rewritten") << QStringList{"show", kGraph, "--pass", "misc"} << 0 << "_unsafe_index";
        QTest::newRow("list") << QStringList{"list", kGraph} << 0 << "nodes  inputs  operators";
        QTest::newRow("list folder") << QStringList{"list", kData + "pt2"} << 0 << "randperm_index_add\\.pt2";
        QTest::newRow("list ops") << QStringList{"list", kGraph, "--ops"} << 0 << "1  aten\\.randperm\\.default +runs";
        QTest::newRow("passes") << QStringList{"passes"} << 0 << "randperm_index_add +as_written";
        QTest::newRow("apply") << QStringList{"apply", kGraph, "--pass", "misc"} << 0 << "rewrites +1: ";
        QTest::newRow("apply steps") << QStringList{"apply", kGraph, "--pass", "randperm_index_add", "--steps"} << 0
                                     << "step  rule ";
        QTest::newRow("explain") << QStringList{"explain", kGraph} << 0 << "index_put .* matched";
        QTest::newRow("explain traced")
            << QStringList{"explain", kTraced, "--patterns", "pytorch-2.11", "--pass", "randperm_index"} << 0
            << "gather_2.11 +\\d+ candidates?, 0 matches.*lost +slice_1 = .*function_mismatch.*cause .*change ";
        QTest::newRow("explain one node")
            << QStringList{"explain", kGraph, "--patterns", "pytorch-2.11", "--node", "index_put"} << 0
            << "aten\\.index_put\\.default  <-  index_put";
        QTest::newRow("what if") << QStringList{"explain",      kTraced,     "--patterns",
                                                "pytorch-2.11", "--what-if", "users,phase-two"}
                                 << 0 << "more without users, phase-two";
        QTest::newRow("patterns as traced")
            << QStringList{"passes", "--patterns", "pytorch-2.11", "--pattern", "add_sliced"} << 0
            << "def pattern\\(x, y\\): .*\\| randperm = aten\\.randperm\\.default";
        QTest::newRow("lint") << QStringList{"lint", "pytorch-d58734b"} << 0
                              << "3 patterns and \\d+ examples looked at: 0 errors";
        QTest::newRow("lint finds") << QStringList{"lint", "pytorch-2.11"} << 1
                                    << "error unbound_argument: .*slice_shape";
        QTest::newRow("diff of sets") << QStringList{"diff",         kTraced,      "--patterns",
                                                     "pytorch-2.11", "--patterns", "as_written"}
                                      << 1 << "\\+ +index.*difference +0 lost, \\d+ gained";
        // A training graph traced with a dynamic batch: PyTorch rewrites nothing in it.
        QTest::newRow("dynamic shapes") << QStringList{"apply", kDynamic, "--pass", "misc"} << 0
                                        << "12: index 6, index_put 6";
        QTest::newRow("dynamic shapes, PyTorch's")
            << QStringList{"apply", kDynamic, "--pass", "pattern_set", "--patterns", "pytorch-2.11"} << 0
            << "rewrites +none";
        // Nodes are put in order after the matches: no rewrite of its own.
        QTest::newRow("sorting is no rewrite")
            << QStringList{"apply", kTraced, "--pass", "pattern_set", "--patterns", "pytorch-2.11"} << 0
            << "pattern_set +pytorch-2\\.11 +2 .*rewrites +2: add_sliced 2\n";
        QTest::newRow("records of another set")
            << QStringList{"conform", kData + "conformance/randperm_cases_small.json", "--patterns", "pytorch-d58734b"}
            << 0 << "0 +0 +4 +recorded with pytorch-2\\.11.*0 passed, 0 failed, 4 skipped";
        QTest::newRow("records of the set")
            << QStringList{"conform", kData + "conformance/randperm_cases_small.json", "--patterns", "pytorch-2.11"}
            << 0 << "4 passed, 0 failed, 0 skipped";
        QTest::newRow("same sets") << QStringList{"diff",       kTraced,      "--patterns",
                                                  "as_written", "--patterns", "as_written"}
                                   << 0 << "difference +0 lost, 0 gained";
        QTest::newRow("run") << QStringList{"run", kGraph, "--inputs", inputs} << 0 << "out1 +i64\\[16\\]";
        QTest::newRow("run profile") << QStringList{"run", kGraph, "--profile"} << 0 << "aten\\.index_put\\.default";
        QTest::newRow("compare") << QStringList{"compare", kGraph, "--pass", "misc", "--seed", "7"} << 0
                                 << "result +equal";
        QTest::newRow("compare tensors") << QStringList{"compare", inputs, inputs} << 0
                                         << "all 2 values equal, bit for bit";
        QTest::newRow("compare without bound")
            << QStringList{"compare", inputs, inputs, "--rtol", "inf"} << 0 << "all 2 values equal";
        QTest::newRow("bench") << QStringList{"bench", "--pattern", "index_add", "--rows", "64", "--repeat", "2"} << 0
                               << "before +rows.*as_written +rows.*fxscope +program.*copies \\d+ GB/s";
        QTest::newRow("bench a file") << QStringList{"bench", kGraph, "--pass", "misc", "--repeat", "2"} << 0
                                      << "_unsafe_index.*graph +.* cold, .* warm, operators one by one";
        QTest::newRow("set fxscope") << QStringList{"apply", kGraph, "--pass", "misc", "--patterns", "fxscope"} << 0
                                     << "randperm_index_add +fxscope +1";
        QTest::newRow("doctor") << QStringList{"doctor"} << 0 << "cpu +available";
        QTest::newRow("doctor operators")
            << QStringList{"doctor"} << 0 << "operators +\\d{2,3} of the \\d{4} that PyTorch has have a kernel";
        QTest::newRow("version") << QStringList{"--version"} << 0 << "^fxscope \\d+\\.\\d+\\.\\d+\n$";
        QTest::newRow("help") << QStringList{"--help"} << 0 << "conform.*worker.*doctor";
        QTest::newRow("verb help") << QStringList{"compare", "--help"} << 0 << "--repeats";
    }
    void verbs() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, says);
        const Outcome outcome = fxscope(arguments);
        QTEST(outcome.exitCode, "exitCode");
        const QRegularExpression wanted(says, QRegularExpression::DotMatchesEverythingOption);
        QVERIFY2(wanted.match(outcome.out).hasMatch(), qPrintable(outcome.out));
        QCOMPARE(outcome.err, QString());
        const bool printsCode =
            arguments.first() == "show" || arguments.first() == "lint" || arguments.contains("--pattern");
        for (const QString& line : outcome.out.split('\n'))
            QVERIFY2(printsCode || line.size() <= 100, qPrintable(line));
        QVERIFY2(!outcome.out.contains('\x1b'), "colours without a terminal");
    }

    void jsonOfEveryVerb_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("key");
        QTest::newRow("list") << QStringList{"list", kGraph, "--ops"} << "graphs";
        QTest::newRow("passes") << QStringList{"passes"} << "pipelines";
        QTest::newRow("apply") << QStringList{"apply", kGraph, "--pass", "misc", "--steps"} << "rewrites";
        QTest::newRow("explain") << QStringList{"explain", kGraph} << "candidates";
        QTest::newRow("explain traced") << QStringList{"explain", kGraph, "--patterns", "pytorch-2.11"} << "patterns";
        QTest::newRow("lint") << QStringList{"lint", "pytorch-d58734b"} << "findings";
        QTest::newRow("patterns") << QStringList{"passes", "--patterns", "inductor-2.11"} << "patterns";
        QTest::newRow("diff") << QStringList{"diff", kGraph, "--patterns", "as_written", "--patterns", "as_written"}
                              << "gained";
        QTest::newRow("run") << QStringList{"run", kGraph} << "outputs";
        QTest::newRow("compare") << QStringList{"compare", kGraph, "--pass", "misc"} << "comparison";
        QTest::newRow("bench") << QStringList{"bench", kGraph, "--repeat", "2"} << "nodes";
        QTest::newRow("bench of patterns")
            << QStringList{"bench", "--pattern", "gather", "--rows", "64", "--repeat", "2"} << "points";
        QTest::newRow("doctor") << QStringList{"doctor"} << "devices";
        QTest::newRow("conform") << QStringList{"conform", kData + "seeded"} << "passed";
        QTest::newRow("show") << QStringList{"show", kGraph} << "graph";
    }
    void jsonOfEveryVerb() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, key);
        const Outcome outcome = fxscope(arguments << "--json");
        QCOMPARE(outcome.exitCode, 0);
        QVERIFY2(json(outcome).contains(key), qPrintable(outcome.out.left(2000)));
    }

    void comparisonAsJson() {
        const auto object = json(fxscope({"compare", kGraph, "--pass", "misc", "--json", "--statistics"}));
        const auto comparison = object["comparison"].toObject();
        QVERIFY(comparison["equal"].toBool());
        QCOMPARE(comparison["rewrites"].toInt(), 1);
        QVERIFY(comparison["nodes"].toArray().at(0).toObject().contains("beforeStatistics"));
        QCOMPARE(object["passes"].toArray().size(), 3);
    }

    void valuesAreSavedAndExpected() {
        const QString outputs = m_dir.filePath("outputs.safetensors"), nodes = m_dir.filePath("nodes.npz");
        QCOMPARE(fxscope({"run", kGraph, "--seed", "3", "--outputs", outputs, "--save-nodes", nodes}).exitCode, 0);
        Outcome same = fxscope({"run", kGraph, "--seed", "3", "--expect", outputs, "--expect-nodes", nodes});
        QVERIFY2(same.exitCode == 0 && same.out.contains("2 of 2 values equal"), qPrintable(same.out + same.err));
        const Outcome other = fxscope({"run", kGraph, "--seed", "4", "--expect", outputs});
        QCOMPARE(other.exitCode, 1);
        QVERIFY2(other.out.contains("0 of 2 values equal"), qPrintable(other.out));
        QVERIFY2(other.out.contains("hint") && other.out.contains("--skip"), qPrintable(other.out));
        QVERIFY2(!same.out.contains("hint"), qPrintable(same.out));
        const QString more = m_dir.filePath("other.safetensors");
        QCOMPARE(fxscope({"run", kGraph, "--seed", "4", "--outputs", more}).exitCode, 0);
        const Outcome differs = fxscope({"compare", outputs, more});
        QCOMPARE(differs.exitCode, 1);
        QVERIFY2(differs.out.contains("2 of 2 values differ, first in out0"), qPrintable(differs.out));
        QCOMPARE(fxscope({"compare", outputs, more, "--rtol", "1e9", "--atol", "1e9"}).exitCode, 1); // out1 is exact
    }

    void nodesAreSavedWhileTheGraphRuns() {
        const QString graph = m_dir.filePath("chain.txt"), streamed = m_dir.filePath("nodes.safetensors"),
                      held = m_dir.filePath("nodes.npz");
        QByteArray text = "class GraphModule(torch.nn.Module):\n    def forward(self, x: \"f32[300, 300]\"):\n"
                          "        n0 = torch.ops.aten.sin.default(x)\n";
        for (int i = 1; i < 20; ++i)
            text += QStringLiteral("        n%1 = torch.ops.aten.cumsum.default(n%2, 0)\n").arg(i).arg(i - 1).toUtf8();
        QFile file(graph);
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write(text + "        return (n19,)\n") > 0);
        file.close();
        const auto peak = [&](const QStringList& more) {
            return json(fxscope(QStringList{"run", graph, "--json"} + more))["peakBytes"].toInt();
        };
        const int tensor = 300 * 300 * 4;
        QCOMPARE(peak({}), 2 * tensor);
        QCOMPARE(peak({"--save-nodes", streamed}), 2 * tensor);
        QCOMPARE(peak({"--save-nodes", held}), 20 * tensor); // this form needs all values at once
        const Outcome same = fxscope({"compare", streamed, held, "--rtol", "0", "--atol", "0"});
        QVERIFY2(same.exitCode == 0, qPrintable(same.out + same.err));
        QVERIFY(!QFile::exists(streamed + ".part"));
        const Outcome nowhere = fxscope({"run", graph, "--save-nodes", m_dir.filePath("no/such/n.safetensors")});
        QVERIFY2(nowhere.exitCode != 0 && nowhere.err.contains("cannot be written"), qPrintable(nowhere.err));
    }

    void fusedNodesAreOneRow() {
        const QString graph = m_dir.filePath("fused.txt");
        QFile file(graph);
        QVERIFY(file.open(QIODevice::WriteOnly) &&
                file.write("class GraphModule(torch.nn.Module):\n    def forward(self, x: \"f32[300, 300]\"):\n"
                           "        a = torch.ops.aten.sin.default(x)\n"
                           "        b = torch.ops.aten.mul.Tensor(a, x)\n"
                           "        return (b,)\n") > 0);
        file.close();
        const Outcome fused = fxscope({"run", graph, "--fuse", "--profile"});
        QVERIFY2(fused.out.contains("a + b") && fused.out.contains("aten.sin.default + aten.mul.Tensor") &&
                     fused.out.contains("2 nodes in 1 pass over memory"),
                 qPrintable(fused.out));
        const Outcome both = fxscope({"run", graph, "--fuse", "--save-nodes", m_dir.filePath("f.safetensors")});
        QVERIFY2(both.exitCode == 2 && both.err.contains("--fuse does not make the values between"),
                 qPrintable(both.err));
    }

    void exportsReadBack_data() {
        QTest::addColumn<QString>("ending");
        for (const char* ending : {"py", "txt", "json"})
            QTest::newRow(ending) << ending;
    }
    void exportsReadBack() {
        QFETCH(QString, ending);
        const QString out = m_dir.filePath("rewritten." + ending);
        const Outcome exported = fxscope({"export", kGraph, "--pass", "misc", "-o", out});
        QVERIFY2(exported.exitCode == 0 && exported.out.contains("nodes written"),
                 qPrintable(exported.out + exported.err));
        QCOMPARE(fxscope({"show", out, "--format", "text"}).out,
                 fxscope({"show", kGraph, "--pass", "misc", "--format", "text"}).out);
    }

    void conformReplays_data() {
        QTest::addColumn<QStringList>("paths");
        QTest::addColumn<QString>("last");
        QTest::newRow("randperm") << QStringList{kData + "conformance/randperm_streams.json"}
                                  << "28 passed, 0 failed, 28 skipped";
        QTest::newRow("random") << QStringList{kData + "conformance/random_streams.json"}
                                << "35 passed, 0 failed, 35 skipped";
        QTest::newRow("programs") << QStringList{kData + "seeded"} << "7 passed, 0 failed, 0 skipped";
        QTest::newRow("an error first")
            << QStringList{file("raised.json",
                                R"([{"name": "p", "shapes": "static", "decomp": "none", "error": "E"}])")}
            << "0 passed, 0 failed, 1 skipped";
    }
    void conformReplays() {
        QFETCH(QStringList, paths);
        const Outcome outcome = fxscope(QStringList{"conform"} + paths);
        QTEST(outcome.out.trimmed().section('\n', -1), "last");
        QCOMPARE(outcome.exitCode, 0);
    }

    void conformFindsWhatDiffers() {
        QByteArray records = bytesOf(kData + "conformance/random_streams.json");
        QVERIFY(records.contains("0.49625658988952637"));
        records.replace(records.indexOf("0.49625658988952637"), 19, "0.49625658988952638");
        QCOMPARE(fxscope({"conform", file("same.json", records)}).exitCode, 0); // the same double
        records.replace(records.indexOf("0.49625658988952638"), 19, "0.49625659988952638");
        const Outcome outcome = fxscope({"conform", file("wrong.json", records)});
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY2(outcome.out.simplified().contains(
                     "rand of 1, seed 0: element 0 is 0.49625658988952637, recorded 0.49625659988952636"),
                 qPrintable(outcome.out));
        QVERIFY(outcome.out.endsWith("34 passed, 1 failed, 35 skipped\n"));
    }

    void usage_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("error"); ///< a regular expression for the whole of stderr
        QTest::newRow("verb")
            << QStringList{"shwo", kGraph}
            << "fxscope: 'shwo' is neither a verb nor a file; did you mean 'fxscope show'\\? See: fxscope --help";
        QTest::newRow("option")
            << QStringList{"run", kGraph, "--sede", "1"}
            << "fxscope: usage: The following arguments? (was|were) not expected: .*; see: fxscope run --help";
        QTest::newRow("no file") << QStringList{"show"} << "fxscope: usage: FILE is required; see: fxscope show --help";
        QTest::newRow("format") << QStringList{"show", kGraph, "--format", "png"}
                                << "fxscope: usage: --format: png not in .*; see: fxscope show --help";
        QTest::newRow("pass") << QStringList{"apply", kGraph, "--pass", "randperm_idnex"}
                              << "fxscope: .*randperm_idnex.*randperm_index.*";
        QTest::newRow("no pass") << QStringList{"compare", kGraph}
                                 << "fxscope: .*randperm_index_add\\.pt2: nothing to compare: no pass is named; name "
                                    "one with --pass, or give two tensor files";
        QTest::newRow("graph") << QStringList{"show", kGraph, "--graph", "nope"} << "fxscope: .*nope.*";
        QTest::newRow("device") << QStringList{"run", kGraph, "--device", "tpu"}
                                << "fxscope: 'tpu' is no device; choose one of: cpu.*";
        QTest::newRow("node") << QStringList{"explain", kGraph, "--node", "index_pot"}
                              << "fxscope: .*: the graph has no node 'index_pot'; did you mean index_put.*\\?";
        const QString inputs = kData + "pt2/randperm_index_add.inputs.safetensors";
        for (const char* option : {"--skip", "--seed"})
            for (const char* number : {"-1", "18446744073709551616", "1.5", "1e3", ""})
                QTest::newRow(qPrintable(QString(option) + " " + number))
                    << QStringList{"run", kGraph, option, number}
                    << "fxscope: usage: .*" + QRegularExpression::escape(number) + ".*; see: fxscope run --help";
        QTest::newRow("skip beyond reason") << QStringList{"compare", kGraph, "--pass", "misc", "--skip", "-5"}
                                            << "fxscope: usage: --skip: -5 is no whole number from 0 to "
                                               "18446744073709551615; see: fxscope compare --help";
        QTest::newRow("rtol nan") << QStringList{"compare", inputs, inputs, "--rtol", "nan"}
                                  << "fxscope: usage: --rtol: nan is no number from 0 on; see: fxscope compare --help";
        QTest::newRow("passes for tensors")
            << QStringList{"compare", inputs, inputs, "--pass", "misc"}
            << "fxscope: usage: --pass means nothing for two tensor files; leave it out, or give one graph file";
        QTest::newRow("seed for tensors")
            << QStringList{"compare", inputs, inputs, "--seed", "0"}
            << "fxscope: usage: --seed means nothing for two tensor files; leave it out, or give one graph file";
        // No pattern left to use: an error for every verb that takes a set.
        const QString refused = file("refused.py", "import os\n");
        const QString why =
            "refused\\.py:1: only `import torch` is read; write torch's functions with their full names";
        QTest::newRow("refused pattern, passes") << QStringList{"passes", "--patterns", refused} << "fxscope: .*" + why;
        QTest::newRow("refused pattern, explain")
            << QStringList{"explain", kTraced, "--patterns", refused} << "fxscope: .*" + why;
        QTest::newRow("refused pattern, apply")
            << QStringList{"apply", kTraced, "--pass", "pattern_set", "--patterns", refused}
            << "fxscope: .*refused\\.py:1: pass pattern_set failed: only `import torch` is read; .*";
        QTest::newRow("ending") << QStringList{"export", kGraph, "-o", "/tmp/graph.xyz"} << "fxscope: .*xyz.*\\.py.*";
        QTest::newRow("records") << QStringList{"conform", kData + "pt2/randperm_index_add.inputs.safetensors"}
                                 << "fxscope: .*inputs\\.safetensors: this is no JSON; records are JSON files, or "
                                    "folders of \\.pt2 programs";
        QTest::newRow("bench nothing") << QStringList{"bench"} << "fxscope: usage: nothing to measure, .*--pattern.*";
        QTest::newRow("bench pattern")
            << QStringList{"bench", "--pattern", "scatter"}
            << "fxscope: --pattern: there is no pattern program scatter; one of: index_add.*";
        QTest::newRow("bench keep") << QStringList{"bench", "--pattern", "gather", "--rows", "8", "--keep", "9"}
                                    << "fxscope: --keep: 9 of 8 rows cannot be kept; .*";
        QTest::newRow("bench rows") << QStringList{"bench", "--pattern", "gather", "--rows", "8,x"}
                                    << "fxscope: --rows: a size is a number from 1 on, not x";
        QTest::newRow("bench dtype") << QStringList{"bench", "--pattern", "gather", "--dtype", "float31"}
                                     << "fxscope: --dtype: there is no dtype float31; .*";
        QTest::newRow("bench ending") << QStringList{"bench", "--pattern", "gather", "-o", "/tmp/figures.txt"}
                                      << "fxscope: /tmp/figures\\.txt: figures are written as \\.csv or \\.json; .*";
        QTest::newRow("bench folder") << QStringList{"bench", "--pattern", "gather", "-o", "/no/such/folder/x.csv"}
                                      << "fxscope: /no/such/folder/x\\.csv: nothing can be written there; .*";
        QTest::newRow("bench set") << QStringList{"bench", "--pattern", "gather", "--patterns", "nosuch"}
                                   << "fxscope: there is no pattern set nosuch; .*as_written, fxscope, .*";
        QTest::newRow("bench inputs") << QStringList{"bench", "--pattern", "gather", "--inputs", kGraph}
                                      << "fxscope: usage: --inputs goes with a graph file; leave it out";
        QTest::newRow("proven set as a whole")
            << QStringList{"apply", kGraph, "--pass", "pattern_set", "--patterns", "fxscope"}
            << "fxscope: .*the rules of fxscope are proven by passes of their own; run randperm_index_add.*";
        QTest::newRow("bench sizes of a file")
            << QStringList{"bench", kGraph, "--rows", "8"} << "fxscope: usage: sizes and -o go with --pattern; .*";
        QTest::newRow("inputs")
            << QStringList{"run", kGraph, "--inputs", kData + "pt2/randperm_index_add.outputs.safetensors"}
            << "fxscope: the tensor 'out0' belongs to no input of the graph; its inputs are in0 \\(x\\), in1 \\(y\\)";
    }
    void usage() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, error);
        const Outcome outcome = fxscope(arguments);
        QCOMPARE(outcome.exitCode, 2);
        QCOMPARE(outcome.out, QString());
        const QRegularExpression wanted("^" + error + "\n$");
        QVERIFY2(wanted.match(outcome.err).hasMatch(), qPrintable(outcome.err));
    }

    void badInput_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("error");
        QTest::newRow("missing") << m_dir.filePath("missing.pt2") << "missing\\.pt2: no such file; check the path";
        QTest::newRow("empty") << file("empty.txt", "") << "empty\\.txt: the file is empty; save the graph again";
        QTest::newRow("no graph") << file("letter.txt", "Dear reader,\nthis is a letter.\n")
                                  << "letter\\.txt: this is no graph in a form that fxscope reads; it reads .*";
        QTest::newRow("truncated") << file("cut.pt2", bytesOf(kGraph).left(9000))
                                   << "cut\\.pt2: damaged zip directory: the end record is missing; the file may be "
                                      "cut off; copy or save it again";
        const QByteArray head = "graph():\n    %x : [num_users=1] = placeholder[target=x]\n    %a : [num_users=1] = ";
        const QByteArray relu = "call_function[target=torch.ops.aten.relu.default](args = (%y,), kwargs = {})\n";
        QTest::newRow("undefined name")
            << file("undefined.txt", head + relu + "    return (a,)")
            << "undefined\\.txt:3: the name y is not defined in this graph; did you mean a, x\\?";
        const QByteArray add = "call_function[target=torch.ops.aten.add.Tensor](args = (%x, %y), kwargs = {})\n";
        const QByteArray neg =
            "    %y : [num_users=2] = call_function[target=torch.ops.aten.neg.default](args = (%a,), "
            "kwargs = {})\n    return (y,)";
        QTest::newRow("cycle")
            << file("cycle.txt", head + add + neg)
            << "cycle\\.txt, node y: these nodes need each other: y <- a; a graph must not contain a "
               "cycle; check the arguments of these nodes";
    }
    void badInput() {
        QFETCH(QString, path);
        QFETCH(QString, error);
        for (const char* verb : {"show", "run"}) {
            const Outcome outcome = fxscope({verb, path});
            QCOMPARE(outcome.exitCode, 2);
            QCOMPARE(outcome.out, QString());
            const QRegularExpression wanted("^fxscope: .*" + error + "\n$");
            QVERIFY2(wanted.match(outcome.err).hasMatch(), qPrintable(outcome.err));
            QCOMPARE(outcome.err.count('\n'), 1);
        }
    }

    void wrongUserCountIsAWarning() {
        const QString path =
            file("users.txt", "graph():\n    %x : [num_users=3] = placeholder[target=x]\n    return (x,)");
        const Outcome outcome = fxscope({"show", path, "--format", "text"});
        QCOMPARE(outcome.exitCode, 0);
        QVERIFY2(outcome.out.contains("%x : [num_users=1]"), qPrintable(outcome.out));
        QVERIFY2(outcome.err.startsWith("fxscope: warning: ") &&
                     outcome.err.endsWith("users.txt:2: x is printed with num_users=3 but has 1 user; the derived "
                                          "number is used\n"),
                 qPrintable(outcome.err));
    }

    void unknownOperatorIsNamedBeforeTheRun() {
        const QString path =
            file("unknown.py", "class GraphModule(torch.nn.Module):\n    def forward(self, x: \"f32[4]\"):\n"
                               "        a: \"f32[4]\" = torch.ops.aten.rellu.default(x)\n        return (a,)\n");
        QCOMPARE(fxscope({"show", path}).exitCode, 0);
        const Outcome outcome = fxscope({"run", path});
        QCOMPARE(outcome.exitCode, 2);
        const QRegularExpression wanted("^fxscope: node a: aten\\.rellu\\.default cannot run: .*did you mean .*relu.*; "
                                        "see which operators run with: fxscope list FILE --ops\n$");
        QVERIFY2(wanted.match(outcome.err).hasMatch(), qPrintable(outcome.err));
        const Outcome list = fxscope({"list", path, "--ops"});
        QVERIFY2(list.out.contains("there is no operator torch.ops.aten.rellu.default"), qPrintable(list.out));
    }

    void wrongCallIsNamedBeforeTheRun() {
        const QString path = file("wrong.py", "def forward(self, x: \"f32[4]\"):\n"
                                              "    a = torch.ops.aten.add.Tensor(x)\n    return (a,)\n");
        const Outcome outcome = fxscope({"run", path});
        QCOMPARE(outcome.exitCode, 2);
        QVERIFY2(outcome.err.startsWith("fxscope: node a: aten.add.Tensor cannot run: torch.ops.aten.add.Tensor misses "
                                        "its parameter other (aten::add.Tensor("),
                 qPrintable(outcome.err));
    }

    void declaredShapeThatIsWrongIsAWarning() {
        const QString path = file("lie.py", "def forward(self, x: \"f32[3]\"):\n"
                                            "    a: \"i64[7]\" = torch.ops.aten.neg.default(x)\n    return (a,)\n");
        const Outcome outcome = fxscope({"run", path});
        QCOMPARE(outcome.exitCode, 0);
        QCOMPARE(outcome.err,
                 QStringLiteral("fxscope: warning: node a (aten.neg.default): declared as i64[7], computed "
                                "is f32[3]; the declared shape of this file is wrong here\n"));
    }

    void firstOfSeveralGraphsIsSaid() {
        const QByteArray graph = "graph():\n    %x : [num_users=1] = placeholder[target=x]\n    return x\n";
        const QString path = file("two.txt", graph + graph);
        const Outcome outcome = fxscope({"show", path});
        QCOMPARE(outcome.exitCode, 0);
        QCOMPARE(outcome.err, "fxscope: note: " + path +
                                  ": 2 graphs in this file, taking the first (0); choose with --graph, list them with: "
                                  "fxscope list " +
                                  path + "\n");
        QCOMPARE(fxscope({"show", path, "--graph", "1"}).err, QString());
    }

    void damagedGraphsOfAFolderAreListed() {
        QVERIFY(QDir().mkpath(m_dir.filePath("mixed")));
        file("mixed/good.txt", "graph():\n    %x : [num_users=1] = placeholder[target=x]\n    return x\n");
        file("mixed/bad.txt", "graph():\n    return x\n");
        file("mixed/cut.pt2", bytesOf(kGraph).left(9000));
        file("mixed/letter.txt", "Dear reader,\nthis is a letter.\n");
        file("mixed/inputs.safetensors", bytesOf(kData + "pt2/randperm_index_add.inputs.safetensors"));
        file("mixed/arrays.npz", bytesOf(kData + "io/arrays.npz"));
        const Outcome outcome = fxscope({"list", m_dir.filePath("mixed")});
        QCOMPARE(outcome.exitCode, 0);
        const QString text = outcome.out.simplified();
        QVERIFY2(text.contains("bad.txt:2: the name x is not defined in this graph"), qPrintable(text));
        QVERIFY2(text.contains("cut.pt2: damaged zip directory"), qPrintable(text));
        QVERIFY2(text.endsWith("3 other files are no graph"), qPrintable(text));
        const QJsonObject object = json(fxscope({"list", m_dir.filePath("mixed"), "--json"}));
        QCOMPARE(object["damaged"].toArray().size(), 2);
    }

    void aRunThatFailsIsNoUsageError() {
        const QString path = file(
            "fails.py", "class GraphModule(torch.nn.Module):\n    def forward(self, x: \"f32[4]\", y: \"f32[5]\"):\n"
                        "        a = torch.ops.aten.add.Tensor(x, y)\n        return (a,)\n");
        const Outcome outcome = fxscope({"run", path});
        QCOMPARE(outcome.exitCode, 1);
        QVERIFY2(outcome.err.startsWith("fxscope: node a (aten.add.Tensor): "), qPrintable(outcome.err));
    }

    void windowThatIsNotInstalledIsSaid() {
        const QString alone = m_dir.filePath("fxscope");
        QVERIFY(QFile::copy(kProgram, alone));
        for (const QStringList& arguments : {QStringList{}, QStringList{kGraph}}) {
            const Outcome outcome = fxscope(arguments, alone);
            QCOMPARE(outcome.exitCode, 2);
            QVERIFY2(outcome.err.contains("fxscope-gui: the window is not installed beside this program; "),
                     qPrintable(outcome.err));
        }
    }

    void windowGetsTheFile() {
        const QString alone = m_dir.filePath("with/fxscope"), gui = m_dir.filePath("with/fxscope-gui");
        QVERIFY(QDir().mkpath(m_dir.filePath("with")) && QFile::copy(kProgram, alone));
        file("with/fxscope-gui", "#!/bin/sh\necho \"window: $1\"\nexit 7\n");
        QVERIFY(QFile::setPermissions(gui, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        const Outcome outcome = fxscope({kGraph}, alone);
        QCOMPARE(outcome.exitCode, 7);
        QCOMPARE(outcome.out, "window: " + kGraph + "\n");
    }

    /// What PyTorch computed. Its random programs ran after weights (sdvit) and inputs were drawn from the same
    /// generator: so many numbers are skipped.
    void recordedFiles_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("skip");
        QTest::newRow("randperm_index_add") << "randperm_index_add" << 64 * 32 + 16 * 32;
        QTest::newRow("stochastic_depth_vit") << "stochastic_depth_vit" << 82474 + 8 * 3 * 32 * 32;
        for (const char* name : {"unet", "test_resnet", "bert"})
            QTest::newRow(name) << name << 0;
    }
    void recordedFiles() {
        QFETCH(QString, name);
        QFETCH(int, skip);
        QString base = kData + "pt2/" + name;
        if (!QFile::exists(base + ".pt2"))
            base = QStringLiteral(FXSCOPE_SHARED_DIR "/graphs/pt2/") + name;
        if (!QFile::exists(base + ".pt2"))
            return; // the wider records are not here
        const Outcome outcome = fxscope({"run", base + ".pt2", "--inputs", base + ".inputs.safetensors", "--expect",
                                         base + ".outputs.safetensors", "--rtol", "1e-4", "--atol", "1e-5", "--skip",
                                         QString::number(skip)});
        QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.out + outcome.err));
    }

    void seededProgramsNodeByNode_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("perm_add") << "perm_add.cpu";
        QTest::newRow("sdvit") << "sdvit.cpu";
    }
    void seededProgramsNodeByNode() {
        QFETCH(QString, name);
        QString base = kData + "seeded/" + name;
        if (!QFile::exists(base + ".pt2"))
            base = QStringLiteral(FXSCOPE_SHARED_DIR "/conformance/seeded/") + name;
        if (!QFile::exists(base + ".pt2"))
            return; // the wider records are not here
        const Outcome outcome =
            fxscope({"run", base + ".pt2", "--inputs", base + ".inputs.safetensors", "--seed", "1234", "--expect-nodes",
                     base + ".seed1234.nodes.safetensors", "--rtol", "1e-4", "--atol", "1e-5"});
        QVERIFY2(outcome.exitCode == 0, qPrintable(outcome.out + outcome.err));
    }
};

QTEST_GUILESS_MAIN(TstCli)
#include "tst_cli.moc"
