// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/save_nodes.h"

namespace fxscope::cli {

Result<std::unique_ptr<NodeSaver>> NodeSaver::create(const std::string& path, const Graph& graph,
                                                     const ValueList& inputs) {
    FX_TRY(io::TensorStream stream, io::TensorStream::create(path));
    std::unique_ptr<NodeSaver> saver(new NodeSaver(std::move(stream), graph));
    const std::vector<NodeId> placeholders = graph.placeholders();
    for (size_t i = 0; i < placeholders.size() && i < inputs.size(); ++i)
        FX_CHECK(saver->save(placeholders[i], inputs[i]));
    return saver;
}

Result<Done> NodeSaver::save(NodeId id, const Value& value) {
    TensorMap tensors;
    service::addTensors(tensors, m_graph[id].name, value);
    for (const auto& [name, tensor] : tensors)
        FX_CHECK(m_stream.add(name, tensor));
    return Done{};
}

void NodeSaver::attach(ExecOptions& options) {
    options.observe = [this, cancel = options.cancel](NodeId id, const Value& value) mutable {
        if (m_state.ok())
            m_state = save(id, value);
        if (!m_state.ok())
            cancel.request();
    };
}

Result<Done> NodeSaver::finish() {
    FX_CHECK(m_state);
    return m_stream.finish();
}

} // namespace fxscope::cli
