// SPDX-License-Identifier: BSD-3-Clause
// Kernels along rows, without a device: which threads work on what, and that the sources compile for a card.
#include "core/cuda/rows.h"

#include <QtTest>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

constexpr int kProcessors = 132;

Tensor tensorOf(DType dtype, Sizes sizes, Sizes strides) {
    return Tensor::emptyStrided(dtype, std::move(sizes), std::move(strides)).value();
}
Tensor rowMajor(DType dtype, const Sizes& sizes) { return tensorOf(dtype, sizes, rowMajorStrides(sizes)); }

/// The fold of `x` over `dims` that adds up its elements.
Fold sumOver(const Tensor& x, const DimSet& dims) {
    Fold fold;
    fold.inputs = {rowsOf(x, dims).value()};
    fold.kept = keptOf(dims);
    Sizes left;
    for (size_t d = 0; d < x.dim(); ++d)
        if (!dims[d])
            left.push_back(x.size(d));
    fold.outputs = {rowResult(rowMajor(x.dtype(), left), dims).value()};
    fold.accumulator = "Accumulate<O0>";
    fold.start = "A(0)";
    fold.add = "acc = acc + widen(in0);";
    fold.join = "acc = acc + other;";
    fold.finish = "out0 = castTo<O0>(acc);";
    return fold;
}
RowPlan planOfSum(const Tensor& x, const DimSet& dims) { return planOf(sumOver(x, dims), kProcessors); }

RowWork scanOver(const Tensor& x, const DimSet& dims) {
    RowWork work;
    work.inputs = work.outputs = {rowsOf(x, dims).value()};
    work.kept = keptOf(dims);
    work.body = "using Sum = Accumulate<O0>; Sum mine = lane < count ? widen(in0(lane)) : Sum(0);\n"
                "const Sum all = team.scan(mine, [](Sum& a, const Sum& b) { a = a + b; });\n"
                "FX_EACH(i) put0(i, castTo<O0>(all + sumOfTeam(team, mine)));";
    return work;
}

/// y = x + row's first element of w, by loops over elements.
RowWork additionOf(const Tensor& x, const Tensor& w) {
    RowWork work;
    work.outputs = {x};
    work.inputs = {x, w};
    work.kept = 1;
    work.body = "FX_EACH(i) put0(i, castTo<O0>(widen(in0(i)) + widen(in1(0))));";
    return work;
}
int vectorOf(DType dtype, Sizes sizes, Sizes strides) {
    const Tensor x = tensorOf(dtype, std::move(sizes), std::move(strides)), w = tensorOf(dtype, {x.size(0), 1}, {1, 0});
    return planOf(additionOf(x, w), kProcessors).vector;
}

std::string failureOf(const std::string& source) {
    const auto made = compileDeviceCode(source, "sm_90");
    return made.ok() ? "" : made.error().what;
}

} // namespace

class TestRowKernels : public QObject {
    Q_OBJECT
private slots:
    void takesAWarpOrLessForShortRows() {
        const RowPlan plan = planOfSum(rowMajor(DType::Float32, {1000000, 8}), {false, true});
        QCOMPARE(plan.columns, 0);
        QCOMPARE(plan.vector, 4);
        QCOMPARE(plan.lanes, 2); // one vector each
        QCOMPARE(plan.splits, 1);
        QCOMPARE(plan.blocks(), (1000000 + 63) / 64);
    }
    void takesABlockForLongRows() {
        const RowPlan plan = planOfSum(rowMajor(DType::BFloat16, {4096, 16384}), {false, true});
        QCOMPARE(plan.vector, 8);
        QCOMPARE(plan.lanes, 256);
        QCOMPARE(plan.splits, 1);
        QCOMPARE(plan.blocks(), 4096);
    }
    void sharesFewLongRowsAmongBlocks() {
        const int64_t count = int64_t(1) << 20;
        const RowPlan plan = planOfSum(rowMajor(DType::Float32, {count}), {true});
        QCOMPARE(plan.rows, 1);
        QCOMPARE(plan.lanes, 256);
        QVERIFY(plan.splits > 100);
        QVERIFY(plan.chunk * plan.splits >= count && plan.chunk * (plan.splits - 1) < count);
        QCOMPARE(plan.chunk % (int64_t(plan.lanes) * plan.vector), 0); // vectors stay aligned
    }
    void goesByColumnsOverAFirstDimension() {
        const RowPlan plan = planOfSum(rowMajor(DType::Float32, {4096, 4096}), {true, false});
        QCOMPARE(plan.columns, 32);
        QCOMPARE(plan.lanes, 8);
        QCOMPARE(plan.vector, 1);
        QVERIFY(plan.splits > 1); // 128 blocks alone would not fill the device
        const RowPlan narrow = planOfSum(rowMajor(DType::Float32, {100000, 3}), {true, false});
        QCOMPARE(narrow.columns, 4);
        QCOMPARE(narrow.lanes, 64);
    }
    void mergesDimensionsInTheOrderOfMemory() {
        const Tensor turned = tensorOf(DType::Float32, {8, 6, 4}, {1, 8, 48});
        const RowPlan plan = planOfSum(turned, {true, true, true});
        QCOMPARE(plan.elementSizes, std::vector<int64_t>({192}));
        QCOMPARE(plan.vector, 4);
        Fold fold = sumOver(turned, {true, true, true});
        fold.elementsInOrder = true;
        QCOMPARE(planOf(fold, kProcessors).elementSizes, std::vector<int64_t>({8, 6, 4}));
    }
    void loadsVectorsWhereTheyFit() {
        QCOMPARE(planOfSum(rowMajor(DType::Float32, {10, 13}), {false, true}).vector, 1);
        QCOMPARE(planOfSum(rowMajor(DType::Float32, {10, 14}), {false, true}).vector, 2);
        // Rows of two dimensions: vectors must not reach over the end of the last one.
        QCOMPARE(planOfSum(rowMajor(DType::Float32, {5, 6, 8}), {true, false, true}).vector, 4);
        QCOMPARE(planOfSum(rowMajor(DType::Float32, {5, 6, 10}), {true, false, true}).vector, 2);
    }
    void movesNeighboursTogether() {
        QCOMPARE(vectorOf(DType::Float32, {64, 4096}, {4096, 1}), 4);
        QCOMPARE(vectorOf(DType::BFloat16, {64, 4096}, {4096, 1}), 8);
        QCOMPARE(vectorOf(DType::Float64, {64, 4096}, {4096, 1}), 2);
        QCOMPARE(vectorOf(DType::Float32, {64, 4094}, {4096, 1}), 2); // the end of a row
        QCOMPARE(vectorOf(DType::Float32, {64, 4096}, {4097, 1}), 1); // the beginning of the next
        QCOMPARE(vectorOf(DType::Float32, {64, 4096}, {8192, 2}), 1);
        const Tensor x = rowMajor(DType::Float32, {64, 4096});
        QCOMPARE(planOf(additionOf(x, rowMajor(DType::Float32, {64, 1})), kProcessors).lanes, 512);
        RowWork scan = scanOver(x, {false, true});
        scan.body = "const auto x = in0(lane);"; // element by element
        QCOMPARE(planOf(scan, kProcessors).vector, 1);
    }
    void hasPlansForNothing() {
        const RowPlan none = planOfSum(rowMajor(DType::Float32, {4, 0}), {false, true});
        QCOMPARE(none.rows, 4);
        QCOMPARE(none.count, 0);
        QCOMPARE(none.splits, 1);
        QCOMPARE(planOfSum(rowMajor(DType::Float32, {0, 4}), {false, true}).blocks(), 0);
    }
    void compilesForADevice_data() {
        QTest::addColumn<int>("dtype");
        for (const DType dtype : {DType::Bool, DType::BFloat16, DType::Float32, DType::Complex64})
            QTest::newRow(std::string(name(dtype)).c_str()) << static_cast<int>(dtype);
    }
    void compilesForADevice() {
        if (const std::string failure = failureOf("extern \"C\" __global__ void kernel(int* x) { *x = 1; }");
            !failure.empty())
            QSKIP(qPrintable(QString::fromStdString(failure)));
        QFETCH(int, dtype);
        const Tensor x = rowMajor(static_cast<DType>(dtype), {3, 40000});
        for (const DimSet& dims : {DimSet{false, true}, DimSet{true, false}}) {
            const Fold fold = sumOver(x, dims);
            const RowPlan plan = planOf(fold, kProcessors);
            for (const bool joining : {false, true})
                QCOMPARE(failureOf(sourceOf(fold, plan, joining)), "");
            const RowWork work = scanOver(x, dims);
            QCOMPARE(failureOf(sourceOf(work, planOf(work, kProcessors))), "");
            const RowWork addition = additionOf(x, rowMajor(x.dtype(), {3, 1}));
            QCOMPARE(failureOf(sourceOf(addition, planOf(addition, kProcessors))), "");
        }
        Fold broken = sumOver(x, {false, true});
        broken.add = "acc = nothing;";
        QVERIFY(failureOf(sourceOf(broken, planOf(broken, kProcessors), false)).find("nothing") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestRowKernels)
#include "tst_row_kernels.moc"
