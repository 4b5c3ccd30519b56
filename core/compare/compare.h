// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/run.h"
#include "core/exec/traffic.h"
#include "core/rewrite/trace.h"

#include <optional>
#include <string>
#include <vector>

namespace fxscope {

/// |a - b| <= atol + rtol * |b|; NaN equals NaN. Defaults by dtype as in torch.testing: float32 1.3e-6 / 1e-5, float16
/// 1e-3 / 1e-5, bfloat16 1.6e-2 / 1e-5, float64 1e-7 / 1e-7, integers and bool exact.
struct Tolerance {
    double rtol = 0, atol = 0;
};
Tolerance defaultTolerance(DType dtype);

/// How far two tensors are apart. Indices count elements in row-major order.
struct TensorDifference {
    bool equal = false; ///< within tolerance
    bool bitEqual = false;
    std::string mismatch; ///< dtype or sizes differ: then nothing below holds
    int64_t elements = 0, differing = 0;
    double maxAbs = 0, maxRel = 0;
    int64_t firstBad = -1; ///< first element outside the tolerance, -1 if none
    double firstBadA = 0, firstBadB = 0;
};
TensorDifference compareTensors(const Tensor& a, const Tensor& b, std::optional<Tolerance> tolerance = {});

/// Of one tensor, for the Values panel. NaN and infinities are counted apart and left out of the rest.
struct TensorStatistics {
    int64_t elements = 0, nans = 0, infinities = 0;
    double min = 0, max = 0, mean = 0, stddev = 0;
    std::vector<int64_t> histogram; ///< 32 equal bins from min to max
};
TensorStatistics statistics(const Tensor& tensor);

/// One value before and after.
struct NodeComparison {
    std::string before, after; ///< node names; the same for untouched nodes
    NodeId beforeId, afterId;
    std::string output; ///< "out0" for graph outputs, else empty
    TensorDifference difference;
    std::string type = {}; ///< of the value before: "f32[4, 8]", "3"
    std::optional<TensorStatistics> beforeStatistics = {}, afterStatistics = {}; ///< if asked for, of tensors
};
/// A value that only one side computes.
struct LoneValue {
    std::string name;
    NodeId id;
    std::string type;
    std::optional<TensorStatistics> statistics;
};
struct Comparison {
    std::vector<NodeComparison> nodes; ///< in execution order of the graph before, outputs last
    bool equal = false;                ///< every output equal
    std::string firstDiffering;        ///< node before, in execution order; empty if none
    size_t rewrites = 0;
    double maxAbs = 0, maxRel = 0; ///< over the outputs
    std::vector<NodeTime> beforeTimes, afterTimes;
    std::chrono::nanoseconds before{}, after{}; ///< whole graph, median of the repeats
    int64_t peakBefore = 0, peakAfter = 0;
    bool fused = false; ///< the times are of graphs whose neighbouring elementwise nodes ran as one
    std::chrono::nanoseconds replayBefore{}, replayAfter{}; ///< the work recorded and run as one; 0: not replayed
    std::vector<std::string> remarksBefore, remarksAfter;   ///< RunResult::remarks
    CopyBandwidth copy;               ///< of the device, if CompareOptions::traffic and it could be measured; else 0
    std::vector<std::string> sources; ///< of the inputs, see BoundInputs
    std::vector<LoneValue> onlyBefore, onlyAfter; ///< without counterpart, in execution order
};

struct CompareOptions {
    uint64_t seed = 0;
    uint64_t skip = 0; ///< as ExecOptions::skip
    std::optional<Tolerance> tolerance;
    int repeats = 1; ///< timed runs of each side, alternating, after one each whose values are compared
    Cancel cancel;
    std::function<void(size_t done, size_t all)> progress;
    bool statistics = false; ///< of every value on both sides
    bool fuse = false;       ///< time graphs whose neighbouring elementwise nodes run as one; values are of single ones
    bool replay = false;     ///< also time the work recorded and run as one, where the backend can
    bool traffic = false;    ///< NodeTime::bytes, and the device's copy bandwidth
};

/// Runs the trace's base and result with the same inputs and seed and compares every value both of them compute, by
/// node (untouched nodes, and a rewritten root with what replaced it) and every output.
Result<Comparison> compareTrace(const Trace& trace, const BoundInputs& inputs, Backend& backend,
                                const CompareOptions& options = {});
/// Two sets of named tensors: names in one only count as different.
Comparison compareMaps(const TensorMap& a, const TensorMap& b, std::optional<Tolerance> tolerance = {});

} // namespace fxscope
