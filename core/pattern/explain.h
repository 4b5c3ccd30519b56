// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_run.h"

#include <string>
#include <vector>

namespace fxscope {

/// One part of a pattern beside what the graph has in its place.
struct ExplainPart {
    PatternId pattern;             ///< invalid: a constant
    NodeId node;                   ///< what stands there; invalid: a constant, or nothing
    std::string expected;          ///< "aten.slice.Tensor, 2 users", "x", "*", "2"
    std::string found;             ///< "slice_1 (aten.slice.Tensor), 1 user"
    Reason reason = Reason::Match; ///< of this part alone; Match: it fits
    bool decisive = false;         ///< the place that PyTorch's answer names
    std::vector<ExplainPart> parts;
    bool fits() const { return reason == Reason::Match; }
};

/// Why a pattern applies or does not apply at a node.
struct Explanation {
    const PatternEntry* entry = nullptr;
    NodeId anchor;
    int phase = 1;
    Reason reason = Reason::Match;
    std::string sentence;        ///< PyTorch's answer in plain words
    int matched = 0, wanted = 0; ///< parts that stand for nodes: how many fit, of all
    /// Of the pattern that decided: the specific one in phase two. Further results of the pattern that the anchor does
    /// not lead to stand behind the anchor's arguments.
    ExplainPart tree;
    std::shared_ptr<const SpecificPattern> specific;
    std::optional<PatternMatch> match; ///< of phase one
};

/// A candidate of a pattern in a graph: a node that it can start from.
struct NearMiss {
    NodeId anchor;
    int phase = 1;
    Reason reason = Reason::Match;
    int matched = 0, wanted = 0;
};
/// Answers questions about one graph, which must stay as it is meanwhile; what it found out once it keeps. Only looks.
/// With `facts.whatIf` it answers as if those reasons did not exist.
class Explainer {
public:
    explicit Explainer(const Graph& graph, PatternFacts facts = {});
    Explainer(const Explainer&) = delete; // the parts refer to each other
    Explainer& operator=(const Explainer&) = delete;
    /// What the matcher would answer now, with the whole comparison, also behind the first place that differs.
    Explanation at(const PatternEntry& entry, NodeId node);
    /// Every candidate with its score, the nearest first (list order among equals).
    std::vector<NearMiss> candidates(const PatternEntry& entry);

private:
    PatternTry tryAt(const PatternEntry& entry, NodeId node);
    const Graph& m_graph;
    PatternFacts m_facts;
    Rechecker m_rechecker;
    MutationRegions m_regions;
};

/// The calls of the deciding pattern that fit at the anchor, also behind the first that does not: an explanation's
/// score, without its words.
int fittingCalls(const Graph& graph, const PatternTry& tried);

Explanation explainAt(const Graph& graph, const PatternEntry& entry, NodeId node, const PatternFacts& facts = {});
std::vector<NearMiss> nearMisses(const Graph& graph, const PatternEntry& entry, const PatternFacts& facts = {});

} // namespace fxscope
