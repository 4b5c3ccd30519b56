// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/trace.h"

#include <deque>
#include <memory>
#include <optional>

namespace fxscope {

/// The versions of one trace as snapshots. The last few are kept, so that a step forward copies one graph, not two.
class History {
public:
    explicit History(std::shared_ptr<const Trace> trace) : m_trace(std::move(trace)), m_cursor(m_trace) {}
    const std::shared_ptr<const Trace>& trace() const { return m_trace; }
    /// The graph after the first `position` steps; base and result are the trace's own.
    std::shared_ptr<const Graph> version(size_t position);

private:
    static constexpr size_t kKept = 8;
    std::shared_ptr<const Trace> m_trace;
    TraceCursor m_cursor;
    std::deque<std::pair<size_t, std::shared_ptr<const Graph>>> m_recent;
};

} // namespace fxscope
