// SPDX-License-Identifier: BSD-3-Clause
// Device code of pools, images, convolutions, products and attention without a device: what kernels are made of
// compiles for one, for every dtype it is used with.
#include "core/cuda/attention.h"
#include "core/cuda/windows.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

constexpr const char* kAxes = "const windows::Axis axes[3] = {{1, 1, 0, 1, 1, 0, 1}, {k0, k1, k2, k3, k4, k5, k6}, "
                              "{k0, k1, k2, k3, k4, k5, k6}}; const long long place[3] = {0, at[0], at[1]}; ";
constexpr const char* kShape = "const convolution::Axis one{k0, k1, k2, k3, k4, k5}; "
                               "const convolution::Shape shape{k0, k1, k2, {one, one, one}}; "
                               "const convolution::Steps steps{{k0, k1, k2, k3, k4}}; "
                               "const long long place[3] = {0, at[0], at[1]}; ";

Tensor tensorOf(DType dtype) { return Tensor::empty(dtype, {6, 8}).value(); }

void compiles(const std::string& source) {
    const auto made = compileDeviceCode(source, "sm_90");
    QVERIFY2(made.ok(), made.ok() ? "" : made.error().what.c_str());
}

/// The source of a kernel over tensors of one dtype.
std::string sourceOfBody(DType dtype, const std::string& header, const std::string& body) {
    const Tensor x = tensorOf(dtype), places = tensorOf(DType::Int64);
    const Elements elements{.outputs = {x},
                            .raw = {x, x, places},
                            .integers = {1, 2, 3, 4, 5, 6, 7},
                            .body = body,
                            .prologue = "#include \"" + header + "\"\n",
                            .coordinates = true};
    return sourceOf(elements, walkOf({x}, 1, true), 1);
}

const std::vector<DType> kFloats{DType::Float32, DType::Float64, DType::Float16, DType::BFloat16};
const std::vector<DType> kReals{DType::Float32, DType::Float16, DType::Int64, DType::UInt8};
const std::vector<DType> kNumbers{DType::Float32, DType::BFloat16, DType::Int32, DType::Complex64, DType::Complex128};

void addRows(const char* what, const std::vector<DType>& dtypes, const char* header, const std::string& body) {
    for (const DType dtype : dtypes)
        QTest::addRow("%s of %s", what, std::string(name(dtype)).c_str())
            << int(dtype) << QString(header) << QString::fromStdString(body);
}

} // namespace

class TestDeviceImages : public QObject {
    Q_OBJECT
private slots:
    void initTestCase() {
        const auto made = compileDeviceCode("extern \"C\" __global__ void kernel(int* x) { *x = 1; }", "sm_90");
        if (!made.ok())
            QSKIP(qPrintable(QString::fromStdString(made.error().what)));
    }
    void compilesElements_data() {
        QTest::addColumn<int>("dtype");
        QTest::addColumn<QString>("header");
        QTest::addColumn<QString>("body");
        const char* windows = "core/cuda/kernels/windows.cuh";
        const char* convolution = "core/cuda/kernels/convolution.cuh";
        const std::string axes = kAxes, shape = kShape;
        addRows("mean", kReals, windows, axes + "out0 = windows::mean<windows::kPadded, O0>(r0, axes, place, k0);");
        addRows("adaptive mean", kFloats, windows,
                axes + "out0 = windows::mean<windows::kAdaptive, O0>(r0, axes, place, 0);");
        addRows("volume mean", kFloats, windows, axes + "out0 = windows::volumeMean<O0>(r0, axes, place);");
        addRows("maximum", kReals, windows,
                axes + "O0 most; r2[0] = windows::placeOfMaximum<windows::kMaximum, O0>(r0, axes, place, most); "
                       "r2[1] = windows::firstPlace<windows::kMaximum>(axes, place); out0 = most;");
        addRows("shares", kFloats, windows,
                axes + "out0 = windows::sharesOf<windows::kInside, O0>(r0, axes, place, k0);");
        addRows("gradients of maxima", kFloats, windows,
                axes + "out0 = windows::gradientsOfMaximum<O0>(r0, r2, axes, place, place);");
        addRows("convolution", kNumbers, convolution,
                shape + "out0 = convolution::element<O0, true>(r0, steps, r1, r0, shape, at[0], at[1], place);");
        addRows("columns", kFloats, convolution,
                shape +
                    "out0 = convolution::elementOfColumns<O0, true>(r0, steps, r1, r0, shape, at[0], at[1], place);");
        addRows("weight gradient", kNumbers, convolution,
                shape +
                    "out0 = convolution::weightGradient<O0, false>(r0, steps, r1, steps, shape, at[0], at[1], place);");
        addRows("bias gradient", kNumbers, convolution,
                shape + "out0 = convolution::biasGradient<O0>(r0, steps, shape, at[0]);");
        addRows(
            "grid", kFloats, "core/ops/grid_sampler.h",
            "using C = Stepwise<O0>; const grid::GridSampler<O0, C> sampler{{k0, 1, true}, {k1, 2, true}, k2, k3, k4}; "
            "out0 = O0(sampler.sample(r0, C(r1[0]), C(r1[1])));");
        addRows("bilinear", {DType::Float32, DType::Float16}, "core/cuda/kernels/upsample.cuh",
                "const upsample::Axis<float> axis{k0, k1, 2, false}; "
                "out0 = upsample::bilinear<O0, float>(r0, axis, axis, at[0], axis.nearest(at[1]));");
    }
    void compilesElements() {
        QFETCH(int, dtype);
        QFETCH(QString, header);
        QFETCH(QString, body);
        compiles(sourceOfBody(DType(dtype), header.toStdString(), body.toStdString()));
    }
    void compilesProducts() {
        for (const DType dtype : kNumbers)
            for (const bool adds : {false, true})
                compiles(tilesSource(dtype, dtype, adds));
        compiles(tilesSource(DType::Float16, DType::Float32, true));
    }
    void compilesSoftmax() {
        for (const DType dtype : {DType::Float32, DType::Float64})
            for (const bool nanStays : {false, true})
                compiles(softmaxSource(dtype, nanStays));
    }
    void readsWindowsInOrder() {
        const Tensor x = Tensor::emptyStrided(DType::Float32, {2, 3, 8, 9}, {216, 1, 27, 3}).value();
        Elements elements{.body = "out0 = 1;"};
        readWindows(elements, x, x.sizes(), {2, 3, 4, 5}, {{2, 2, 0, 1}, {3, 3, 1, 1}});
        QCOMPARE(elements.integers, std::vector<int64_t>({216, 1, 8, 4, 27, 2, 2, 0, 1, 9, 5, 3, 3, 3, 1, 1}));
        QVERIFY(elements.coordinates);
        QCOMPARE(elements.raw.size(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestDeviceImages)
#include "tst_device_images.moc"
