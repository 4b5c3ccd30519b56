// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/trace.h"

#include "core/pattern/tracer.h"
#include "core/support/text.h"

namespace fxscope {
namespace {

constexpr size_t kMaxNodes = 5000;

Result<Argument> outputArgument(const TraceValue& value,
                                const std::function<Result<Argument>(const TraceValue&)>& leaf) {
    if (value.kind != TraceValue::Kind::Sequence)
        return leaf(value);
    ArgumentList items;
    for (const TraceValue& item : value.items) {
        FX_TRY(Argument argument, outputArgument(item, leaf));
        items.push_back(std::move(argument));
    }
    return value.list ? Argument::list(std::move(items)) : Argument::tuple(std::move(items));
}

} // namespace

Diagnostic Tracer::error(std::string what) const {
    return {std::move(what), py::place(m_options.where, m_line),
            "correct the call, or the example inputs that it is traced with"};
}
Diagnostic Tracer::unsupported(std::string what) const {
    return {"not supported: " + std::move(what), py::place(m_options.where, m_line),
            "write it with calls of torch.ops.aten"};
}

Result<Graph> Tracer::run(const py::Function& function, std::span<const TraceInput> inputs) {
    m_line = function.line;
    if (inputs.size() != function.parameters.size())
        return error("TypeError: " + function.name + "() takes " + std::to_string(function.parameters.size()) +
                     " arguments but " + std::to_string(inputs.size()) + " were given");
    const auto placeholder = [this](const std::string& name, ValueMeta meta) {
        NodeBody body;
        body.op = Op::Placeholder;
        body.name = m_graph.freshName(name);
        body.target = body.name;
        body.meta = std::move(meta);
        return m_graph.insert(std::move(body));
    };
    std::vector<NodeId> takenNodes;
    for (const TakenSize& taken : m_options.taken)
        takenNodes.push_back(
            placeholder("arg" + std::to_string(takenNodes.size()) + "_1", ValueMeta::symInt(taken.value)));

    Scope scope;
    for (size_t i = 0; i < inputs.size(); ++i) {
        const NodeId node = placeholder(function.parameters[i], inputs[i].meta);
        TraceValue value = TraceValue::of(inputs[i].constant);
        if (inputs[i].meta.isTensor()) {
            value.kind = TraceValue::Kind::Tensor;
            value.node = node;
        } else if (inputs[i].meta.kind() == ValueMeta::Kind::SymInt) {
            value.kind = TraceValue::Kind::Sym;
            value.sym = m_symbols.size();
            m_symbols.push_back({.value = inputs[i].meta.symInt(), .node = node});
        }
        for (size_t t = 0; t < m_options.taken.size(); ++t)
            if (const TakenSize& taken = m_options.taken[t]; taken.input == i && !taken.stride) {
                m_sizes[{node.index, taken.dim}] = m_symbols.size();
                m_taken.emplace_back(taken.value, m_symbols.size());
                m_symbols.push_back({.value = taken.value, .node = takenNodes[t]});
            }
        scope[function.parameters[i]] = std::move(value);
    }

    for (const py::Statement& statement : function.body) {
        m_line = statement.line;
        FX_TRY(TraceValue value, evaluate(*statement.value, scope));
        if (m_graph.size() > kMaxNodes) {
            Diagnostic tooLong = unsupported("the function makes more than " + std::to_string(kMaxNodes) + " calls");
            tooLong.next = "write the part that is to be replaced, not the whole model";
            return tooLong;
        }
        if (statement.returns) {
            FX_TRY(Argument output, outputArgument(value, [this](const TraceValue& leaf) { return argument(leaf); }));
            NodeBody body;
            body.op = Op::Output;
            body.name = m_graph.freshName("output");
            body.target = "output";
            body.args.push_back(std::move(output));
            m_graph.insert(std::move(body));
        } else if (!statement.unpacks)
            scope[statement.targets.front()] = std::move(value);
        else if (value.kind != TraceValue::Kind::Sequence)
            return error("TypeError: cannot unpack what is no tuple");
        else if (value.items.size() != statement.targets.size())
            return error("ValueError: " + counted(int64_t(value.items.size()), "value", "values") + " for " +
                         counted(int64_t(statement.targets.size()), "name", "names"));
        else
            for (size_t i = 0; i < value.items.size(); ++i)
                scope[statement.targets[i]] = value.items[i];
    }
    return std::move(m_graph);
}

Result<Graph> traceFunction(const py::Function& function, std::span<const TraceInput> inputs,
                            const TraceOptions& options) {
    FX_TRY(Graph graph, Tracer(options).run(function, inputs));
    if (options.clean) {
        removeNoops(graph, options.ranges);
        removeDeadCode(graph, true);
    }
    return graph;
}

} // namespace fxscope
