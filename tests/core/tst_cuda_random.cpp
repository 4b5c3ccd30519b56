// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/random_dropout.h"
#include "core/cuda/randperm_host.h"
#include "core/io/capture.h"
#include "core/tensor/half.h"

#include <QtTest>

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <numeric>
#include <set>

using namespace fxscope;
using namespace fxscope::cuda;

namespace {

/// The device of the records.
constexpr DeviceFacts kH100{132, 2048};
constexpr uint64_t kResident = 132 * 8 * 256;
const QStringList kFolders{FXSCOPE_SOURCE_DIR "/tests/data/", FXSCOPE_SHARED_DIR "/"};

/// Records of one file made on CUDA, from the copy here and from the wider folder where there is one.
QVector<QJsonObject> recordsOf(const char* file) {
    QVector<QJsonObject> records;
    for (const QString& folder : kFolders) {
        QFile json(folder + "conformance/" + file);
        if (!json.open(QIODevice::ReadOnly))
            continue;
        for (const QJsonValue& record : QJsonDocument::fromJson(json.readAll()).array())
            if (record["device"] == "cuda")
                records.push_back(record.toObject());
    }
    return records;
}

std::vector<double> numbers(const QJsonValue& list) {
    std::vector<double> values;
    for (const QJsonValue& value : list.toArray())
        values.push_back(value.toDouble());
    return values;
}

/// The names of seeded programs recorded on CUDA, with the file of their nodes.
std::map<QString, QString> seededFiles() {
    std::map<QString, QString> files;
    for (const char* folder : {FXSCOPE_SOURCE_DIR "/tests/data/seeded", FXSCOPE_SHARED_DIR "/conformance/seeded"})
        for (const QFileInfo& file : QDir(folder).entryInfoList({"*.cuda.seed1234.nodes.safetensors"}))
            files[file.fileName()] = file.filePath();
    return files;
}

/// All elements, stream by stream as a launch makes them.
template <class T, class Make>
std::vector<T> filled(const Make& make, const PhiloxStart& start, uint64_t numel, DeviceFacts device = kH100) {
    std::vector<T> values(numel, T(99));
    const DrawShape shape = drawShape(numel, Make::kUnroll, device);
    for (uint64_t stream = 0; stream < shape.threads(); ++stream)
        fillStream(make, start, shape, stream, values.data());
    return values;
}

/// What a record of random_streams.json drew; the error of normals is that of the device's fast sine.
std::vector<float> drawn(const QString& op, uint64_t n, const PhiloxStart& start) {
    if (op == "rand")
        return filled<float>(Uniform<float>(0, 1), start, n);
    if (op == "randn")
        return filled<float>(Normal<float>(0, 1), start, n);
    if (op == "randint")
        return filled<float>(Integers<float>{100, 0}, start, n);
    std::vector<float> values(n);
    const DrawShape shape = drawShape(n, 4, kH100);
    const Dropout<float> dropout(0.25, dropoutWidth(n, sizeof(float), 0, true));
    for (uint64_t i = 0; i < n; ++i)
        values[i] = op == "bernoulli" ? bernoulliTensorElement<float>(start, i, 0.3f)
                                      : dropout.scaled(1, dropout.keepElement(start, shape, i));
    return values;
}

/// sqrt(-2 ln u) times the largest error of sine and cosine, 2^-20.7.
bool nearNormal(float got, double recorded, float u) {
    return std::abs(got - recorded) <= std::sqrt(-2 * std::log(u)) * 0x1p-20 * 0.62;
}

template <class T> QByteArray hashOf(const std::vector<T>& values) {
    const QByteArray bytes(reinterpret_cast<const char*>(values.data()), static_cast<int>(values.size() * sizeof(T)));
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

template <class T> std::vector<T> permutation(int64_t n, PhiloxState& state) {
    std::vector<T> values(static_cast<size_t>(n));
    randpermHost(n, state, kH100, values.data());
    return values;
}

/// Equal to the permutation of int64 as far as T holds its numbers.
template <class T> bool permutesAlike(int64_t n, const std::vector<int64_t>& expected) {
    PhiloxState state{7, 4};
    const auto values = permutation<T>(n, state);
    return std::equal(values.begin(), values.end(), expected.begin(),
                      [](T a, int64_t b) { return static_cast<float>(a) == static_cast<float>(b); });
}

/// No two elements share a word; every word drawn lies below the advance of the generator if `bounded`.
bool placesDiffer(uint64_t n, uint32_t width, bool bounded = true) {
    const DrawShape shape = drawShape(n, 4, kH100);
    std::set<std::tuple<uint64_t, uint64_t, uint32_t>> seen;
    for (uint64_t i = 0; i < n; ++i) {
        const Place place = dropoutPlace(shape, width, i);
        if (!seen.insert({place.stream, place.block, place.lane}).second)
            return false;
        if (place.stream >= shape.threads() || (bounded && 4 * place.block + place.lane >= shape.advance))
            return false;
    }
    return true;
}

std::vector<std::pair<uint64_t, uint64_t>> pieces(uint64_t numel, uint64_t itemBytes) {
    std::vector<std::pair<uint64_t, uint64_t>> all;
    forEachPiece(numel, itemBytes, [&](uint64_t first, uint64_t count) { all.emplace_back(first, count); });
    return all;
}

constexpr uint32_t kOnes = 0xFFFFFFFF;
constexpr uint32_t kLowOnes = 0x1FFFFF; // with kOnes above: 53 ones

} // namespace

// Launch shapes need no device.
static_assert(drawShape(0, 4, kH100).grid == 0 && drawShape(0, 4, kH100).advance == 0);
static_assert(drawShape(1, 4, kH100).grid == 1 && drawShape(1, 4, kH100).advance == 4);
static_assert(drawShape(256, 4, kH100).grid == 1 && drawShape(257, 4, kH100).grid == 2);
static_assert(drawShape(kResident, 4, kH100).grid == 1056 && drawShape(kResident + 1, 4, kH100).grid == 1056);
static_assert(drawShape(4 * kResident, 4, kH100).advance == 4 && drawShape(4 * kResident + 1, 4, kH100).advance == 8);
static_assert(drawShape(2 * kResident, 2, kH100).advance == 4 && drawShape(2 * kResident + 1, 2, kH100).advance == 8);
static_assert(drawShape(1 << 20, 4, DeviceFacts{1, 1536}).grid == 6);
static_assert(placeOf(drawShape(1 << 20, 4, kH100), kResident + 3).stream == 3);
static_assert(placeOf(drawShape(1 << 20, 4, kH100), kResident + 3).lane == 1);
static_assert(placeOf(drawShape(1 << 20, 2, kH100), 2 * kResident).block == 1);
static_assert(dropoutWidth(16, 4, 0, true) == 4 && dropoutWidth(17, 4, 0, true) == 1);
static_assert(dropoutWidth(18, 4, 0, true) == 2 && dropoutWidth(16, 4, 8, true) == 2 &&
              dropoutWidth(16, 4, 4, true) == 1);
static_assert(dropoutWidth(16, 4, 0, false) == 1 && dropoutWidth(16, 8, 0, true) == 2);
static_assert(dropoutWidth(16, 2, 0, true) == 8 && dropoutWidth(20, 2, 0, true) == 4 &&
              dropoutWidth(16, 2, 8, true) == 4);

/// The streams of the CUDA generator, on the CPU.
class CudaRandomTest : public QObject {
    Q_OBJECT
private slots:
    void philoxIsThePublished();
    void offsetsAdvanceByFours();
    void streams_data();
    void streams();
    void permutations_data();
    void permutations();
    void permutationsOfEveryDtype();
    void programsDrawInTheOrderOfTheirNodes();
    void islandsAreShuffled();
    void keysSortAsSignedOrLowBits();
    void streamsAreTheElements();
    void uniformsExcludeTheUpperBound();
    void integersWrapAndWiden();
    void normalsOf64Bits();
    void bernoulliAndExponential();
    void dropoutOfEveryWidth();
    void dropoutByStreamsIsByElements();
    void integersOfFloatingDtypesStayInBounds();
    void largeOutputsAreDrawnInPieces();
};

void CudaRandomTest::philoxIsThePublished() { // the known answers of Random123
    const auto is = [](uint64_t seed, uint64_t subsequence, uint64_t block, std::array<uint32_t, 4> expected) {
        const Words words = philox(seed, subsequence, block);
        return std::equal(expected.begin(), expected.end(), words.word);
    };
    QVERIFY(is(0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
    QVERIFY(is(~uint64_t(0), ~uint64_t(0), ~uint64_t(0), {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
    QVERIFY(is(0x299f31d0a4093822, 0x0370734413198a2e, 0x85a308d3243f6a88,
               {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
    for (uint64_t k = 0; k < 9; ++k)
        QCOMPARE(philoxWord(5, 6, k), philox(5, 6, k / 4).word[k % 4]);
}

void CudaRandomTest::offsetsAdvanceByFours() {
    PhiloxState state{3, 8};
    QCOMPARE(state.take(0).offset, uint64_t(8));
    QCOMPARE(state.take(1).offset, uint64_t(8));
    QCOMPARE(state.take(10).offset, uint64_t(12));
    QCOMPARE(state.offset, uint64_t(24));
    QCOMPARE(state.take(4).seed, uint64_t(3));
    QCOMPARE(state.offset, uint64_t(28));
    QCOMPARE(kBernoulliTensorAdvance, uint64_t(12));
}

void CudaRandomTest::streams_data() {
    QTest::addColumn<QJsonObject>("record");
    int row = 0;
    for (const QJsonObject& record : recordsOf("random_streams.json"))
        QTest::addRow("%d: %s of %d", row++, qPrintable(record["op"].toString()), record["n"].toInt()) << record;
    QVERIFY(row >= 35);
}

void CudaRandomTest::streams() {
    QFETCH(QJsonObject, record);
    const QString op = record["op"].toString();
    const auto n = static_cast<uint64_t>(record["n"].toInt());
    const PhiloxStart start{static_cast<uint64_t>(record["seed"].toInteger()), 0};
    const auto recorded = numbers(record["values"]);
    const auto values = drawn(op, n, start);
    QVERIFY(!recorded.empty() && recorded.size() <= values.size());
    for (size_t i = 0; i < recorded.size(); ++i) {
        const Place place = placeOf(drawShape(n, 4, kH100), i);
        const float u = uniform01(wordsAt(start, place).word[place.lane / 2 * 2]);
        if (op == "randn" ? !nearNormal(values[i], recorded[i], u) : values[i] != recorded[i])
            QFAIL(qPrintable(QString("element %1 is %2, recorded %3").arg(i).arg(values[i]).arg(recorded[i])));
    }
}

void CudaRandomTest::permutations_data() {
    QTest::addColumn<QJsonObject>("record");
    int row = 0;
    for (const QJsonObject& record : recordsOf("randperm_streams.json"))
        QTest::addRow("%d: %d", row++, record["n"].toInt()) << record;
    QVERIFY(row >= 28);
}

void CudaRandomTest::permutations() {
    QFETCH(QJsonObject, record);
    PhiloxState state{static_cast<uint64_t>(record["seed"].toInteger()), 0};
    for (const char* which : {"first", "second"}) {
        const auto values = permutation<int64_t>(record["n"].toInt(), state);
        const auto recorded = numbers(record[which]);
        QVERIFY(recorded.size() == std::min<size_t>(values.size(), recorded.size()));
        QVERIFY(std::equal(recorded.begin(), recorded.end(), values.begin()));
        QCOMPARE(QString(hashOf(values)), record[QString("sha256_") + which].toString());
    }
}

void CudaRandomTest::permutationsOfEveryDtype() {
    for (const int64_t n : {0, 1, 2, 31, 100}) {
        PhiloxState state{7, 4};
        const auto expected = permutation<int64_t>(n, state);
        QVERIFY(permutesAlike<int32_t>(n, expected) && permutesAlike<int16_t>(n, expected));
        QVERIFY(permutesAlike<int8_t>(n, expected) && permutesAlike<uint8_t>(n, expected));
        QVERIFY(permutesAlike<float>(n, expected) && permutesAlike<double>(n, expected));
        QVERIFY(permutesAlike<Half>(n, expected) && permutesAlike<BFloat16>(n, expected));
        QCOMPARE(state.offset, n == 0 ? uint64_t(4) : uint64_t(4 + 4 + (n + 3) / 4 * 4));
    }
    QCOMPARE(randpermBits(1), 3);
    QCOMPARE(randpermBits(30000), 32);
    QCOMPARE(randpermBits(30100), 33);
}

void CudaRandomTest::programsDrawInTheOrderOfTheirNodes() {
    const auto files = seededFiles();
    QVERIFY(!files.empty());
    for (const auto& [name, path] : files) {
        const auto nodes = io::loadTensors(path.toStdString());
        QVERIFY2(nodes.ok(), nodes.ok() ? "" : nodes.error().str().c_str());
        PhiloxState state{1234, 0};
        std::string node = "randperm";
        for (int call = 1; nodes->contains(node); node = "randperm_" + std::to_string(call++)) {
            const Tensor& recorded = nodes->at(node);
            QCOMPARE(recorded.dtype(), DType::Int64);
            const auto values = permutation<int64_t>(recorded.numel(), state);
            QVERIFY2(std::equal(values.begin(), values.end(), recorded.data<int64_t>()), qPrintable(name));
        }
        QVERIFY2(node != "randperm", qPrintable(name));
    }
}

void CudaRandomTest::islandsAreShuffled() {
    const std::vector<int32_t> keys{1, 5, 5 + 8, 5, 5, 6, 7, 7}; // by three bits, four times 5
    std::vector<int> data(keys.size()), expected{0, 1, 2, 3, 4, 5, 6, 7};
    std::iota(data.begin(), data.end(), 0);
    const PhiloxStart start{11, 8};
    for (int64_t i = 0; i < 8; ++i)
        shuffleIsland(keys.data(), 3, 8, i, start, data.data());
    std::swap(expected[4], expected[1 + philoxWord(11, 1, 8) % 4]);
    std::swap(expected[3], expected[1 + philoxWord(11, 1, 9) % 3]);
    std::swap(expected[2], expected[1 + philoxWord(11, 1, 10) % 2]);
    std::swap(expected[7], expected[6 + philoxWord(11, 6, 8) % 2]);
    QCOMPARE(data, expected);
    QVERIFY(!std::is_sorted(data.begin(), data.end()));
}

void CudaRandomTest::keysSortAsSignedOrLowBits() {
    QVERIFY(sortedBy<int32_t>(-5, 32) < sortedBy<int32_t>(3, 32));
    QVERIFY(sortedBy<int32_t>(INT32_MIN, 32) == 0);
    QCOMPARE(sortedBy<int32_t>(-1, 4), uint64_t(15));
    QCOMPARE(sortedBy<int64_t>(int64_t(1) << 40 | 9, 33), uint64_t(9));
    QVERIFY(sortedBy<int64_t>(INT64_MIN, 64) < sortedBy<int64_t>(0, 64));
    const RandpermKeys<int32_t> narrow;
    QCOMPARE(narrow(Words{{0, 0, 0, 5}}, 0), INT32_MIN);
    QCOMPARE(narrow(Words{{0, 0, 0, 5}}, 1), INT32_MIN + 5);
    QCOMPARE(narrow(Words{{0, kOnes - 1, 0, kOnes}}, 0), INT32_MAX - 1);
    QCOMPARE(narrow(Words{{0, kOnes - 1, 0, kOnes}}, 1), INT32_MIN); // 2^32 - 1 of 2^32 - 1 numbers
    const RandpermKeys<int64_t> wide;
    QCOMPARE(wide(Words{{1, 2, kOnes, kOnes}}, 0), INT64_MIN + (int64_t(1) << 32) + 2);
    QCOMPARE(wide(Words{{1, 2, kOnes, kOnes}}, 1), INT64_MIN);
}

void CudaRandomTest::streamsAreTheElements() {
    const PhiloxStart start{0x123456789ABCDEF, 20};
    const DeviceFacts small{1, 512};
    for (const uint64_t n : {1, 255, 256, 257, 512, 513, 2047, 2048, 2049, 5000}) {
        const auto floats = filled<float>(Uniform<float>(0, 1), start, n, small);
        const auto doubles = filled<double>(Uniform<double>(0, 1), start, n, small);
        const auto halves = filled<Half>(Normal<Half>(0, 1), start, n, small);
        const DrawShape fours = drawShape(n, 4, small), twos = drawShape(n, 2, small);
        for (uint64_t i = 0; i < n; ++i) {
            QVERIFY(floats[i] == elementAt(Uniform<float>(0, 1), start, fours, i));
            QVERIFY(doubles[i] == elementAt(Uniform<double>(0, 1), start, twos, i));
            QCOMPARE(halves[i].bits, elementAt(Normal<Half>(0, 1), start, fours, i).bits);
        }
    }
    float untouched = 7;
    fillStream(Uniform<float>(0, 1), start, drawShape(0, 4, small), 0, &untouched);
    QVERIFY(untouched == 7.0f);
}

void CudaRandomTest::uniformsExcludeTheUpperBound() {
    const Words ones{{kOnes, kOnes, kOnes, kOnes}}, zeros{};
    QVERIFY(uniform01(kOnes) == 1.0f);
    QVERIFY(uniform01(0u) == 0x1p-33f);
    QVERIFY(uniform01(kLowOnes, kOnes) == 1.0); // 53 bits and half a step; rounds to 1
    QVERIFY(Uniform<float>(-2, 5)(ones, 3) == -2.0f);
    QVERIFY(Uniform<float>(-2, 5)(zeros, 0) == -2.0f);
    QVERIFY(Uniform<double>(0, 1)(Words{{1, 0, 0, 1}}, 0) == 0x1p-53 + 0x1p-54);
    QVERIFY(Uniform<double>(0, 1)(Words{{1, 0, 0, 1}}, 1) == 0x1p-32 + 0x1p-54);
    const Words high{{0xFFF00000, 0x80000000, 0, 0}}; // rounds to 1 in half and bfloat16, which becomes 0
    QVERIFY(static_cast<float>(Uniform<Half>(0, 1)(high, 0)) == 0.0f);
    QVERIFY(static_cast<float>(Uniform<BFloat16>(0, 1)(high, 0)) == 0.0f);
    QVERIFY(static_cast<float>(Uniform<BFloat16>(0, 1)(high, 1)) == 0.5f);
    QVERIFY(static_cast<float>(Uniform<Half>(0.1, 0.3)(high, 1)) == static_cast<float>(Half(0.2f)));
    for (const float value : filled<float>(Uniform<float>(0.25, 0.5), PhiloxStart{1, 0}, 10000))
        QVERIFY(value >= 0.25f && value < 0.5f);
}

void CudaRandomTest::integersWrapAndWiden() {
    const Words words{{250, 1, kOnes, 7}};
    QCOMPARE(Integers<int64_t>({100, -3})(words, 0), int64_t(47));
    QCOMPARE(Integers<uint8_t>({256, 0})(words, 2), uint8_t(255));
    QCOMPARE(Integers<bool>({2, 0})(words, 3), true);
    QVERIFY(static_cast<float>(Integers<Half>({100, 0})(words, 0)) == 50.0f);
    QCOMPARE(WideIntegers<int64_t>({uint64_t(1) << 40, -1})(words, 0),
             int64_t(250) * (int64_t(1) << 32) % (int64_t(1) << 40));
    const uint64_t all = ~uint64_t(0); // from the least int64 to the largest
    QCOMPARE(WideIntegers<int64_t>({all, INT64_MIN})(words, 1), INT64_MAX - int64_t(kOnes) + 7);
    QCOMPARE(WideIntegers<float>::kUnroll, 2u);
}

void CudaRandomTest::normalsOf64Bits() {
    const auto values = filled<double>(Normal<double>(2, 3), PhiloxStart{9, 0}, 100000);
    double sum = 0, squares = 0;
    for (const double value : values) {
        sum += value;
        squares += (value - 2) * (value - 2);
    }
    QVERIFY(std::abs(sum / 100000 - 2) < 0.03);
    QVERIFY(std::abs(squares / 100000 - 9) < 0.15);
    const Words words{{0, 0, 0, 1u << 30}}; // u = 2^-54 and the angle a quarter turn
    const double radius = std::sqrt(2 * 54 * std::log(2.0));
    QVERIFY(std::abs(Normal<double>(0, 1)(words, 0) - radius) < 1e-14);
    QVERIFY(std::abs(Normal<double>(0, 1)(words, 1)) < 1e-14);
    QVERIFY(std::abs(Normal<float>(1, 2)(Words{{kOnes, 5, 0, 0x40000000}}, 2) -
                     float(1 + 2 * std::sqrt(66 * std::log(2.0)))) < 1e-5f);
    QVERIFY(Normal<float>(1, 2)(Words{{kOnes, 5, 0, 0}}, 0) == 1.0f); // u = 1: radius 0
}

void CudaRandomTest::bernoulliAndExponential() {
    const Words words{{0, 0x80000000, kOnes, 0x7FFFFF00}};
    for (const uint32_t lane : {0u, 1u, 2u, 3u})
        QVERIFY(Bernoulli<float>(0.5)(words, lane) == float(lane == 0 || lane == 3));
    QVERIFY(!Bernoulli<bool>(1)(words, 2));           // u = 1 is not below 1
    QVERIFY(Bernoulli<double>(0.5)(words, 0) == 0.0); // u = 0.5
    QVERIFY(Bernoulli<double>(0.5)(words, 1) == 1.0);
    const PhiloxStart start{5, 12};
    const float exact = uniform01(philox(5, 2, 3).word[1]); // element 9
    QCOMPARE(bernoulliTensorElement<int>(start, 9, exact), 1);
    QVERIFY(bernoulliTensorElement<double>(start, 9, static_cast<double>(std::nextafter(exact, 0.0f))) == 0.0);
    QVERIFY(Exponential<float>(2)(words, 2) == 0x1p-25f); // never 0
    QVERIFY(std::abs(Exponential<float>(2)(words, 1) - 0.5f * std::log(2.0f)) < 1e-6f);
    QVERIFY(Exponential<double>(1)(Words{{kLowOnes, kOnes, 0, 0}}, 0) == 0x1p-53);
}

void CudaRandomTest::dropoutOfEveryWidth() {
    for (const uint32_t width : {1u, 2u, 4u, 8u}) {
        QVERIFY(placesDiffer(1024, width, width != 8));
        QVERIFY(placesDiffer(2 * kResident + 512, width, width == 1 || width == 4));
    }
    const DrawShape shape = drawShape(uint64_t(1) << 22, 4, kH100);
    const Place wide = dropoutPlace(shape, 8, 8 * kResident + 13); // second chunk of stream 1, its second block
    QVERIFY(wide.stream == 1 && wide.block == 3 && wide.lane == 1);
    const Place narrow = dropoutPlace(shape, 2, 2 * kResident + 3);
    QVERIFY(narrow.stream == 1 && narrow.block == 1 && narrow.lane == 1);
    const Dropout<double> dropout(0.1, 2);
    QVERIFY(dropout.keep == 0.9);
    QVERIFY(dropout.scaled(3, true) == 3 * (1 / 0.9));
    QVERIFY(dropout.scaled(3, false) == 0.0);
    QVERIFY(std::isnan(dropout.scaled(HUGE_VAL, false)));
    QVERIFY(Dropout<float>(0.1, 4).scale == float(1.0 / double(float(0.9))));
    QVERIFY(static_cast<float>(Dropout<Half>(0.5, 8).scaled(Half(1.5f), true)) == 3.0f);
}

void CudaRandomTest::dropoutByStreamsIsByElements() {
    const DeviceFacts small{1, 512};
    const PhiloxStart start{21, 8};
    for (const uint32_t width : {1u, 2u, 4u, 8u})
        for (const uint64_t n : {8, 256, 512, 2048, 4096, 5000, 16384}) {
            const Dropout<float> dropout(0.4, width);
            const DrawShape shape = drawShape(n, 4, small);
            std::vector<float> input(n), output(n, -1);
            std::iota(input.begin(), input.end(), 1.0f);
            const auto mask = std::make_unique<bool[]>(n);
            for (uint64_t stream = 0; stream <= shape.threads(); ++stream)
                dropout.dropStream(start, shape, stream, input.data(), output.data(), mask.get());
            for (uint64_t i = 0; i < n; ++i) {
                QCOMPARE(mask[i], dropout.keepElement(start, shape, i));
                QVERIFY(output[i] == dropout.scaled(input[i], mask[i]));
            }
        }
}

void CudaRandomTest::integersOfFloatingDtypesStayInBounds() {
    const auto is = [](IntegerBounds bounds, int64_t low, int64_t high) {
        return bounds.low == low && bounds.high == high;
    };
    QVERIFY(is(boundsIn<Half>({0, 2048}, 11), 0, 2048));
    QVERIFY(is(boundsIn<Half>({0, 2050}, 11), 0, 2050)); // 2049 rounds to 2048
    QVERIFY(is(boundsIn<Half>({0, 2052}, 11), 0, 2050)); // 2051 rounds to 2052
    QVERIFY(is(boundsIn<Half>({0, 65504}, 11), 0, 65472));
    QVERIFY(is(boundsIn<BFloat16>({-519, 300}, 8), -516, 298)); // -518 rounds to -520, 299 to 300
    QVERIFY(is(boundsIn<float>({0, int64_t(1) << 24}, 24), 0, int64_t(1) << 24));
    QVERIFY(is(boundsIn<double>({INT64_MIN + 1, 5}, 53), INT64_MIN + 1024, 5));
}

void CudaRandomTest::largeOutputsAreDrawnInPieces() {
    using Pieces = std::vector<std::pair<uint64_t, uint64_t>>;
    QCOMPARE(pieces(5, 4), (Pieces{{0, 5}}));
    constexpr uint64_t kFloats = uint64_t(1) << 29;
    QCOMPARE(pieces(kFloats, 4), (Pieces{{0, kFloats}})); // the last one begins below 2^31
    QCOMPARE(pieces(kFloats + 1, 4), (Pieces{{0, kFloats / 2}, {kFloats / 2, kFloats / 2 + 1}}));
    const auto quarters = pieces(3 * kFloats, 4);
    QCOMPARE(quarters.size(), size_t(4));
    uint64_t next = 0;
    for (const auto& [first, count] : quarters) {
        QCOMPARE(first, next);
        QCOMPARE(count, 3 * kFloats / 4);
        next += count;
    }
    QCOMPARE(pieces(uint64_t(1) << 31, 1).size(), size_t(2)); // more than 2^31 - 1 elements
}

QTEST_GUILESS_MAIN(CudaRandomTest)
#include "tst_cuda_random.moc"
