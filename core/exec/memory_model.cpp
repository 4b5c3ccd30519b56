// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/memory_model.h"

#include "core/exec/aliases.h"
#include "core/exec/fuse.h"
#include "core/exec/symbols.h"

#include <algorithm>

namespace fxscope {
namespace {

int64_t bytesOfMeta(const ValueMeta& meta, const SymHints& symbols, bool& known) {
    if (meta.kind() == ValueMeta::Kind::List) {
        int64_t sum = 0;
        for (const ValueMeta& item : meta.items())
            sum += bytesOfMeta(item, symbols, known);
        return sum;
    }
    if (!meta.isTensor()) {
        known = known && meta.isKnown();
        return 0;
    }
    int64_t bytes = static_cast<int64_t>(bytesOf(meta.tensor().dtype));
    for (const SymInt& size : meta.tensor().sizes) {
        const auto number = size.eval(symbols);
        known = known && number && !__builtin_mul_overflow(bytes, *number, &bytes);
    }
    return bytes;
}

/// Memory by roots: a view lives in its root's storage, which is free when root and views are all free.
class MemoryModel {
public:
    MemoryModel(const Graph& graph, const Plan& plan)
        : m_graph(graph), m_plan(plan), m_root(graph.slotCount()), m_live(graph.slotCount()),
          m_bytes(graph.slotCount()) {
        chooseSymbols(graph, m_symbols);
    }
    int64_t peak() {
        for (size_t i = 0; i < m_plan.order.size(); i += m_plan.together[i]) {
            const size_t end = i + m_plan.together[i];
            for (size_t k = i; k < end; ++k)
                define(k, i, end);
            for (size_t k = i; k < end; ++k)
                for (const NodeId id : m_plan.freedAfter[k])
                    release(id);
        }
        return m_known ? m_peak : 0;
    }

private:
    void define(size_t place, size_t begin, size_t end) {
        const NodeId id = m_plan.order[place];
        const Node& node = m_graph[id];
        const bool input = node.op == Op::Placeholder || node.op == Op::GetAttr || node.op == Op::Output;
        const std::vector<NodeId> inputs = m_graph.inputs(id);
        const bool alias = !input && !inputs.empty() && mayAlias(node);
        m_root[id.index] = alias ? m_root[inputs.front().index] : id;
        ++m_live[m_root[id.index].index];
        if (input || alias || (end - begin > 1 && !isSeenOutside(m_graph, m_plan, id, begin, end)))
            return;
        m_bytes[id.index] = bytesOfMeta(node.meta, m_symbols, m_known);
        if (m_plan.elementwise[place] && takesOver(id, begin, end))
            return;
        m_now += m_bytes[id.index];
        m_peak = std::max(m_peak, m_now);
    }

    /// The memory of an input that dies here becomes the result's.
    bool takesOver(NodeId id, size_t begin, size_t end) {
        if (m_bytes[id.index] < kSmallestReused)
            return false;
        for (size_t k = begin; k < end; ++k)
            for (const NodeId dying : m_plan.freedAfter[k]) {
                const NodeId root = m_root[dying.index];
                if (!root.valid() || root == id || m_live[root.index] != 1 || m_bytes[root.index] != m_bytes[id.index])
                    continue;
                m_bytes[root.index] = 0;
                return true;
            }
        return false;
    }

    void release(NodeId id) {
        const NodeId root = m_root[id.index];
        if (--m_live[root.index] == 0)
            m_now -= m_bytes[root.index];
    }

    const Graph& m_graph;
    const Plan& m_plan;
    SymHints m_symbols;
    std::vector<NodeId> m_root;
    std::vector<int> m_live;
    std::vector<int64_t> m_bytes;
    int64_t m_now = 0, m_peak = 0;
    bool m_known = true;
};

} // namespace

int64_t estimatePeak(const Graph& graph, const Plan& plan) { return MemoryModel(graph, plan).peak(); }

} // namespace fxscope
