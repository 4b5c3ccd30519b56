// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/service.h"
#include "core/io/tensor_stream.h"

#include <memory>
#include <string>

namespace fxscope::cli {

/// Writes every node's value to a safetensors file while a graph runs, so that none is held for it.
class NodeSaver {
public:
    /// `inputs` are written at once. Error: the file cannot be written.
    static Result<std::unique_ptr<NodeSaver>> create(const std::string& path, const Graph& graph,
                                                     const ValueList& inputs);
    /// Makes a run hand its values over. The saver must outlive it; a value that cannot be written cancels the run.
    void attach(ExecOptions& options);
    /// What went wrong, which `run` only knows as cancelled; if nothing did, the file is complete.
    Result<Done> finish();

private:
    NodeSaver(io::TensorStream stream, const Graph& graph) : m_stream(std::move(stream)), m_graph(graph) {}
    Result<Done> save(NodeId id, const Value& value);

    io::TensorStream m_stream;
    const Graph& m_graph;
    Result<Done> m_state = Done{};
};

} // namespace fxscope::cli
