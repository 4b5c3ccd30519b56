// SPDX-License-Identifier: BSD-3-Clause
#include "core/tensor/block_cache.h"
#include "core/tensor/half.h"
#include "core/tensor/value.h"

#include <QTest>

#include <cmath>
#include <cstring>
#include <limits>

using namespace fxscope;

class TestTensor : public QObject {
    Q_OBJECT
private slots:
    void viewsShareAndStayInside() {
        auto made = Tensor::empty(DType::Float32, {3, 4});
        QVERIFY(made.ok());
        Tensor base = *made;
        for (int i = 0; i < 12; ++i)
            base.data<float>()[i] = static_cast<float>(i);
        const auto column = base.asStrided({3}, {4}, 1);
        QVERIFY(column.ok());
        QCOMPARE(elementAsDouble(*column, 2), 9.0);
        base.data<float>()[9] = 90;
        QCOMPARE(elementAsDouble(*column, 2), 90.0);
        QVERIFY(base.asStrided({3}, {4}, 3).ok());
        const auto outside = base.asStrided({3}, {4}, 4);
        QVERIFY(!outside.ok());
        QVERIFY(outside.error().what.find("outside its storage of 12 elements") != std::string::npos);
        QVERIFY(!base.asStrided({2}, {-1}, 3).ok());
        QVERIFY(!base.asStrided({INT64_MAX, 2}, {INT64_MAX, 1}, 0).ok());
    }

    void sizesThatAreNoTensor_data() {
        QTest::addColumn<QList<qint64>>("sizes");
        QTest::newRow("negative") << QList<qint64>{2, -1};
        QTest::newRow("product overflows") << QList<qint64>{1ll << 40, 1ll << 40};
    }
    void sizesThatAreNoTensor() {
        QFETCH(QList<qint64>, sizes);
        QVERIFY(!Tensor::empty(DType::Int8, Sizes(sizes.begin(), sizes.end())).ok());
    }

    void emptyTensorNeedsNoStorage() {
        const auto tensor = Tensor::zeros(DType::Float64, {0, 5});
        QVERIFY(tensor.ok());
        QCOMPARE(tensor->numel(), 0);
        QVERIFY(tensor->isContiguous());
        QVERIFY(tensor->clone().ok());
    }

    void copiesAnyStrides() {
        Tensor base = *Tensor::empty(DType::Int64, {4, 3, 2});
        for (int64_t i = 0; i < 24; ++i)
            base.data<int64_t>()[i] = i;
        const Tensor turned = *base.asStrided({2, 4, 3}, {1, 6, 2}, 0);
        QVERIFY(!turned.isContiguous());
        const Tensor copy = *turned.contiguous();
        QVERIFY(copy.isContiguous());
        for (int64_t i = 0; i < 24; ++i)
            QCOMPARE(copy.data<int64_t>()[i], static_cast<int64_t>(elementAsDouble(turned, i)));
        const Tensor expanded = *base.asStrided({3, 2}, {0, 1}, 4);
        const Tensor rows = *expanded.clone();
        QCOMPARE(rows.data<int64_t>()[5], 5);
    }

    void halfRoundsToNearestEven() {
        // Every half survives the way through float.
        for (uint32_t bits = 0; bits < 0x10000; ++bits) {
            Half half;
            half.bits = static_cast<uint16_t>(bits);
            const float wide = half;
            if (std::isnan(wide))
                continue;
            QCOMPARE(Half(wide).bits, half.bits);
        }
        QCOMPARE(Half(65504.0f).bits, uint16_t{0x7BFF});
        QCOMPARE(Half(65519.0f).bits, uint16_t{0x7BFF});
        QCOMPARE(Half(65520.0f).bits, uint16_t{0x7C00});
        QCOMPARE(Half(1.0f + 0x1p-11f).bits, uint16_t{0x3C00});     // tie: even stays
        QCOMPARE(Half(1.0f + 3 * 0x1p-11f).bits, uint16_t{0x3C02}); // tie: odd goes up
        QCOMPARE(Half(0x1p-25f).bits, uint16_t{0});                 // tie with zero
        QVERIFY(std::isnan(static_cast<float>(Half(std::numeric_limits<float>::quiet_NaN()))));
        QCOMPARE(BFloat16(1.0f + 0x1p-8f).bits, uint16_t{0x3F80});
        QCOMPARE(BFloat16(1.0f + 3 * 0x1p-8f).bits, uint16_t{0x3F82});
        QVERIFY(std::isnan(static_cast<float>(BFloat16(std::numeric_limits<float>::quiet_NaN()))));
    }

    void largeBlocksAreUsedAgain() {
        BlockCache cache;
        void* block = cache.take(1 << 20);
        QVERIFY(block);
        QCOMPARE(reinterpret_cast<uintptr_t>(block) % BlockCache::kAlignment, uintptr_t{0});
        cache.give(block, 1 << 20);
        const size_t kept = cache.keptBytes();
        void* again = cache.take((1 << 20) - 64); // nearly the same size
        if (kept > 0)                             // none under sanitizers
            QCOMPARE(again, block);
        QCOMPARE(cache.keptBytes(), size_t{0});
        cache.give(again, (1 << 20) - 64);
        void* small = cache.take(64);
        cache.give(small, 64);
        QCOMPARE(cache.keptBytes(), kept);
        QVERIFY(!cache.take(SIZE_MAX / 64 * 64));
        QCOMPARE(cache.keptBytes(), size_t{0}); // given up when memory ran out
    }

    void keptBlocksAreBounded() {
        BlockCache cache;
        constexpr size_t kHalf = BlockCache::kMostKept / 2 - (1 << 20);
        std::vector<void*> blocks;
        for (int i = 0; i < 4; ++i)
            blocks.push_back(cache.take(kHalf));
        for (void* block : blocks)
            cache.give(block, kHalf);
        QVERIFY(cache.keptBytes() <= BlockCache::kMostKept);
    }

    void valuesPrintAsPythonDoes() {
        QCOMPARE(Value(ValueList{Value(int64_t{3}), Value(), Value(*Tensor::zeros(DType::BFloat16, {2}))}).str(),
                 std::string("[3, None, bf16[2]]"));
        QCOMPARE(Value(true).str(), std::string("True"));
        QCOMPARE(Value(1e-5).str(), std::string("1e-05"));
    }
};

QTEST_GUILESS_MAIN(TestTensor)
#include "tst_tensor.moc"
