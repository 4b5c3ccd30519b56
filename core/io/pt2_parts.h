// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The parts of the reader of torch.export archives; included by its own sources only, because it needs simdjson.
#include "core/io/body.h"
#include "core/io/source.h"
#include "core/io/zip_reader.h"

#include <simdjson.h>

namespace fxscope::io::pt2 {

using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

/// JSON of at most Limits::nesting levels. The result lives as long as `parser` and its next use. Error: not JSON.
Result<Json> parseJson(simdjson::dom::parser& parser, std::string_view text, const std::string& where);
/// The same into a document, which lives longer than what parsing needs beside it.
Result<Json> parseProgram(simdjson::dom::document& document, std::string text, const std::string& where);

/// Error: an object that has a key twice. Only its own keys are looked at.
Result<Done> expectDistinctKeys(Json json, const std::string& where);

/// A union: an object with exactly one key.
struct Union {
    std::string_view tag;
    Json value;
};
Result<Union> unionOf(Json json, const std::string& where);

/// Sizes as they stand in a program, symbols' hints collected on the way; texts repeat, so they are parsed once.
class SymbolReader {
public:
    /// `cut`: tensors that were cut out of the program, by the index that stands in their place; may be empty.
    explicit SymbolReader(std::vector<std::string_view> cut = {}) : m_cut(std::move(cut)) {}
    Result<SymInt> size(Json json, const std::string& where); ///< {as_int} or {as_expr}
    Result<SymSizes> sizes(Json json, const std::string& where);
    Result<TensorMeta> tensorMeta(Json json, const std::string& where);
    /// The same for the values of a graph; tensors of equal text share it.
    Result<ValueMeta> tensorValue(Json json, const std::string& where);
    const SymHints& hints() const { return m_hints; }

private:
    std::map<std::string, SymInt, std::less<>> m_parsed;
    SymHints m_hints;
    std::vector<std::string_view> m_cut;
    simdjson::dom::parser m_parser;
    std::unordered_map<std::string_view, ValueMeta> m_values; ///< of m_cut that occurred
};

/// What the arguments of one graph may refer to.
struct ArgumentContext {
    const NameTable& names;
    std::string where; ///< of the node at hand, for errors
};
Result<Argument> readArgument(Json json, const ArgumentContext& context);
/// The value of a literal (constant inputs); nothing refers to nodes.
Result<Argument> readLiteral(Json json, const std::string& where);

/// The notes that torch.export keeps with a node; null if there are none.
class OriginReader {
public:
    /// `cut`: metadata that was cut out of the program, for nodes that have an index instead; may be empty.
    explicit OriginReader(std::vector<std::string_view> cut = {}) : m_cut(std::move(cut)) {}
    Result<std::shared_ptr<const Origin>> read(Json metadata, const std::string& where, Diagnostics& notes);

private:
    Result<std::shared_ptr<const Origin>> readText(std::string_view text, const std::string& where, Diagnostics& notes);
    void addField(std::string_view key, std::string_view text, Origin& origin, const std::string& where,
                  Diagnostics& notes);

    std::vector<std::string_view> m_cut;
    simdjson::dom::parser m_parser, m_stringParser;                   ///< of JSON within strings; of strings
    std::unordered_map<std::string_view, std::string> m_plain;        ///< strings of `m_cut` that occurred, unescaped
    std::unordered_map<std::string, SharedList<SourceLine>> m_stacks; ///< by their texts
    std::unordered_map<std::string, SharedList<ModuleFrame>> m_modules;
    std::unordered_map<std::string, SharedList<Provenance>> m_provenance;
};

/// Reads a graph's JSON, graphs of higher-order operators as children.
struct GraphContext {
    const Source& source;
    std::string where; ///< "file, entry models/model.json"
    SymbolReader& symbols;
    OriginReader& origins;
    Diagnostics& notes;
    std::string_view text = {}; ///< of the program: its memory can be given back now and then
    int depth = 0;
};
/// `inputNames`: names of literal inputs by position, from the signature; may be empty.
Result<Graph> readGraph(Json json, GraphContext& context, const std::vector<std::string_view>& inputNames = {});

/// inputSpecs and outputSpecs of a program. Error: their number is not the graph's.
Result<Done> readSignature(Json signature, Graph& graph, const std::string& where);
std::vector<std::string_view> literalInputNames(Json signature);
Result<SymRanges> readRanges(Json constraints, const std::string& where);

/// The tensors that data/FOLDER/NAME_FOLDER_config.json lists; what cannot be loaded becomes a warning.
void readTensors(const ZipArchive& zip, const Source& source, const std::string& folder, const std::string& config,
                 SymbolReader& symbols, StoredValues& values, Diagnostics& notes);
/// The flattened sample inputs, or a warning.
void readSamples(const ZipArchive& zip, const Source& source, const std::string& entry, StoredValues& values,
                 Diagnostics& notes);

} // namespace fxscope::io::pt2
