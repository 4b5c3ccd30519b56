// SPDX-License-Identifier: BSD-3-Clause
// Device code without a device: every elementwise rule compiles for every dtype it takes, and places are walked as the
// strides of the tensors say.
#include "core/cuda/pointwise.h"
#include "core/cuda/random_source.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

Tensor tensorOf(DType dtype, Sizes sizes, Sizes strides) {
    return Tensor::emptyStrided(dtype, std::move(sizes), std::move(strides)).value();
}

/// The dtypes that device code has, each as a row.
constexpr DType kEveryDType[] = {DType::Bool,    DType::UInt8,   DType::Int8,      DType::Int16,
                                 DType::Int32,   DType::Int64,   DType::Float16,   DType::BFloat16,
                                 DType::Float32, DType::Float64, DType::Complex64, DType::Complex128};

bool takes(const PointwiseRule& rule, DType dtype) {
    return covers(rule.dtypes, isFloating(dtype), isComplex(dtype), dtype == DType::Bool);
}

/// A call of a rule with tensors of this dtype, and numbers where the operator takes no tensors.
ValueList argumentsFor(const PointwiseRule& rule, const Schema& schema, DType dtype) {
    ValueList args;
    for (size_t i = 0; i < schema.args.size(); ++i) {
        const char letter = i < rule.arguments.size() ? rule.arguments[i] : '-';
        if (letter == '-')
            args.emplace_back();
        else if (schema.args[i].type.find("Tensor") == std::string::npos)
            args.emplace_back(int64_t(1));
        else
            args.emplace_back(tensorOf(letter == 'b' ? DType::Bool : dtype, {6, 8}, {16, 2}));
    }
    return args;
}

/// The kernel of a rule as runPointwise makes it, in a namespace of its own. Error: the operator takes no such call.
Result<std::string> namespaced(const PointwiseRule& rule, DType dtype, size_t number) {
    const OpDef* op = findOp(Target("torch.ops." + std::string(rule.target)));
    const Schema* schema = op ? findSchema(op->target) : nullptr;
    if (!schema)
        return Diagnostic{"there is no such operator", "", ""};
    const ValueList args = argumentsFor(rule, *schema, dtype);
    FX_TRY(const ValueMeta meta, op->infer(metaArgs(args)));
    FX_TRY(Elements elements, pointwiseKernel(rule, args, dtype));
    for (const ValueMeta& one : meta.isTensor() ? std::vector<ValueMeta>{meta} : meta.items())
        elements.outputs.push_back(tensorOf(one.tensor().dtype, {6, 8}, {16, 2}));
    std::vector<Tensor> tensors = elements.outputs;
    tensors.insert(tensors.end(), elements.inputs.begin(), elements.inputs.end());
    QString text = QString::fromStdString(sourceOf(elements, walkOf(tensors, elements.outputs.size(), false), 1));
    text.replace(QStringLiteral("extern \"C\" "), QString());
    const qsizetype begin = text.indexOf(QLatin1Char('\n')) + 1; // after the include
    return "namespace rule" + std::to_string(number) + " { // " + std::string(rule.target) + "\n" +
           text.mid(begin).toStdString() + "}\n";
}

} // namespace

class TestDeviceCode : public QObject {
    Q_OBJECT
private slots:
    void walksContiguousTensorsAsOneRow() {
        const Tensor x = tensorOf(DType::Float32, {4, 8, 5}, {40, 5, 1});
        const Walk walk = walkOf({x, x}, 1, false);
        QCOMPARE(walk.sizes, std::vector<int64_t>({40})); // 160 elements in vectors of 4
        QCOMPARE(walk.vector, 4);
        QCOMPARE(walk.units, 40);
    }
    void guardsTheLastVector() {
        const Tensor x = tensorOf(DType::BFloat16, {13}, {1});
        const Walk walk = walkOf({x, x}, 1, false);
        QCOMPARE(walk.vector, 8);
        QCOMPARE(walk.units, 2);
        QCOMPARE(walk.elements, 13);
    }
    void keepsBroadcastDimensionsApart() {
        const Tensor out = tensorOf(DType::Float32, {6, 8}, {8, 1}), row = tensorOf(DType::Float32, {6, 8}, {0, 1}),
                     column = tensorOf(DType::Float32, {6, 8}, {1, 0});
        const Walk walk = walkOf({out, row, column}, 1, false);
        QCOMPARE(walk.sizes, std::vector<int64_t>({6, 2}));
        QCOMPARE(walk.vector, 4);
        QCOMPARE(walk.strides[1], std::vector<int64_t>({0, 4}));
        QCOMPARE(walk.strides[2], std::vector<int64_t>({1, 0}));
    }
    void sortsByTheOutput() {
        const Tensor out = tensorOf(DType::Float32, {6, 8}, {1, 6}), x = tensorOf(DType::Float32, {6, 8}, {8, 1});
        const Walk walk = walkOf({out, x}, 1, false);
        QCOMPARE(walk.sizes, std::vector<int64_t>({8, 6}));
        QCOMPARE(walk.strides[1], std::vector<int64_t>({1, 8}));
        QCOMPARE(walk.vector, 1);
    }
    void keepsCoordinatesInOrder() {
        const Tensor out = tensorOf(DType::Float32, {6, 1, 8}, {1, 6, 6});
        const Walk walk = walkOf({out}, 1, true);
        QCOMPARE(walk.sizes, std::vector<int64_t>({6, 1, 8}));
    }
    void everyRuleCompiles_data() {
        QTest::addColumn<int>("number");
        for (const DType dtype : kEveryDType)
            QTest::newRow(info(dtype).torch.data()) << static_cast<int>(dtype);
    }
    void everyRuleCompiles() {
        QFETCH(const int, number);
        const auto dtype = static_cast<DType>(number);
        if (const auto made = compileDeviceCode("extern \"C\" __global__ void kernel(int* x) { *x = 1; }", "sm_90");
            !made.ok())
            QSKIP(qPrintable(QString::fromStdString(made.error().what)));
        std::string program = "#include \"core/cuda/kernels/elements.cuh\"\n";
        size_t count = 0;
        for (const PointwiseRule& rule : pointwiseRules()) {
            if (!takes(rule, dtype))
                continue;
            const auto text = namespaced(rule, dtype, count);
            QVERIFY2(text.ok(), (std::string(rule.target) + ": " + (text.ok() ? "" : text.error().str())).c_str());
            program += *text;
            ++count;
        }
        QVERIFY(count > 20);
        const auto made = compileDeviceCode(program, "sm_90");
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().what.c_str());
    }
    void everyDrawCompiles() {
        if (const auto made = compileDeviceCode("extern \"C\" __global__ void kernel(int* x) { *x = 1; }", "sm_90");
            !made.ok())
            QSKIP(qPrintable(QString::fromStdString(made.error().what)));
        const auto compiles = [](const std::string& source) {
            const auto made = compileDeviceCode(source, "sm_90");
            QVERIFY2(made.ok(), made.ok() ? "" : (made.error().what + source).c_str());
        };
        for (const DType dtype : kEveryDType) {
            if (isFloating(dtype)) {
                compiles(fillSource("Uniform", dtype));
                compiles(fillSource("Normal", dtype));
                compiles(dropoutSource(dtype));
            }
            if (isComplex(dtype))
                continue;
            for (const char* maker : {"Integers", "WideIntegers", "Bernoulli"})
                compiles(fillSource(maker, dtype));
        }
    }
    void complexNumbersMoveWhole() {
        const Tensor x = tensorOf(DType::Complex128, {5}, {1});
        const Elements elements{.outputs = {x}, .inputs = {x}, .body = "out0 = in0;"};
        Walk walk = walkOf({x, x}, 1, false);
        QVERIFY(walk.aligned);
        QVERIFY(sourceOf(elements, walk, 1).find("load<1>(x0[u]") != std::string::npos);
        walk.aligned = false; // begins at an imaginary part
        QVERIFY(sourceOf(elements, walk, 1).find("load<1>(x0[u]") == std::string::npos);
    }
    void compilesForADevice() {
        if (const auto made = compileDeviceCode("extern \"C\" __global__ void kernel(int* x) { *x = 1; }", "sm_90");
            !made.ok())
            QSKIP(qPrintable(QString::fromStdString(made.error().what)));
        const Tensor x = tensorOf(DType::Float32, {6, 8}, {8, 1}), half = tensorOf(DType::Float16, {6, 8}, {0, 1});
        Elements elements{.outputs = {x},
                          .inputs = {half},
                          .raw = {x},
                          .integers = {3},
                          .body = "out0 = castTo<O0>(in0) + r0[at[0] + k0] + size[1];",
                          .coordinates = true};
        const auto made = compileDeviceCode(sourceOf(elements, walkOf({x, half}, 1, true), 1), "sm_90");
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().what.c_str());
        elements.body = "out0 = nothing;";
        const auto failed = compileDeviceCode(sourceOf(elements, walkOf({x, half}, 1, true), 1), "sm_90");
        QVERIFY(!failed.ok() && failed.error().what.find("nothing") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestDeviceCode)
#include "tst_device_code.moc"
