// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/copy_bandwidth.h"
#include "core/exec/outputs.h"
#include "core/exec/run.h"
#include "core/exec/traffic.h"

#include <QtTest>

using namespace fxscope;

namespace {

Backend& cpu() { return *findBackend("cpu").value(); }
Tensor tensor(DType dtype, const Sizes& sizes) { return Tensor::zeros(dtype, sizes).value(); }
Tensor floats(const Sizes& sizes) { return tensor(DType::Float32, sizes); }
/// 0, 1, 2 ...
Tensor counting(const Sizes& sizes) {
    Tensor made = tensor(DType::Int64, sizes);
    for (int64_t i = 0; i < made.numel(); ++i)
        made.data<int64_t>()[i] = i;
    return made;
}

/// Of a call that ran.
uint64_t moved(const char* target, const ValueList& args) {
    const OpDef* op = findOp(Target(std::string("torch.ops.aten.") + target));
    Generator generator(1);
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto result = cpu().run(*op, args, context);
    if (!result)
        qFatal("%s: %s", target, result.error().str().c_str());
    return bytesMoved(*op, args, *result);
}

} // namespace

class TestTraffic : public QObject {
    Q_OBJECT
private slots:
    void countsByOperator();
    void argumentsGivenTwiceAreReadOnce();
    void aFusedGroupLeavesTheValuesBetweenOut();
    void namesOperatorsThatExist();
    void measuresCopiesOnce();
};

void TestTraffic::countsByOperator() {
    const Value one(int64_t(1)), zero(int64_t(0)), none, no(false), yes(true);
    const Tensor x = floats({8, 4}), half = floats({3, 4}), rows = counting({3}), line = floats({4});
    const Value list(ValueList{rows});
    const uint64_t whole = 8 * 4 * 4, some = 3 * 4 * 4, keys = 3 * 8;
    QCOMPARE(moved("add.Tensor", {x, floats({8, 4}), one}), 3 * whole);
    QCOMPARE(moved("add.Tensor", {x, line, one}), 2 * whole + 16); // a row that is broadcast is read once
    QCOMPARE(moved("relu.default", {line.asStrided({8, 4}, {0, 1}, 0).value()}), whole + 16);
    // views and what returns its argument move nothing, copies all
    QCOMPARE(moved("permute.default", {x, Value(ValueList{one, zero})}), 0u);
    QCOMPARE(moved("reshape.default", {x, Value(ValueList{Value(int64_t(32))})}), 0u);
    const Tensor turned = x.asStrided({4, 8}, {1, 4}, 0).value();
    QCOMPARE(moved("reshape.default", {turned, Value(ValueList{Value(int64_t(32))})}), 2 * whole);
    // of a gathered tensor the rows that are taken
    QCOMPARE(moved("index.Tensor", {x, list}), 2 * some + keys);
    QCOMPARE(moved("index_select.default", {x, zero, rows}), 2 * some + keys);
    QCOMPARE(moved("embedding.default", {x, rows, Value(int64_t(-1)), no, no}), 2 * some + keys);
    // rows that are replaced are not read, rows that something is added to are
    QCOMPARE(moved("index_put.default", {x, list, half, no}), (whole - some) + some + keys + whole);
    QCOMPARE(moved("index_put.default", {x, list, half, yes}), whole + some + keys + whole);
    QCOMPARE(moved("index_add.default", {x, zero, rows, half, one}), whole + some + keys + whole);
    QCOMPARE(moved("index_copy.default", {x, zero, rows, half}), (whole - some) + some + keys + whole);
    QCOMPARE(moved("index_fill.int_Scalar", {x, zero, rows, Value(2.0)}), (whole - some) + keys + whole);
    QCOMPARE(moved("scatter.src", {x, zero, counting({1, 4}), floats({2, 4})}), (whole - 16) + 16 + 32 + whole);
    // in place: only the rows in question
    QCOMPARE(moved("index_put_.default", {floats({8, 4}), list, half, no}), some + keys + some);
    QCOMPARE(moved("index_put_.default", {floats({8, 4}), list, half, yes}), some + some + keys + some);
    QCOMPARE(moved("index_add_.default", {floats({8, 4}), zero, rows, half, one}), some + some + keys + some);
    QCOMPARE(moved("relu_.default", {floats({8, 4})}), 2 * whole);
    QCOMPARE(moved("copy_.default", {floats({8, 4}), x, no}), 2 * whole);
    QCOMPARE(moved("fill_.Scalar", {floats({8, 4}), one}), whole);
    // shapes alone
    QCOMPARE(moved("zeros_like.default", {x, none, none, none, none, none}), whole);
    QCOMPARE(moved("empty_like.default", {x, none, none, none, none, none}), 0u);
    QCOMPARE(moved("sym_size.int", {x, zero}), 0u);
    // several results, lists of arguments
    QCOMPARE(moved("cat.default", {Value(ValueList{x, half}), zero}), 2 * (whole + some));
    QCOMPARE(moved("sum.dim_IntList", {x, Value(ValueList{one}), no, none}), whole + 32);
    QCOMPARE(moved("mm.default", {x, floats({4, 2})}), whole + 32 + 64);
}

void TestTraffic::argumentsGivenTwiceAreReadOnce() {
    const Tensor x = floats({8, 4});
    QCOMPARE(moved("mul.Tensor", {x, x}), 2u * 8 * 4 * 4);
    const Tensor left = x.asStrided({8, 2}, {4, 1}, 0).value(), right = x.asStrided({8, 2}, {4, 1}, 2).value();
    QCOMPARE(moved("mul.Tensor", {left, right}), 3u * 8 * 2 * 4);
}

void TestTraffic::aFusedGroupLeavesTheValuesBetweenOut() {
    const auto capture = io::openText("class GraphModule(torch.nn.Module):\n"
                                      "    def forward(self, x: \"f32[64, 32]\", y: \"f32[32]\"):\n"
                                      "        a = torch.ops.aten.mul.Tensor(x, y)\n"
                                      "        b = torch.ops.aten.add.Tensor(a, x)\n"
                                      "        c = torch.ops.aten.relu.default(b)\n"
                                      "        return (c,)\n",
                                      "test");
    Graph graph = *capture->entry().value().graph;
    inferMissing(graph);
    const auto inputs = bindInputs(graph, {}, {}, 3);
    for (const bool fused : {false, true}) {
        const auto planned = plan(graph, cpu(), {.fuse = fused});
        const auto result = run(graph, *planned, inputs->values, cpu(), {.traffic = true});
        QVERIFY(result.ok());
        std::vector<uint64_t> bytes;
        for (const NodeTime& time : result->times)
            bytes.push_back(time.bytes);
        const uint64_t whole = 64 * 32 * 4, line = 32 * 4;
        QCOMPARE(bytes, fused ? std::vector<uint64_t>{2 * whole + line}
                              : (std::vector<uint64_t>{2 * whole + line, 3 * whole, 2 * whole}));
    }
}

void TestTraffic::namesOperatorsThatExist() {
#define TRAFFIC(x, rule, argument)                                                                                     \
    {                                                                                                                  \
        const Target target("torch.ops." x);                                                                           \
        const Schema* schema = findSchema(target);                                                                     \
        QVERIFY2(findOp(target) && schema, x);                                                                         \
        QVERIFY2(std::string_view(argument).empty() || schema->find(argument) >= 0, x);                                \
    }
#include "core/exec/traffic.def"
#undef TRAFFIC
}

void TestTraffic::measuresCopiesOnce() {
    const auto first = copyBandwidth(cpu());
    QVERIFY(first.ok());
    QVERIFY(first->bytesPerSecond > 1e8 && first->bytesPerSecond < 1e13);
    QVERIFY(!first->device.empty());
    QCOMPARE(copyBandwidth(cpu())->bytesPerSecond, first->bytesPerSecond); // not measured again
    const auto tooMuch = cpuCopyBandwidth(size_t(1) << 60);
    QVERIFY(!tooMuch.ok());
}

QTEST_GUILESS_MAIN(TestTraffic)
#include "tst_traffic.moc"
