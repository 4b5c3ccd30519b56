// SPDX-License-Identifier: BSD-3-Clause
// Prints a graph as PyTorch's print_readable does: the plain form, where parameters are the placeholders.
#include "core/io/capture.h"
#include "core/io/location.h"
#include "core/io/python_operators.h"
#include "core/io/repr.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io {
namespace {

class Printer {
public:
    Printer(const Graph& graph, const ReadableOptions& options, std::string indent)
        : m_graph(graph), m_options(options), m_indent(std::move(indent)) {}

    std::string print(std::string_view className);

private:
    void findLastUses();
    void printParameter(const Node& node);
    void printLocation(const Node& node);
    void printStatement(const Node& node);
    void printCall(const Node& node);
    void printFunction(const Node& node);
    void printArguments(const ArgumentList& args, size_t from, const Kwargs& kwargs);
    void printCleanUp(const Node& node);
    void bind(const Node& node) { ((m_body += node.name) += annotation(node)) += " = "; }
    std::string annotation(const Node& node) const;
    std::vector<std::string> childOrder() const;
    std::string repr(const Argument& argument) const { return writeArgument(m_graph, argument); }
    void beginLine() { m_body += m_indent + "        "; }

    const Graph& m_graph;
    const ReadableOptions& m_options;
    std::string m_indent;
    std::string m_parameters, m_body;
    std::optional<std::string> m_location;
    std::vector<std::vector<NodeId>> m_lastUses; ///< by user: nodes that nobody needs afterwards
};

/// base.a.b; parts that are no identifiers go through getattr.
std::string attributePath(std::string base, std::string_view path) {
    for (const std::string_view part : split(path, '.'))
        base = isIdentifier(part) ? base + "." + std::string(part)
                                  : "getattr(" + base + ", \"" + std::string(part) + "\")";
    return base;
}

std::string Printer::annotation(const Node& node) const {
    const std::string text = node.meta.str(m_options.stridesAndDevice);
    if (!text.empty())
        return ": \"" + text + "\"";
    return node.declaredType.empty() ? "" : " : " + node.declaredType;
}

void Printer::findLastUses() {
    m_lastUses.resize(m_graph.slotCount());
    std::vector<bool> seen(m_graph.slotCount());
    for (NodeId id = m_graph.last(); id.valid(); id = m_graph.prev(id))
        for (const NodeId input : m_graph.inputs(id))
            if (!seen[input.index]) {
                seen[input.index] = true;
                m_lastUses[id.index].push_back(input);
            }
}

void Printer::printParameter(const Node& node) {
    ((m_parameters += ", ") += node.target.str()) += annotation(node);
    if (!node.args.empty())
        (m_parameters += " = ") += repr(node.args[0]);
    std::string_view raw = node.target.str();
    raw.remove_prefix(std::min(raw.find_first_not_of('*'), raw.size()));
    if (raw == node.name)
        return;
    beginLine();
    (((m_body += node.name) += " = ") += raw) += '\n';
}

void Printer::printLocation(const Node& node) {
    if (!m_options.comments || node.op == Op::Placeholder || node.op == Op::Output)
        return;
    std::string location = writeLocation(node.origin.get());
    if (m_location == location)
        return;
    if (!m_body.empty())
        m_body += '\n';
    beginLine();
    (m_body += location) += '\n';
    m_location = std::move(location);
}

void Printer::printArguments(const ArgumentList& args, size_t from, const Kwargs& kwargs) {
    m_body += '(';
    bool first = true;
    for (size_t i = from; i < args.size(); ++i) {
        m_body += first ? "" : ", ";
        first = false;
        appendArgument(m_body, m_graph, args[i]);
    }
    for (const Kwarg& kwarg : kwargs) {
        ((m_body += first ? "" : ", ") += kwarg.first) += " = ";
        first = false;
        appendArgument(m_body, m_graph, kwarg.second);
    }
    m_body += ')';
}

void Printer::printFunction(const Node& node) {
    const std::string_view target = node.target.str();
    const std::string_view operation = target.starts_with("operator.") ? target.substr(9) : std::string_view{};
    const auto& args = node.args;
    if (const auto* op = unaryOperator(operation); op && args.size() == 1) {
        bind(node);
        (m_body += op->sign) += repr(args[0]);
    } else if (const auto* binary = binaryOperator(operation); binary && args.size() == 2) {
        bind(node);
        ((((m_body += repr(args[0])) += ' ') += binary->sign) += ' ') += repr(args[1]);
    } else if (operation == "getitem" && args.size() == 2) {
        bind(node);
        (((m_body += repr(args[0])) += '[') += repr(args[1])) += ']';
    } else if (const auto* inplace = inplaceOperator(operation); inplace && args.size() == 2) {
        ((((m_body += repr(args[0])) += ' ') += inplace->sign) += ' ') += repr(args[1]) + ";  ";
        bind(node);
        m_body += repr(args[0]);
    } else if (operation == "setitem" && args.size() == 3) {
        m_body += repr(args[0]) + "[" + repr(args[1]) + "] = " + repr(args[2]) + ";  ";
        bind(node);
        m_body += repr(args[0]);
    } else if (target == "builtins.getattr" && args.size() == 2 && args[1].kind() == Argument::Kind::String &&
               isIdentifier(args[1].asString())) {
        bind(node);
        m_body += repr(args[0]) + "." + args[1].asString();
    } else {
        bind(node);
        m_body += writtenFunction(target);
        printArguments(args, 0, node.kwargs);
    }
}

void Printer::printCall(const Node& node) {
    switch (node.op) {
    case Op::CallFunction: printFunction(node); break;
    case Op::CallMethod:
        bind(node);
        m_body += attributePath(node.args.empty() ? "self" : repr(node.args[0]), node.target.str());
        printArguments(node.args, 1, node.kwargs);
        break;
    case Op::CallModule:
    case Op::GetAttr:
        bind(node);
        m_body += attributePath("self", node.target.str());
        if (node.op == Op::CallModule)
            printArguments(node.args, 0, node.kwargs);
        break;
    default: break;
    }
}

void Printer::printCleanUp(const Node& node) {
    std::vector<NodeId> unused = m_lastUses[node.id.index];
    if (node.users.empty())
        unused.push_back(node.id);
    if (!unused.empty()) {
        m_body += ";  ";
        for (const NodeId id : unused)
            (m_body += m_graph[id].name) += " = ";
        m_body += "None";
    }
    m_body += '\n';
}

void Printer::printStatement(const Node& node) {
    beginLine();
    if (node.op == Op::Output) {
        m_body += "return ";
        m_body += node.args.empty() ? "None" : repr(node.args[0]);
        m_body += '\n';
        return;
    }
    printCall(node);
    printCleanUp(node);
}

std::string Printer::print(std::string_view className) {
    findLastUses();
    m_body.reserve(m_graph.size() * 160);
    std::string returnType;
    for (const NodeId id : m_graph.order()) {
        const Node& node = m_graph[id];
        if (node.op == Op::Placeholder) {
            printParameter(node);
            continue;
        }
        if (node.op == Op::Output && !node.declaredType.empty())
            returnType = " -> " + node.declaredType;
        printLocation(node);
        printStatement(node);
    }
    if (m_body.empty())
        m_body = m_indent + "        pass\n";
    std::string text = m_indent + "class " + std::string(className) + "(torch.nn.Module):\n" + m_indent +
                       "    def forward(self" + m_parameters + ")" + returnType + ":\n" + m_body;
    for (const std::string& attribute : childOrder())
        text += "\n" + Printer(*m_graph.children.at(attribute), m_options, m_indent + "    ").print(attribute);
    return text;
}

/// Children in the order in which nodes name them, as PyTorch registers them; then those that no node names.
std::vector<std::string> Printer::childOrder() const {
    std::vector<std::string> order;
    const auto add = [&](const std::string& attribute) {
        if (m_graph.children.contains(attribute) && std::find(order.begin(), order.end(), attribute) == order.end())
            order.push_back(attribute);
    };
    for (const NodeId id : m_graph.order())
        if (m_graph[id].op == Op::GetAttr || m_graph[id].op == Op::CallModule)
            add(m_graph[id].target.str());
    for (const auto& child : m_graph.children)
        add(child.first);
    return order;
}

} // namespace

std::string writeReadable(const Graph& graph, const ReadableOptions& options) {
    const std::string& name = !options.className.empty() ? options.className : graph.name;
    return Printer(graph, options, "").print(name.empty() ? "GraphModule" : name);
}

} // namespace fxscope::io
