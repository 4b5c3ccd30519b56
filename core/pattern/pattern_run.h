// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/recheck.h"
#include "core/rewrite/rewriter.h"
#include "core/support/cancel.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace fxscope {

/// One pattern tried at one node, as PyTorch's matcher does it while the pass runs.
struct PatternTry {
    NodeId anchor;
    Target target;                       ///< the anchor's when it was tried
    const PatternEntry* entry = nullptr; ///< of the set that ran
    int phase = 1;                     ///< 0: nothing was tried, 1: the general pattern, 2: everything after it matched
    MatchFailure failure;              ///< reason Match: the rewrite was applied
    std::optional<PatternMatch> match; ///< of phase one, once it matched
    std::shared_ptr<const SpecificPattern> specific; ///< of phase two, once it was traced
    Reason reason() const { return failure.reason; }
};

/// What came of a run. The set must live as long as this is read.
struct PatternRun {
    std::vector<PatternTry> tries; ///< in PyTorch's order
    size_t anchors = 0;            ///< nodes that any entry could start from
    int64_t matches = 0;           ///< what PyTorch's counter pattern_matcher_count went up by
    int64_t matchedNodes = 0;      ///< pattern_matcher_nodes
    std::string error;             ///< the exception with which PyTorch's pass stops here, with its type; empty: none
    bool cancelled = false;
};

struct PatternRunOptions {
    PatternFacts facts;
    Cancel cancel;
    /// Asked before each node; true ends the run (limits of a pass).
    std::function<bool()> mustStop;
    /// Count what fits at tries that fail (MatchFailure::matched): who lists near misses wants it, matching does not.
    bool scores = false;
};

/// Applies one match: must call `change` with a Rewriter of the graph that is running, and keep the edits.
using ApplyMatch = std::function<Result<Done>(const PatternEntry& entry, const PatternMatch& match,
                                              const std::function<Result<NodeId>(Rewriter&)>& change)>;

/// Runs a set over a graph as PatternMatcherPass.apply does (matcher.md 3.1): anchors are collected once, visited in
/// reverse order, entries in theirs. `graph` is the one that `apply` changes. Does not sort. Where PyTorch raises, the
/// run ends with `error` set; a failing `apply` is returned.
Result<PatternRun> runPatterns(const Graph& graph, const PatternSet& set, const ApplyMatch& apply,
                               const PatternRunOptions& options = {});
/// The same on a graph of one's own; edits are appended to `edits` if not null.
Result<PatternRun> runPatterns(Graph& graph, const PatternSet& set, const PatternRunOptions& options = {},
                               std::vector<Edit>* edits = nullptr);

/// What is wrong with an example of a pattern file: the pattern, traced with its inputs, matches another number of
/// times or misses for another reason. Empty: it holds.
std::string runExample(const PatternEntry& entry, const PatternExample& example);

/// matcher.md 3.7: why Inductor leaves the node alone (a dtype, "meta", "cpu" ...), or nothing.
std::optional<std::string> unsupportedType(const Graph& graph, const Node& node, const PatternFacts& facts);

/// Ids of mutation regions (matcher.md 3.6), counted when first asked for.
class MutationRegions {
public:
    explicit MutationRegions(const Graph& graph) : m_graph(graph) {}
    int64_t of(NodeId id);
    bool known(NodeId id) const { return id.index < m_region.size() && m_region[id.index] >= 0; }

private:
    void computeAll();
    bool mutates(NodeId id);
    const Graph& m_graph;
    std::vector<int64_t> m_region; ///< -1: not asked for yet
    std::vector<std::pair<Target, bool>> m_known;
};

} // namespace fxscope
