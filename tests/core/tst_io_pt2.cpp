// SPDX-License-Identifier: BSD-3-Clause
// torch.export archives: what is read, against the printed forms of the same programs, and what broken ones are told.
#include "core/io/json_slices.h"
#include "core/io/zip_reader.h"
#include "core/io/zip_writer.h"
#include "tst_io_common.h"

#include <QTemporaryDir>

#include <cstring>
#include <set>

using namespace fxscope;
using namespace iotest;

class TstIoPt2 : public QObject {
    Q_OBJECT
private slots:
    void equalsItsPrints_data();
    void equalsItsPrints();
    void dynamicProgram();
    void weightsViewTheFile();
    void severalPrograms();
    void weightsThatLieAnywhere();
    void sampleInputs_data();
    void sampleInputs();
    void childGraphs();
    void origins();
    void everyCutIsAnError();
    void everyFlippedByteIsHandled();
    void changedArchives_data();
    void changedArchives();
    void flatArchives();
    void slicesOfJson();
    void zipRules();
    void zipOverlaps();
    void zipEndRecords();
    void oldKinds();

private:
    QTemporaryDir m_folder;
    std::string write(const QByteArray& bytes) {
        const std::string path = m_folder.filePath("a.pt2").toStdString();
        return writeFile(path, std::string_view(bytes.constData(), size_t(bytes.size()))).ok() ? path : "";
    }
};

/// Every archive with a printed twin.
void TstIoPt2::equalsItsPrints_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("twin");
    for (const char* name : {"randperm_index_add", "gcn", "dynamic", "cond", "lists"})
        QTest::newRow(name) << QString::fromStdString(data(name)) + ".pt2" << QString::fromStdString(data(name));
    for (const QString& path : shared("graphs/pt2", {"*.pt2"})) {
        const QString name = path.section('/', -1).section('.', 0, 0);
        if (!path.contains(".train_ir."))
            QTest::newRow(qPrintable("shared " + name)) << path << QString(FXSCOPE_SHARED_DIR "/graphs/text/") + name;
    }
}

void TstIoPt2::equalsItsPrints() {
    QFETCH(QString, path);
    QFETCH(QString, twin);
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->form, std::string("pt2"));
    QVERIFY2(capture->notes.empty(), capture->notes.empty() ? "" : capture->notes[0].str().c_str());
    const Graph& graph = *capture->graphs[0].graph;
    // Archives do not tell a tuple of tensors from a list; the operands of cond were a tuple.
    const auto untupled = [](std::string text) {
        const QString list = QString::fromStdString(text).replace("(%x,))", "[%x])").replace("(x,));  gt", "[x]);  gt");
        return list.toStdString();
    };
    QCOMPARE(io::writeText(graph), untupled(readFile(twin.toStdString() + ".graph.txt")));
    const std::string readable = readFile(twin.toStdString() + ".readable.py"); // shapes and locations too
    QCOMPARE(io::writeReadable(graph), untupled(readable));
    QCOMPARE(graph.inputSpecs.size(), graph.placeholders().size());
    for (const Diagnostic& problem : verify(graph))
        QVERIFY2(problem.severity != Severity::Error, problem.str().c_str());
}

void TstIoPt2::dynamicProgram() {
    const auto capture = io::open(data("dynamic.pt2"));
    QVERIFY(capture.ok());
    const GraphEntry entry = *capture->entry();
    QCOMPARE(entry.id, std::string("model"));
    QCOMPARE(entry.stage, std::string("export"));
    const Graph& graph = *entry.graph;
    using Kind = InputSpec::Kind;
    const std::vector<Kind> kinds{Kind::Parameter,     Kind::Parameter,      Kind::Buffer,
                                  Kind::Buffer,        Kind::TensorConstant, Kind::UserInput,
                                  Kind::ConstantInput, Kind::ConstantInput,  Kind::UserInput};
    QCOMPARE(graph.inputSpecs.size(), kinds.size());
    for (size_t i = 0; i < kinds.size(); ++i)
        QCOMPARE(int(graph.inputSpecs[i].kind), int(kinds[i]));
    QCOMPARE(graph.inputSpecs[0].target, std::string("a.weight"));
    QVERIFY(graph.inputSpecs[2].persistent);
    QVERIFY(!graph.inputSpecs[3].persistent);
    QCOMPARE(graph.inputSpecs[6].constant.asInt(), int64_t{2});
    QVERIFY(graph.inputSpecs[7].constant.isNone());

    const Node& x = graph[*graph.find("x")];
    QCOMPARE(x.meta.str(true), std::string("f32[s77, 4][4, 1]cpu"));
    QCOMPARE(graph.symRanges.at("s77").low, int64_t{2});
    QCOMPARE(graph.symRanges.at("s77").high, int64_t{64});
    QCOMPARE(graph.symHints.at("s77"), int64_t{3});
    QCOMPARE(graph[*graph.find("reshape")].tensor()->sizes[0].eval(graph.symHints).value_or(0), int64_t{12});
    QVERIFY(graph[*graph.find("max_1")].meta.kind() == ValueMeta::Kind::List);
    const Node& fill = graph[*graph.find("full_like")];
    QVERIFY(fill.args[1].kind() == Argument::Kind::Float && fill.args[1].asFloat() < -1e300);
}

void TstIoPt2::weightsViewTheFile() {
    auto capture = io::open(data("dynamic.pt2"));
    QVERIFY(capture.ok() && capture->useValuesOf(capture->graphs[0]).ok());
    QCOMPARE(capture->weights.size(), size_t{5}); // a.weight, b.weight, count, scale, k
    const Tensor &a = capture->weights.at("a.weight"), &b = capture->weights.at("b.weight");
    QVERIFY(a.storage() == b.storage());
    QVERIFY(a.storage()->readOnly());
    QCOMPARE(a.sizes(), (Sizes{4, 4}));
    const Tensor& k = capture->weights.at("k");
    for (int i = 0; i < 4; ++i)
        QCOMPARE(k.data<float>()[i], float(i + 1));
    QCOMPARE(capture->weights.at("scale").data<float>()[3], 1.0f);
}

/// Both programs call their weight w and have inputs of their own.
void TstIoPt2::severalPrograms() {
    auto capture = io::open(data("two_programs.pt2"));
    QVERIFY(capture.ok());
    QVERIFY2(capture->notes.empty(), capture->notes.empty() ? "" : capture->notes[0].str().c_str());
    QCOMPARE(capture->graphs.size(), size_t{2});
    const auto firstOf = [](const Tensor& tensor) { return tensor.data<float>()[0]; };
    QCOMPARE(firstOf(capture->weights.at("w")), 2.0f);
    for (const auto& [id, weight, input] : {std::tuple("second", 3.0f, 5.0f), std::tuple("first", 2.0f, 1.0f)}) {
        QVERIFY(capture->useValuesOf(*capture->entry(id)).ok());
        QCOMPARE(firstOf(capture->weights.at("w")), weight);
        QCOMPARE(firstOf(capture->sampleInputs.at(0).tensor()), input);
    }
}

/// The entries of an archive without the padding that PyTorch puts before each; `gap` bytes stand behind the first.
static std::string packedTight(const io::ZipArchive& zip, size_t gap) {
    const auto number = [](uint64_t value, int bytes) {
        std::string text;
        for (int i = 0; i < bytes; ++i)
            text += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
        return text;
    };
    std::string out, directory;
    for (const io::ZipEntry& entry : zip.entries()) {
        const std::string name(entry.name);
        const std::string sizes =
            number(entry.crc, 4) + number(entry.size, 4) + number(entry.size, 4) + number(name.size(), 2);
        directory += "PK\1\2" + number(20, 4) + number(0, 8) + sizes + number(0, 12) + number(out.size(), 4) + name;
        out += "PK\3\4" + number(20, 2) + number(0, 8) + sizes + number(0, 2) + name;
        out += zip.read(entry)->text();
        out.append(std::exchange(gap, 0), '\0');
    }
    const std::string end = "PK\5\6" + number(0, 4) + number(zip.entries().size(), 2) +
                            number(zip.entries().size(), 2) + number(directory.size(), 4) + number(out.size(), 4) +
                            number(0, 2);
    return out + directory + end;
}

/// Storages may begin at any byte; tied weights stay tied when they are copied.
void TstIoPt2::weightsThatLieAnywhere() {
    const auto file = MappedFile::open(data("dynamic.pt2"));
    const auto zip = io::ZipArchive::open((*file)->bytes(), "dynamic.pt2");
    std::set<size_t> remainders;
    for (size_t gap = 1; gap <= 4; ++gap) {
        const std::string path = write(QByteArray::fromStdString(packedTight(*zip, gap)));
        auto capture = io::open(path);
        QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
        const auto address = [&] { return reinterpret_cast<uintptr_t>(capture->weights.at("k").raw()); };
        remainders.insert(address() % 4);
        QVERIFY(capture->useValuesOf(capture->graphs[0]).ok());
        QCOMPARE(address() % 4, uintptr_t{0});
        QCOMPARE(capture->weights.at("k").data<float>()[3], 4.0f);
        QVERIFY(capture->weights.at("a.weight").storage() == capture->weights.at("b.weight").storage());
    }
    QCOMPARE(remainders.size(), size_t{4});
}

void TstIoPt2::sampleInputs_data() {
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("inputs");
    QTest::newRow("gcn") << QString::fromStdString(data("gcn.pt2"))
                         << QString::fromStdString(data("gcn.inputs.safetensors"));
    for (const QString& path : shared("graphs/pt2", {"*.pt2"})) {
        const QString name = path.section('/', -1).section('.', 0, 0);
        QTest::newRow(qPrintable("shared " + path.section('/', -1)))
            << path << QString(FXSCOPE_SHARED_DIR "/graphs/pt2/") + name + ".inputs.safetensors";
    }
}

void TstIoPt2::sampleInputs() {
    QFETCH(QString, path);
    QFETCH(QString, inputs);
    const auto capture = io::open(path.toStdString());
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const auto recorded = io::loadTensors(inputs.toStdString());
    QVERIFY2(recorded.ok(), recorded.ok() ? "" : recorded.error().str().c_str());
    QCOMPARE(capture->sampleInputs.size(), recorded->size());
    for (size_t i = 0; i < recorded->size(); ++i) {
        const Tensor& wanted = recorded->at("in" + std::to_string(i));
        const auto found = capture->sampleInputs[i].tensor().contiguous();
        QVERIFY(found->dtype() == wanted.dtype());
        QCOMPARE(found->sizes(), wanted.sizes());
        QVERIFY(std::memcmp(found->raw(), wanted.raw(), wanted.bytes()) == 0);
    }
}

void TstIoPt2::childGraphs() {
    const auto capture = io::open(data("cond.pt2"));
    QVERIFY(capture.ok());
    const Graph& graph = *capture->graphs[0].graph;
    QCOMPARE(graph.children.size(), size_t{2});
    QVERIFY(graph[*graph.find("true_graph_0")].op == Op::GetAttr);
    const Graph& child = *graph.children.at("true_graph_0");
    QCOMPARE(child[*child.find("add")].meta.str(), std::string("f32[4]"));
}

void TstIoPt2::origins() {
    const auto capture = io::open(data("gcn.pt2"));
    QVERIFY(capture.ok());
    const Graph& graph = *capture->graphs[0].graph;
    size_t withModules = 0, withProvenance = 0, withFunction = 0;
    for (const NodeId id : graph.order()) {
        if (!graph[id].origin)
            continue;
        withModules += !graph[id].origin->modules.empty();
        withProvenance += !graph[id].origin->provenance.empty();
        withFunction += graph[id].origin->meta.contains("torch_fn");
    }
    QVERIFY(withModules > 40);
    QVERIFY(withProvenance > 40);
    QVERIFY(withFunction > 40);
    const auto perm = io::open(data("randperm_index_add.pt2"));
    const Node& node = (*perm->graphs[0].graph)[*perm->graphs[0].graph->find("index_put")];
    QCOMPARE(node.origin->stack.size(), size_t{1});
    QCOMPARE(node.origin->stack[0].line, 100);
    QCOMPARE(node.origin->modules[0].key, std::string("L__self__"));
    QCOMPARE(node.origin->provenance[0].target, std::string("aten.index_add.default"));
    QCOMPARE(node.origin->provenance[0].from[0].pass, std::string("ExportedProgram.module()"));
    QCOMPARE(node.origin->provenance[0].actions, std::vector<std::string>{"create"});
}

void TstIoPt2::everyCutIsAnError() {
    const std::string whole = readFile(data("randperm_index_add.pt2"));
    for (size_t size = 4; size < whole.size(); size += size < 600 ? 7 : 997) {
        const auto capture = io::openText(std::string_view(whole).substr(0, size), "cut.pt2");
        QVERIFY(!capture.ok());
        QVERIFY2(capture.error().what.starts_with("damaged zip directory: "), capture.error().str().c_str());
    }
    QCOMPARE(
        errorOf(std::string_view(whole).substr(0, 5000)),
        QString(
            "test: damaged zip directory: the end record is missing; the file may be cut off; copy or save it again"));
}

void TstIoPt2::everyFlippedByteIsHandled() {
    const std::string whole = readFile(data("cond.pt2"));
    size_t read = 0, refused = 0;
    for (size_t at = 0; at < whole.size(); at += 3) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ (1 << (at % 8)));
        const auto capture = io::openText(changed, "flipped.pt2");
        (capture.ok() ? read : refused) += 1;
        if (!capture.ok())
            QVERIFY(!capture.error().what.empty());
    }
    QVERIFY(read > 0 && refused > 0);
}

void TstIoPt2::changedArchives_data() {
    QTest::addColumn<QString>("entry");
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");
    QTest::addColumn<QString>("answer"); // "note: " before what only warns
    const auto row = [](const char* name, const char* entry, const char* from, const char* to, const char* answer) {
        QTest::newRow(name) << QString(entry) << QByteArray(from) << QByteArray(to) << QString(answer);
    };
    const char* model = "models/model.json";
    row("schema", model, "\"major\": 8", "\"major\": 7",
        "a.pt2, entry dynamic/models/model.json: schema version 7.17, expected 8.x; load it and save it again with "
        "PyTorch "
        "2.8 or newer");
    row("undefined", model, "{\"as_tensor\": {\"name\": \"linear\"}}, \"kind\"",
        "{\"as_tensor\": {\"name\": \"linea\"}}, \"kind\"",
        "a.pt2, entry dynamic/models/model.json, node linear_1: the name linea is not defined in this graph; did you "
        "mean linear?");
    row("tag", model, "\"as_float\": \"-Infinity\"", "\"as_flaot\": \"-Infinity\"",
        "a.pt2, entry dynamic/models/model.json, node full_like: unknown kind of argument as_flaot; the file is of a "
        "newer "
        "schema");
    row("two tags", model, "\"as_float\": \"-Infinity\"", "\"as_float\": 1.5, \"as_int\": 1",
        "a.pt2, entry dynamic/models/model.json, node full_like: expected an object with one key, found several; the "
        "file is "
        "damaged, or of a schema that is not known");
    row("big number", model, "\"as_float\": \"-Infinity\"", "\"as_int\": 99999999999999999999",
        "a.pt2, entry dynamic/models/model.json, node 21: broken JSON: ");
    row("key twice", model, "\"nodes\": [{\"target\": ", "\"nodes\": [{\"target\": \"a\", \"target\": ",
        "a.pt2, entry dynamic/models/model.json, node 9: the key target stands here twice; the file is damaged: it "
        "does "
        "not say which of the two counts");
    row("Python's infinity", model, "\"as_float\": \"-Infinity\"", "\"as_float\": -Infinity", "fine");
    row("Python's nan", model, "\"as_float\": \"-Infinity\"", "\"as_float\": NaN", "fine");
    row("half a surrogate pair", model, "\"as_float\": \"-Infinity\"", "\"as_string\": \"\\ud800 \\udc00\"", "fine");
    row("not described", model, "\"linear\": {\"dtype\"", "\"linaer\": {\"dtype\"",
        "note: node linear: 1 value has no dtype and shape in the file; they are inferred where that is possible");
    row("format", "archive_format", "pt2", "pt3",
        "a.pt2, entry dynamic/archive_format: found 'pt3', expected 'pt2'; the archive is of another PyTorch or "
        "machine");
    row("byte order", "byteorder", "little", "big",
        "a.pt2, entry dynamic/byteorder: found 'big', expected 'little'; the archive is of another PyTorch or machine");
    row("weight gone", "data/weights/model_weights_config.json", "\"count\"", "\"cuont\"",
        "note: the weight count is missing; the graph cannot be run without it");
    row("weight outside", "data/weights/model_weights_config.json", "\"sizes\": [{\"as_int\": 4}, {\"as_int\": 4}]",
        "\"sizes\": [{\"as_int\": 4}, {\"as_int\": 5}]", "note: outside its storage");
    row("weight path", "data/weights/model_weights_config.json", "\"path_name\": \"weight_0\"",
        "\"path_name\": \"../weight_0\"", "note: path_name must be a plain entry of its folder: ../weight_0");
    row("pickled weight", "data/weights/model_weights_config.json", "\"use_pickle\": false", "\"use_pickle\": true",
        "note: the tensor is pickled, which is never loaded; save it as a plain tensor");
}

/// A copy of dynamic.pt2 with one text replaced in one entry.
static std::string changedArchive(const std::string& entryName, std::string_view from, std::string_view to) {
    const auto file = MappedFile::open(data("dynamic.pt2"));
    const auto zip = io::ZipArchive::open((*file)->bytes(), "dynamic.pt2");
    io::ZipWriter writer;
    for (const io::ZipEntry& entry : zip->entries()) {
        std::string text(zip->read(entry)->text());
        if (entry.name == "dynamic/" + entryName) {
            const size_t at = text.find(from);
            if (at == std::string::npos)
                return {};
            text.replace(at, from.size(), to);
        }
        writer.add(std::string(entry.name), text);
    }
    return writer.finish();
}

void TstIoPt2::changedArchives() {
    QFETCH(QString, entry);
    QFETCH(QByteArray, from);
    QFETCH(QByteArray, to);
    QFETCH(QString, answer);
    const std::string bytes = changedArchive(entry.toStdString(), from.toStdString(), to.toStdString());
    QVERIFY(!bytes.empty());
    const auto capture = io::openText(bytes, "a.pt2");
    if (answer == "fine") {
        QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
        QCOMPARE(capture->notes.size(), size_t{0});
        return;
    }
    if (!answer.startsWith("note: ")) {
        QVERIFY(!capture.ok());
        const QString error = QString::fromStdString(capture.error().str());
        QCOMPARE(error.left(answer.size()), answer);
        return;
    }
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QString notes;
    for (const Diagnostic& note : capture->notes)
        notes += QString::fromStdString(note.str()) + '\n';
    QVERIFY2(notes.contains(answer.mid(6)), qPrintable(notes));
}

/// The layout of PyTorch 2.7 and older: the same JSON without folders, and without names and kinds of arguments.
void TstIoPt2::flatArchives() {
    const auto file = MappedFile::open(data("dynamic.pt2"));
    const auto zip = io::ZipArchive::open((*file)->bytes(), "dynamic.pt2");
    io::ZipWriter writer;
    writer.add("version", "8.17");
    writer.add("serialized_exported_program.json", zip->read("dynamic/models/model.json")->text());
    writer.add("serialized_state_dict.pt", "pickled");
    const auto capture = io::openText(writer.finish(), "old.pt2");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    QCOMPARE(capture->notes.at(0).what,
             std::string("an export file of PyTorch 2.7 or older: its weights are pickled and not read"));
    const auto same = io::open(data("dynamic.pt2"));
    std::string why;
    QVERIFY2(sameGraph(*capture->graphs[0].graph, *same->graphs[0].graph, {}, &why), why.c_str());
    io::ZipWriter older;
    older.add("serialized_exported_program.json",
              R"({"graph_module": {"graph": {}}, "schema_version": {"major": 5, "minor": 1}})");
    QCOMPARE(errorOf(older.finish()),
             QString("test, entry serialized_exported_program.json: schema version 5.1, expected "
                     "8.x; load it and save it again with PyTorch 2.8 or newer"));
}

/// Escapes, quotes and brackets in strings, at every place within the blocks of 64 characters that are looked at.
void TstIoPt2::slicesOfJson() {
    for (size_t shift = 0; shift < 130; ++shift) {
        const std::string filler(shift, 'x');
        for (const std::string tail : {"", "\\\\", "\\\"", "\\\\\\\"", "{", "]}", "\\\\\\\\", "\\\"[\\\\"}) {
            const std::string text = '"' + filler + tail + '"', nested = "[{\"k\": [" + text + ", {}]}, " + text + "]";
            const std::string whole = "{\"a\": " + text + ", \"b\" :" + nested + ", \"c\": -1.5 }";
            std::vector<io::JsonMember> members;
            QVERIFY(io::jsonMembers(whole, members));
            QCOMPARE(members.size(), size_t{3});
            QVERIFY(io::jsonMember(whole, "a") == text && io::jsonMember(whole, "b") == nested);
            QVERIFY(io::jsonMember(whole, "c") == "-1.5" && io::jsonMember(whole, "d").empty());
            const auto items = io::jsonItems(nested);
            QVERIFY(items && items->size() == 2 && items->at(1) == text);
            for (const size_t size : {whole.size() - 1, whole.size() / 2, size_t{1}})
                QVERIFY(!io::jsonMembers(std::string_view(whole).substr(0, size), members));
            QVERIFY(!io::jsonMembers(whole + "x", members));
        }
    }
}

void TstIoPt2::zipRules() {
    const auto openWith = [](std::initializer_list<std::pair<const char*, const char*>> entries) {
        io::ZipWriter writer;
        for (const auto& [name, text] : entries)
            writer.add(name, text);
        return errorOf(writer.finish());
    };
    QCOMPARE(openWith({{"a/x", "1"}}), QString("test: a zip archive, but none of torch.export; save the model with "
                                               "torch.export.save"));
    QCOMPARE(openWith({{"a.npy", "1"}}),
             QString("test: an .npz file holds tensors, not a graph; give it with --inputs"));
    QCOMPARE(
        openWith({{"m/data.pkl", "1"}, {"m/version", "3"}}),
        QString(
            "test: a torch.save file holds pickled objects, which are never loaded; save tensors as .safetensors and "
            "models with torch.export.save"));
    QCOMPARE(openWith({{"m/data.pkl", "1"}, {"m/constants.pkl", "3"}}),
             QString("test: a TorchScript file; fxscope reads FX graphs; save the model with torch.export.save"));
    QCOMPARE(openWith({{"m/archive_format", "pt2"}}),
             QString("test: this archive holds no program: saving it may have failed; save "
                     "the program itself with torch.export.save"));
    QCOMPARE(openWith({{"m/archive_format", "pt2"}, {"n/models/model.json", "{}"}}),
             QString("test, entry n/models/model.json: entries lie in several folders; the file is damaged"));

    io::ZipWriter writer;
    writer.add("../evil", "1");
    writer.add("a", "2");
    writer.add("a", "3");
    const std::string bytes = writer.finish();
    const auto zip = io::ZipArchive::open({reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()}, "z");
    QVERIFY(zip.ok());
    QCOMPARE(zip->read("../evil").error().str(),
             std::string("z, entry ../evil: this entry cannot be read: its name leaves the archive's folder"));
    QCOMPARE(zip->read("a").error().str(),
             std::string("z, entry a: this entry cannot be read: two entries have this name"));
    QCOMPARE(zip->read("b").error().str(),
             std::string("z, entry b: this entry is missing; the archive is incomplete; save it again"));
}

/// The bytes of a plain archive in which entry `index` claims to be `size` long, here and at its data.
static std::string withClaimedSize(std::string bytes, size_t index, uint32_t size) {
    const auto put = [&](size_t at) {
        for (int shift = 0; shift < 32; shift += 8)
            bytes[at++] = static_cast<char>(size >> shift);
    };
    size_t local = 0, entry = bytes.find("PK\1\2");
    for (size_t i = 0; i < index; ++i) {
        local = bytes.find("PK\3\4", local + 4);
        entry = bytes.find("PK\1\2", entry + 4);
    }
    for (const size_t at : {local + 18, local + 22, entry + 20, entry + 24})
        put(at);
    return bytes;
}

void TstIoPt2::zipOverlaps() {
    io::ZipWriter writer;
    for (const char* name : {"a", "b", "c"})
        writer.add(name, "twelve bytes");
    const std::string bytes = withClaimedSize(writer.finish(), 1, 40);
    const auto zip = io::ZipArchive::open(std::as_bytes(std::span(bytes)), "z");
    QVERIFY2(zip.ok(), zip.ok() ? "" : zip.error().str().c_str());
    QVERIFY(zip->read("a").ok());
    QCOMPARE(zip->read("b").error().str(),
             std::string("z, entry b: this entry cannot be read: its data overlaps that of another entry"));
    QVERIFY(zip->read("c").ok());
}

/// The bytes of an end record in the archive's comment are not its end record; bytes behind the archive are no harm.
void TstIoPt2::zipEndRecords() {
    io::ZipWriter writer;
    writer.add("a", "1");
    std::string bytes = writer.finish();
    const std::string end = bytes.substr(bytes.size() - 22);
    const auto opens = [](const std::string& text) {
        const auto zip = io::ZipArchive::open(std::as_bytes(std::span(text)), "z");
        return zip.ok() && zip->read("a").ok();
    };
    QVERIFY(opens(bytes));
    QVERIFY(opens(bytes + "\n"));
    bytes[bytes.size() - 2] = 22;
    QVERIFY(opens(bytes + end));
    QVERIFY(!opens(end));
}

/// Without kinds, arguments with a default and those by keyword alone are keyword arguments, as PyTorch loads them.
void TstIoPt2::oldKinds() {
    const auto file = MappedFile::open(data("randperm_index_add.pt2"));
    const auto zip = io::ZipArchive::open((*file)->bytes(), "randperm_index_add.pt2");
    io::ZipWriter writer;
    for (const io::ZipEntry& entry : zip->entries()) {
        QByteArray text = QByteArray::fromStdString(std::string(zip->read(entry)->text()));
        if (entry.name.ends_with("models/model.json"))
            text.replace("\"kind\": 1", "\"kind\": null").replace("\"kind\": 2", "\"kind\": null");
        writer.add(std::string(entry.name), text.toStdString());
    }
    const auto capture = io::openText(writer.finish(), "old.pt2");
    QVERIFY2(capture.ok(), capture.ok() ? "" : capture.error().str().c_str());
    const std::string text = io::writeText(*capture->graphs[0].graph);
    for (const char* call : {"aten.randperm.default](args = (64,), kwargs = {device: cpu, pin_memory: False})",
                             "aten.slice.Tensor](args = (%randperm,), kwargs = {dim: 0, start: 0, end: 16})"})
        QVERIFY2(text.find(call) != std::string::npos, text.c_str());
}

QTEST_GUILESS_MAIN(TstIoPt2)
#include "tst_io_pt2.moc"
