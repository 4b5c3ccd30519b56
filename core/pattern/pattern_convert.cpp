// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/pattern_convert.h"

#include <algorithm>

namespace fxscope {
namespace {

using Kind = Argument::Kind;

class Converter {
public:
    Converter(const Graph& graph, std::span<const std::string> parameters, const ConvertOptions& options)
        : m_graph(graph), m_parameters(parameters), m_options(options), m_objects(graph.slotCount()) {}

    Result<Pattern> run() {
        size_t placeholders = 0;
        for (const NodeId id : m_graph.order()) {
            const Node& node = m_graph[id];
            if (node.op == Op::Placeholder) {
                if (placeholders == m_parameters.size())
                    return Diagnostic{"the traced function has more inputs than parameters", node.name, ""};
                m_objects[id.index] = parameter(m_parameters[placeholders++]);
            } else if (node.op == Op::CallFunction)
                m_objects[id.index] = call(node);
            else if (node.op != Op::Output)
                return Diagnostic{"a pattern cannot hold a " + std::string(name(node.op)) + " node", node.name, ""};
        }
        const NodeId output = m_graph.output();
        if (!output.valid())
            return Diagnostic{"the traced function returns nothing", m_graph.name, ""};
        FX_TRY(const PatternId root, this->root(m_graph[output].args.front()));
        m_pattern.finish(root);
        return std::move(m_pattern);
    }

private:
    PatternId parameter(const std::string& name) {
        const bool exclusive =
            std::find(m_options.exclusive.begin(), m_options.exclusive.end(), name) != m_options.exclusive.end();
        PatternExpr expr;
        expr.kind = exclusive ? PatternExpr::Kind::ExclusiveKeywordArg : PatternExpr::Kind::KeywordArg;
        expr.name = name;
        return m_pattern.add(std::move(expr));
    }

    Argument ignored() { return Argument::node(m_pattern.add({})); }
    bool isIgnored(const Argument& value) const {
        return value.isNode() && m_pattern[value.asNode()].kind == PatternExpr::Kind::Ignored;
    }

    /// A constant leaf. The scalar workaround is asked first, and makes a new object at each place.
    Argument leaf(const Argument& value, bool ignoreInts) {
        if (isNumber(value))
            for (const auto& [parameter, number] : m_options.scalars)
                if (pythonEqual(value, number)) {
                    PatternExpr expr;
                    expr.kind = PatternExpr::Kind::KeywordArg;
                    expr.name = parameter;
                    return Argument::node(m_pattern.add(std::move(expr)));
                }
        const bool ignore = m_options.ignoreTypes && ((value.isInt() && ignoreInts) || value.kind() == Kind::Float ||
                                                      value.kind() == Kind::Device || value.kind() == Kind::DType);
        return ignore ? ignored() : value;
    }

    Argument converted(const Argument& value, bool ignoreInts) {
        if (value.isNode())
            return Argument::node(m_objects[value.asNode().index]);
        if (value.isSequence()) {
            ArgumentList items;
            for (const Argument& item : value.items())
                items.push_back(converted(item, ignoreInts));
            return value.kind() == Kind::List ? Argument::list(std::move(items)) : Argument::tuple(std::move(items));
        }
        if (value.kind() == Kind::Dict) {
            Kwargs items;
            for (const auto& [key, item] : value.dict())
                items.emplace_back(key, converted(item, ignoreInts));
            return Argument::dict(std::move(items));
        }
        return leaf(value, ignoreInts);
    }

    /// A burnt-in size: a list of nothing but wildcards is one wildcard.
    Argument argument(const Argument& value, bool ignoreInts) {
        Argument result = converted(value, ignoreInts);
        const bool burntIn = m_options.ignoreTypes && result.kind() == Kind::List && !result.items().empty() &&
                             std::all_of(result.items().begin(), result.items().end(),
                                         [this](const Argument& item) { return isIgnored(item); });
        return burntIn ? ignored() : result;
    }

    PatternId call(const Node& node) {
        const bool ignoreInts = node.target.str() != "operator.getitem"; // an index decides which result it is
        PatternExpr expr;
        expr.kind = PatternExpr::Kind::CallFunction;
        expr.targets = {node.target};
        expr.users = static_cast<int>(node.users.size());
        for (const Argument& arg : node.args)
            expr.args.push_back(argument(arg, ignoreInts));
        for (const auto& [key, arg] : node.kwargs)
            expr.kwargs.emplace_back(key, argument(arg, ignoreInts));
        return m_pattern.add(std::move(expr));
    }

    void outputsOf(const Argument& value, ArgumentList& into) const {
        if (value.isSequence())
            for (const Argument& item : value.items())
                outputsOf(item, into);
        else
            into.push_back(value.isNode() ? Argument::node(m_objects[value.asNode().index]) : value);
    }

    Result<PatternId> root(const Argument& returned) {
        PatternExpr expr;
        expr.kind = PatternExpr::Kind::MultiOutput;
        outputsOf(returned, expr.args);
        for (const Argument& output : expr.args)
            if (!output.isNode() && !output.isNone())
                return Diagnostic{"the pattern returns a constant", "", "return tensors only"};
        if (expr.args.empty() || !expr.args.front().isNode() || !m_pattern[expr.args.front().asNode()].isCall())
            return Diagnostic{"the first result of a pattern must be computed by it", "",
                              "return the call that matching starts from first"};
        if (returned.isNode()) {
            // A lone result is given the users of the output node: none. It is exempt anyway, but printed so.
            m_pattern.exprs[expr.args.front().asNode().index].users = 0;
            return expr.args.front().asNode();
        }
        return m_pattern.add(std::move(expr));
    }

    const Graph& m_graph;
    std::span<const std::string> m_parameters;
    const ConvertOptions& m_options;
    std::vector<PatternId> m_objects; ///< per node of the graph
    Pattern m_pattern;
};

} // namespace

Result<Pattern> toPattern(const Graph& graph, std::span<const std::string> parameters, const ConvertOptions& options) {
    return Converter(graph, parameters, options).run();
}

} // namespace fxscope
