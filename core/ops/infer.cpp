// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/op.h"
#include "core/ops/schema.h"
#include "core/support/text.h"

namespace fxscope {
namespace {

Result<MetaArg> metaOf(const ValueMeta& meta, const Node& node, const std::string& where) {
    switch (meta.kind()) {
    case ValueMeta::Kind::None: return MetaArg{};
    case ValueMeta::Kind::Tensor: return MetaArg{meta.tensor()};
    case ValueMeta::Kind::SymInt: return MetaArg{meta.symInt()};
    case ValueMeta::Kind::SymFloat: return MetaArg{SymNumber{false, meta.expression()}};
    case ValueMeta::Kind::SymBool: return MetaArg{SymNumber{true, meta.expression()}};
    case ValueMeta::Kind::List: {
        MetaArgs items;
        for (const ValueMeta& item : meta.items()) {
            FX_TRY(MetaArg one, metaOf(item, node, where));
            items.push_back(std::move(one));
        }
        return MetaArg{std::move(items)};
    }
    case ValueMeta::Kind::Unknown: break;
    }
    return Diagnostic{"nothing is known of the shape of " + node.name, where, ""};
}

Result<MetaArg> metaOf(const Graph& graph, const Argument& arg, const std::string& where) {
    using enum Argument::Kind;
    switch (arg.kind()) {
    case None: return MetaArg{};
    case Bool: return MetaArg{arg.asBool()};
    case Int: return MetaArg{SymInt(arg.asInt())};
    case Float: return MetaArg{arg.asFloat()};
    case Complex: return MetaArg{arg.asComplex()};
    case String: return MetaArg{arg.asString()};
    case Node: return metaOf(graph.node(arg.asNode()).meta, graph.node(arg.asNode()), where);
    case Sym: return MetaArg{arg.asSym()};
    case DType: return MetaArg{arg.asDType()};
    case Device: return MetaArg{arg.asDevice()};
    case Layout: return MetaArg{arg.asLayout()};
    case MemoryFormat: return MetaArg{arg.asMemoryFormat()};
    case List:
    case Tuple: {
        MetaArgs items;
        for (const Argument& item : arg.items()) {
            FX_TRY(MetaArg one, metaOf(graph, item, where));
            items.push_back(std::move(one));
        }
        return MetaArg{std::move(items)};
    }
    default: return Diagnostic{"an argument of this kind has no shape rule", where, ""};
    }
}

Diagnostic unknownTarget(Target target, const std::string& where) {
    const auto near = nearestTargets(target.str());
    return Diagnostic{"operator " + target.str() + " is unknown", where,
                      near.empty() ? "" : "did you mean " + join(near, " or ") + "?"};
}

} // namespace

Result<ValueMeta> inferCall(const Graph& graph, Target target, const ArgumentList& args, const Kwargs& kwargs,
                            const std::string& where) {
    const Schema* schema = findSchema(target);
    if (!schema)
        return unknownTarget(target, where);
    const OpDef* op = findOp(target);
    if (!op || !op->infer)
        return Diagnostic{"no shape rule for " + target.str(), where, ""};
    FX_TRY(const ArgumentList bound, bindArguments(*schema, args, kwargs, where));
    MetaArgs metas;
    for (const Argument& arg : bound) {
        FX_TRY(MetaArg meta, metaOf(graph, arg, where));
        metas.push_back(std::move(meta));
    }
    auto result = op->infer(metas);
    if (result.ok())
        return result;
    Diagnostic error = std::move(result).error();
    error.what = std::string(target.shortName()) + ": " + error.what;
    error.where = where;
    return error;
}

size_t inferMissing(Graph& graph) {
    const auto order = topologicalOrder(graph);
    const std::vector<NodeId> ids = order.ok() ? *order : graph.ids();
    size_t unknown = 0;
    for (const NodeId id : ids) {
        const Node& node = graph[id];
        if (node.op == Op::Output || node.meta.isKnown())
            continue;
        auto meta = node.op == Op::CallFunction ? inferCall(graph, node.target, node.args, node.kwargs, node.name)
                                                : Result<ValueMeta>(Diagnostic{});
        if (!meta.ok()) {
            ++unknown;
            continue;
        }
        NodeBody body = node;
        body.meta = std::move(meta).value();
        graph.setBody(id, std::move(body));
    }
    return unknown;
}

} // namespace fxscope
