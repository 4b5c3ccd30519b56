// SPDX-License-Identifier: BSD-3-Clause
// Device code without a device: every elementwise rule compiles for every dtype it takes, and places are walked as the
// strides of the tensors say.
#include "core/cuda/elements.h"
#include "core/cuda/pointwise_rule.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

Tensor tensorOf(DType dtype, Sizes sizes, Sizes strides) {
    return Tensor::emptyStrided(dtype, std::move(sizes), std::move(strides)).value();
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
