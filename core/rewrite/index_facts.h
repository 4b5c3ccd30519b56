// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fxscope {

/// A set of positions [begin, end) of the 1-D tensor `of`, at least those that a part was made from.
struct Extent {
    NodeId of;
    SymInt begin, end;
    bool inOrder = true; ///< entry i is position begin + i
};

/// What is known of the entries of a 1-D integer tensor, whatever values the graph's inputs have. Sizes may be
/// symbolic.
struct IndexFacts {
    bool known = false;              ///< a 1-D integer tensor of a producer we know; else nothing below holds
    bool distinct = false;           ///< no two entries are equal
    std::optional<SymInt> low, high; ///< every entry lies in [low, high]
    std::optional<SymInt> length;
    std::optional<DType> dtype;
    std::optional<Extent> extent; ///< values are those of these positions of one tensor with distinct entries
    NodeId blame;                 ///< the node at which knowledge ended: unknown, or the first that may repeat entries

    /// PyTorch indexes with int64 and int32; uint8 is a mask, and the others are refused.
    bool mayIndex() const { return known && (dtype == DType::Int64 || dtype == DType::Int32); }
};

/// Facts about index values, found on demand and kept. The graph must not change meanwhile in the nodes asked about.
/// Nothing is guessed: hints are not read, symbolic claims follow from expressions and ranges.
class IndexAnalysis {
public:
    explicit IndexAnalysis(const Graph& graph) : m_graph(graph) {}

    const IndexFacts& of(NodeId tensor);
    /// The nodes that the facts of `tensor` were read from, in list order, itself among them.
    std::vector<NodeId> chain(NodeId tensor);

    /// Size of a dimension (negative: from the end). A tensor without metadata has sizes of its own, equal only to
    /// themselves; nothing if its rank would be needed.
    std::optional<SymInt> sizeOf(NodeId tensor, int64_t dim) const;
    std::optional<int64_t> rankOf(NodeId tensor) const;
    /// An integer argument: a number, a symbolic size, or a node that yields one.
    std::optional<SymInt> integer(const Argument& argument) const { return integerAt(argument, 0); }

    /// Every entry addresses one of `size` rows: low >= -size and high < size.
    bool inBounds(const IndexFacts& facts, const SymInt& size) const;
    bool notNegative(const IndexFacts& facts) const;
    /// No two entries address the same of `size` rows (unknown size: nothing): entries from the end count as what they
    /// mean.
    bool distinctRows(const IndexFacts& facts, const std::optional<SymInt>& size) const;

    bool equal(const SymInt& a, const SymInt& b) const { return provablyEqual(a, b, ranges()) == Proof::Yes; }
    bool atMost(const SymInt& a, const SymInt& b) const { return provablyLessEqual(a, b, ranges()) == Proof::Yes; }
    const Graph& graph() const { return m_graph; }
    const SymRanges& ranges() const { return m_graph.symRanges; }

private:
    std::optional<SymInt> integerAt(const Argument& argument, int depth) const;
    const Graph& m_graph;
    std::unordered_map<uint32_t, IndexFacts> m_facts;
};

/// A call's argument by position or, if given so, by keyword; null if the call leaves it out.
const Argument* argumentOf(const Node& node, size_t position, std::string_view keyword);

namespace detail {
/// The rule for one producer of index values: facts of `node` from those of its inputs, which are at hand.
using IndexRule = IndexFacts (*)(IndexAnalysis& analysis, const Node& node);
IndexRule indexRuleFor(const Node& node);
/// The inputs whose facts the rule reads.
std::vector<NodeId> indexRuleInputs(const Graph& graph, const Node& node);
} // namespace detail

} // namespace fxscope
