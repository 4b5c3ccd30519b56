// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/trace_index.h"

#include <cstddef>
#include <string>
#include <vector>

namespace fxscope::io {

/// One run of Inductor within a compile: what it was given, its graphs, the code, and how they hang together.
struct TraceRun {
    std::string direction;       ///< "forward", "backward", "inference"; empty: not known
    std::vector<size_t> records; ///< indices into TraceIndex::records, in file order
};

/// One attempt of one compile. Dynamo restarts some: the highest attempt is the result.
struct TraceAttempt {
    std::string id;             ///< "0/0", "rank1:!2/0/0_1#2"; unique in the log; see compileIdOf
    bool restarted = false;     ///< a later attempt replaced it
    std::vector<size_t> stages; ///< graphs outside of Inductor's runs, in file order
    std::vector<TraceRun> runs; ///< forward or inference first, then backward
};

/// The compiles of a log, in the order in which they began. See formats.md, 5.5.
std::vector<TraceAttempt> traceTimeline(const TraceIndex& index);

/// A number for names and targets of a graph's nodes as readable Python prints them; annotations, comments and all
/// other lines do not count. Equal for a graph and for the same graph in fx_graph_runnable.
uint64_t graphFingerprint(std::string_view text);

} // namespace fxscope::io
