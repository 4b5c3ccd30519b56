// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/op.h"
#include "core/pattern/pattern_run.h"

#include <algorithm>

namespace fxscope {

bool MutationRegions::mutates(NodeId id) {
    const Node& node = m_graph[id];
    if (node.op != Op::CallFunction || !node.target.str().starts_with("torch.ops."))
        return isMutating(node); // depends on the arguments
    const auto known =
        std::find_if(m_known.begin(), m_known.end(), [&](const auto& entry) { return entry.first == node.target; });
    if (known != m_known.end())
        return known->second;
    m_known.emplace_back(node.target, isMutating(node));
    return m_known.back().second;
}

void MutationRegions::computeAll() {
    m_region.assign(m_graph.slotCount(), -1);
    int64_t region = 0;
    for (const NodeId id : m_graph.order()) {
        region += mutates(id) ? 1 : 0;
        m_region[id.index] = region;
    }
}

int64_t MutationRegions::of(NodeId id) {
    if (!m_graph.first().valid())
        return 0;
    if (m_region.empty() || !known(m_graph.first())) // a new first node: PyTorch counts again
        computeAll();
    m_region.resize(std::max(m_region.size(), m_graph.slotCount()), -1);
    NodeId at = id;
    while (!known(at) && at != m_graph.first())
        at = m_graph.prev(at);
    int64_t region = known(at) ? m_region[at.index] : 0;
    while (at != id) {
        at = m_graph.next(at);
        region += mutates(at) ? 1 : 0;
        m_region[at.index] = region;
    }
    return region;
}

} // namespace fxscope
