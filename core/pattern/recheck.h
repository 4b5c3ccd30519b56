// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/matcher.h"
#include "core/pattern/pattern_set.h"

#include <functional>

namespace fxscope {

/// What a run of a pattern set may know beside the graph.
struct PatternFacts {
    bool disableCppCodegen = false; ///< config.disable_cpp_codegen: outputs on the CPU are left alone
    /// Whether a node's value is a real tensor, not a traced one; null: none is.
    std::function<bool(NodeId)> isReal;
    WhatIf whatIf; ///< for explanations; a run that rewrites leaves it empty
};

/// A pattern with the real shapes of one place burnt in, and its replacement traced with the same shapes.
struct SpecificPattern {
    Pattern pattern;
    Graph replacement; ///< placeholders are the parameters in order; empty until asked for
};

struct Recheck {
    MatchFailure failure;                            ///< reason Match: the rewrite applies
    std::shared_ptr<const SpecificPattern> specific; ///< absent where tracing was not reached or failed
};

/// What the file's own conditions say of a match that has passed everything else; reason Match: they hold.
MatchFailure conditionFailure(const Graph& graph, const PatternEntry& entry, const PatternMatch& match);

/// Phase two (matcher.md 4): traces the pattern again with the shapes of what phase one captured, and matches that.
class Rechecker {
public:
    explicit Rechecker(const Graph& graph, const PatternFacts& facts) : m_graph(graph), m_facts(facts) {}
    Recheck check(const PatternEntry& entry, const PatternMatch& match);

private:
    struct Traced {
        std::shared_ptr<SpecificPattern> specific; ///< null: `failure` says why
        MatchFailure failure;
    };
    Result<std::vector<TraceInput>> inputs(const PatternEntry& entry, const PatternMatch& match,
                                           MatchFailure& failure) const;
    Traced trace(const PatternEntry& entry, const std::vector<TraceInput>& inputs) const;

    const Graph& m_graph;
    const PatternFacts& m_facts;
    /// Layers of a model ask the same question again and again: (entry, shapes) -> what tracing gave.
    std::vector<std::pair<const PatternEntry*, std::pair<std::vector<TraceInput>, Traced>>> m_known;
};

} // namespace fxscope
