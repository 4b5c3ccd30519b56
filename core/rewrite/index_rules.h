// SPDX-License-Identifier: BSD-3-Clause
// Inside index_facts only: the rules, and what they share.
#pragma once

#include "core/rewrite/index_facts.h"

namespace fxscope::detail {

using Analysis = IndexAnalysis;

inline IndexFacts unknownAt(NodeId blame) { return {.blame = blame}; }
const Argument* firstInput(const Node& node);
const IndexFacts& inputFacts(Analysis& analysis, const Node& node);
std::optional<int64_t> constantOf(const Argument* argument);
/// Smallest and largest value of an integer dtype that may index or be cast to one; nothing for others.
std::optional<std::pair<int64_t, int64_t>> limits(DType dtype);
bool fits(const Analysis& analysis, const IndexFacts& facts, DType dtype);
/// The length that the node's own metadata states.
std::optional<SymInt> statedLength(const Analysis& analysis, const Node& node);
/// Facts of a fresh tensor whose entries are all different.
IndexFacts distinctIn(const Node& node, SymInt low, SymInt high, std::optional<SymInt> length,
                      std::optional<DType> dtype);
/// A part of the input: positions [begin, begin + length) or some of them.
IndexFacts part(const Analysis& analysis, IndexFacts facts, const SymInt& begin, const SymInt& end,
                std::optional<SymInt> length);

// --- tensors that begin a chain (index_sources.cpp)
IndexFacts randperm(Analysis& analysis, const Node& node);
IndexFacts arange(Analysis& analysis, const Node& node);
IndexFacts iota(Analysis& analysis, const Node& node);
IndexFacts argsort(Analysis& analysis, const Node& node);
IndexFacts randint(Analysis& analysis, const Node& node);
IndexFacts multinomial(Analysis& analysis, const Node& node);
/// getitem of an operator with several results.
IndexFacts item(Analysis& analysis, const Node& node);
/// nonzero of a 1-D tensor has one column; without it, positions that each occur once.
IndexFacts columnOfNonzero(Analysis& analysis, const Node& node);

// --- tensors made of other index tensors (index_maps.cpp)
/// clone, alias, flip of a 1-D tensor ...: the same entries, maybe in another order.
IndexFacts sameEntries(Analysis& analysis, const Node& node);
IndexFacts otherOrder(Analysis& analysis, const Node& node);
IndexFacts slice(Analysis& analysis, const Node& node);
IndexFacts narrow(Analysis& analysis, const Node& node);
/// view and its kin, if the result is 1-D again.
IndexFacts reshape(Analysis& analysis, const Node& node);
IndexFacts cast(Analysis& analysis, const Node& node);
/// index(s, [i]): entries of s; all different if those of s are and i takes no position twice.
IndexFacts taken(Analysis& analysis, const Node& node);
IndexFacts arithmetic(Analysis& analysis, const Node& node);
IndexFacts negated(Analysis& analysis, const Node& node);
/// remainder(s, m) for m > 0: in [0, m - 1]; entries stay apart only if they lay within m consecutive values.
IndexFacts remainder(Analysis& analysis, const Node& node);
/// cat of parts of one distinct tensor that share no position: all different again.
IndexFacts cat(Analysis& analysis, const Node& node);

} // namespace fxscope::detail
