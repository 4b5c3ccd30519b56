// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/effects.h"
#include "core/rewrite/index_facts.h"
#include "core/rewrite/match.h"

#include <optional>
#include <variant>

namespace fxscope {

/// What both index rules ask a graph; made once per run of a pass.
struct IndexQuestions {
    explicit IndexQuestions(const Graph& graph) : analysis(graph), effects(graph) {}
    IndexAnalysis analysis;
    Effects effects;
};

/// Builds the misses of one anchor. The parts of a rule are counted in the order in which they are asked.
struct MissAt {
    std::string rule;
    NodeId anchor;
    int wanted;
    Miss operator()(int matched, std::string code, std::string format, std::vector<Miss::Part> parts) const {
        return {rule, anchor, std::move(code), std::move(format), std::move(parts), matched, wanted};
    }
};

/// "aten.randint.low", "placeholder": how a sentence names what made a node.
std::string producerName(const Node& node);

/// Nothing if `index` is a 1-D integer tensor of which we know the entries, else the miss.
std::optional<Miss> askKnown(IndexQuestions& ask, NodeId index, const MissAt& miss, int matched);
/// Nothing if no call before `anchor` may have written over the index since its entries were known.
std::optional<Miss> askUnchanged(IndexQuestions& ask, NodeId index, const MissAt& miss, int matched);

/// The nodes of a match: everything the facts of `indices` rest on, and the anchor last.
std::vector<NodeId> matchedNodes(IndexQuestions& ask, const std::vector<NodeId>& indices, NodeId anchor);

} // namespace fxscope
