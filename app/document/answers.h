// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/explain.h"
#include "core/pattern/root_cause.h"
#include "core/pattern/soundness.h"
#include "core/rewrite/trace.h"
#include "core/support/cancel.h"

#include <memory>
#include <vector>

namespace fxscope {

/// A part of an explanation in its place in the order in which the matcher compares them (the tree from the top down).
struct ComparedPart {
    const ExplainPart* part = nullptr;
    int parent = -1, row = 0; ///< index of the part above it (-1: the whole), and its place among that one's parts
    std::vector<int> parts;
    int colour = -1;     ///< of a parameter that stands for a node: the canvas' capture colour, as in a step's marks
    bool behind = false; ///< the matcher stopped before it
};

/// What one pattern says of one node. Parts point into the explanation.
struct PatternAnswer {
    Explanation explanation;
    RootCause cause;
    std::vector<Caveat> caveats; ///< of a match
    std::vector<ComparedPart> parts;
    int decisive = -1; ///< the part that decided; -1: none (it matches, or what decided is no part)
    int last() const { return decisive >= 0 ? decisive : static_cast<int>(parts.size()) - 1; }
};

/// What the patterns of a set that could start at a node say of it, the nearest first. Keeps alive what it is about.
struct NodeAnswers {
    std::shared_ptr<const Graph> graph;
    std::shared_ptr<const PatternSet> set;
    NodeId node;
    std::vector<std::shared_ptr<const PatternAnswer>> patterns;
};
NodeAnswers answersAt(std::shared_ptr<const Graph> graph, std::shared_ptr<const PatternSet> set, NodeId node,
                      const WhatIf& whatIf);

struct Candidate : NearMiss {
    bool gained = false; ///< matches only because of the reasons that are switched off
};
struct PatternCandidates {
    const PatternEntry* entry = nullptr;
    std::vector<Candidate> list; ///< the nearest first
    int matches = 0, gained = 0;
    RootCause none; ///< where the list is empty: why, if it is known
};
/// Every node that a pattern of the set could start from.
struct GraphCandidates {
    std::shared_ptr<const Graph> graph;
    std::shared_ptr<const PatternSet> set;
    std::vector<PatternCandidates> patterns; ///< in order of the set
    const PatternCandidates* of(const PatternEntry* entry) const;
};
GraphCandidates candidatesIn(std::shared_ptr<const Graph> graph, std::shared_ptr<const PatternSet> set,
                             const WhatIf& whatIf, const Cancel& cancel);

/// A place where a run may halt: a step of a rule, or one of its misses.
struct Stop {
    std::string rule;
    NodeId node;
    size_t position = 0; ///< of a step: behind it, see Document::moveTo; of a miss: how many steps came before it
    bool isStep = false;
};
/// All of them in the order in which they happened (within a pass as near to it as the trace tells).
std::vector<Stop> stopsOf(const Trace& trace);

} // namespace fxscope
