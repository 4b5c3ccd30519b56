// SPDX-License-Identifier: BSD-3-Clause
// The ATen level of a trace: calls are normalised, decomposed and written down.
#include "core/ops/op.h"
#include "core/pattern/trace_rules.h"

#include <memory>

namespace fxscope {
namespace {

/// A tuple that an operator takes as list is stored as list.
Argument listed(const Argument& value) {
    if (!value.isSequence())
        return value;
    ArgumentList items;
    for (const Argument& item : value.items())
        items.push_back(listed(item));
    return Argument::list(std::move(items));
}

std::shared_ptr<const Origin> originOf(std::string_view original) {
    Origin origin;
    origin.meta["original_aten"] = std::string(original);
    return std::make_shared<const Origin>(std::move(origin));
}

/// "aten.slice" of "torch.ops.aten.slice.Tensor": tracing names nodes by the packet.
std::string_view packetName(Target target) {
    const std::string_view name = target.shortName();
    return target.str().starts_with("torch.ops.") ? name.substr(0, name.rfind('.')) : name;
}

} // namespace

const TensorMeta* Tracer::tensorOf(const Argument& value) const {
    return value.isNode() ? m_graph[value.asNode()].tensor() : nullptr;
}

std::optional<SymInt> Tracer::sizeIn(const Argument& value) const {
    if (value.isInt())
        return SymInt(value.asInt());
    if (value.isNode() && m_graph[value.asNode()].meta.kind() == ValueMeta::Kind::SymInt)
        return m_graph[value.asNode()].meta.symInt();
    return std::nullopt;
}

bool Tracer::guardEqual(const SymInt& a, const SymInt& b) const {
    const Proof proof = provablyEqual(a, b, m_options.ranges);
    if (proof != Proof::Unknown)
        return proof == Proof::Yes;
    const auto x = a.eval(m_options.hints), y = b.eval(m_options.hints);
    return x && y && *x == *y;
}

bool Tracer::guardLessEqual(const SymInt& a, const SymInt& b) const {
    const Proof proof = provablyLessEqual(a, b, m_options.ranges);
    if (proof != Proof::Unknown)
        return proof == Proof::Yes;
    const auto x = a.eval(m_options.hints), y = b.eval(m_options.hints);
    return x && y && *x <= *y;
}

/// The arguments of a slice as its shape rule reads them: PyTorch asks the hints whether a symbolic end lies behind
/// the tensor, and then takes all of it. The recorded call keeps its end.
ArgumentList Tracer::clampedSlice(ArgumentList args) const {
    const TensorMeta* x = tensorOf(args[0]);
    const auto end = args.size() > 3 ? sizeIn(args[3]) : std::nullopt;
    const int64_t dim = args.size() > 1 ? args[1].asInt() : 0;
    const auto rank = x ? static_cast<int64_t>(x->sizes.size()) : 0;
    if (end && !end->isConstant() && dim >= -rank && dim < rank &&
        guardLessEqual(x->sizes[static_cast<size_t>(dim < 0 ? dim + rank : dim)], *end))
        args[3] = Argument::integer(INT64_MAX);
    return args;
}

void Tracer::setMeta(NodeId id, ValueMeta meta) {
    NodeBody body = m_graph[id];
    body.meta = std::move(meta);
    m_graph.setBody(id, std::move(body));
}

Result<Argument> Tracer::argument(const TraceValue& value) {
    switch (value.kind) {
    case TraceValue::Kind::Constant: return value.constant;
    case TraceValue::Kind::Tensor: return Argument::node(value.node);
    case TraceValue::Kind::Sym: return Argument::node(materialise(value.sym));
    case TraceValue::Kind::Sequence: {
        ArgumentList items;
        for (const TraceValue& item : value.items) {
            FX_TRY(Argument one, argument(item));
            items.push_back(std::move(one));
        }
        return value.list ? Argument::list(std::move(items)) : Argument::tuple(std::move(items));
    }
    case TraceValue::Kind::Slice: return unsupported("a slice as argument");
    case TraceValue::Kind::Function: return unsupported("a function as argument");
    }
    return Argument::none();
}

NodeId Tracer::materialise(size_t sym) {
    if (m_symbols[sym].node.valid())
        return m_symbols[sym].node;
    const Symbol symbol = m_symbols[sym];
    NodeBody body;
    if (symbol.tensor.valid()) {
        body.target = "torch.ops.aten.sym_size.int";
        body.args = {Argument::node(symbol.tensor), Argument::integer(static_cast<int64_t>(symbol.dim))};
    } else {
        body.target = symbol.target;
        for (const TraceValue& operand : symbol.operands)
            body.args.push_back(operand.kind == TraceValue::Kind::Sym ? Argument::node(materialise(operand.sym))
                                                                      : operand.constant);
    }
    body.name = m_graph.freshName(nameCandidate(packetName(body.target)));
    body.meta = ValueMeta::symInt(symbol.value);
    return m_symbols[sym].node = m_graph.insert(std::move(body));
}

Result<TraceValue> Tracer::call(Target target, ArgumentList args, Kwargs kwargs) {
    for (Argument& arg : args)
        arg = listed(arg);
    for (Kwarg& kwarg : kwargs)
        kwarg.second = listed(kwarg.second);
    const bool outermost = m_original.empty();
    if (outermost)
        m_original = target.shortName();
    const auto leave = [&](Result<TraceValue> result) {
        if (outermost)
            m_original.clear();
        return result;
    };
    if (m_options.decompose && isDecomposedByPyTorch(target)) {
        const Decomposition decompose = findDecomposition(target);
        if (!decompose)
            return leave(unsupported("PyTorch decomposes " + std::string(target.shortName()) +
                                     " while tracing, and fxscope does not know into what; write the operators that "
                                     "your printed graph shows"));
        auto bound = bindArguments(*findSchema(target), args, kwargs, {});
        if (!bound.ok())
            return leave(error("RuntimeError: " + bound.error().what));
        auto result = decompose(*this, *bound);
        if (!result.ok())
            return leave(std::move(result).error());
        if (*result)
            return leave(std::move(**result));
    }
    return leave(record(target, std::move(args), std::move(kwargs)));
}

Result<TraceValue> Tracer::record(Target target, ArgumentList args, Kwargs kwargs) {
    const Schema* schema = findSchema(target);
    if (!schema)
        return unsupported("nothing is known of " + std::string(target.shortName()));
    if (schema->mutates())
        return unsupported(std::string(target.shortName()) + " changes its input; patterns are functional");
    normaliseCall(*schema, args, kwargs);
    NodeBody body;
    body.target = target;
    if (const OpDef* op = findOp(target); op && op->infer) {
        static const Target kSlice("torch.ops.aten.slice.Tensor");
        auto meta = inferCall(m_graph, target, target == kSlice ? clampedSlice(args) : args, kwargs, {});
        if (!meta.ok())
            return error("RuntimeError: " + meta.error().what);
        body.meta = std::move(meta).value();
    } else if (auto known = tracedShape(*this, target, args))
        body.meta = std::move(*known);
    else
        return unsupported("fxscope has no shape rule for " + std::string(target.shortName()));
    body.name = m_graph.freshName(nameCandidate(packetName(target)));
    body.args = std::move(args);
    body.kwargs = std::move(kwargs);
    body.origin = originOf(m_original.empty() ? target.shortName() : std::string_view(m_original));
    return wrap(m_graph.insert(std::move(body)));
}

Result<TraceValue> Tracer::wrap(NodeId node) {
    TraceValue value;
    const ValueMeta meta = m_graph[node].meta;
    if (meta.isTensor()) {
        value.kind = TraceValue::Kind::Tensor;
        value.node = node;
        return value;
    }
    if (meta.kind() != ValueMeta::Kind::List)
        return unsupported("a result that is neither tensor nor tuple of tensors");
    value.kind = TraceValue::Kind::Sequence;
    for (size_t i = 0; i < meta.items().size(); ++i) {
        NodeBody body;
        body.target = "operator.getitem";
        body.args = {Argument::node(node), Argument::integer(static_cast<int64_t>(i))};
        body.name = m_graph.freshName("getitem");
        body.meta = meta.items()[i];
        body.origin = m_graph[node].origin;
        FX_TRY(TraceValue item, wrap(m_graph.insert(std::move(body))));
        value.items.push_back(std::move(item));
    }
    return value;
}

} // namespace fxscope
