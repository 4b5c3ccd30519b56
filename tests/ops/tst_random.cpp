// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"

#include <QtTest>

#include <algorithm>

using namespace fxscope;

namespace {

using Numbers = QVector<double>;

/// The elements in memory order.
Numbers elements(const Tensor& x) {
    Numbers numbers;
    auto flat = x.asStrided({x.numel()}, {1}, x.offset());
    for (int64_t i = 0; i < x.numel(); ++i)
        numbers.push_back(elementAsDouble(*flat, i));
    return numbers;
}

Value sizes(std::initializer_list<int64_t> numbers) { return Value(ValueList(numbers.begin(), numbers.end())); }

Tensor tensor(DType dtype, Sizes size, Sizes strides, double value) {
    Tensor x = Tensor::emptyStrided(dtype, std::move(size), std::move(strides)).value();
    if (!fill(x, Value(value)).ok())
        qFatal("fill");
    return x;
}

Result<Value> call(const OpDef& op, ValueList args, Generator& generator) {
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const Schema* schema = findSchema(op.target);
    args.resize(std::max(args.size(), schema->args.size()));
    return op.reference(args, context);
}

} // namespace

/// Draws of PyTorch 2.11 on the CPU with seed 3, and the uniform number it draws next.
class RandomTest : public QObject {
    Q_OBJECT
private slots:
    void skippingIsDrawing() {
        for (const uint64_t first : {0, 1, 623, 624, 625})
            for (const uint64_t count : {0, 1, 622, 623, 624, 625, 1248, 5000}) {
                Generator drawn(7), skipped(7);
                for (uint64_t i = 0; i < first; ++i)
                    QCOMPARE(drawn.random(), skipped.random());
                for (uint64_t i = 0; i < count; ++i)
                    drawn.random();
                skipped.skip(count);
                for (int i = 0; i < 700; ++i)
                    QCOMPARE(skipped.random(), drawn.random());
            }
    }
    void draws_data();
    void draws();
    void secondNormalIsKept();
    void blocksOfNormals();
    void permutationsAreOfBothWidths();
    void errors();
};

void RandomTest::draws_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<Numbers>("expected");
    QTest::addColumn<double>("next");
    QTest::newRow("randint over 2^28") << "randint" << Numbers{34181252, 41162651, 126068881} << 0.7718658447265625;
    QTest::newRow("randint low") << "randint_low" << Numbers{1, 3, 2, 2} << 0.47161436080932617;
    QTest::newRow("rand f16") << "rand_f16" << Numbers{0.9267578125, 0.82421875, 0.62158203125} << 0.026954829692840576;
    QTest::newRow("rand f64") << "rand_f64" << Numbers{0.03410819565052048, 0.28674022672130695} << 0.47161436080932617;
    QTest::newRow("randn of 3") << "randn" << Numbers{0.8032760620117188, 0.17483338713645935, 0.08897809684276581}
                                << 0.5944212079048157;
    QTest::newRow("bernoulli_ p") << "bernoulli_p" << Numbers{1, 1, 0, 1, 0} << 0.45103132724761963;
    QTest::newRow("bernoulli f64") << "bernoulli_f64" << Numbers{1, 1, 0, 1, 0} << 0.45103132724761963;
    QTest::newRow("uniform_") << "uniform_" << Numbers{-1.9786823987960815, -1.4721531867980957, -0.5707876086235046}
                              << 0.026954829692840576;
    QTest::newRow("rand_like in memory order")
        << "rand_like" << Numbers{0.004263520240783691, 0.10556936264038086, 0.2858424782752991,
                                  0.026954829692840576, 0.47161436080932617, 0.06011629104614258}
        << 0.7718658447265625;
    QTest::newRow("randperm") << "randperm" << Numbers{4, 0, 3, 2, 1, 5} << 0.06011629104614258;
}

void RandomTest::draws() {
    QFETCH(QString, op);
    QFETCH(Numbers, expected);
    QFETCH(double, next);
    const std::map<QString, std::pair<const OpDef*, ValueList>> kCalls{
        {"randint", {&ops::randint_default, {Value(int64_t((1 << 28) + 1)), sizes({3})}}},
        {"randint_low", {&ops::randint_low, {Value(int64_t(-5)), Value(int64_t(5)), sizes({4})}}},
        {"rand_f16", {&ops::rand, {sizes({3}), Value(DType::Float16)}}},
        {"rand_f64", {&ops::rand, {sizes({2}), Value(DType::Float64)}}},
        {"randn", {&ops::randn, {sizes({3})}}},
        {"bernoulli_p", {&ops::bernoulli__float, {Value(tensor(DType::Float32, {5}, {1}, 0)), Value(0.3)}}},
        {"bernoulli_f64", {&ops::bernoulli_default, {Value(tensor(DType::Float64, {5}, {1}, 0.3))}}},
        {"uniform_", {&ops::uniform_, {Value(tensor(DType::Float32, {3}, {1}, 0)), Value(-2.0), Value(3.0)}}},
        {"rand_like", {&ops::rand_like, {Value(tensor(DType::Float32, {3, 2}, {1, 3}, 0))}}},
        {"randperm", {&ops::randperm_default, {Value(int64_t(6))}}},
    };
    const auto& [def, args] = kCalls.at(op);
    Generator generator(3);
    const auto result = call(*def, args, generator);
    QVERIFY2(result.ok(), result.ok() ? "" : result.error().str().c_str());
    if (op == "rand_like")
        QCOMPARE(result->tensor().strides(), (Sizes{1, 3}));
    const Numbers got = elements(result->tensor());
    QCOMPARE(got, expected);
    const auto after = call(ops::rand, {sizes({1})}, generator);
    QCOMPARE(elements(after->tensor()).front(), next);
}

void RandomTest::secondNormalIsKept() {
    Generator generator(3);
    const auto first = call(ops::randn, {sizes({3})}, generator), second = call(ops::randn, {sizes({2})}, generator);
    QCOMPARE(elements(first->tensor()), (Numbers{0.8032760620117188, 0.17483338713645935, 0.08897809684276581}));
    QCOMPARE(elements(second->tensor()), (Numbers{-0.6137180328369141, 0.04618244990706444}));
}

void RandomTest::blocksOfNormals() {
    Generator generator(3);
    const auto x =
        call(ops::normal_, {Value(tensor(DType::Float32, {17}, {1}, 0)), Value(1.5), Value(0.25)}, generator);
    QVERIFY(x.ok());
    QCOMPARE(elements(x->tensor()),
             (Numbers{1.4808388948440552, 1.732781171798706, 1.3713845014572144, 1.0870835781097412, 1.7615057229995728,
                      1.6305468082427979, 1.4582977294921875, 1.5132583379745483, 1.6011518239974976,
                      2.0641393661499023, 1.9673149585723877, 1.2011914253234863, 1.7494806051254272,
                      1.6147950887680054, 2.1090993881225586, 1.463297963142395, 1.6212785243988037}));
    Generator again(3);
    const auto y = call(ops::randn, {sizes({17}), Value(DType::Float64)}, again);
    const Numbers doubles = elements(y->tensor());
    QCOMPARE(doubles[0], -0.21774879177876416);
    QCOMPARE(doubles[8], 1.0784352439814244);
    QCOMPARE(doubles[16], 0.028752867895017985);
}

void RandomTest::permutationsAreOfBothWidths() {
    Generator generator(0);
    for (const int64_t n : {0, 1, 2, 33}) {
        const auto x = call(ops::randperm_default, {Value(n), Value(DType::Int32)}, generator);
        QVERIFY(x.ok());
        Numbers sorted = elements(x->tensor());
        std::sort(sorted.begin(), sorted.end());
        for (int64_t i = 0; i < n; ++i)
            QCOMPARE(sorted[i], double(i));
    }
}

void RandomTest::errors() {
    Generator generator(0);
    QCOMPARE(call(ops::randint_low, {Value(int64_t(5)), Value(int64_t(5)), sizes({1})}, generator).error().what,
             std::string("random_ expects 'from' to be less than 'to', but got from=5 >= to=5"));
    QCOMPARE(
        call(ops::dropout_default, {Value(tensor(DType::Float32, {3}, {1}, 0)), Value(1.5), Value(true)}, generator)
            .error()
            .what,
        std::string("dropout probability has to be between 0 and 1, but got 1.500000"));
    QCOMPARE(call(ops::randperm_default, {Value(int64_t(-1))}, generator).error().what,
             std::string("Trying to create tensor with negative dimension -1"));
}

QTEST_GUILESS_MAIN(RandomTest)
#include "tst_random.moc"
