// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/backend.h"
#include "core/ops/args.h"
#include "tests/ops/value_rows.h"

#include <QTest>
#include <map>

using namespace fxscope;

/// Products, convolutions, softmax, norms, reductions, pooling, upsampling and attention against results that
/// PyTorch 2.11 recorded: the shape rule, the reference kernel and every backend.
class TestOpsHeavy : public QObject {
    Q_OBJECT

private slots:
    void recorded_data();
    void recorded();
    void wrongCallsSayWhatIsWrong();
    void gradientsThatDoNotFitAreRefused();
    void symbolicSizes();
};

namespace {

/// What is wrong with the shape rule's answer, if anything.
std::string checkRule(const OpDef& op, const ValueRow& row, const Value& recorded) {
    const auto meta = op.infer(metaArgs(row.args));
    if (!meta.ok())
        return meta.error().str();
    const ValueMeta wanted = row.out.size() == 1 ? ValueMeta::tensor(recorded.tensor().meta()) : ValueMeta();
    if (row.out.size() == 1)
        return wanted.str(true) == meta->str(true) ? ""
                                                   : "recorded " + wanted.str(true) + ", inferred " + meta->str(true);
    for (size_t i = 0; i < row.out.size(); ++i) {
        const std::string one = ValueMeta::tensor(row.out[i].tensor().meta()).str(true);
        if (meta->items().size() != row.out.size() || one != meta->items()[i].str(true))
            return "recorded " + one + ", inferred another result " + std::to_string(i);
    }
    return {};
}

std::string checkRow(const ValueRow& row) {
    const OpDef* op = findOp(row.target);
    if (!op || !op->reference || !op->infer)
        return "no kernel or no shape rule";
    const Value recorded = row.out.size() == 1 ? row.out[0] : Value(row.out);
    if (const std::string wrong = checkRule(*op, row, recorded); !wrong.empty())
        return wrong;
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto reference = op->reference(row.args, context);
    if (!reference.ok())
        return reference.error().str();
    if (const std::string wrong = differenceFrom(recorded, *reference); !wrong.empty())
        return "reference: " + wrong;
    for (Backend* backend : allBackends()) {
        if (!backend->available())
            continue; // a card that this machine has not
        const auto result = runAlone(*backend, *op, row.args, context);
        const std::string wrong = result.ok() ? differenceFrom(recorded, *result) : result.error().str();
        if (!wrong.empty())
            return std::string(backend->name()) + ": " + wrong;
    }
    return {};
}

} // namespace

void TestOpsHeavy::recorded_data() {
    QTest::addColumn<QString>("file");
    QTest::newRow("bundled") << FXSCOPE_SOURCE_DIR "/tests/data/ops/heavy_rows.json";
    if (qEnvironmentVariableIsSet("FXSCOPE_ROWS"))
        QTest::newRow("given") << qEnvironmentVariable("FXSCOPE_ROWS");
}

void TestOpsHeavy::recorded() {
    QFETCH(QString, file);
    const auto rows = readValueRows(file.toStdString());
    QVERIFY2(rows.ok(), rows.ok() ? "" : rows.error().str().c_str());
    std::map<std::string, std::pair<int, int>> passed; // of how many
    std::string failures;
    for (size_t i = 0; i < rows->size(); ++i) {
        const ValueRow& row = (*rows)[i];
        const std::string wrong = checkRow(row);
        passed[row.target].first += wrong.empty();
        ++passed[row.target].second;
        if (!wrong.empty())
            failures += "\n  row " + std::to_string(i) + " " + row.target + Value(row.args).str() + ": " + wrong;
    }
    for (const auto& [target, count] : passed)
        qInfo("%s: %d of %d", target.c_str(), count.first, count.second);
    QVERIFY2(failures.empty(), failures.c_str());
    QVERIFY(!rows->empty());
}

namespace {

TensorMeta metaOf(SymSizes sizes, DType dtype = DType::Float32) {
    TensorMeta meta;
    meta.dtype = dtype;
    meta.strides = contiguousStrides(sizes);
    meta.sizes = std::move(sizes);
    meta.device = Device{};
    return meta;
}

MetaArg list(const Sizes& sizes) {
    MetaArgs items;
    for (const int64_t size : sizes)
        items.push_back({SymInt(size)});
    return {items};
}
MetaArg number(int64_t value) { return {SymInt(value)}; }

Result<ValueMeta> inferred(const char* target, const MetaArgs& args) { return findOp(target)->infer(args); }

void compareWords(const Result<ValueMeta>& result, const char* words) {
    QVERIFY(!result.ok());
    QCOMPARE(QString::fromStdString(result.error().what), QString(words));
}

} // namespace

void TestOpsHeavy::wrongCallsSayWhatIsWrong() {
    const MetaArg f23{metaOf({2, 3})}, f45{metaOf({4, 5})}, i34{metaOf({3, 4}, DType::Int64)}, none{};
    const MetaArg image{metaOf({1, 3, 4, 4})}, kernel{metaOf({2, 3, 3, 3})}, empty{metaOf({0, 3})};
    compareWords(inferred("torch.ops.aten.mm.default", {f23, f45}), "sizes [2, 3] and [4, 5] cannot be multiplied");
    compareWords(inferred("torch.ops.aten.mm.default", {f23, i34}),
                 "expected both matrices to have the same dtype, but got torch.float32 and torch.int64");
    compareWords(inferred("torch.ops.aten.bmm.default", {f23, f45}), "expected 3D tensors, got [2, 3] and [4, 5]");
    compareWords(inferred("torch.ops.aten.addmm.default", {f45, f23, {metaOf({3, 4})}, number(1), number(1)}),
                 "sizes [4, 5] do not broadcast to [2, 4]");
    const auto conv = [&](const MetaArg& x, const Sizes& stride, bool transposed, const Sizes& outputPadding) {
        return inferred(
            "torch.ops.aten.convolution.default",
            {x, kernel, none, list(stride), list({0, 0}), list({1, 1}), {transposed}, list(outputPadding), number(1)});
    };
    compareWords(conv({metaOf({1, 5, 4, 4})}, {1, 1}, false, {0, 0}),
                 "given groups=1 and weight of size [2, 3, 3, 3], expected input to have 3 channels, but got 5");
    compareWords(conv(image, {0, 1}, false, {0, 0}), "non-positive stride is not supported");
    compareWords(conv({metaOf({1, 3, 2, 2})}, {1, 1}, false, {0, 0}),
                 "the kernel of size 3 is larger than the padded input of size 2");
    compareWords(conv({metaOf({1, 2, 4, 4})}, {1, 1}, true, {1, 0}),
                 "output padding must be smaller than either stride or dilation, but got output_padding 1, stride 1, "
                 "dilation 1");
    compareWords(inferred("torch.ops.aten.native_layer_norm.default", {f23, list({4}), none, none, {1e-5}}),
                 "normalized_shape=[4] does not end the input of size [2, 3]");
    compareWords(inferred("torch.ops.aten.max.dim", {empty, number(0), {false}}),
                 "expected reduction dim to have a non-zero size, but the input has size [0, 3]");
    compareWords(
        inferred("torch.ops.aten.mean.default", {i34, none}),
        "mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype, got "
        "torch.int64");
    compareWords(inferred("torch.ops.aten.max_pool2d.default",
                          {image, list({2, 2}), list({}), list({2, 2}), list({1, 1}), {false}}),
                 "pad should be at most half of effective kernel size, but got pad=2 and kernel_size=2");
    compareWords(inferred("torch.ops.aten.upsample_nearest2d.vec", {image, none, none}),
                 "must specify exactly one of output_size and scale_factors");
    compareWords(inferred("torch.ops.aten.scaled_dot_product_attention.default",
                          {f23, f45, f45, none, {0.0}, {false}, none, {false}}),
                 "sizes [2, 3], [4, 5] and [4, 5] of query, key and value do not fit");
}

void TestOpsHeavy::gradientsThatDoNotFitAreRefused() {
    const auto x = [](const Sizes& sizes) { return Value(Tensor::zeros(DType::Float32, sizes).value()); };
    const auto sizes = [](const Sizes& numbers) {
        ValueList items;
        for (const int64_t one : numbers)
            items.emplace_back(one);
        return Value(items);
    };
    const auto refused = [](const char* target, const ValueList& args, const char* words) {
        Generator generator;
        const Cancel cancel;
        KernelContext context{generator, cancel};
        const auto result = findOp(target)->reference(args, context);
        QVERIFY2(!result.ok(), words);
        QCOMPARE(QString::fromStdString(result.error().what), QString(words));
    };
    const Value none, all = sizes({1, 1, 1}), big = x({4, 6}), small = x({2, 6}), rows = x({4, 1}), line = x({6});
    const char* layer = "torch.ops.aten.native_layer_norm_backward.default";
    refused(layer, {small, big, sizes({6}), rows, rows, line, line, all},
            "expected grad_out to have 24 elements, got 12");
    refused(layer, {big, big, sizes({6}), x({3, 1}), rows, line, line, all}, "expected mean to have 4 elements, got 3");
    refused(layer, {big, big, sizes({6}), rows, rows, x({5}), line, all}, "expected weight to have 6 elements, got 5");
    refused(layer, {big, big, sizes({6}), rows, rows, line, line, sizes({1, 1})}, "output_mask must have 3 elements");
    refused("torch.ops.aten.native_group_norm_backward.default",
            {big, big, rows, x({4, 2}), line, Value(int64_t(4)), Value(int64_t(6)), Value(int64_t(1)),
             Value(int64_t(2)), all},
            "expected mean to have 8 elements, got 4");
    refused("torch.ops.aten.native_batch_norm_backward.default",
            {small, big, line, line, line, line, line, Value(true), Value(1e-5), all},
            "expected grad_out to have 24 elements, got 12");
    const Value q = x({2, 3, 5, 8}), k = x({2, 3, 7, 8}), sums = x({2, 3, 5}), zero(0.0), no(false);
    const char* flash = "torch.ops.aten._scaled_dot_product_flash_attention_for_cpu_backward.default";
    refused(flash, {x({2, 3, 4, 8}), q, k, k, q, sums, zero, no, none, none},
            "expected grad_out to have 240 elements, got 192");
    refused(flash, {q, q, x({1, 3, 7, 8}), x({1, 3, 7, 8}), q, sums, zero, no, none, none},
            "sizes [2, 3, 5, 8], [1, 3, 7, 8] and [1, 3, 7, 8] of query, key and value do not fit");
    refused(flash, {q, q, k, k, q, x({2, 3, 4}), zero, no, none, none}, "log_sumexp has 4 elements for 5 queries");
}

void TestOpsHeavy::symbolicSizes() {
    const SymInt n = SymInt::symbol("s0"), h = SymInt::symbol("s1");
    const MetaArg x{metaOf({n, 4})}, image{metaOf({n, 3, h, 8})}, kernel{metaOf({6, 3, 3, 3})};
    const auto text = [](const Result<ValueMeta>& result) {
        return QString::fromStdString(result.ok() ? result->str(true) : result.error().str());
    };
    const auto first = [](const Result<ValueMeta>& result) { return Result<ValueMeta>(result->items().at(0)); };
    QCOMPARE(text(inferred("torch.ops.aten.mm.default", {x, {metaOf({4, 5})}})), QString("f32[s0, 5][5, 1]cpu"));
    QCOMPARE(text(inferred("torch.ops.aten.linear.default", {x, {metaOf({n, 4})}, {}})),
             QString("f32[s0, s0][s0, 1]cpu"));
    QCOMPARE(text(inferred("torch.ops.aten.sum.dim_IntList", {x, list({1}), {true}, {}})),
             QString("f32[s0, 1][1, 1]cpu"));
    QCOMPARE(text(inferred("torch.ops.aten.any.dim", {x, number(-1), {false}})), QString("b8[s0][1]cpu"));
    QCOMPARE(text(first(inferred("torch.ops.aten.native_layer_norm.default", {x, list({4}), {}, {}, {1e-5}}))),
             QString("f32[s0, 4][4, 1]cpu"));
    const auto conv =
        inferred("torch.ops.aten.convolution.default",
                 {image, kernel, {}, list({2, 2}), list({1, 1}), list({1, 1}), {false}, list({0, 0}), number(1)});
    QVERIFY2(conv.ok(), text(conv).toUtf8());
    const TensorMeta& meta = conv->tensor();
    QCOMPARE(meta.sizes[0], n);
    QCOMPARE(meta.sizes[3], SymInt(4));
    for (const int64_t height : {5, 6, 7, 100}) // (height + 2 - 3) / 2 + 1
        QCOMPARE(meta.sizes[2].eval({{"s1", height}}).value_or(-1), (height - 1) / 2 + 1);
    const auto pooled = inferred("torch.ops.aten.max_pool2d.default",
                                 {image, list({3, 3}), list({2, 2}), list({0, 0}), list({1, 1}), {false}});
    for (const int64_t height : {5, 6, 7, 100})
        QCOMPARE(pooled->tensor().sizes[2].eval({{"s1", height}}).value_or(-1), (height - 3) / 2 + 1);
}

QTEST_GUILESS_MAIN(TestOpsHeavy)
#include "tst_ops_heavy.moc"
