// SPDX-License-Identifier: BSD-3-Clause
// Kernels of operators with index tensors, without a device: rows are moved in wide units, and every kernel compiles.
#include "core/cuda/indexed.h"
#include "core/cuda/positions.h"
#include "core/cuda/program.h"
#include "core/cuda/sort_rows.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

Tensor indexTensor(DType dtype, Sizes sizes, Sizes strides) {
    return Tensor::emptyStrided(dtype, std::move(sizes), std::move(strides)).value();
}
Tensor rowMajor(DType dtype, Sizes sizes) { return Tensor::empty(dtype, std::move(sizes)).value(); }

/// x[index] of rows: six of ten.
Addressing sixRows(const Tensor& x, Addressing::Entries check = Addressing::Entries::Wrapped) {
    const Tensor index = indexTensor(DType::Int64, {6}, {1});
    return {.base = x,
            .strides = {0, x.strides()[1]},
            .indices = {{spreadAlong(index, 0, {6, x.size(1)}).value(), x.size(0), x.strides()[0]}},
            .check = check};
}

std::string sourceOfKernel(const Elements& e) {
    std::vector<Tensor> tensors = e.outputs;
    tensors.insert(tensors.end(), e.inputs.begin(), e.inputs.end());
    return sourceOf(e, walkOf(tensors, e.outputs.size(), e.coordinates), 4);
}

constexpr DType kEveryDType[] = {DType::Bool,    DType::UInt8,   DType::Int8,      DType::Int16,
                                 DType::Int32,   DType::Int64,   DType::Float16,   DType::BFloat16,
                                 DType::Float32, DType::Float64, DType::Complex64, DType::Complex128};

QString failureOf(const std::string& source, const std::string& architecture) {
    const auto made = compileDeviceCode(source, architecture);
    return made.ok() ? QString() : QString::fromStdString(made.error().what + "\n" + source);
}

} // namespace

class TestDeviceIndex : public QObject {
    Q_OBJECT
private slots:
    void movesRowsInWideUnits() {
        const Tensor x = rowMajor(DType::Float32, {10, 8}), out = rowMajor(DType::Float32, {6, 8});
        const Elements e = takeKernel(sixRows(x), out).value();
        QCOMPARE(e.outputs[0].dtype(), DType::Complex128); // 16 bytes
        QCOMPARE(e.outputs[0].sizes(), Sizes({6, 2}));
        QCOMPARE(e.inputs[0].strides(), Sizes({1, 0}));
        QCOMPARE(e.integers, std::vector<int64_t>({10, 2})); // rows of x; units from row to row
    }
    void narrowsUnitsToTheRows() {
        const Tensor x = rowMajor(DType::Float32, {10, 6}), out = rowMajor(DType::Float32, {6, 6});
        QCOMPARE(takeKernel(sixRows(x), out).value().outputs[0].dtype(), DType::UInt64);
        const Tensor odd = rowMajor(DType::Float16, {10, 7}), oddOut = rowMajor(DType::Float16, {6, 7});
        QCOMPARE(takeKernel(sixRows(odd), oddOut).value().outputs[0].dtype(), DType::UInt16);
    }
    void walksColumnsOneByOne() {
        const Tensor x = indexTensor(DType::Float32, {10, 8}, {1, 10}), out = rowMajor(DType::Float32, {6, 8});
        const Elements e = takeKernel(sixRows(x), out).value();
        QCOMPARE(e.outputs[0].dtype(), DType::UInt32);
        QCOMPARE(e.outputs[0].sizes(), Sizes({6, 8}));
    }
    void checksOnlyWhatIsNotTrusted() {
        const Tensor x = rowMajor(DType::Float32, {10, 8}), out = rowMajor(DType::Float32, {6, 8});
        const auto body = [&](Addressing::Entries check) { return takeKernel(sixRows(x, check), out).value().body; };
        QVERIFY(body(Addressing::Entries::Wrapped).find("FX_FAULT") != std::string::npos);
        QVERIFY(body(Addressing::Entries::Wrapped).find("e < 0") != std::string::npos);
        QVERIFY(body(Addressing::Entries::Within).find("FX_FAULT") != std::string::npos);
        QVERIFY(body(Addressing::Entries::Within).find("e < 0") == std::string::npos);
        QVERIFY(body(Addressing::Entries::Trusted).find("FX_FAULT") == std::string::npos);
    }
    void refusesToIndexNothing() {
        const Tensor x = rowMajor(DType::Float32, {0, 8}), out = rowMajor(DType::Float32, {6, 8});
        const auto e = takeKernel(sixRows(x), out);
        QVERIFY(!e.ok());
        QCOMPARE(e.error().what, std::string("index is out of bounds for dimension with size 0"));
    }
    void compilesForADevice_data() {
        QTest::addColumn<QString>("architecture");
        QTest::newRow("with additions of 16 bytes") << "sm_90";
        QTest::newRow("without") << "sm_80";
    }
    void compilesForADevice() {
        QFETCH(const QString, architecture);
        const std::string target = architecture.toStdString();
        if (const auto made = compileDeviceCode("extern \"C\" __global__ void kernel(int* x) { *x = 1; }", target);
            !made.ok())
            QSKIP(qPrintable(QString::fromStdString(made.error().what)));
        for (const DType dtype : kEveryDType) {
            const Tensor x = rowMajor(dtype, {10, 16}), narrow = rowMajor(dtype, {10, 1}),
                         rows = rowMajor(dtype, {6, 16}), column = rowMajor(dtype, {6, 1});
            const Number factor = numberOf(Value(int64_t(3)), dtype).value();
            QCOMPARE(failureOf(sourceOfKernel(takeKernel(sixRows(x), rows).value()), target), QString());
            QCOMPARE(failureOf(sourceOfKernel(putKernel(sixRows(narrow), column).value()), target), QString());
            QCOMPARE(failureOf(sourceOfKernel(addKernel(sixRows(x), rows).value()), target), QString());
            QCOMPARE(failureOf(sourceOfKernel(addKernel(sixRows(narrow), column, factor).value()), target), QString());
            if (!isComplex(dtype)) {
                QCOMPARE(failureOf(shortSortSource(dtype, 100), target), QString());
                QCOMPARE(failureOf(shortSortSource(dtype, kShortRow), target), QString());
            }
            const std::string type(deviceType(dtype));
            QCOMPARE(failureOf(positionsSource("countTile<" + type + ">"), target), QString());
            QCOMPARE(failureOf(positionsSource("writeTile<" + type + ">"), target), QString());
        }
        QCOMPARE(failureOf(positionsSource("sumTiles"), target), QString());
    }
};

QTEST_GUILESS_MAIN(TestDeviceIndex)
#include "tst_device_index.moc"
