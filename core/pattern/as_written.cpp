// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/as_written.h"

#include "core/support/text.h"

#include <algorithm>
#include <map>

namespace fxscope {
namespace {

TraceInput openInput(const PatternSource& source, const TraceInput& input, TraceOptions& options) {
    TraceInput open = input;
    if (input.meta.isTensor()) {
        TensorMeta meta = input.meta.tensor();
        for (size_t dim = 0; dim < meta.sizes.size(); ++dim) {
            const std::string symbol = input.name + "_" + std::to_string(dim);
            if (meta.sizes[dim].isConstant())
                options.hints[symbol] = meta.sizes[dim].constant();
            meta.sizes[dim] = SymInt::symbol(symbol);
        }
        meta.strides = contiguousStrides(meta.sizes);
        open.meta = ValueMeta::tensor(std::move(meta));
        return open;
    }
    const bool isScalar = std::any_of(source.scalars.begin(), source.scalars.end(),
                                      [&](const auto& scalar) { return scalar.first == input.name; });
    if (isScalar && input.constant.isInt()) {
        options.hints[input.name] = input.constant.asInt();
        open.meta = ValueMeta::symInt(SymInt::symbol(input.name));
        open.constant = {};
    }
    return open;
}

/// Whether the text of a function speaks of an operator: by its name, or by [a:b] for a slice. What only a composite
/// operator is made of, or open sizes need, was not written there.
bool speaksOf(const py::Expr& expr, std::string_view packet) {
    if (expr.kind == py::Expr::Kind::Slice && packet == "slice")
        return true;
    if ((expr.kind == py::Expr::Kind::Attribute || expr.kind == py::Expr::Kind::Name) && expr.text == packet)
        return true;
    const auto inside = [&](const py::ExprPtr& item) { return item && speaksOf(*item, packet); };
    return std::any_of(expr.items.begin(), expr.items.end(), inside) ||
           std::any_of(expr.keywords.begin(), expr.keywords.end(),
                       [&](const auto& keyword) { return inside(keyword.second); });
}
bool speaksOf(const py::Function& function, std::string_view shortName) {
    const auto parts = split(shortName, '.'); // aten.slice.Tensor
    return parts.size() > 1 && std::any_of(function.body.begin(), function.body.end(),
                                           [&](const py::Statement& line) { return speaksOf(*line.value, parts[1]); });
}

std::string whyLost(const PatternSource& source, const Node& node) {
    if (node.target.shortName() != "aten.slice.Tensor")
        return "with the examples of the file it changes nothing, so tracing removed it";
    std::string text = "with the examples of the file (";
    std::vector<std::string> examples;
    for (const TraceInput& input : source.inputs) {
        if (input.meta.isTensor() && !input.meta.tensor().sizes.empty())
            examples.push_back(input.name + " has " + input.meta.tensor().sizes[0].str() + " rows");
        else if (input.constant.isInt())
            examples.push_back(input.name + " is traced as " + std::to_string(input.constant.asInt()));
    }
    return text + join(examples, ", ") + ") the slice covers everything, so tracing removed it";
}

} // namespace

std::string callText(const Graph& graph, NodeId id) {
    const Node& node = graph[id];
    std::vector<std::string> args;
    for (const Argument& arg : node.args)
        args.push_back(pythonRepr(arg, graph));
    for (const auto& [key, value] : node.kwargs)
        args.push_back(key + "=" + pythonRepr(value, graph));
    return node.name + " = " + std::string(node.target.shortName()) + "(" + join(args, ", ") + ")";
}

Result<Graph> traceAsWritten(const PatternSource& source, const py::Function& function) {
    TraceOptions options;
    options.where = source.where;
    std::vector<TraceInput> inputs;
    for (const TraceInput& input : source.inputs)
        inputs.push_back(openInput(source, input, options));
    return traceFunction(function, inputs, options);
}

std::vector<LostCall> lostInTracing(const PatternSource& source, const Graph& traced) {
    const auto written = traceAsWritten(source, source.pattern());
    if (!written.ok())
        return {};
    std::map<std::string, int> left;
    for (const NodeId id : traced.order())
        ++left[traced[id].target.str()];
    std::vector<LostCall> lost;
    for (const NodeId id : written->order()) {
        const Node& node = (*written)[id];
        if (node.op != Op::CallFunction || left[node.target.str()]-- > 0 ||
            !speaksOf(source.pattern(), node.target.shortName()))
            continue;
        lost.push_back({std::string(node.target.shortName()), callText(*written, id), whyLost(source, node)});
    }
    return lost;
}

} // namespace fxscope
