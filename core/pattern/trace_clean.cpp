// SPDX-License-Identifier: BSD-3-Clause
// What PyTorch does to a traced function before it becomes a pattern: no-operations and dead code go.
#include "core/ops/op.h"
#include "core/pattern/trace.h"

#include <algorithm>

namespace fxscope {
namespace {

using Rule = bool (*)(const Graph& graph, const Node& node, const SymRanges& ranges);

const Argument& arg(const Node& node, size_t index, const Argument& fallback) {
    return index < node.args.size() ? node.args[index] : fallback;
}

std::optional<SymInt> number(const Graph& graph, const Argument& value) {
    if (value.isInt())
        return SymInt(value.asInt());
    if (value.isNode() && graph[value.asNode()].meta.kind() == ValueMeta::Kind::SymInt)
        return graph[value.asNode()].meta.symInt();
    return std::nullopt;
}

/// The input that a no-operation equals.
NodeId source(const Node& node, size_t index = 0) {
    return index < node.args.size() && node.args[index].isNode() ? node.args[index].asNode() : NodeId{};
}

bool always(const Graph&, const Node&, const SymRanges&) { return true; }

bool sliceCovers(const Graph& graph, const Node& node, const SymRanges& ranges) {
    const Argument one = Argument::integer(1), none;
    const auto dim = number(graph, arg(node, 1, Argument::integer(0)));
    const auto start = number(graph, arg(node, 2, none)), end = number(graph, arg(node, 3, none));
    const auto step = number(graph, arg(node, 4, one));
    const TensorMeta* x = graph[source(node)].tensor();
    if (!dim || !start || !end || !step || !x || !dim->isConstant())
        return false;
    const auto rank = static_cast<int64_t>(x->sizes.size());
    const int64_t at = dim->constant() < 0 ? dim->constant() + rank : dim->constant();
    if (at < 0 || at >= rank)
        return false;
    return start->is(0) && step->is(1) &&
           (end->is(INT64_MAX) || provablyLessEqual(x->sizes[size_t(at)], *end, ranges) == Proof::Yes);
}

bool integral(const Graph& graph, const Node& node, const SymRanges&) {
    const TensorMeta* x = graph[source(node)].tensor();
    return x && isIntegral(x->dtype, true);
}

bool powerOfOne(const Graph&, const Node& node, const SymRanges&) {
    return node.args.size() == 2 && node.args[1].isInt() && node.args[1].asInt() == 1;
}

bool onlyOnes(const Graph&, const Node& node, const SymRanges&) {
    return node.args.size() > 1 && node.args[1].isSequence() &&
           std::all_of(node.args[1].items().begin(), node.args[1].items().end(),
                       [](const Argument& item) { return item.isInt() && item.asInt() == 1; });
}

bool onlyZeros(const Graph&, const Node& node, const SymRanges&) {
    return node.args.size() > 1 && node.args[1].isSequence() &&
           std::all_of(node.args[1].items().begin(), node.args[1].items().end(),
                       [](const Argument& item) { return item.isInt() && item.asInt() == 0; });
}

/// The rules of Inductor's no-op removal. Where sizes and dtype decide, equal metadata is all that is left to ask.
Rule ruleOf(Target target) {
    static const std::map<std::string, Rule, std::less<>> kRules{
        {"torch.ops.aten.slice.Tensor", sliceCovers},
        {"torch.ops.aten.repeat.default", onlyOnes},
        {"torch.ops.aten.constant_pad_nd.default", onlyZeros},
        {"torch.ops.prims.convert_element_type.default", always},
        {"torch.ops.prims.device_put.default", always},
        {"torch.ops.aten.ceil.default", integral},
        {"torch.ops.aten.floor.default", integral},
        {"torch.ops.aten.round.default", integral},
        {"torch.ops.aten.trunc.default", integral},
        {"torch.ops.aten.pow.Tensor_Scalar", powerOfOne},
        {"torch.ops.aten.view.default", always},
        {"torch.ops.aten.view.dtype", always},
        {"torch.ops.aten.alias.default", always},
        {"torch.ops.aten.clone.default", always},
    };
    const auto found = kRules.find(target.str());
    return found == kRules.end() ? nullptr : found->second;
}

bool sameMeta(const Node& a, const Node& b, const SymRanges& ranges) {
    const TensorMeta *x = a.tensor(), *y = b.tensor();
    if (!x || !y || x->dtype != y->dtype || x->device != y->device || x->layout != y->layout ||
        x->sizes.size() != y->sizes.size())
        return false;
    const auto equal = [&](const SymInt& m, const SymInt& n) { return provablyEqual(m, n, ranges) == Proof::Yes; };
    const auto strides = [](const TensorMeta& meta) { return meta.strides.value_or(contiguousStrides(meta.sizes)); };
    const SymSizes xs = strides(*x), ys = strides(*y);
    return std::equal(x->sizes.begin(), x->sizes.end(), y->sizes.begin(), equal) &&
           std::equal(xs.begin(), xs.end(), ys.begin(), equal);
}

/// The node whose memory this one shows: itself, or what its chain of views starts from.
NodeId storageOf(const Graph& graph, NodeId id) {
    while (const OpDef* op = findOp(graph[id].target)) {
        const NodeId input = source(graph[id]);
        if (!op->view || !input.valid())
            break;
        id = input;
    }
    return id;
}

void replaceAll(Graph& graph, NodeId old, NodeId replacement) {
    const auto redirect = [&](NodeId id) { return Argument::node(id == old ? replacement : id); };
    for (const NodeId user : std::vector<NodeId>(graph[old].users)) {
        NodeBody body = graph[user];
        for (Argument& each : body.args)
            each = mapNodes(each, redirect);
        for (Kwarg& each : body.kwargs)
            each.second = mapNodes(each.second, redirect);
        graph.setBody(user, std::move(body));
    }
}

} // namespace

void removeNoops(Graph& graph, const SymRanges& ranges) {
    const NodeId output = graph.output();
    const auto isOutput = [&](NodeId id) {
        bool found = false;
        for (const Argument& each : graph[output].args)
            forEachNode(each, [&](NodeId node) { found = found || node == id; });
        return found;
    };
    // Aliases between inputs and outputs must stay as they are: what is kept apart stays apart, and the other way
    // round.
    const auto showsInput = [&](NodeId storage) { return graph[storage].op == Op::Placeholder; };
    const auto showsOutput = [&](NodeId storage) {
        bool found = false;
        for (const Argument& each : graph[output].args)
            forEachNode(each, [&](NodeId node) { found = found || storageOf(graph, node) == storage; });
        return found;
    };
    for (const NodeId id : graph.ids()) {
        const Rule rule = ruleOf(graph[id].target);
        const NodeId from = source(graph[id]);
        if (graph[id].op != Op::CallFunction || !rule || !from.valid())
            continue;
        const NodeId here = storageOf(graph, id), there = storageOf(graph, from);
        if (here != there && showsOutput(here) && (showsInput(there) || showsOutput(there)))
            continue;
        if (here == there && isOutput(id) && graph[output].args.front().isNode() && showsInput(from))
            continue;
        if (!sameMeta(graph[id], graph[from], ranges) || !rule(graph, graph[id], ranges))
            continue;
        replaceAll(graph, id, from);
        graph.erase(id);
    }
}

size_t removeDeadCode(Graph& graph, bool keepRandom) {
    size_t removed = 0;
    const std::vector<NodeId> ids = graph.ids();
    for (auto id = ids.rbegin(); id != ids.rend(); ++id) {
        const Node& node = graph[*id];
        if (!node.users.empty() || node.op == Op::Placeholder || node.op == Op::Output)
            continue;
        const Schema* schema = node.target.str().starts_with("torch.ops.") ? findSchema(node.target) : nullptr;
        if ((schema && schema->mutates()) || (keepRandom && isRandom(node)))
            continue;
        graph.erase(*id);
        ++removed;
    }
    return removed;
}

} // namespace fxscope
