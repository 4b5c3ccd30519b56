// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/evaluate.h"
#include "core/exec/fuse.h"
#include "core/exec/memory_model.h"
#include "core/exec/run.h"
#include "core/support/text.h"

#include <algorithm>
#include <map>

namespace fxscope {
namespace {

bool isInOrder(const Graph& graph) {
    std::vector<bool> defined(graph.slotCount());
    for (const NodeId id : graph.order()) {
        for (const NodeId input : graph.inputs(id))
            if (!defined[input.index])
                return false;
        defined[id.index] = true;
    }
    return true;
}

/// getitem of an operator's several results is the executor's own; the list it takes apart is no tensor.
bool takesListApart(const Graph& graph, const Node& node) {
    if (node.target != Target("operator.getitem") || node.args.size() != 2 || !node.args[0].isNode() ||
        !node.args[1].isInt())
        return false;
    return !graph[node.args[0].asNode()].meta.isTensor();
}

/// Can `value` be what a parameter of this type wants? Only what no value at run time could put right is refused.
bool fitsType(const SchemaArg& arg, const Argument& value) {
    using enum Argument::Kind;
    std::string_view type = arg.type;
    if (type.ends_with('?'))
        type.remove_suffix(1);
    const bool text = value.kind() == String, sequence = value.isSequence();
    if (type == "Tensor")
        return !text && !sequence && value.kind() != DType && value.kind() != Argument::Kind::Device;
    if (type == "int" || type == "SymInt" || type == "float" || type == "bool" || type == "Scalar")
        return !text && !sequence;
    return true;
}

/// Do the arguments of a call fit its schema?
Support binds(const Node& node) {
    const OpDef* op = findOp(node.target);
    const Schema* schema = op ? schemaOf(*op) : nullptr;
    if (!schema)
        return {};
    const auto bound = bindArguments(*schema, node.args, node.kwargs, node.name);
    if (!bound)
        return {false, bound.error().what + " (" + schema->text + ")"};
    for (size_t i = 0; i < schema->args.size(); ++i)
        if (!fitsType(schema->args[i], (*bound)[i]))
            return {false, "its parameter " + schema->args[i].name + " is of type " + schema->args[i].type + " (" +
                               schema->text + ")"};
    return {};
}

Support supported(const Graph& graph, const Node& node, const Backend& backend) {
    if (node.op == Op::Placeholder || node.op == Op::Output || takesListApart(graph, node))
        return {};
    if (node.op == Op::GetAttr && graph.children.contains(node.target.str()))
        return {false, "child graphs of higher-order operators are not run"};
    if (const Support support = backend.supports(graph, node); !support)
        return support;
    return node.op == Op::CallFunction ? binds(node) : Support{};
}

Diagnostic unsupported(const Graph& graph, const std::vector<NodeId>& nodes, const std::string& why) {
    const Node& first = graph[nodes.front()];
    std::string what = std::string(first.target.shortName()) + " cannot run: " + why;
    if (nodes.size() > 1) {
        std::vector<std::string> others;
        for (size_t i = 1; i < nodes.size(); ++i)
            if (const std::string name(graph[nodes[i]].target.shortName());
                name != first.target.shortName() && std::find(others.begin(), others.end(), name) == others.end())
                others.push_back(name);
        what += " (and " + counted(static_cast<int64_t>(nodes.size()) - 1, "more node", "more nodes");
        if (others.size() > 3)
            others[2] = "...", others.resize(3);
        what += others.empty() ? ")" : ": " + join(others, ", ") + ")";
    }
    return {what, "node " + first.name, "see which operators run with: fxscope list FILE --ops"};
}

std::vector<std::vector<NodeId>> lastUses(const Graph& graph, const std::vector<NodeId>& order) {
    std::vector<std::vector<NodeId>> freed(order.size());
    std::vector<bool> used(graph.slotCount());
    for (size_t i = order.size(); i-- > 0;) {
        if (!used[order[i].index]) // nobody needs it: it goes as soon as it is there
            freed[i].push_back(order[i]);
        for (const NodeId input : graph.inputs(order[i]))
            if (!used[input.index]) {
                used[input.index] = true;
                freed[i].push_back(input);
            }
        used[order[i].index] = true;
    }
    return freed;
}

/// Does evaluating it need a node's value or a symbol?
bool isOpen(const Argument& argument) {
    if (argument.isSequence())
        return std::any_of(argument.items().begin(), argument.items().end(), isOpen);
    return argument.isNode() || argument.kind() == Argument::Kind::Sym;
}

/// The call of a node that `supported` accepted.
PlannedCall planCall(const Node& node) {
    PlannedCall call;
    if (node.op != Op::CallFunction)
        return call;
    const OpDef* op = findOp(node.target);
    const Schema* schema = op ? schemaOf(*op) : nullptr;
    const auto bound = schema ? bindArguments(*schema, node.args, node.kwargs, node.name)
                              : Result<ArgumentList>(Diagnostic{"no schema", {}, {}});
    if (!bound)
        return call;
    call.op = op;
    call.arguments.resize(bound->size());
    for (size_t i = 0; i < bound->size(); ++i)
        if (auto value = isOpen((*bound)[i]) ? Result<Value>(Diagnostic{}) : evaluate((*bound)[i], Scope{{}, {}});
            value)
            call.arguments[i] = std::move(value).value();
        else
            call.open.emplace_back(i, (*bound)[i]); // what cannot be evaluated says so when its turn comes
    return call;
}

} // namespace

Result<Plan> plan(const Graph& graph, const Backend& backend, const PlanOptions& options) {
    Plan plan;
    if (!graph.output().valid())
        return Diagnostic{"the graph has no output", graph.name,
                          "its file ended, or was printed, before the graph did"};
    FX_TRY(plan.order, isInOrder(graph) ? Result<std::vector<NodeId>>(graph.ids()) : topologicalOrder(graph));
    std::vector<NodeId> impossible;
    std::string why;
    for (const NodeId id : plan.order)
        if (Support support = supported(graph, graph[id], backend); !support) {
            if (impossible.empty())
                why = support.why;
            impossible.push_back(id);
        }
    if (!impossible.empty())
        return unsupported(graph, impossible, why);
    plan.together.assign(plan.order.size(), 1);
    if (options.fuse && backend.canFuse())
        fuse(graph, plan);
    for (const NodeId id : plan.order) {
        plan.calls.push_back(planCall(graph[id]));
        plan.elementwise.push_back(options.reuse && backend.canFuse() && isElementwise(graph[id]));
    }
    for (const auto& [first, call] : plan.wholes) // their one call writes over nothing
        for (size_t k = first; k < first + plan.together[first]; ++k)
            plan.elementwise[k] = false;
    plan.freedAfter = lastUses(graph, plan.order);
    plan.estimatedPeakBytes = estimatePeak(graph, plan);
    return plan;
}

} // namespace fxscope
