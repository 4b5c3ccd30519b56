// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/rewriter.h"
#include "core/rewrite/trace.h"
#include "core/support/cancel.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// What a running pass sees. Looking is free; changing happens only inside `step`.
class PassContext {
public:
    PassContext(Graph& graph, std::string pass, std::string patterns, Cancel cancel, std::vector<RewriteStep>& steps,
                PassRecord& record, size_t stepLimit = 1'000'000)
        : m_graph(graph), m_pass(std::move(pass)), m_patterns(std::move(patterns)), m_cancel(std::move(cancel)),
          m_steps(steps), m_record(record), m_stepLimit(stepLimit) {}
    const Graph& graph() const { return m_graph; }
    const std::string& patterns() const { return m_patterns; } ///< name of the pattern set in use
    bool cancelled() const { return m_cancel.requested(); }
    /// Asked before each anchor: true once the run was cancelled or has made as many steps as it may; notes which.
    bool mustStop();

    /// One rewrite: `change` edits through the Rewriter and returns what the root's users use now. If it fails, its
    /// edits are undone and the error is returned. Times itself, notes added, removed and changed nodes.
    Result<Done> step(std::string rule, Match match, const std::function<Result<NodeId>(Rewriter&)>& change);
    /// Undoes every step that this pass made: what it has built cannot stay.
    void takeBack();
    void miss(Miss miss) { m_record.misses.push_back(std::move(miss)); }
    void warn(Diagnostic diagnostic) { m_record.diagnostics.push_back(std::move(diagnostic)); }
    void stopped(StopReason reason) { m_record.stop = reason; }

private:
    Graph& m_graph;
    std::string m_pass, m_patterns;
    Cancel m_cancel;
    std::vector<RewriteStep>& m_steps;
    PassRecord& m_record;
    size_t m_stepLimit;
};

/// A named transformation of a graph. Stateless; one object per pass, listed in passes/all_passes.def.
class Pass {
public:
    virtual ~Pass() = default;
    virtual std::string_view name() const = 0;
    virtual std::string_view summary() const = 0;                       ///< one line for lists
    virtual std::vector<std::string> patternSets() const { return {}; } ///< the first is the default; empty: needs none
    virtual bool takesPatternFiles() const { return false; }            ///< any other set name is a folder of files
    virtual Result<Done> run(PassContext& context) const = 0;
};

struct PassOptions {
    std::string patterns; ///< empty: each pass's default
    Cancel cancel;
    size_t stepLimit = 1'000'000;
};

/// Runs passes in order on a copy of `graph`; verifies after each one and compares the graph's hash with what was
/// recorded. On failure the trace up to there is lost and the Diagnostic names the pass.
Result<Trace> runPasses(std::shared_ptr<const Graph> graph, std::span<const Pass* const> passes,
                        const PassOptions& options = {});

} // namespace fxscope
