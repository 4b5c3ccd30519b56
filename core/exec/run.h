// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"
#include "core/io/capture.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fxscope {

/// The values of a graph's placeholders, in order, with a sentence per source ("2 inputs from x.safetensors",
/// "148 weights from the archive", "1 input made up (normal, seed 7)").
struct BoundInputs {
    ValueList values;
    std::vector<std::string> sources;
    std::vector<bool> madeUp;  ///< per placeholder
    TensorMap attributes = {}; ///< values of get_attr nodes by target, for ExecOptions::attributes
};

/// Placeholders get their values: weights by FQN, user inputs from `given` (names in0, in1 ..., or placeholder names),
/// else the capture's sample inputs, else made up from metadata (seeded; valid indices where the graph uses them as
/// such). Errors name the placeholder: missing weight, wrong dtype or sizes, unknown metadata.
Result<BoundInputs> bindInputs(const Graph& graph, const Capture& capture, const TensorMap& given, uint64_t seed);

/// A node's call with its arguments bound to the schema: those that never change as values, the others to be evaluated.
struct PlannedCall {
    const OpDef* op = nullptr; ///< null: no call of an operator
    ValueList arguments;       ///< in schema order; places named by `open` are empty
    std::vector<std::pair<size_t, Argument>> open;
};

/// What is known before a run: order, how long each value lives, what the backend cannot do.
struct Plan {
    std::vector<NodeId> order;
    std::vector<PlannedCall> calls;              ///< per position of `order`
    std::vector<std::vector<NodeId>> freedAfter; ///< per position of `order`: values not needed any more
    /// Per position: how many nodes from here on run as one (see `fuse`); 1 elsewhere.
    std::vector<size_t> together;
    /// By the first position of nodes that run as one: the one call that stands for all of them (see add_once.h).
    std::map<size_t, PlannedCall> wholes;
    /// Per position: an elementwise call, whose result may be written over an input that dies there.
    std::vector<bool> elementwise;
    /// The largest sum of values that are live at once, from metadata: no order of the same nodes' allocations needs
    /// less. 0 where sizes are unknown.
    int64_t estimatedPeakBytes = 0;
};
struct PlanOptions {
    /// Run neighbouring elementwise nodes, and the one-pass form of index_add, in one pass over memory; the values
    /// between are not made.
    bool fuse = false;
    bool reuse = true; ///< write elementwise results over inputs that nobody reads any more
};
/// Error: the first node that cannot run, naming operator and node, and how many more there are.
Result<Plan> plan(const Graph& graph, const Backend& backend, const PlanOptions& options = {});

struct ExecOptions {
    uint64_t seed = 0;
    uint64_t skip = 0;    ///< 32-bit numbers drawn before the run: what a recording drew for weights and inputs
    bool keepAll = false; ///< keep every node's value in the result; then, and with `observe`, nothing is fused
    std::vector<std::string> keepNames; ///< or those of these nodes
    Cancel cancel;
    std::function<void(size_t done, size_t all)> progress; ///< called about 20 times a second at most
    TensorMap attributes = {};                             ///< what get_attr nodes fetch, by target
    /// Called with each node's value as soon as it is there, placeholders and output left out; the time it takes is not
    /// counted. The value must not be changed, and may change later if the graph writes in place.
    std::function<void(NodeId, const Value&)> observe = {};
    /// Where the backend can record (a CUDA graph): afterwards the work is recorded and run so many times as one.
    int replays = 0;
    Caches caches = Caches::Warm; ///< of each operator that is timed alone, and of each replay
    bool download = true;         ///< outputs are brought to the host; else they stay where the backend has them
    bool traffic = false;         ///< count NodeTime::bytes, beside the time that is measured
};

struct NodeTime {
    NodeId node; ///< of fused nodes the last
    std::chrono::nanoseconds took{};
    std::vector<NodeId> fused = {}; ///< the nodes that ran as one, in order; empty for a node that ran alone
    uint64_t bytes = 0;             ///< that must move (bytesMoved), if ExecOptions::traffic
};
struct RunResult {
    Value output;                               ///< what the output node returns
    std::map<NodeId, Value> values;             ///< kept ones, snapshots (later in-place writes do not show)
    std::map<NodeId, Value> writtenInputs = {}; ///< placeholders and attributes that the graph writes to, at its end
    Diagnostics warnings = {};                  ///< nodes whose declared metadata the computed value contradicts
    std::vector<std::string> remarks = {};      ///< Backend::remarks
    std::vector<NodeTime> times;                ///< in execution order, placeholders left out
    std::chrono::nanoseconds total{};
    std::vector<std::chrono::nanoseconds> replays = {}; ///< of ExecOptions::replays, by the device's clock
    int64_t peakBytes = 0;             ///< largest sum of live storages that the run allocated, kept values among them
    int64_t peakWithoutReuseBytes = 0; ///< what it would have been without results written over inputs
    int64_t lowerBoundBytes = 0;       ///< Plan::estimatedPeakBytes
};

/// Runs a graph once. A value is freed after its last use unless kept. Errors name the node; `inputs` are not changed.
Result<RunResult> run(const Graph& graph, const ValueList& inputs, Backend& backend, const ExecOptions& options = {});
/// The same with a plan made before, by `plan` of the same graph and backend.
Result<RunResult> run(const Graph& graph, const Plan& planned, const ValueList& inputs, Backend& backend,
                      const ExecOptions& options = {});

} // namespace fxscope
