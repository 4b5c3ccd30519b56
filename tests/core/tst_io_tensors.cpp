// SPDX-License-Identifier: BSD-3-Clause
// safetensors, npy and npz.
#include "core/io/npy.h"
#include "core/io/pickle_reader.h"
#include "core/io/tensor_stream.h"
#include "tst_io_common.h"

#include <QTemporaryDir>

#include <cstring>

using namespace fxscope;
using namespace iotest;

class TstIoTensors : public QObject {
    Q_OBJECT
private slots:
    void deepPickleIsRefused();
    void roundTrips_data();
    void roundTrips();
    void viewsAreMadeRowMajor();
    void streamedFilesAreTheSame();
    void filesOfOthers_data();
    void filesOfOthers();
    void numpyArrays();
    void packedArrays();
    void headerRules_data();
    void headerRules();
    void refusals();

private:
    QTemporaryDir m_folder;
};

static Tensor numbered(DType dtype, Sizes sizes) {
    auto tensor = Tensor::empty(dtype, std::move(sizes));
    for (size_t i = 0; i < tensor->bytes(); ++i)
        reinterpret_cast<unsigned char*>(tensor->raw())[i] =
            dtype == DType::Bool ? i % 2 : static_cast<unsigned char>(i * 37);
    return *tensor;
}
static bool sameBytes(const Tensor& a, const Tensor& b) {
    const auto x = a.contiguous(), y = b.contiguous();
    return a.dtype() == b.dtype() && a.sizes() == b.sizes() && std::memcmp(x->raw(), y->raw(), x->bytes()) == 0;
}

void TstIoTensors::roundTrips_data() {
    QTest::addColumn<int>("dtype");
    QTest::addColumn<QString>("ending");
    for (int i = 0; i < kDTypeCount; ++i)
        for (const char* ending : {".safetensors", ".npz"})
            QTest::newRow((std::string(name(DType(i))) + ending).c_str()) << i << QString(ending);
}

void TstIoTensors::roundTrips() {
    QFETCH(int, dtype);
    QFETCH(QString, ending);
    const DTypeInfo& type = info(DType(dtype));
    const std::string path = m_folder.filePath("t" + ending).toStdString();
    TensorMap tensors{{"matrix", numbered(type.dtype, {3, 5})},
                      {"scalar", numbered(type.dtype, {})},
                      {"none", numbered(type.dtype, {0, 4})},
                      {"a \"name\"\n", numbered(DType::UInt8, {7})}};
    const auto saved = io::saveTensors(tensors, path);
    const bool held =
        ending == ".npz" ? !type.npy.empty() : !type.safetensors.empty() && type.dtype != DType::Float4E2M1FNX2;
    QCOMPARE(saved.ok(), held);
    if (!held) {
        QVERIFY(saved.error().what.find("has no element type for " + std::string(type.torch)) != std::string::npos);
        QVERIFY(saved.error().where.starts_with("tensor "));
        return;
    }
    const auto loaded = io::loadTensors(path);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().str().c_str());
    QCOMPARE(loaded->size(), tensors.size());
    for (const auto& [key, tensor] : tensors)
        QVERIFY2(sameBytes(tensor, loaded->at(key)), key.c_str());
}

void TstIoTensors::viewsAreMadeRowMajor() {
    const Tensor base = numbered(DType::Int32, {4, 6});
    const auto transposed = base.asStrided({6, 4}, {1, 6}, 0);
    const auto bytes = io::safetensorsBytes({{"t", *transposed}});
    QVERIFY(bytes.ok());
    QCOMPARE(size_t(bytes->find("\"data_offsets\"")) != std::string::npos, true);
    const auto loaded =
        io::loadSafetensors({reinterpret_cast<const std::byte*>(bytes->data()), bytes->size()}, nullptr, "t");
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().str().c_str());
    QVERIFY(loaded->at("t").isContiguous());
    QVERIFY(sameBytes(loaded->at("t"), *transposed));
    QVERIFY(!loaded->at("t").storage()->readOnly()); // nobody keeps the bytes alive, so they were copied
}

void TstIoTensors::streamedFilesAreTheSame() {
    const TensorMap tensors{{"b", numbered(DType::Bool, {3})},
                            {"a\"", numbered(DType::Float32, {2, 3})},
                            {"z", numbered(DType::Int64, {2})},
                            {"empty", numbered(DType::BFloat16, {0, 4})},
                            {"large", numbered(DType::Float64, {300'000})}};
    const std::string path = m_folder.filePath("streamed.safetensors").toStdString();
    {
        auto stream = io::TensorStream::create(path);
        QVERIFY(stream.ok());
        for (const char* name : {"z", "empty", "b", "large", "a\""})
            QVERIFY(stream->add(name, tensors.at(name)).ok());
        QVERIFY(stream->finish().ok());
    }
    QFile file(QString::fromStdString(path));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QVERIFY(file.readAll().toStdString() == io::safetensorsBytes(tensors).value());
    QVERIFY(!QFile::exists(QString::fromStdString(path + ".part")));

    auto twice = io::TensorStream::create(path);
    QVERIFY(twice->add("a", tensors.at("z")).ok() && twice->add("a", tensors.at("b")).ok());
    QCOMPARE(twice->finish().error().what, std::string("two tensors have this name"));
    QCOMPARE(twice->add("c", numbered(DType::Complex128, {1})).error().where, std::string("tensor c"));
}

void TstIoTensors::filesOfOthers_data() { addRows({"*.safetensors"}, ""); }
void TstIoTensors::filesOfOthers() {
    QFETCH(QString, path);
    const auto tensors = io::loadTensors(path.toStdString());
    QVERIFY2(tensors.ok(), tensors.ok() ? "" : tensors.error().str().c_str());
    const auto bytes = io::safetensorsBytes(*tensors);
    QVERIFY(bytes.ok());
    const auto again =
        io::loadSafetensors({reinterpret_cast<const std::byte*>(bytes->data()), bytes->size()}, nullptr, "t");
    QVERIFY2(again.ok(), again.ok() ? "" : again.error().str().c_str());
    for (const auto& [key, tensor] : *tensors)
        QVERIFY(sameBytes(tensor, again->at(key)));
}

void TstIoTensors::numpyArrays() {
    const auto arrays = io::loadTensors(data("arrays.npz"));
    QVERIFY2(arrays.ok(), arrays.ok() ? "" : arrays.error().str().c_str());
    QCOMPARE(arrays->size(), size_t{6});
    QCOMPARE(elementAsDouble(arrays->at("a"), 5), 5.0);
    const Tensor& fortran = arrays->at("f");
    QCOMPARE(fortran.strides(), (Sizes{1, 2}));
    for (int64_t i = 0; i < 6; ++i)
        QCOMPARE(elementAsDouble(fortran, i), double(i));
    QVERIFY(arrays->at("b").dtype() == DType::Bool && arrays->at("b").dim() == 0);
    for (int64_t i = 0; i < 3; ++i)
        QCOMPARE(elementAsDouble(arrays->at("big"), i), double(i)); // big-endian
    QCOMPARE(arrays->at("c").data<float>()[1], 2.0f);
    QCOMPARE(arrays->at("empty").sizes(), (Sizes{0, 3}));
}

void TstIoTensors::packedArrays() {
    const auto arrays = io::loadTensors(data("packed.npz"));
    QVERIFY2(arrays.ok(), arrays.ok() ? "" : arrays.error().str().c_str());
    QCOMPARE(arrays->at("a").numel(), int64_t{4096});
    QCOMPARE(elementAsDouble(arrays->at("a"), 4095), 0.0);
}

/// A safetensors file of this header and so many bytes of data.
static std::string file(std::string header, size_t dataSize) {
    const uint64_t size = header.size();
    std::string bytes(reinterpret_cast<const char*>(&size), 8);
    return bytes + header + std::string(dataSize, '\0');
}

void TstIoTensors::headerRules_data() {
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("error"); // empty: fine
    const auto row = [](const char* name, const std::string& bytes, const char* error) {
        QTest::newRow(name) << QByteArray(bytes.data(), int(bytes.size())) << QString(error);
    };
    const auto tensor = [](const char* name, const char* type, const char* shape, int begin, int end) {
        return "\"" + std::string(name) + "\":{\"dtype\":\"" + type + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
               std::to_string(begin) + "," + std::to_string(end) + "]}";
    };
    row("fine", file("{" + tensor("a", "F32", "[2]", 0, 8) + "}  ", 8), "");
    row("metadata", file("{\"__metadata__\":{\"k\":\"v\"}," + tensor("a", "F32", "[]", 0, 4) + "}", 4), "");
    row("short", "abc", "t: too short for a safetensors file");
    row("header too long", std::string("\xff\xff\xff\xff\0\0\0\0{}", 10),
        "t: the header's size is wrong: 4294967295 bytes; this is no safetensors file, or it is cut off");
    row("no object", file("[1,2]", 0), "t: the header is no JSON object; this is no safetensors file");
    row("broken", file("{\"a\":", 0), "t: the header is no JSON object: ");
    row("hole", file("{" + tensor("a", "U8", "[2]", 0, 2) + "," + tensor("b", "U8", "[2]", 3, 5) + "}", 5),
        "t, tensor b: there is a hole before this tensor; the file is damaged");
    row("overlap", file("{" + tensor("a", "U8", "[2]", 0, 2) + "," + tensor("b", "U8", "[2]", 1, 3) + "}", 3),
        "t, tensor b: this tensor overlaps another; the file is damaged");
    row("rest", file("{" + tensor("a", "U8", "[2]", 0, 2) + "}", 5),
        "t: 3 bytes belong to no tensor; the file is damaged");
    row("cut", file("{" + tensor("a", "U8", "[2]", 0, 2) + "}", 1),
        "t, tensor a: the data of this tensor is cut off; copy the file again");
    row("size", file("{" + tensor("a", "F32", "[2]", 0, 4) + "}", 4),
        "t, tensor a: data_offsets do not fit dtype and shape; the file is damaged");
    row("overflow", file("{" + tensor("a", "F32", "[4611686018427387904,4]", 0, 0) + "}", 0),
        "t, tensor a: data_offsets do not fit dtype and shape; the file is damaged");
    row("negative", file("{" + tensor("a", "F32", "[-1]", 0, 0) + "}", 0),
        "t, tensor a: a size is no number from 0 up");
    row("type", file("{" + tensor("a", "F33", "[1]", 0, 4) + "}", 4),
        "t, tensor a: the element type F33 is not supported");
    row("twice", file("{" + tensor("a", "U8", "[1]", 0, 1) + "," + tensor("a", "U8", "[1]", 1, 2) + "}", 2),
        "t, tensor a: two tensors have this name; the file is damaged");
}

void TstIoTensors::headerRules() {
    QFETCH(QByteArray, bytes);
    QFETCH(QString, error);
    const auto tensors = io::loadSafetensors(
        {reinterpret_cast<const std::byte*>(bytes.constData()), size_t(bytes.size())}, nullptr, "t");
    QCOMPARE(tensors.ok(), error.isEmpty());
    if (!tensors.ok())
        QCOMPARE(QString::fromStdString(tensors.error().str()).left(error.size()), error);
}

void TstIoTensors::refusals() {
    const auto npy = [](const std::string& descr, const std::string& shape, size_t dataSize) {
        std::string header = "{'descr': " + descr + ", 'fortran_order': False, 'shape': " + shape + ", }\n";
        std::string bytes = std::string("\x93NUMPY\1\0", 8) + char(header.size()) + '\0' + header;
        bytes.resize(bytes.size() + dataSize);
        const auto tensor = io::readNpy({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}, nullptr, "n");
        return tensor.ok() ? QString("no error") : QString::fromStdString(tensor.error().str());
    };
    QCOMPARE(npy("'<f4'", "(2,)", 8), QString("no error"));
    QCOMPARE(npy("'<f4'", "(3,)", 8),
             QString("n: the data is shorter than the shape says; the file is cut off; copy it again"));
    QCOMPARE(npy("'|O'", "(1,)", 8), QString("n: elements of type |O are not read; store numbers that torch has too"));
    QCOMPARE(npy("'<V2'", "(1,)", 8),
             QString("n: elements of type <V2: numpy has no bfloat16, the type was lost; save the "
                     "tensor as .safetensors"));
    QCOMPARE(npy("[('a', '<f4')]", "(1,)", 8),
             QString("n: records are not read, only plain numbers; store each field as an array"));
    const auto bad = io::saveTensors({}, "x.bin");
    QCOMPARE(bad.error().str(),
             std::string("x.bin: the ending of this name says no form for tensors; use .safetensors or .npz"));
    QCOMPARE(io::loadTensors("/nowhere/x.npz").error().str(),
             std::string("/nowhere/x.npz: no such file; check the path"));
    QCOMPARE(io::open(data("arrays.npz")).error().what, std::string("an .npz file holds tensors, not a graph"));
    QCOMPARE(io::open(data("gcn.inputs.safetensors")).error().what,
             std::string("a safetensors file holds tensors, not a graph"));
    const auto graphFile = io::loadTensors(data("gcn.graph.txt"));
    QCOMPARE(graphFile.error().what, std::string("this is no tensor file that fxscope reads"));
}

/// 300,000 lists within each other: refused, and taken apart again without going down as deeply.
void TstIoTensors::deepPickleIsRefused() {
    constexpr size_t depth = 300'000;
    const std::string text = "\x80\x02" + std::string(depth, ']') + std::string(depth - 1, 'a') + ".";
    const auto value = io::readPickle(std::as_bytes(std::span(text)), {}, "sample");
    QVERIFY(!value.ok());
    QVERIFY2(value.error().what.find("too deep") != std::string::npos, value.error().what.c_str());
}

QTEST_GUILESS_MAIN(TstIoTensors)
#include "tst_io_tensors.moc"
