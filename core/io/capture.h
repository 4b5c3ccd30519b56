// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/support/cancel.h"
#include "core/tensor/value.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace fxscope {

/// One graph of a capture. `id` is what --graph takes and is unique in the capture.
struct GraphEntry {
    std::string id;
    std::string stage;     ///< "export", "joint" ...; empty where the form does not say
    std::string compileId; ///< "0/0"; empty where the form does not say
    std::shared_ptr<const Graph> graph;
};

/// Tensors by name, as they stand in a file; the storages keep the mapping alive.
using TensorMap = std::map<std::string, Tensor>;

/// What a file holds: graphs and, where the form carries them, weights and sample inputs. Copies are cheap.
struct Capture {
    std::string path;
    std::string form; ///< name of the format in all_formats.def
    std::vector<GraphEntry> graphs;
    TensorMap weights;      ///< parameters, buffers and constants by FQN, viewing the mapped file
    ValueList sampleInputs; ///< user inputs in placeholder order; empty if there are none
    Diagnostics notes;      ///< warnings and notes of reading; errors are returned instead

    /// The entry that `id` names; an empty id is the only graph, or the first. Error lists the ids there are.
    Result<GraphEntry> entry(std::string_view id = {}) const;
};

namespace io {

/// Reads a file; the form is recognised by content (all_formats.def). Errors name file, line or entry.
Result<Capture> open(const std::string& path, Cancel cancel = {});
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
