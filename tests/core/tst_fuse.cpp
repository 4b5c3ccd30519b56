// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_fused.h"
#include "core/cpu/parallel.h"
#include "core/exec/evaluate.h"
#include "core/exec/outputs.h"
#include "core/exec/run.h"

#include <QtTest>

#include <array>
#include <cstring>
#include <random>

using namespace fxscope;

namespace {

Graph graphOf(const std::string& text) {
    auto capture = io::openText("class GraphModule(torch.nn.Module):\n    def forward(self, " + text, "test");
    if (!capture)
        qFatal("%s", capture.error().str().c_str());
    Graph graph = *capture->entry().value().graph;
    inferMissing(graph);
    return graph;
}

Backend& cpu() { return *findBackend("cpu").value(); }

RunResult ran(const Graph& graph, const PlanOptions& options, const ExecOptions& exec = {}) {
    const auto inputs = bindInputs(graph, {}, {}, 3);
    if (!inputs)
        qFatal("%s", inputs.error().str().c_str());
    const auto planned = plan(graph, cpu(), options);
    if (!planned)
        qFatal("%s", planned.error().str().c_str());
    auto result = run(graph, *planned, inputs->values, cpu(), exec);
    if (!result)
        qFatal("%s", result.error().str().c_str());
    return std::move(result).value();
}

/// Dtype, sizes, strides and every bit.
bool identical(const Tensor& a, const Tensor& b) {
    if (a.dtype() != b.dtype() || a.sizes() != b.sizes() || a.strides() != b.strides())
        return false;
    const Tensor left = a.contiguous().value(), right = b.contiguous().value();
    return std::memcmp(left.raw(), right.raw(), left.bytes()) == 0;
}

bool identical(const Graph& graph, const RunResult& a, const RunResult& b) {
    const auto left = namedOutputs(graph, a.output), right = namedOutputs(graph, b.output);
    bool same = left.size() == right.size();
    for (size_t i = 0; same && i < left.size(); ++i)
        same = identical(left[i].value.tensor(), right[i].value.tensor());
    return same;
}

size_t fusedRows(const RunResult& result) {
    return static_cast<size_t>(std::count_if(result.times.begin(), result.times.end(),
                                             [](const NodeTime& time) { return !time.fused.empty(); }));
}

struct Shapes {
    std::string whole, row, column; ///< "37, 64", and what is broadcast to it
};

/// A random program of `length` elementwise nodes over a whole tensor, a transposed one, a row and a column; some of
/// its values are returned.
Graph program(uint32_t seed, const std::string& dtype, const Shapes& shapes, const std::string& turned, int length) {
    std::mt19937 engine(seed);
    const auto pick = [&](size_t count) { return static_cast<size_t>(engine() % count); };
    const std::string unary[] = {"relu", "neg", "sigmoid", "tanh", "abs",       "silu",  "gelu",
                                 "sin",  "exp", "floor",   "erf",  "hardswish", "log1p", "round"};
    const std::string binary[] = {"add.Tensor",      "sub.Tensor",      "mul.Tensor",    "div.Tensor",
                                  "maximum.default", "minimum.default", "atan2.default", "pow.Tensor_Tensor"};
    std::string text = "x: \"" + dtype + "[" + shapes.whole + "]\", y: \"" + dtype + "[" + turned + "]\", r: \"" +
                       dtype + "[" + shapes.row + "]\", c: \"" + dtype + "[" + shapes.column + "]\"):\n" +
                       "        yt = torch.ops.aten.permute.default(y, [1, 0])\n";
    std::vector<std::string> full{"x", "yt"};
    std::string returned;
    for (int i = 0; i < length; ++i) {
        const std::string name = "v" + std::to_string(i), last = pick(3) ? full.back() : full[pick(full.size())];
        std::string call;
        switch (pick(6)) {
        case 0: call = binary[pick(8)] + "(" + last + ", " + full[pick(full.size())] + ")"; break;
        case 1: call = binary[pick(6)] + "(" + last + ", " + (pick(2) ? "r" : "c") + ")"; break;
        case 2: call = "mul.Tensor(" + last + ", 0.7)"; break;
        case 3: call = "where.self(m" + std::to_string(i) + ", " + last + ", " + full[pick(full.size())] + ")"; break;
        default: call = unary[pick(14)] + ".default(" + last + ")"; break;
        }
        if (call.starts_with("where"))
            text += "        m" + std::to_string(i) + " = torch.ops.aten.gt.Scalar(" + last + ", 0.1)\n";
        text += "        " + name + " = torch.ops.aten." + call + "\n";
        full.push_back(name);
        if (pick(4) == 0)
            returned += name + ", ";
    }
    return graphOf(text + "        return (" + returned + full.back() + ",)\n");
}

constexpr const char *kPerRow =
                         "g = torch.ops.aten.ge.Scalar(v, 0)\n        m = torch.ops.aten.view.default(g, [-1, 1])",
                     *kPerColumn = "m = torch.ops.aten.ge.Scalar(v, 0)";
struct Once {
    std::string x = "f32[6, 5]", y = "f32[3, 5]", index = "i64[3]";
    int rows = 6, count = 3, dim = 0;
    std::string inverse = "v = torch.ops.aten._unsafe_index_put.default(f, [i], n)", dtype = "int32";
    std::string mask = std::string(kPerRow), sum = "x, r", otherwise = "x", result = "o";
};
/// The one-pass form of index_add, rows along dimension `dim`: see core/exec/add_once.h.
std::string addOnceBody(const Once& once) {
    std::string indices;
    for (int d = 0; d < once.dim; ++d)
        indices += "None, ";
    const std::string made = ", dtype = torch." + once.dtype + ", device = device(type='cpu')";
    return "        f = torch.ops.aten.full.default([" + std::to_string(once.rows) + "], -1" + made + ")\n" +
           "        n = torch.ops.prims.iota.default(" + std::to_string(once.count) + ", start = 0, step = 1" + made +
           ", requires_grad = False)\n" + "        " + once.inverse + "\n" +
           "        c = torch.ops.aten.clamp_min.default(v, 0)\n" +
           "        r = torch.ops.aten._unsafe_index.Tensor(y, [" + indices + "c])\n" +
           "        s = torch.ops.aten.add.Tensor(" + once.sum + ")\n        " + once.mask + "\n" +
           "        o = torch.ops.aten.where.self(m, s, " + once.otherwise + ")\n" + "        return (" + once.result +
           ",)\n";
}
Graph addOnce(const Once& once) {
    return graphOf("x: \"" + once.x + "\", y: \"" + once.y + "\", i: \"" + once.index + "\"):\n" + addOnceBody(once));
}

/// A value for a parameter of an elementwise operator: tensors of `dtype`, numbers, defaults.
Value argumentFor(const SchemaArg& arg, size_t place, DType dtype) {
    if (!arg.type.starts_with("Tensor")) {
        if (arg.name == "rounding_mode")
            return Value(std::string("floor"));
        if (arg.type == "Scalar" || arg.type == "Scalar?" || arg.type == "float")
            return isFloating(dtype) ? Value(0.3 + 0.4 * double(place)) : Value(int64_t(3));
        if (arg.type == "ScalarType")
            return Value(DType::BFloat16);
        return arg.fallback ? evaluate(*arg.fallback, Scope{{}, {}}).value() : Value();
    }
    const bool truth = arg.name == "condition" || arg.name == "mask";
    Tensor tensor = Tensor::empty(truth ? DType::Bool : dtype, {301, 67}).value();
    std::mt19937 engine(static_cast<uint32_t>(place));
    for (int64_t i = 0; i < tensor.numel(); ++i)
        if (truth)
            tensor.data<uint8_t>()[i] = engine() % 2;
        else if (isFloating(dtype))
            tensor.data<float>()[i] = std::normal_distribution<float>(0.5f, 1.0f)(engine);
        else
            tensor.data<int64_t>()[i] = static_cast<int64_t>(engine() % 9) + 1;
    return Value(tensor);
}

} // namespace

class TstFuse : public QObject {
    Q_OBJECT
private slots:
    void everyListedOperatorRunsInBlocks_data() {
        QTest::addColumn<QString>("target");
#define ELEMENTWISE(x) QTest::newRow(x) << "torch.ops." x;
#include "core/exec/elementwise.def"
#undef ELEMENTWISE
    }
    void everyListedOperatorRunsInBlocks() {
        QFETCH(QString, target);
        const OpDef* op = findOp(Target(target.toStdString()));
        QVERIFY(op && op->reference && op->infer && !op->random && !op->view);
        const Schema* schema = schemaOf(*op);
        QVERIFY(schema && schema->returns == std::vector<std::string>{"Tensor"});
        const bool whole = target.contains("bitwise");
        ValueList args;
        for (size_t i = 0; i < schema->args.size(); ++i)
            args.push_back(argumentFor(schema->args[i], i, whole ? DType::Int64 : DType::Float32));
        Generator generator;
        const Cancel cancel;
        KernelContext context{generator, cancel};
        const auto alone = cpu().run(*op, args, context);
        QVERIFY2(alone.ok(), alone.ok() ? "" : alone.error().str().c_str());
        const std::vector<FusedCall> calls(2, FusedCall{op, args, {}, true});
        const auto blocks = runInBlocks(cpu(), calls, {}, context);
        QVERIFY(blocks.ok() && *blocks && (*blocks)->size() == 2);
        for (const Value& value : **blocks)
            QVERIFY(identical(value.tensor(), alone->tensor()));
    }

    void randomProgramsGiveTheSameBits_data() {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("columns");
        for (const char* dtype : {"f32", "bf16", "f16", "f64"})
            for (const auto& [rows, columns] : {std::pair{1, 1}, {37, 64}, {257, 33}, {3, 9000}, {300, 301}})
                QTest::addRow("%s %dx%d", dtype, rows, columns) << dtype << rows << columns;
    }
    void randomProgramsGiveTheSameBits() {
        QFETCH(QString, dtype);
        QFETCH(int, rows);
        QFETCH(int, columns);
        const std::string r = std::to_string(rows), c = std::to_string(columns);
        size_t fused = 0;
        for (uint32_t seed = 0; seed < 8; ++seed) {
            const Graph graph =
                program(seed, dtype.toStdString(), {r + ", " + c, c, r + ", 1"}, c + ", " + r, 3 + int(seed) * 2);
            const RunResult plain = ran(graph, {.fuse = false, .reuse = false});
            const RunResult together = ran(graph, {.fuse = true, .reuse = true});
            fused += fusedRows(together);
            QVERIFY2(identical(graph, plain, together), qPrintable(QStringLiteral("fused, seed %1").arg(seed)));
            QVERIFY2(identical(graph, plain, ran(graph, {.fuse = false, .reuse = true})), "in place");
            setThreadCount(1);
            const bool same = identical(graph, plain, ran(graph, {.fuse = true, .reuse = true}));
            setThreadCount(0);
            QVERIFY2(same, "one thread");
        }
        QVERIFY(fused > 0);
    }

    void oneRowSaysWhatWasFused() {
        const Graph graph = graphOf("x: \"f32[64, 64]\"):\n"
                                    "        a = torch.ops.aten.relu.default(x)\n"
                                    "        s = torch.ops.aten.sum.default(x)\n"
                                    "        b = torch.ops.aten.mul.Tensor(a, 2.0)\n"
                                    "        c = torch.ops.aten.add.Tensor(b, a)\n"
                                    "        return (c, s)\n");
        const RunResult result = ran(graph, {.fuse = true});
        QCOMPARE(result.times.size(), size_t(2));
        const auto id = [&](const char* name) { return *graph.find(name); };
        QCOMPARE(result.times.back().fused, (std::vector<NodeId>{id("a"), id("b"), id("c")}));
        QCOMPARE(result.times.back().node, id("c"));
        QCOMPARE(result.peakBytes, int64_t(64 * 64 * 4 + 4)); // the values between take no memory
        QCOMPARE(result.lowerBoundBytes, result.peakBytes);
    }

    void additionsOfRowsRunAsOneCall_data() {
        QTest::addColumn<QString>("x");
        QTest::addColumn<QString>("y");
        QTest::addColumn<QString>("index");
        QTest::addColumn<int>("dim");
        QTest::addColumn<QString>("mask");
        QTest::addColumn<QString>("sum");
        const char *first = kPerRow, *alone = kPerColumn;
        QTest::newRow("rows") << "f32[6, 5]"
                              << "f32[3, 5]"
                              << "i64[3]" << 0 << first << "x, r";
        QTest::newRow("bfloat16") << "bf16[6, 5]"
                                  << "bf16[3, 5]"
                                  << "i64[3]" << 0 << first << "x, r";
        QTest::newRow("int32 index") << "f64[6, 5]"
                                     << "f64[3, 5]"
                                     << "i32[3]" << 0 << first << "x, r";
        QTest::newRow("alpha") << "f16[6, 5]"
                               << "f16[3, 5]"
                               << "i64[3]" << 0 << first << "x, r, alpha = 3";
        QTest::newRow("columns") << "f32[2, 6]"
                                 << "f32[2, 3]"
                                 << "i64[3]" << 1 << alone << "x, r";
        QTest::newRow("middle") << "f32[2, 6, 4]"
                                << "f32[2, 3, 4]"
                                << "i64[3]" << 1 << first << "x, r";
        QTest::newRow("one dimension") << "c64[6]"
                                       << "c64[3]"
                                       << "i64[3]" << 0 << alone << "x, r";
        QTest::newRow("bool") << "b8[6, 5]"
                              << "b8[3, 5]"
                              << "i64[3]" << 0 << first << "x, r";
    }
    void additionsOfRowsRunAsOneCall() {
        QFETCH(QString, x);
        QFETCH(QString, y);
        QFETCH(QString, index);
        QFETCH(int, dim);
        QFETCH(QString, mask);
        QFETCH(QString, sum);
        const Graph graph = addOnce({.x = x.toStdString(),
                                     .y = y.toStdString(),
                                     .index = index.toStdString(),
                                     .dim = dim,
                                     .mask = mask.toStdString(),
                                     .sum = sum.toStdString()});
        const RunResult one = ran(graph, {.fuse = true});
        QCOMPARE(one.times.size(), size_t(1));
        QCOMPARE(one.times[0].node, *graph.find("o"));
        QCOMPARE(one.times[0].fused.size(), size_t(mask.contains("view") ? 9 : 8));
        QVERIFY(identical(graph, one, ran(graph, {})));
        const RunResult looked = ran(graph, {.fuse = true}, {.keepNames = {"c"}});
        QVERIFY(identical(graph, one, looked));
        QCOMPARE(looked.values.size(), size_t(1));
    }

    void otherFormsDoNotRunAsOneCall_data() {
        QTest::addColumn<QString>("sum");
        QTest::addColumn<QString>("otherwise");
        QTest::addColumn<QString>("result");
        QTest::addColumn<QString>("mask");
        const char* mask = kPerRow;
        QTest::newRow("a value between is returned") << "x, r"
                                                     << "x"
                                                     << "o, r" << mask;
        QTest::newRow("something else is copied") << "x, r"
                                                  << "r"
                                                  << "o" << mask;
        QTest::newRow("something else is added to") << "r, r"
                                                    << "x"
                                                    << "o" << mask;
        QTest::newRow("the other way about") << "r, x"
                                             << "x"
                                             << "o" << mask;
        QTest::newRow("another mask")
            << "x, r"
            << "x"
            << "o"
            << "h = torch.ops.aten.ge.Scalar(v, 1)\n        m = torch.ops.aten.view.default(h, [-1, 1])";
    }
    void otherFormsDoNotRunAsOneCall() {
        QFETCH(QString, sum);
        QFETCH(QString, otherwise);
        QFETCH(QString, result);
        QFETCH(QString, mask);
        const Graph graph = addOnce({.mask = mask.toStdString(),
                                     .sum = sum.toStdString(),
                                     .otherwise = otherwise.toStdString(),
                                     .result = result.toStdString()});
        const RunResult fused = ran(graph, {.fuse = true});
        QVERIFY(fused.times.size() > 1);
        QVERIFY(identical(graph, fused, ran(graph, {})));
    }

    void formsOfOtherNumbersDoNotRunAsOneCall_data() {
        QTest::addColumn<QString>("dtype");
        QTest::addColumn<QString>("inverse");
        QTest::addColumn<int>("count");
        const QString put = QStringLiteral("v = torch.ops.aten._unsafe_index_put.default(f, [i], n)");
        QTest::newRow("one number for all rows") << "int32" << put << 1;
        QTest::newRow("the index is the numbers")
            << "int64" << QStringLiteral("v = torch.ops.aten._unsafe_index_put.default(f, [n], n)") << 3;
        QTest::newRow("added up") << "int32" << QStringLiteral("v = torch.ops.aten.index_put.default(f, [i], n, True)")
                                  << 3;
        QTest::newRow("numbers of one byte") << "int8" << put << 3;
    }
    void formsOfOtherNumbersDoNotRunAsOneCall() {
        QFETCH(QString, dtype);
        QFETCH(QString, inverse);
        QFETCH(int, count);
        Once once{.count = count};
        once.dtype = dtype.toStdString();
        once.inverse = inverse.toStdString();
        const Graph graph = addOnce(once);
        const auto planned = plan(graph, cpu(), {.fuse = true});
        QVERIFY(planned.ok());
        QVERIFY(planned->wholes.empty());
    }

    void turnedOperandsKeepTheirLayout() {
        Once once;
        const Graph graph = graphOf([&] {
            std::string text = "z: \"f32[5, 6]\", y: \"f32[3, 5]\", i: \"i64[3]\"):\n"
                               "        x = torch.ops.aten.permute.default(z, [1, 0])\n";
            return text + addOnceBody(once);
        }());
        const RunResult fused = ran(graph, {.fuse = true});
        QVERIFY(identical(graph, fused, ran(graph, {})));
    }

    void repeatedAndNegativeEntriesGiveTheSame() {
        const Graph graph = addOnce({});
        auto inputs = bindInputs(graph, {}, {}, 3).value();
        for (const auto& entries : {std::array<int64_t, 3>{2, 2, 2}, {-1, 0, -6}, {5, -1, 5}}) {
            std::copy(entries.begin(), entries.end(), inputs.values[2].tensor().data<int64_t>());
            const auto fused = run(graph, *plan(graph, cpu(), {.fuse = true}), inputs.values, cpu());
            const auto plain = run(graph, *plan(graph, cpu()), inputs.values, cpu());
            QVERIFY(fused.ok() && plain.ok());
            QVERIFY(identical(graph, *fused, *plain));
        }
    }

    void anEntryBeyondTheRowsIsNamed() {
        const Graph graph = addOnce({});
        auto inputs = bindInputs(graph, {}, {}, 3).value();
        inputs.values[2].tensor().data<int64_t>()[1] = 6;
        const auto result = run(graph, *plan(graph, cpu(), {.fuse = true}), inputs.values, cpu());
        QVERIFY(!result.ok());
        QCOMPARE(result.error().what, std::string("index 6 is out of bounds for dimension 0 with size 6"));
        QVERIFY2(result.error().where.starts_with("node o"), result.error().where.c_str());
    }

    void aUserBetweenKeepsNodesApart() {
        const Graph graph = graphOf("x: \"f32[64, 64]\"):\n"
                                    "        a = torch.ops.aten.relu.default(x)\n"
                                    "        s = torch.ops.aten.sum.default(a)\n"
                                    "        b = torch.ops.aten.mul.Tensor(a, s)\n"
                                    "        return (b,)\n");
        const RunResult result = ran(graph, {.fuse = true});
        QCOMPARE(fusedRows(result), size_t(0));
        QVERIFY(identical(graph, result, ran(graph, {})));
    }

    void valuesThatAreLookedAtAreMade() {
        const Graph graph = program(5, "f32", {"20, 30", "30", "20, 1"}, "30, 20", 9);
        const RunResult all = ran(graph, {.fuse = true}, {.keepAll = true});
        QCOMPARE(fusedRows(all), size_t(0));
        const RunResult some = ran(graph, {.fuse = true}, {.keepNames = {"v2"}});
        const NodeId id = *graph.find("v2");
        QVERIFY(identical(some.values.at(id).tensor(), all.values.at(id).tensor()));
    }

    void graphsThatWriteInPlaceAreNotFused() {
        const Graph graph = graphOf("x: \"f32[8]\"):\n"
                                    "        a = torch.ops.aten.relu.default(x)\n"
                                    "        b = torch.ops.aten.neg.default(a)\n"
                                    "        w = torch.ops.aten.add_.Tensor(a, 1)\n"
                                    "        c = torch.ops.aten.mul.Tensor(b, 2)\n"
                                    "        return (c, w)\n");
        QCOMPARE(fusedRows(ran(graph, {.fuse = true})), size_t(0));
    }

    void aWrongCallIsNamedAsWithoutFusing() {
        const Graph graph = graphOf("x: \"i64[8]\", y: \"i64[8]\"):\n"
                                    "        a: \"i64[8]\" = torch.ops.aten.sub.Tensor(y, y)\n"
                                    "        b: \"i64[8]\" = torch.ops.aten.floor_divide.default(x, a)\n"
                                    "        return (b,)\n");
        const auto inputs = bindInputs(graph, {}, {}, 3);
        const auto result = run(graph, *plan(graph, cpu(), {.fuse = true}), inputs->values, cpu());
        QVERIFY(!result.ok());
        QCOMPARE(result.error().what, std::string("ZeroDivisionError"));
        QVERIFY(result.error().where.starts_with("fused nodes a to b"));
    }

    void resultsGoOverInputsThatDie() {
        const Graph graph = graphOf("x: \"f32[256, 256]\"):\n"
                                    "        a = torch.ops.aten.sin.default(x)\n"
                                    "        b = torch.ops.aten.relu.default(a)\n"
                                    "        c = torch.ops.aten.mul.Tensor(b, 3)\n"
                                    "        return (c,)\n");
        const RunResult result = ran(graph, {});
        constexpr int64_t kTensor = 256 * 256 * 4;
        QCOMPARE(result.peakBytes, kTensor);
        QCOMPARE(result.lowerBoundBytes, kTensor);
        QCOMPARE(result.peakWithoutReuseBytes, 2 * kTensor);
        const RunResult without = ran(graph, {.reuse = false});
        QCOMPARE(without.peakBytes, 2 * kTensor);
        QCOMPARE(without.lowerBoundBytes, 2 * kTensor);
        QVERIFY(identical(graph, result, without));
    }

    void inputsViewsAndKeptValuesStayAsTheyAre_data() {
        QTest::addColumn<QString>("body");
        QTest::newRow("a view lives on")
            << "v = torch.ops.aten.view.default(a, [65536]); b = torch.ops.aten.neg.default(a); "
               "c = torch.ops.aten.relu.default(v)";
        QTest::newRow("the view dies, its root lives on")
            << "v = torch.ops.aten.view.default(a, [65536]); c = torch.ops.aten.neg.default(v); "
               "b = torch.ops.aten.relu.default(a)";
        QTest::newRow("read turned") << "v = torch.ops.aten.permute.default(a, [1, 0]); "
                                        "b = torch.ops.aten.sub.Tensor(a, v); c = torch.ops.aten.neg.default(b)";
        QTest::newRow("an input") << "b = torch.ops.aten.neg.default(x); c = torch.ops.aten.add.Tensor(b, a)";
        QTest::newRow("twice in one call") << "b = torch.ops.aten.mul.Tensor(a, a); c = torch.ops.aten.neg.default(b)";
        QTest::newRow("a row of itself") << "v = torch.ops.aten.select.int(a, 0, 5); "
                                            "b = torch.ops.aten.sub.Tensor(a, v); c = torch.ops.aten.neg.default(b)";
        QTest::newRow("another type") << "b = torch.ops.aten.gt.Scalar(a, 0); c = torch.ops.aten.where.self(b, a, 2.0)";
    }
    void inputsViewsAndKeptValuesStayAsTheyAre() {
        QFETCH(QString, body);
        std::string text = "x: \"f32[256, 256]\"):\n        a = torch.ops.aten.sin.default(x)\n";
        for (const QString& line : body.split("; "))
            text += "        " + line.toStdString() + "\n";
        const Graph graph = graphOf(text + "        return (b, c)\n");
        const auto inputs = bindInputs(graph, {}, {}, 3).value();
        const Tensor before = inputs.values[0].tensor().clone().value();
        const RunResult plain = ran(graph, {.reuse = false}, {.keepAll = true});
        for (const bool fuse : {false, true}) {
            QVERIFY(identical(graph, plain, ran(graph, {.fuse = fuse})));
            const auto again = run(graph, *plan(graph, cpu(), {.fuse = fuse}), inputs.values, cpu());
            QVERIFY(again.ok());
            QVERIFY(identical(inputs.values[0].tensor(), before));
        }
        const RunResult kept = ran(graph, {}, {.keepAll = true});
        for (const auto& [id, value] : plain.values)
            QVERIFY2(identical(value.tensor(), kept.values.at(id).tensor()), graph[id].name.c_str());
    }
};

QTEST_GUILESS_MAIN(TstFuse)
#include "tst_fuse.moc"
