// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fxscope::io {

// Note [A program in pieces]
// Stack traces and the like are three quarters of a program's JSON, and what is said of tensors is half of the rest;
// most nodes repeat what their neighbours say. Parsed as a whole it would need several times its size at once. So it
// is cut into its nodes and the tensors' descriptions by looking at quotes and brackets alone, and each piece is parsed
// when its turn comes.

/// A key without its quotes, and its value; escapes as they stand.
using JsonMember = std::pair<std::string_view, std::string_view>;

/// One node, as it stands in the text.
struct NodeSlice {
    std::string_view text;
    std::string_view metadata; ///< within `text`; empty: it has none that is an object
};

/// The items of a list; nothing: what stands there is no list.
using JsonItems = std::optional<std::vector<std::string_view>>;

/// The JSON of a graph of torch.export. Everything but `rest` views the text. Of each list one item more than
/// Limits::nodes is kept at most: who reads it says that there are too many.
struct GraphSlices {
    std::optional<std::vector<NodeSlice>> nodes;
    JsonItems inputs, outputs;
    std::vector<JsonMember> tensors, symInts, symBools, symFloats; ///< tensor_values and so on
    std::string rest; ///< the whole text with a 0 in place of all that was cut out or is not needed
};
/// The same of a program, with its signature.
struct ProgramSlices {
    GraphSlices graph;
    JsonItems inputSpecs, outputSpecs;
};
/// Nothing: it is no JSON, or there is no graph (graph_module.graph) in it; then the whole text must be read to say
/// what is wrong.
std::optional<ProgramSlices> cutProgram(std::string_view json);
std::optional<GraphSlices> cutGraph(std::string_view json);

/// A graph that a node of a higher-order operator is given. Views the text.
struct NestedGraph {
    std::string_view name; ///< in quotes
    std::string_view text;
};
std::vector<NestedGraph> nestedGraphs(std::string_view node);

/// The node's JSON with a 0 in place of its metadata and of nested graphs.
void appendCall(const NodeSlice& node, std::string& to);

/// The members of an object that is all of `object`; false if it is none.
bool jsonMembers(std::string_view object, std::vector<JsonMember>& members);
/// The value under `key` in the object that `object` begins with; empty if there is none.
std::string_view jsonMember(std::string_view object, std::string_view key);
JsonItems jsonItems(std::string_view list);

} // namespace fxscope::io
