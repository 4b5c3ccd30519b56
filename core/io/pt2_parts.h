// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The parts of the reader of torch.export archives; included by its own sources only, because it needs simdjson.
#include "core/io/body.h"
#include "core/io/json_slices.h"
#include "core/io/source.h"
#include "core/io/zip_reader.h"

#include <simdjson.h>

namespace fxscope::io::pt2 {

using Json = simdjson::dom::element;
using JsonObject = simdjson::dom::object;
using JsonArray = simdjson::dom::array;

/// Parses pieces of JSON of at most Limits::nesting levels, one at a time.
class JsonParser {
public:
    /// The result lives until the next call. Error: not JSON.
    Result<Json> parse(std::string_view text, const std::string& where);
    /// A node without its metadata and nested graphs, alike.
    Result<Json> parse(const NodeSlice& node, const std::string& where);

private:
    Result<Json> parseText(const std::string& where);

    std::string m_text; ///< with room behind it, which the parser wants to read
    simdjson::dom::parser m_parser;
};

/// Error: an object that has a key twice. Only its own keys are looked at.
Result<Done> expectDistinctKeys(Json json, const std::string& where);

/// A union: an object with exactly one key.
struct Union {
    std::string_view tag;
    Json value;
};
Result<Union> unionOf(Json json, const std::string& where);

/// A program's parsers. A node or what else is read with the outer one lives while the inner one is used.
struct JsonParsers {
    JsonParser outer, inner;
};

/// Sizes as they stand in a program, symbols' hints collected on the way; texts repeat, so they are parsed once.
class SymbolReader {
public:
    explicit SymbolReader(JsonParser& parser) : m_parser(parser) {}
    Result<SymInt> size(Json json, const std::string& where); ///< {as_int} or {as_expr}
    Result<SymSizes> sizes(Json json, const std::string& where);
    Result<TensorMeta> tensorMeta(Json json, const std::string& where);
    /// The same from text, which must outlive the reader; values of equal text share it.
    Result<ValueMeta> tensorValue(std::string_view text, const std::string& where);
    const SymHints& hints() const { return m_hints; }

private:
    std::map<std::string, SymInt, std::less<>> m_parsed;
    SymHints m_hints;
    JsonParser& m_parser;                                     ///< of tensors
    std::unordered_map<std::string_view, ValueMeta> m_values; ///< by their texts
};

/// What the arguments of one graph may refer to.
struct ArgumentContext {
    const NameTable& names;
    std::string where; ///< of the node at hand, for errors
};
Result<Argument> readArgument(Json json, const ArgumentContext& context);
/// The value of a literal (constant inputs); nothing refers to nodes.
Result<Argument> readLiteral(Json json, const std::string& where);

/// The notes that torch.export keeps with a node. Nodes that have the same ones share them.
class OriginReader {
public:
    explicit OriginReader(JsonParsers& parsers) : m_parsers(parsers) {}
    /// `metadata`: a JSON object, which must outlive the reader. Null if it is empty. Uses both parsers. Error: broken
    /// JSON.
    Result<std::shared_ptr<const Origin>> read(std::string_view metadata, const std::string& where, Diagnostics& notes);

private:
    /// What the strings under one key say, by their texts as they stand in the file.
    template <class List> struct Known {
        std::string_view lastText; ///< most nodes of a module have the same as the one before
        List last;
        std::unordered_map<std::string_view, List> all;
    };
    template <class List, class Parse>
    Result<List> known(Known<List>& lists, std::string_view text, const std::string& where, const Parse& parse);
    Result<Done> addField(const JsonMember& field, Origin& origin, const std::string& where, Diagnostics& notes);
    /// The content of a JSON string; lives until the next call.
    Result<std::string_view> plain(std::string_view quoted, const std::string& where);
    std::vector<Provenance> parseNodes(std::string_view text, const std::string& where, Diagnostics& notes);

    JsonParsers& m_parsers; ///< of strings, and of JSON within them
    std::string_view m_lastText;
    std::shared_ptr<const Origin> m_last;
    Known<SharedList<SourceLine>> m_stacks;
    Known<SharedList<ModuleFrame>> m_modules;
    Known<SharedList<Provenance>> m_provenance;
};

/// What the graphs of a program are read with.
struct GraphContext {
    const Source& source;
    std::string where;     ///< "file, entry models/model.json"
    std::string_view text; ///< of the program: its memory can be given back now and then
    JsonParsers& parsers;
    SymbolReader& symbols;
    OriginReader& origins;
    Diagnostics& notes;
    int depth = 0;
};
/// Reads a graph from its pieces, graphs of higher-order operators as children. `bare`: it returns a value that is in
/// no tuple. `inputs`: what its inputs are, which names literal ones; empty for children.
Result<Graph> readGraph(const GraphSlices& slices, bool bare, GraphContext& context,
                        const std::vector<InputSpec>& inputs = {});
/// What the rest of a graph says about that. Error: a key that stands there twice.
Result<bool> returnsBareValue(Json rest, const std::string& where);

/// What a program's inputs and outputs are. Errors: unknown kinds; no list.
Result<std::vector<InputSpec>> readInputSpecs(const JsonItems& specs, JsonParser& parser, const std::string& where);
Result<std::vector<OutputSpec>> readOutputSpecs(const JsonItems& specs, JsonParser& parser, const std::string& where);
/// Error: they are more or fewer than the graph has inputs and outputs.
Result<Done> checkSpecs(const Graph& graph, const std::string& where);
Result<SymRanges> readRanges(Json constraints, const std::string& where);

/// The tensors that data/FOLDER/NAME_FOLDER_config.json lists; what cannot be loaded becomes a warning.
void readTensors(const ZipArchive& zip, const Source& source, const std::string& folder, const std::string& config,
                 JsonParsers& parsers, StoredValues& values, Diagnostics& notes);
/// The flattened sample inputs, or a warning.
void readSamples(const ZipArchive& zip, const Source& source, const std::string& entry, StoredValues& values,
                 Diagnostics& notes);

} // namespace fxscope::io::pt2
