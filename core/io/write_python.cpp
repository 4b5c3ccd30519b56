// SPDX-License-Identifier: BSD-3-Clause
// A file that PyTorch runs: the readable form below the imports that it needs.
#include "core/io/capture.h"
#include "core/io/python_operators.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace fxscope::io {
namespace {

constexpr std::string_view kKeywords[] = {
    "False",  "None",     "True", "and",    "as",   "assert", "async",  "await",   "break", "class",  "continue", "def",
    "del",    "elif",     "else", "except", "for",  "from",   "global", "finally", "if",    "import", "in",       "is",
    "lambda", "nonlocal", "not",  "or",     "pass", "raise",  "return", "try",     "while", "with",   "yield"};

bool isPythonName(std::string_view name) {
    return isIdentifier(name) && std::find(std::begin(kKeywords), std::end(kKeywords), name) == std::end(kKeywords);
}

/// The names that printed code uses beside torch, and where each comes from.
class PythonImports {
public:
    void add(const Graph& graph) {
        for (const NodeId id : graph.order()) {
            const Node& node = graph[id];
            if (node.op == Op::CallFunction)
                addFunction(node.target.str());
            for (const Argument& argument : node.args)
                addArgument(argument);
            for (const Kwarg& kwarg : node.kwargs)
                addArgument(kwarg.second);
        }
        for (const auto& child : graph.children)
            add(*child.second);
    }
    std::string above(const std::string& body) const {
        std::string text = "import torch\n";
        if (!m_fromTorch.empty())
            text += "from torch import " + join({m_fromTorch.begin(), m_fromTorch.end()}, ", ") + "\n";
        for (const auto& [name, line] : m_functions)
            if (body.find(name + "(") != std::string::npos) // most operators are written with their sign
                text += line + "\n";
        return text + "\n" + body;
    }

private:
    void addArgument(const Argument& argument) {
        switch (argument.kind()) {
        case Argument::Kind::Float: addNumber(argument.asFloat()); break;
        case Argument::Kind::Complex:
            addNumber(argument.asComplex().real());
            addNumber(argument.asComplex().imag());
            break;
        case Argument::Kind::Device: m_fromTorch.insert("device"); break;
        case Argument::Kind::List:
        case Argument::Kind::Tuple:
        case Argument::Kind::Slice:
            for (const Argument& item : argument.items())
                addArgument(item);
            break;
        case Argument::Kind::Dict:
            for (const Kwarg& item : argument.dict())
                addArgument(item.second);
            break;
        default: break;
        }
    }
    void addNumber(double number) {
        if (!std::isfinite(number))
            m_fromTorch.insert(std::isnan(number) ? "nan" : "inf");
    }
    /// print_readable writes math.trunc as math_trunc and leaves it to its reader to know that name.
    void addFunction(std::string_view target) {
        const std::string_view module = target.substr(0, std::min(target.rfind('.'), target.size()));
        const std::string name = writtenFunction(target);
        if (module == "torch.Tensor")
            m_functions[name] = name + " = " + std::string(target);
        else if (module == "operator" || module == "math")
            m_functions[name] = "from " + std::string(module) + " import " +
                                std::string(target.substr(module.size() + 1)) + " as " + name;
    }

    std::set<std::string> m_fromTorch;
    std::map<std::string, std::string> m_functions; ///< by the name that is written: the line that makes it
};

Result<Done> checkNames(const Graph& graph) {
    for (const NodeId id : graph.order()) {
        const Node& node = graph[id];
        std::string_view parameter = node.op == Op::Placeholder ? node.target.str() : node.name;
        parameter.remove_prefix(std::min(parameter.find_first_not_of('*'), parameter.size()));
        for (const std::string_view name : {std::string_view(node.name), parameter})
            if (node.op != Op::Output && !isPythonName(name))
                return Diagnostic{"'" + displayText(name) + "' cannot be a name in Python", "node " + node.name,
                                  "rename it, or write .txt or .json"};
    }
    for (const auto& child : graph.children)
        FX_CHECK(checkNames(*child.second));
    return Done{};
}

} // namespace

Result<std::string> writePython(const Graph& graph) {
    FX_CHECK(checkNames(graph));
    PythonImports imports;
    imports.add(graph);
    return imports.above(writeReadable(graph));
}

} // namespace fxscope::io
