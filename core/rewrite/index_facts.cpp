// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/index_facts.h"

#include <algorithm>
#include <unordered_set>

namespace fxscope {
namespace {

/// Operators whose result has the sizes of their first argument.
bool keepsSizes(std::string_view target) {
    static const std::unordered_set<std::string_view> kTargets{
        "torch.ops.aten.index_put.default",  "torch.ops.aten.index_put_.default", "torch.ops.aten.index_add.default",
        "torch.ops.aten.index_add_.default", "torch.ops.aten.clone.default",      "torch.ops.aten.alias.default",
        "torch.ops.aten.detach.default",     "torch.ops.aten.contiguous.default"};
    return kTargets.contains(target);
}

constexpr int kMaxDepth = 8; ///< arithmetic on sizes that we follow in graphs without metadata

/// Sizes and numbers without metadata get names no file can contain; the '$' keeps them from looking like backed
/// symbols.
SymInt ownSymbol(const std::string& text) { return SymInt::symbol("$" + text); }

std::optional<SymInt> combine(std::string_view target, const SymInt& a, const SymInt& b) {
    if (target == "operator.add")
        return a + b;
    if (target == "operator.sub")
        return a - b;
    if (target == "operator.mul")
        return a * b;
    if (target == "operator.floordiv")
        return floorDiv(a, b);
    if (target == "operator.mod")
        return mod(a, b);
    if (target == "torch.sym_max")
        return symMax(a, b);
    if (target == "torch.sym_min")
        return symMin(a, b);
    return std::nullopt;
}

} // namespace

const Argument* argumentOf(const Node& node, size_t position, std::string_view keyword) {
    return position < node.args.size() ? &node.args[position] : node.kwarg(keyword);
}

const IndexFacts& IndexAnalysis::of(NodeId tensor) {
    // Depth first without recursion: a node is answered once its inputs are. One met again before that is in a cycle.
    std::vector<NodeId> pending{tensor};
    std::unordered_set<uint32_t> opened;
    while (!pending.empty()) {
        const NodeId id = pending.back();
        if (m_facts.contains(id.index)) {
            pending.pop_back();
            continue;
        }
        const Node& node = m_graph[id];
        const bool first = opened.insert(id.index).second;
        size_t open = 0;
        if (first)
            for (const NodeId input : detail::indexRuleInputs(m_graph, node))
                if (!m_facts.contains(input.index) && !opened.contains(input.index))
                    pending.push_back(input), ++open;
        if (open)
            continue;
        const detail::IndexRule rule = detail::indexRuleFor(node);
        for (const NodeId input : detail::indexRuleInputs(m_graph, node))
            m_facts.try_emplace(input.index, IndexFacts{.blame = input}); // only in a cycle
        IndexFacts facts = rule ? rule(*this, node) : IndexFacts{};
        if (!facts.known && !facts.blame.valid())
            facts.blame = id;
        m_facts.emplace(id.index, std::move(facts));
        pending.pop_back();
    }
    return m_facts.at(tensor.index);
}

std::vector<NodeId> IndexAnalysis::chain(NodeId tensor) {
    std::vector<NodeId> found{tensor};
    std::unordered_set<uint32_t> seen{tensor.index};
    for (size_t i = 0; i < found.size(); ++i)
        for (const NodeId input : detail::indexRuleInputs(m_graph, m_graph[found[i]]))
            if (of(input).known && seen.insert(input.index).second)
                found.push_back(input);
    std::sort(found.begin(), found.end(), [this](NodeId a, NodeId b) { return m_graph.isBefore(a, b); });
    return found;
}

std::optional<int64_t> IndexAnalysis::rankOf(NodeId tensor) const {
    const TensorMeta* meta = m_graph[tensor].tensor();
    return meta ? std::optional(static_cast<int64_t>(meta->sizes.size())) : std::nullopt;
}

std::optional<SymInt> IndexAnalysis::sizeOf(NodeId tensor, int64_t dim) const {
    // Bounded: a file may chain as many of these as it likes, and without metadata we walk them.
    for (int step = 0; step < 10'000; ++step) {
        const Node& node = m_graph[tensor];
        if (const TensorMeta* meta = node.tensor()) {
            const int64_t rank = static_cast<int64_t>(meta->sizes.size());
            const int64_t at = dim < 0 ? dim + rank : dim;
            return at >= 0 && at < rank ? std::optional(meta->sizes[static_cast<size_t>(at)]) : std::nullopt;
        }
        const bool walk =
            node.op == Op::CallFunction && keepsSizes(node.target.str()) && !node.args.empty() && node.args[0].isNode();
        if (!walk)
            return dim < 0 ? std::nullopt : std::optional(ownSymbol(node.name + "." + std::to_string(dim)));
        tensor = node.args[0].asNode();
    }
    return std::nullopt;
}

std::optional<SymInt> IndexAnalysis::integerAt(const Argument& argument, int depth) const {
    if (argument.isInt())
        return SymInt(argument.asInt());
    if (argument.kind() == Argument::Kind::Sym)
        return argument.asSym();
    if (!argument.isNode())
        return std::nullopt;
    const Node& node = m_graph[argument.asNode()];
    if (node.meta.kind() == ValueMeta::Kind::SymInt)
        return node.meta.symInt();
    if (node.meta.isKnown())
        return std::nullopt;
    const bool size = node.target.str() == "torch.ops.aten.sym_size.int" && node.args.size() == 2;
    if (size && node.args[0].isNode() && node.args[1].isInt())
        return sizeOf(node.args[0].asNode(), node.args[1].asInt());
    if (node.op == Op::CallFunction && node.args.size() == 2 && depth < kMaxDepth) {
        const auto a = integerAt(node.args[0], depth + 1), b = integerAt(node.args[1], depth + 1);
        if (const auto value = a && b ? combine(node.target.str(), *a, *b) : std::nullopt)
            return value;
    }
    return ownSymbol(node.name);
}

bool IndexAnalysis::inBounds(const IndexFacts& facts, const SymInt& size) const {
    // A size is never negative, also where nothing else is known of it.
    const bool above = notNegative(facts) || (facts.low && atMost(SymInt(-1) * size, *facts.low));
    return above && facts.high && atMost(*facts.high + 1, size);
}

bool IndexAnalysis::notNegative(const IndexFacts& facts) const { return facts.low && atMost(0, *facts.low); }

bool IndexAnalysis::distinctRows(const IndexFacts& facts, const std::optional<SymInt>& size) const {
    if (!facts.known || !facts.distinct)
        return false;
    if (notNegative(facts) || (facts.high && atMost(*facts.high, -1)))
        return true;
    // At most `size` consecutive values stay apart when those below zero wrap around.
    return size && facts.low && facts.high && atMost(*facts.high - *facts.low + 1, *size);
}

} // namespace fxscope
