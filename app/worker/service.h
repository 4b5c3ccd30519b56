// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"
#include "core/exec/run.h"
#include "core/io/capture.h"
#include "core/rewrite/trace.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

/// What the command line does in its own process and the worker does for the window: the same code.
namespace fxscope::service {

struct LoadOptions {
    std::string path, graph; ///< file, and id of a graph in it (empty: the first)
    std::string text;        ///< a graph at hand instead, in any form that is read; `path` then supplies weights
    std::vector<std::string> passes;
    std::string patterns;
    std::optional<size_t> steps; ///< keep only the first so many rewrites
    Cancel cancel;
};

/// A graph with what its file knows of its inputs, and what passes did to it (a trace without steps if none was asked).
struct Loaded {
    Capture capture;
    GraphEntry entry;
    std::shared_ptr<const Trace> trace;
};
/// Metadata that the form lacks is inferred. Errors: file, graph id or pass cannot be used, or a pass failed.
Result<Loaded> load(const LoadOptions& options);

struct ExecuteOptions {
    std::string device = "cpu";
    DeviceOptions deviceOptions;
    uint64_t seed = 0;
    uint64_t skip = 0;         ///< as ExecOptions::skip
    std::string inputsPath;    ///< .safetensors or .npz
    std::string inputsPayload; ///< or the bytes of a safetensors file
};
/// A device, and values for all inputs of the base graph.
struct Prepared {
    Backend* backend = nullptr;
    BoundInputs inputs;
};
/// Everything that can be known to be unusable before anything runs: device, inputs, operators of the graphs named.
Result<Prepared> prepare(const Loaded& loaded, const std::vector<const Graph*>& graphs, const ExecuteOptions& options);

/// Adds the tensors of one value under its name, as nodeTensors does.
void addTensors(TensorMap& tensors, const std::string& name, const Value& value);
/// All values of a run as named tensors: nodes by name (elements of lists "name.0", "name.1"), outputs as out0, out1
/// ... Numbers become tensors of no dimension; other values are left out.
TensorMap nodeTensors(const Graph& graph, const RunResult& result);
TensorMap outputTensors(const Graph& graph, const RunResult& result);

} // namespace fxscope::service
