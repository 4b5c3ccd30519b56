// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/run.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace fxscope::bench {

using Time = std::chrono::nanoseconds;

/// The middle one of several times, and those that a fifth of them are below and above.
struct Spread {
    Time median{}, low{}, high{};
};
/// Of at least one time.
Spread spreadOf(std::vector<Time> times);

/// One node, or several that ran as one.
struct NodeFigures {
    std::string name;               ///< of the last
    std::string target;             ///< short: "aten.index_add.default"
    std::vector<std::string> fused; ///< the names of all, if several
    uint64_t bytes = 0;             ///< that must move (bytesMoved in core/exec/traffic.h)
    std::optional<Spread> cold;     ///< timed alone, its input in memory
    Spread warm;                    ///< behind the node before it
};

/// What a graph takes on a device.
struct Figures {
    /// The whole graph. Warm: one run behind the other. Cold: with emptied caches before each replay; where it is not
    /// replayed, the sum over the nodes, each with emptied caches.
    Spread warm, cold;
    bool replayed = false; ///< both are of one CUDA graph, else of operators started one by one
    std::vector<NodeFigures> nodes;
    std::vector<std::string> remarks; ///< Backend::remarks
    Value output;                     ///< if MeasureOptions::output
};

struct MeasureOptions {
    int repeats = 60;    ///< timed runs of the whole graph; where it is replayed, nodes are timed in 20 at most
    bool fuse = true;    ///< PlanOptions::fuse
    bool replay = true;  ///< where the device can record
    bool output = false; ///< bring the output to the host
    uint64_t seed = 0;
    Cancel cancel = {};
    TensorMap attributes = {}; ///< ExecOptions::attributes
};

/// Runs `graph` with `inputs` until everything is compiled and warm, then `repeats` times with warm and as often with
/// cold caches. Errors: those of plan and run.
Result<Figures> measure(const Graph& graph, const ValueList& inputs, Backend& backend, const MeasureOptions& options);

} // namespace fxscope::bench
