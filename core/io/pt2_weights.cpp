// SPDX-License-Identifier: BSD-3-Clause
// Weights and constants: raw storages in entries of their own, viewed where they lie. See formats.md, 4.7.
#include "core/io/pt2_parts.h"
#include "core/io/tensor_bytes.h"

#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io::pt2 {
namespace {

class TensorReader {
public:
    TensorReader(const ZipArchive& zip, const Source& source, std::string folder, JsonParsers& parsers)
        : m_zip(zip), m_source(source), m_folder(std::move(folder)), m_parser(parsers.outer), m_symbols(parsers.inner) {
    }

    /// The weight `entry.first`; see Note [A program in pieces].
    Result<Done> add(const JsonMember& entry, const std::string& config, TensorMap& weights) {
        FX_TRY(const std::string name, nameOf(entry.first, config));
        const std::string where = config + ", weight " + displayText(name);
        FX_TRY(const Json json, m_parser.parse(entry.second, where));
        FX_TRY(Tensor tensor, read(json, where));
        if (!weights.emplace(name, std::move(tensor)).second)
            return Diagnostic{"a weight of this name was listed before", where, "the first one counts"};
        return Done{};
    }

private:
    Result<std::string> nameOf(std::string_view key, const std::string& where) {
        FX_TRY(const Json json, m_parser.parse('"' + std::string(key) + '"', where));
        std::string_view name;
        if (json.get(name))
            return Diagnostic{"expected names of weights", where, "the file is damaged"};
        return std::string(name);
    }

    Result<Tensor> read(Json json, const std::string& where) {
        bool pickled = false;
        std::string_view path;
        Json metaJson;
        if (json["path_name"].get(path))
            return Diagnostic{"the entry has no path_name", where, "the file is damaged"};
        if (!json["use_pickle"].get(pickled) && pickled)
            return Diagnostic{"the tensor is pickled, which is never loaded", where, "save it as a plain tensor"};
        if (path.empty() || path.find('/') != std::string_view::npos || path.find("..") != std::string_view::npos ||
            path.ends_with(".json"))
            return Diagnostic{"path_name must be a plain entry of its folder: " + displayText(path), where, ""};
        if (json["tensor_meta"].get(metaJson) || !metaJson.is_object())
            return Diagnostic{"the entry has no tensor_meta", where, "the file is damaged"};
        FX_TRY(const TensorMeta meta, m_symbols.tensorMeta(metaJson, where));
        FX_TRY(auto storage, storageAt(path));
        if (storage->bytes() % bytesOf(meta.dtype) != 0)
            return Diagnostic{"the stored size is no multiple of the element's", where, "the file is damaged"};
        if (meta.layout != Layout::Strided)
            return Diagnostic{"tensors of layout " + std::string(name(meta.layout)) + " are not loaded", where, ""};
        FX_TRY(Sizes sizes, numbers(meta.sizes, where));
        FX_TRY(Sizes strides, meta.strides ? numbers(*meta.strides, where) : Result<Sizes>(rowMajorStrides(sizes)));
        if (!meta.storageOffset.isConstant() || meta.storageOffset.constant() < 0)
            return Diagnostic{"the storage offset is no number from 0 up", where, "the file is damaged"};
        return Tensor::view(std::move(storage), meta.dtype, std::move(sizes), std::move(strides),
                            meta.storageOffset.constant());
    }

    static Result<Sizes> numbers(const SymSizes& sizes, const std::string& where) {
        Sizes result;
        for (const SymInt& size : sizes) {
            if (!size.isConstant())
                return Diagnostic{"a weight has the symbolic size " + size.str(), where, "the file is damaged"};
            result.push_back(size.constant());
        }
        return result;
    }

    /// Names with one path share the storage, as tied weights do.
    Result<std::shared_ptr<Storage>> storageAt(std::string_view path) {
        auto& known = m_storages[std::string(path)];
        if (known)
            return known;
        FX_TRY(const ZipData data, m_zip.read(m_folder + std::string(path), /*checkSum=*/false));
        FX_TRY(known, storageOf(data.bytes, data.owner ? data.owner : m_source.owner, 1));
        return known;
    }

    const ZipArchive& m_zip;
    const Source& m_source;
    std::string m_folder;
    JsonParser& m_parser;
    SymbolReader m_symbols;
    std::map<std::string, std::shared_ptr<Storage>> m_storages;
};

} // namespace

void readTensors(const ZipArchive& zip, const Source& source, const std::string& folder, const std::string& config,
                 JsonParsers& parsers, StoredValues& values, Diagnostics& notes) {
    const auto warn = [&](Diagnostic problem) {
        problem.severity = Severity::Warning;
        notes.push_back(std::move(problem));
    };
    if (!zip.find(folder + config))
        return warn(
            {"the list of weights is missing", zip.whereIs(folder + config), "the graph cannot be run with them"});
    auto data = zip.read(folder + config);
    if (!data.ok())
        return warn(data.error());
    const std::string where = zip.whereIs(folder + config);
    std::vector<JsonMember> members, entries;
    if (!jsonMembers(data->text(), members))
        return warn({"broken JSON", where, "save the file again"});
    const auto list = std::find_if(members.begin(), members.end(), [](const auto& m) { return m.first == "config"; });
    if (list == members.end() || !jsonMembers(list->second, entries))
        return warn({"expected an object 'config'", where, ""});
    TensorReader reader(zip, source, folder, parsers);
    for (const JsonMember& entry : entries)
        if (auto read = reader.add(entry, where, values.weights); !read.ok())
            warn(read.error());
}

} // namespace fxscope::io::pt2
