// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/soundness.h"

#include "core/ops/op.h"
#include "core/rewrite/index_facts.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr std::string_view kRandperm = "torch.ops.aten.randperm.default";

/// Whether `from` is computed from `source`.
bool dependsOn(const Graph& graph, NodeId from, NodeId source) {
    std::vector<bool> seen(graph.slotCount());
    std::vector<NodeId> todo{from};
    while (!todo.empty()) {
        const NodeId id = todo.back();
        todo.pop_back();
        if (id == source)
            return true;
        if (seen[id.index])
            continue;
        seen[id.index] = true;
        for (const NodeId input : graph.inputs(id))
            todo.push_back(input);
    }
    return false;
}

/// The parts of a matched rewrite of rows chosen by a permutation.
class RowRewrite {
public:
    RowRewrite(const Graph& graph, const PatternMatch& match) : m_graph(graph), m_analysis(graph), m_match(match) {
        for (const NodeId id : match.nodes)
            if (graph[id].target.str() == kRandperm)
                m_randperm = id;
        const Argument *x = match.capture("x"), *y = match.capture("y");
        if (x && x->isNode())
            m_x = x->asNode();
        if (y && y->isNode())
            m_y = y->asNode();
        for (const NodeId id : match.outputs)
            if (id.valid() && id != match.outputs.front())
                m_index = id;
    }
    bool complete() const { return m_randperm.valid() && m_x.valid() && m_index.valid(); }

    std::vector<Caveat> caveats() {
        length();
        keywords();
        source();
        randomOrder();
        cycle();
        return std::move(m_caveats);
    }

private:
    void add(const char* code, std::string sentence) { m_caveats.push_back({code, std::move(sentence)}); }
    const std::string& nameOf(NodeId id) const { return m_graph[id].name; }

    void length() {
        const auto rows = m_analysis.sizeOf(m_x, 0);
        const Argument* n = argumentOf(m_graph[m_randperm], 0, "n");
        const auto old = n ? m_analysis.integer(*n) : std::nullopt;
        if (!rows)
            return add("n_not_proven", nameOf(m_x) + " carries no shape, so whether " + nameOf(m_randperm) +
                                           " permutes its rows is not known; the rewrite permutes them");
        if (old && m_analysis.equal(*old, *rows))
            return;
        add("n_not_proven", nameOf(m_randperm) + " permutes " + (old ? old->str() : "an unknown number of") +
                                " rows, the rewrite makes a permutation of the " + rows->str() + " rows of " +
                                nameOf(m_x) +
                                "; that both are the same number is not proven, so other rows may be drawn");
        const IndexFacts& facts = m_analysis.of(m_index);
        if (!facts.known || !m_analysis.inBounds(facts, *rows))
            add("bounds_check_removed", "an entry of " + nameOf(m_index) + " may lie outside of " + nameOf(m_x) +
                                            ": the error that it raises before the rewrite is gone after it");
    }

    void keywords() {
        for (const auto& [key, value] : m_graph[m_randperm].kwargs) {
            const bool isDefault = value.isNone() || (value.kind() == Argument::Kind::Bool && !value.asBool());
            if (key == "device" || key == "pin_memory" || isDefault)
                continue;
            if (key != "dtype")
                add("kwargs_dropped", "the rewrite drops the keyword " + key + " of " + nameOf(m_randperm));
            else if (value.kind() != Argument::Kind::DType || value.asDType() != DType::Int64)
                add("index_dtype_changed", nameOf(m_randperm) + " has the dtype " + pythonRepr(value, m_graph) +
                                               ", the rewrite makes it int64");
        }
    }

    /// index_add refuses a y that its decomposition, and so the rewrite, broadcasts.
    void source() {
        if (!m_y.valid())
            return;
        const auto rank = m_analysis.rankOf(m_x), other = m_analysis.rankOf(m_y);
        if (!rank || !other)
            return;
        bool differs = *rank != *other;
        for (int64_t dim = 1; !differs && dim < *rank; ++dim)
            differs = !m_analysis.equal(*m_analysis.sizeOf(m_x, dim), *m_analysis.sizeOf(m_y, dim));
        if (differs)
            add("source_shape_relaxed", "the shape of " + nameOf(m_y) +
                                            " is not that of the rows it is added to: "
                                            "index_add raises an error there, the rewritten form broadcasts");
    }

    /// The new permutation is drawn where the old slice stood, with symbolic rows behind x.
    void randomOrder() {
        const NodeId first = m_graph.isBefore(m_index, m_match.outputs.front()) ? m_index : m_match.outputs.front();
        const auto rows = m_analysis.sizeOf(m_x, 0);
        NodeId place = first;
        if (rows && !rows->isConstant() && m_graph.isBefore(first, m_x))
            place = m_x;
        if (!m_graph.isBefore(m_randperm, place))
            return;
        for (NodeId id = m_graph.next(m_randperm); id.valid() && id != place; id = m_graph.next(id))
            if (isRandom(m_graph[id]))
                return add("random_order_changed", nameOf(id) + " draws random numbers between " + nameOf(m_randperm) +
                                                       " and the place of the new permutation (" + nameOf(place) +
                                                       "): both get other numbers than before");
    }

    void cycle() {
        for (const NodeId tensor : {m_x, m_y}) {
            const auto rows = tensor.valid() ? m_analysis.sizeOf(tensor, 0) : std::nullopt;
            if (!rows || rows->isConstant() || !dependsOn(m_graph, tensor, m_index))
                continue;
            return add("cycle", "the rewrite asks " + nameOf(tensor) + " for its rows before it makes the index, and " +
                                    nameOf(tensor) + " is computed from that index: PyTorch stops with an assertion");
        }
    }

    const Graph& m_graph;
    IndexAnalysis m_analysis;
    const PatternMatch& m_match;
    NodeId m_randperm, m_x, m_y, m_index;
    std::vector<Caveat> m_caveats;
};

} // namespace

std::vector<Caveat> caveatsOf(const Graph& graph, const PatternEntry& entry, const PatternMatch& match) {
    if (entry.source.rule != "randperm_index_add" && entry.source.rule != "randperm_index")
        return {};
    RowRewrite rewrite(graph, match);
    return rewrite.complete() ? rewrite.caveats() : std::vector<Caveat>{};
}

} // namespace fxscope
