// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/trace.h"

#include <memory>
#include <vector>

namespace fxscope {

/// The versions of one trace. A few graphs are kept; one that nobody looks at any more is brought to the version that
/// is wanted by its edits, so that stepping costs what a step changed, not what the graph holds. GUI thread only; the
/// graphs may be read by any thread.
class History {
public:
    explicit History(std::shared_ptr<const Trace> trace) : m_trace(std::move(trace)) {}
    const std::shared_ptr<const Trace>& trace() const { return m_trace; }
    /// The graph after the first `position` steps; base and result are the trace's own. Does not change while it is
    /// held.
    std::shared_ptr<const Graph> version(size_t position);

private:
    static constexpr size_t kKept = 8;
    struct Kept {
        size_t position;
        std::shared_ptr<Graph> graph;
    };
    Kept* nearestFree(size_t position);
    Kept& copyNearest(size_t position);

    std::shared_ptr<const Trace> m_trace;
    std::vector<Kept> m_kept;
};

} // namespace fxscope
