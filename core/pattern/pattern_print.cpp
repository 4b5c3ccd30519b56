// SPDX-License-Identifier: BSD-3-Clause
// Patterns as PyTorch prints them, byte for byte: tests and recorded results compare this text.
#include "core/graph/graph.h"
#include "core/pattern/pattern_expr.h"
#include "core/support/text.h"

#include <map>

namespace fxscope {
namespace {

using Kind = Argument::Kind;

std::string listRepr(const ArgumentList& items, NodeWords node, const void* context) {
    std::vector<std::string> parts;
    for (const Argument& item : items)
        parts.push_back(pythonRepr(item, node, context));
    return join(parts, ", ");
}

std::string dictRepr(const Kwargs& items, NodeWords node, const void* context) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : items)
        parts.push_back(reprString(key) + ": " + pythonRepr(value, node, context));
    return "{" + join(parts, ", ") + "}";
}

std::string complexRepr(std::complex<double> value) {
    const auto part = [](double x) {
        std::string text = reprFloat(x);
        return text.ends_with(".0") ? text.substr(0, text.size() - 2) : text;
    };
    if (value.real() == 0)
        return part(value.imag()) + "j";
    return "(" + part(value.real()) + (value.imag() < 0 ? "" : "+") + part(value.imag()) + "j)";
}

std::string deviceRepr(const Device& device) {
    std::string text = "device(type=" + reprString(device.type);
    return device.index < 0 ? text + ")" : text + ", index=" + std::to_string(device.index) + ")";
}

std::string reprById(const void* context, PatternId id) { return reprExpr(*static_cast<const Pattern*>(context), id); }

std::string kindWords(PatternExpr::Kind kind) {
    static constexpr const char* kWords[] = {
        "Ignored",    "Arg",          "KeywordArg",          "ExclusiveKeywordArg", "CallFunction",
        "CallMethod", "CallModule",   "CallFunctionVarArgs", "CallMethodVarArgs",   "CallModuleVarArgs",
        "ListOf",     "RepeatedExpr", "MultiOutputPattern"};
    return kWords[static_cast<size_t>(kind)];
}

/// Gives each call object a name in the order in which it is first met, arguments before the call.
class PrettyPrinter {
public:
    explicit PrettyPrinter(const Pattern& pattern) : m_pattern(pattern) {}

    std::string run() {
        const PatternExpr& root = m_pattern[m_pattern.root]; // the root itself gets no name
        const std::string output =
            root.isCall() && !root.isVarArgs() ? call(root) : value(Argument::node(m_pattern.root));
        std::string text;
        for (const auto& [name, definition] : m_lines)
            text += name + " = " + definition + "\n";
        return text + "output = " + output;
    }

private:
    std::string value(const Argument& argument) {
        if (!argument.isNode())
            return pythonRepr(argument, reprById, &m_pattern); // a list is printed with its objects written out
        const PatternId id = argument.asNode();
        const PatternExpr& expr = m_pattern[id];
        if (expr.isCall() && !expr.isVarArgs())
            return memoised(id);
        if (expr.kind == PatternExpr::Kind::MultiOutput)
            return outputs(expr);
        return expr.kind == PatternExpr::Kind::Ignored ? "Ignored()" : reprExpr(m_pattern, id);
    }

    std::string memoised(PatternId id) {
        if (const auto found = m_nameOf.find(id.index); found != m_nameOf.end())
            return found->second;
        const PatternExpr& expr = m_pattern[id];
        const std::string text = call(expr);
        const std::string name = freshName(functionWords(expr));
        m_nameOf[id.index] = name;
        m_lines.emplace_back(name, text);
        return name;
    }

    std::string call(const PatternExpr& expr) {
        std::string text = kindWords(expr.kind) + "(" + functionWords(expr);
        for (const Argument& arg : expr.args)
            text += ", " + value(arg);
        for (const auto& [key, arg] : expr.kwargs)
            text += ", " + key + "=" + value(arg);
        if (expr.users != 1)
            text += ", _users=" + (expr.users == kAnyUsers ? "MULTIPLE" : std::to_string(expr.users));
        return text + ")";
    }

    std::string outputs(const PatternExpr& expr) {
        std::string text = "MultiOutputPattern([";
        for (size_t i = 0; i < expr.args.size(); ++i)
            text += (i ? ",\n  " : "") + value(expr.args[i]);
        return text + "\n])";
    }

    std::string freshName(std::string candidate) {
        for (const std::string_view prefix : {"aten.", "torch.", "prims."})
            for (size_t at = candidate.find(prefix); at != std::string::npos; at = candidate.find(prefix, at))
                candidate.erase(at, prefix.size());
        for (size_t i = 0; i < candidate.size(); ++i)
            if (!std::isalnum(static_cast<unsigned char>(candidate[i])) && candidate[i] != '_')
                candidate[i] = '_';
        NodeBody body;
        body.op = Op::Placeholder;
        body.name = m_names.freshName(candidate);
        return m_names[m_names.insert(body)].name;
    }

    const Pattern& m_pattern;
    Graph m_names; ///< FX's rule for names, borrowed
    std::map<uint32_t, std::string> m_nameOf;
    std::vector<std::pair<std::string, std::string>> m_lines;
};

std::string treeSpec(const Argument& value) {
    if (value.isSequence()) {
        std::vector<std::string> parts;
        for (const Argument& item : value.items())
            parts.push_back(treeSpec(item));
        return "TreeSpec(tuple, None, [" + join(parts, ", ") + "])";
    }
    if (value.kind() != Kind::Dict)
        return "*";
    std::vector<std::string> keys, parts;
    for (const auto& [key, item] : value.dict())
        keys.push_back(reprString(key)), parts.push_back(treeSpec(item));
    return "TreeSpec(dict, [" + join(keys, ", ") + "], [" + join(parts, ", ") + "])";
}

} // namespace

std::string pythonRepr(const Argument& value, NodeWords node, const void* context) {
    switch (value.kind()) {
    case Kind::None: return "None";
    case Kind::Bool: return value.asBool() ? "True" : "False";
    case Kind::Int: return std::to_string(value.asInt());
    case Kind::Float: return reprFloat(value.asFloat());
    case Kind::Complex: return complexRepr(value.asComplex());
    case Kind::String: return reprString(value.asString());
    case Kind::Node: return node(context, value.asNode());
    case Kind::Sym: return value.asSym().str();
    case Kind::DType: return "torch." + std::string(name(value.asDType()));
    case Kind::Device: return deviceRepr(value.asDevice());
    case Kind::Layout: return "torch." + std::string(name(value.asLayout()));
    case Kind::MemoryFormat: return "torch." + std::string(name(value.asMemoryFormat()));
    case Kind::List: return "[" + listRepr(value.items(), node, context) + "]";
    case Kind::Tuple: return "(" + listRepr(value.items(), node, context) + (value.items().size() == 1 ? ",)" : ")");
    case Kind::Slice: return "slice(" + listRepr(value.items(), node, context) + ")";
    case Kind::Dict: return dictRepr(value.dict(), node, context);
    case Kind::Ellipsis: return "Ellipsis";
    case Kind::Range:
        return "range(" + std::to_string(value.asRange().start) + ", " + std::to_string(value.asRange().stop) + ")";
    case Kind::Operator: return std::string(Target(value.asOperator()).shortName());
    case Kind::Opaque: return value.asOpaque();
    }
    return {};
}

std::string pythonRepr(const Argument& value, const Graph& graph) {
    const auto name = [](const void* context, NodeId id) { return (*static_cast<const Graph*>(context))[id].name; };
    return pythonRepr(value, name, &graph);
}

std::string pythonStr(const Argument& value, NodeWords node, const void* context) {
    if (value.kind() == Kind::String)
        return value.asString();
    return value.kind() == Kind::Device ? value.asDevice().str() : pythonRepr(value, node, context);
}

std::string functionWords(const PatternExpr& expr) {
    std::string first(expr.targets.front().shortName());
    return expr.targets.size() > 1 ? "[" + first + ", ...]" : first;
}

std::string reprExpr(const Pattern& pattern, PatternId id) {
    const PatternExpr& expr = pattern[id];
    switch (expr.kind) {
    case PatternExpr::Kind::Ignored: return "*";
    case PatternExpr::Kind::Arg: return "Arg()";
    case PatternExpr::Kind::KeywordArg:
    case PatternExpr::Kind::ExclusiveKeywordArg: return kindWords(expr.kind) + "(" + reprString(expr.name) + ")";
    case PatternExpr::Kind::Repeated: return "RepeatedExpr()";
    case PatternExpr::Kind::ListOf: return "ListOf(" + reprExpr(pattern, expr.args.front().asNode()) + ")";
    case PatternExpr::Kind::MultiOutput: return "MultiOutputPattern([" + listRepr(expr.args, reprById, &pattern) + "])";
    default: break;
    }
    std::string text = kindWords(expr.kind) + "(" + functionWords(expr);
    const std::string users = expr.users == kAnyUsers ? "MULTIPLE" : std::to_string(expr.users);
    if (expr.isVarArgs())
        return text + (expr.users == 1 ? ")" : ", " + users + (expr.users == kAnyUsers ? ")" : "))"));
    for (const Argument& arg : expr.args)
        text += ", " + pythonRepr(arg, reprById, &pattern);
    for (const auto& [key, arg] : expr.kwargs)
        text += ", " + key + "=" + pythonStr(arg, reprById, &pattern);
    return text + (expr.users == 1 ? ")" : ", _users=" + users + ")");
}

std::string printPattern(const Pattern& pattern) { return PrettyPrinter(pattern).run(); }

std::string structureText(const ArgumentList& args, const Kwargs& kwargs, bool nested) {
    if (nested)
        return treeSpec(Argument::tuple({Argument::tuple(args), Argument::dict(kwargs)}));
    std::string text = "(" + std::to_string(args.size());
    for (const Kwarg& kwarg : kwargs)
        text += ", " + reprString(kwarg.first);
    return text + (kwargs.empty() ? ",)" : ")");
}

} // namespace fxscope
