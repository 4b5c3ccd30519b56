// SPDX-License-Identifier: BSD-3-Clause
// Archives of torch.export.save, and what other zip files are told. See formats.md, section 4.
#include "core/io/formats.h"
#include "core/io/pt2_parts.h"
#include "core/support/text.h"

namespace fxscope::io::pt2 {
namespace {

/// What is found before anything is interpreted: the root folder, and the programs in it.
struct Contents {
    std::string root; ///< with its slash
    std::vector<std::string> programs;
    bool flat = false; ///< as PyTorch 2.7 and older wrote them: no folders, weights pickled
};

constexpr size_t kLargest = size_t{16} << 20; ///< of a text that is parsed as a whole when it is broken
const char kFlatProgram[] = "serialized_exported_program.json";

bool hasEntry(const ZipArchive& zip, std::string_view part) {
    for (const ZipEntry& entry : zip.entries())
        if (entry.name.find(part) != std::string_view::npos)
            return true;
    return false;
}

/// A zip archive that is no pt2 archive: say what it is.
Diagnostic otherZip(const ZipArchive& zip, const std::string& where) {
    bool onlyNpy = !zip.entries().empty();
    for (const ZipEntry& entry : zip.entries())
        onlyNpy = onlyNpy && entry.name.ends_with(".npy");
    if (onlyNpy)
        return {"an .npz file holds tensors, not a graph", where, "give it with --inputs"};
    if (hasEntry(zip, "/constants.pkl"))
        return {"a TorchScript file; fxscope reads FX graphs", where, "save the model with torch.export.save"};
    if (hasEntry(zip, "/data.pkl"))
        return {"a torch.save file holds pickled objects, which are never loaded", where,
                "save tensors as .safetensors and models with torch.export.save"};
    return {"a zip archive, but none of torch.export", where, "save the model with torch.export.save"};
}

/// The container's one-word entries must say what we know.
Result<Done> expectWord(const ZipArchive& zip, const std::string& entry, std::string_view expected) {
    FX_TRY(const ZipData data, zip.read(entry));
    const std::string_view word = trim(data.text().substr(0, 64));
    if (word == expected)
        return Done{};
    return Diagnostic{"found '" + displayText(word) + "', expected '" + std::string(expected) + "'", zip.whereIs(entry),
                      "the archive is of another PyTorch or machine"};
}

/// The folder that holds "archive_format", with its slash; empty if there is none.
std::string rootOf(const ZipArchive& zip) {
    constexpr std::string_view kFormatEntry = "archive_format";
    for (const ZipEntry& entry : zip.entries())
        if (const size_t slash = entry.name.find('/');
            slash != std::string_view::npos && entry.name.substr(slash + 1) == kFormatEntry)
            return std::string(entry.name.substr(0, slash + 1));
    return {};
}

/// What a file manager adds when it packs a folder again.
bool isLitter(std::string_view name) { return name.starts_with("__MACOSX/") || name.ends_with(".DS_Store"); }

Result<Contents> contentsOf(const ZipArchive& zip, const std::string& where) {
    if (zip.entries().empty())
        return Diagnostic{"the zip archive is empty", where, "save the model again"};
    if (zip.find(kFlatProgram))
        return Contents{"", {"model"}, true};
    Contents contents{rootOf(zip), {}};
    if (contents.root.empty())
        return otherZip(zip, where);
    FX_CHECK(expectWord(zip, contents.root + "archive_format", "pt2"));
    if (zip.find(contents.root + "archive_version"))
        FX_CHECK(expectWord(zip, contents.root + "archive_version", "0"));
    if (zip.find(contents.root + "byteorder"))
        FX_CHECK(expectWord(zip, contents.root + "byteorder", "little"));
    const std::string models = contents.root + "models/";
    for (const ZipEntry& entry : zip.entries()) {
        if (!entry.name.starts_with(contents.root) && !isLitter(entry.name))
            return Diagnostic{"entries lie in several folders", zip.whereIs(entry.name), "the file is damaged"};
        if (entry.name.starts_with(models) && entry.name.ends_with(".json"))
            contents.programs.emplace_back(entry.name.substr(models.size(), entry.name.size() - models.size() - 5));
    }
    if (contents.programs.empty())
        return Diagnostic{hasEntry(zip, "/data/aotinductor/")
                              ? "this archive holds compiled code without a graph"
                              : "this archive holds no program: saving it may have failed",
                          where, "save the program itself with torch.export.save"};
    return contents;
}

Result<Done> checkSchema(Json program, const std::string& where) {
    int64_t major = -1, minor = 0;
    if (program["schema_version"]["major"].get(major))
        major = -1;
    if (program["schema_version"]["minor"].get(minor))
        minor = 0;
    if (major == 8 || (major == 0 && minor == 0))
        return Done{};
    return Diagnostic{"schema version " + std::to_string(major) + "." + std::to_string(minor) + ", expected 8.x", where,
                      "load it and save it again with PyTorch 2.8 or newer"};
}

class ProgramReader {
public:
    ProgramReader(const ZipArchive& zip, const Source& source, const Contents& contents, Capture& capture)
        : m_zip(zip), m_source(source), m_contents(contents), m_capture(capture) {}

    Result<Done> read(const std::string& name) {
        const std::string entry = m_contents.flat ? kFlatProgram : m_contents.root + "models/" + name + ".json",
                          where = m_zip.whereIs(entry);
        FX_TRY(const ZipData data, m_zip.read(entry));
        FX_TRY(Graph graph, readText(data.text(), where));
        auto values = std::make_shared<StoredValues>();
        if (m_contents.flat) {
            readFlatTensors(*values);
        } else {
            readTensorFiles(name, *values);
            warnOfMissingWeights(graph, values->weights, where);
        }
        m_capture.graphs.push_back({name, "export", "", std::make_shared<const Graph>(std::move(graph))});
        m_capture.graphs.back().values = std::move(values);
        return Done{};
    }

private:
    void readTensorFiles(const std::string& name, StoredValues& values) {
        readTensors(m_zip, m_source, m_contents.root + "data/weights/", name + "_weights_config.json", m_parsers,
                    values, m_capture.notes);
        readTensors(m_zip, m_source, m_contents.root + "data/constants/", name + "_constants_config.json", m_parsers,
                    values, m_capture.notes);
        readSamples(m_zip, m_source, m_contents.root + "data/sample_inputs/" + name + ".pt", values, m_capture.notes);
    }

    void readFlatTensors(StoredValues& values) {
        m_capture.notes.push_back({"an export file of PyTorch 2.7 or older: its weights are pickled and not read",
                                   m_source.where, "to run it, load it and save it again with PyTorch 2.8 or newer",
                                   Severity::Warning});
        readSamples(m_zip, m_source, "serialized_example_inputs.pt", values, m_capture.notes);
    }

    /// See Note [A program in pieces].
    Result<Graph> readText(std::string_view text, const std::string& where) {
        auto slices = cutProgram(text);
        if (!slices && text.size() > kLargest)
            return Diagnostic{"broken JSON, or no graph_module with a graph in it", where, "save the file again"};
        if (!slices)
            slices.emplace().graph.rest = text; // to say what is wrong with it
        FX_TRY(const Json program, m_parsers.outer.parse(std::exchange(slices->graph.rest, {}), where));
        FX_CHECK(checkSchema(program, where));
        Json json, signature, constraints;
        if (program["graph_module"]["graph"].get(json) || program["graph_module"]["signature"].get(signature))
            return Diagnostic{"expected graph_module with graph and signature", where, "the file is damaged"};
        for (const Json part : {program, program["graph_module"].value_unsafe(), signature})
            FX_CHECK(expectDistinctKeys(part, where));
        FX_TRY(const bool bare, returnsBareValue(json, where));
        SymRanges ranges;
        if (!program["range_constraints"].get(constraints)) {
            FX_TRY(ranges, readRanges(constraints, where));
        }
        FX_TRY(Graph graph, readSlices(*slices, bare, text, where));
        graph.symRanges = std::move(ranges);
        return graph;
    }

    Result<Graph> readSlices(const ProgramSlices& slices, bool bare, std::string_view text, const std::string& where) {
        SymbolReader symbols(m_parsers.inner);
        OriginReader origins(m_parsers);
        GraphContext context{m_source, where, text, m_parsers, symbols, origins, m_capture.notes};
        FX_TRY(auto inputs, readInputSpecs(slices.inputSpecs, m_parsers.outer, where));
        FX_TRY(Graph graph, readGraph(slices.graph, bare, context, inputs));
        graph.inputSpecs = std::move(inputs);
        FX_TRY(graph.outputSpecs, readOutputSpecs(slices.outputSpecs, m_parsers.outer, where));
        FX_CHECK(checkSpecs(graph, where));
        return graph;
    }

    void warnOfMissingWeights(const Graph& graph, const TensorMap& weights, const std::string& where) {
        using Kind = InputSpec::Kind;
        for (const InputSpec& spec : graph.inputSpecs)
            if ((spec.kind == Kind::Parameter || spec.kind == Kind::Buffer || spec.kind == Kind::TensorConstant) &&
                !weights.contains(spec.target))
                m_capture.notes.push_back({"the weight " + displayText(spec.target) + " is missing", where,
                                           "the graph cannot be run without it", Severity::Warning});
    }

    const ZipArchive& m_zip;
    const Source& m_source;
    const Contents& m_contents;
    Capture& m_capture;
    JsonParsers m_parsers;
};

} // namespace

bool recognise(const Source& source) { return source.content.starts_with("PK\3\4"); }

Result<Capture> open(const Source& source) {
    FX_TRY(const ZipArchive zip, ZipArchive::open(source.bytes(), source.where, source.file.get()));
    FX_TRY(const Contents contents, contentsOf(zip, source.where));
    Capture capture;
    std::optional<Diagnostic> failure;
    ProgramReader reader(zip, source, contents, capture);
    for (const std::string& program : contents.programs)
        if (auto read = reader.read(program); !read.ok()) {
            if (!failure)
                failure = read.error();
            capture.notes.push_back(read.error());
            capture.notes.back().severity = Severity::Warning;
        }
    if (capture.graphs.empty())
        return *failure;
    capture.weights = capture.graphs.front().values->weights;
    capture.sampleInputs = capture.graphs.front().values->sampleInputs;
    return capture;
}

} // namespace fxscope::io::pt2
