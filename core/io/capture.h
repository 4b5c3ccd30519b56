// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/io/lazy.h"
#include "core/support/cancel.h"
#include "core/tensor/value.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fxscope {

/// A graph, and what reading it had to say.
struct ReadGraph {
    std::shared_ptr<const Graph> graph;
    Diagnostics notes;
};

/// Tensors by name, as they stand in a file; the storages keep the mapping alive.
using TensorMap = std::map<std::string, Tensor>;

/// Values that a file stores for one program.
struct StoredValues {
    TensorMap weights;      ///< parameters, buffers and constants by FQN, viewing the mapped file
    ValueList sampleInputs; ///< user inputs in placeholder order; empty if there are none
};

/// One graph of a capture. `id` is what --graph takes and is unique in the capture.
///
/// Note [Graphs that are read later]
/// A log of 1 GB holds thousands of graphs, of which few are looked at. Such a form fills everything here but `graph`,
/// and `later` reads that when it is asked for: through Capture::entry or Capture::load, which the command line and
/// the window use alike. `graph` is a plain pointer all the same, not an object that reads behind an arrow: reading may
/// take long and may fail, so whoever causes it must say so and take a Result.
struct GraphEntry {
    std::string id;
    std::string stage;                  ///< "export", "before_pre_grad_graph" ...; empty where the form does not say
    std::string compileId;              ///< "0/0"; empty where the form does not say
    std::shared_ptr<const Graph> graph; ///< null: not read yet
    std::shared_ptr<const Lazy<ReadGraph>> later; ///< null: `graph` was there from the start
    int previous = -1;      ///< index of the stage that this one was made from; -1: the first, or not known
    size_t bytes = 0;       ///< of its text, where it is read later
    bool restarted = false; ///< a later attempt of the same compile replaced this one
    Diagnostics notes;      ///< of reading it later
    std::shared_ptr<const StoredValues> values = {}; ///< of this graph's program; null: those of the capture

    /// The same with its graph. Error: it cannot be read.
    Result<GraphEntry> read() const;
};

/// One call of a kernel that Inductor generated.
struct KernelCall {
    std::string name;                 ///< "triton_poi_fused_add_0", "extern_kernels.addmm"
    int call = 0;                     ///< which call of the program it is, from 1; 0: not known
    std::vector<std::string> nodes;   ///< whose values it computes, in the graph after the post-grad passes
    std::vector<std::string> sources; ///< the nodes before the pre-grad passes that those come from
    std::string file = {};            ///< that holds its code; empty: not known
    int line = 0;                     ///< of its definition there
};

/// What became of nodes between the graph before the pre-grad passes and that after the post-grad passes, by names.
struct NodeLinks {
    std::map<std::string, std::vector<std::string>> preToPost, postToPre;
    std::vector<KernelCall> kernels; ///< in order of calls where that is known
};

/// One run of Inductor: code made from one graph.
struct InductorRun {
    std::string compileId, direction; ///< "0/0"; "forward", "backward", "inference" or empty
    int source = -1, result = -1;     ///< indices of the graphs that `links` names nodes of: pre-grad, post-grad
    std::shared_ptr<const Lazy<NodeLinks>> links;
};

/// What a file holds: graphs and, where the form carries them, weights and sample inputs. Copies are cheap.
struct Capture {
    std::string path;
    std::string form;               ///< name of the format in all_formats.def
    std::vector<GraphEntry> graphs; ///< of a timeline: compile by compile, in the order of the stages
    std::vector<InductorRun> runs;
    /// What is stored for the graphs; where a file holds several programs, for the first. Call useValuesOf before
    /// elements are read: until then a tensor may lie at any byte of the file.
    TensorMap weights;
    ValueList sampleInputs;
    Diagnostics notes; ///< warnings and notes of reading; errors are returned instead

    /// Indices of the graphs that `id` names: an id; or a stage, with or without its direction, "0/0" or "0/0:" before
    /// it; or a number, its place in the list. Graphs of an attempt that was restarted come last. None: no such graph.
    std::vector<size_t> find(std::string_view id) const;
    /// The first of them, read; an empty id is the first graph. Errors: none (lists the ids there are), cannot be read.
    Result<GraphEntry> entry(std::string_view id = {}) const;
    /// Makes `weights` and `sampleInputs` those of the program that `entry` is a graph of, for use: what does not lie
    /// in the file as its type needs it is copied. Error: no memory.
    Result<Done> useValuesOf(const GraphEntry& entry);
    Result<GraphEntry> load(size_t index) const {
        return graphs[index].read();
    } ///< see Note [Graphs that are read later]
};

namespace io {

/// Reads a file, or a folder that PyTorch wrote as a whole (torch_compile_debug, traces of several ranks, output of
/// tlparse); the form is recognised by content (all_formats.def). Errors name file, line or entry.
Result<Capture> open(const std::string& path, Cancel cancel = {});
/// Whether `path` is such a folder.
bool isCaptureFolder(const std::string& path);
/// The same for text at hand (clipboard, tests); `where` stands for the path in diagnostics.
Result<Capture> openText(std::string_view text, const std::string& where);
/// Whether the content of a file is of a form that holds graphs, be it damaged.
bool looksLikeGraph(const std::string& path);

/// One function of readable Python: `def before(x: "f32[4]"):` as text tests and pattern files have them.
struct NamedGraph {
    std::string name;
    int line = 0;
    Graph graph;
};
/// All top-level functions of a Python text, each as a graph; comments and blank lines between them are skipped.
Result<std::vector<NamedGraph>> readFunctions(std::string_view text, const std::string& where);

// --- exporters. Each returns text that `open` reads back to the same graph (names, targets, args, order; readable and
// JSON also dtype, sizes, strides, device; JSON everything).
std::string writeText(const Graph& graph); ///< str(graph)
struct ReadableOptions {
    bool stridesAndDevice = false; ///< as print_readable(include_stride=True, include_device=True)
    bool comments = true;          ///< source locations
    std::string className;         ///< empty: the graph's name, or GraphModule
};
std::string writeReadable(const Graph& graph, const ReadableOptions& options = {});
/// writeReadable below the imports that it needs: Python runs it. Error: a name that Python does not allow.
Result<std::string> writePython(const Graph& graph);
std::string writeJson(const Graph& graph);
std::string writeDot(const Graph& graph); ///< for Graphviz; read back by no one yet
std::string writeSvg(const Graph& graph); ///< a picture, laid out by core/layout

/// Writes `graph` in the form that the ending of `path` names; error lists the endings there are.
Result<Done> exportGraph(const Graph& graph, const std::string& path);
std::vector<std::string> exportEndings(); ///< ".py", ".txt" ...

/// One argument as Python prints it (repr), nodes by name: "[None, slice_1]", "device(type='cpu')".
std::string writeArgument(const Graph& graph, const Argument& argument);

// --- tensors
Result<TensorMap>
loadTensors(const std::string& path); ///< .safetensors or .npz/.npy, recognised by content; mapped where stored
Result<TensorMap> loadSafetensors(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                  const std::string& where);
/// The bytes of a safetensors file; tensors are made row-major. complex128 and others the form lacks: error naming the
/// tensor.
Result<std::string> safetensorsBytes(const TensorMap& tensors);
Result<Done> saveTensors(const TensorMap& tensors, const std::string& path); ///< by ending: .safetensors, .npz

} // namespace io
} // namespace fxscope
