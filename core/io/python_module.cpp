// SPDX-License-Identifier: BSD-3-Clause
// Finds the functions of a Python text: module classes with their forward, and functions outside of classes.
#include "core/io/python_function.h"

#include "core/io/source.h"
#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

constexpr size_t kDeepest = 64; ///< classes in classes
constexpr std::string_view kModule = "(torch.nn.Module):";

/// "def name(parameters) -> type:" and what follows on the line. Nothing if the line is no such.
struct FunctionHeader {
    std::string_view name, parameters, returnType, rest;
};
std::optional<FunctionHeader> parseHeader(std::string_view text) {
    if (!text.starts_with("def "))
        return std::nullopt;
    FunctionHeader header;
    const size_t open = text.find('(');
    if (open == std::string_view::npos)
        return std::nullopt;
    header.name = trim(text.substr(4, open - 4));
    int depth = 0;
    char quote = '\0';
    for (size_t i = open; i < text.size(); ++i) {
        const char c = text[i];
        if (quote) {
            i += c == '\\';
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
        } else if (c == '(' || c == '[' || c == '{') {
            ++depth;
        } else if ((c == ')' || c == ']' || c == '}') && --depth == 0) {
            header.parameters = text.substr(open + 1, i - open - 1);
            const std::string_view after = text.substr(i + 1);
            const size_t colon = after.find(':');
            if (colon == std::string_view::npos)
                return std::nullopt;
            const std::string_view type = trim(after.substr(0, colon));
            header.returnType = type.starts_with("->") ? trim(type.substr(2)) : std::string_view{};
            header.rest = trim(after.substr(colon + 1));
            return header;
        }
    }
    return std::nullopt;
}

class Finder {
public:
    explicit Finder(const std::string& where) : m_where(where) {}

    Result<Done> take(const PythonLine& line) {
        if (line.isComment()) {
            if (m_open)
                m_functions.back().body.push_back(line);
            return Done{};
        }
        if (m_open && line.indent > m_indent) {
            m_functions.back().body.push_back(line);
            return Done{};
        }
        m_open = false;
        while (!m_classes.empty() && line.indent <= m_classes.back().indent)
            m_classes.pop_back();
        if (line.text.starts_with("class ")) {
            if (m_classes.size() >= kDeepest)
                return Diagnostic{"modules within modules, more than " + std::to_string(kDeepest) + " deep",
                                  atLine(m_where, line.number), "no graph that PyTorch prints is nested like that"};
            const size_t end = line.text.rfind(kModule);
            m_classes.push_back({end == std::string_view::npos ? std::string_view{} : line.text.substr(6, end - 6),
                                 line.indent, end != std::string_view::npos});
        } else if (line.text.starts_with("def ")) {
            return begin(line);
        }
        return Done{};
    }
    std::vector<PythonFunction> finish(bool cutOff) {
        if (m_open && !m_functions.empty()) {
            m_functions.back().cutOff = cutOff;
            m_functions.back().endsText = true;
        }
        return std::move(m_functions);
    }

private:
    struct Class {
        std::string_view name;
        int indent;
        bool module;
    };

    Result<Done> begin(const PythonLine& line) {
        const bool inModule = !m_classes.empty() && m_classes.back().module;
        const auto header = parseHeader(line.text);
        if (!header && m_classes.empty() && line.text.find('(') == std::string_view::npos)
            return Done{}; // a sentence
        if (!header)
            return Diagnostic{"this def has no parameter list", atLine(m_where, line.number),
                              "expected 'def forward(self, ...):'"};
        m_indent = line.indent;
        if (m_classes.empty() ? line.indent > 4 : !inModule || header->name != "forward")
            return Done{}; // __init__ and other code: its lines are skipped
        PythonFunction function;
        function.name = header->name;
        function.parameters = header->parameters;
        function.returnType = header->returnType;
        function.line = line.number;
        if (inModule) {
            function.className = m_classes.back().name;
            function.classIndent = m_classes.back().indent;
        }
        if (!header->rest.empty())
            function.body.push_back({header->rest, line.number, line.indent + 4, header->rest.find(';')});
        m_functions.push_back(std::move(function));
        m_open = true;
        return Done{};
    }

    const std::string& m_where;
    std::vector<PythonFunction> m_functions;
    std::vector<Class> m_classes;
    bool m_open = false; ///< lines deeper than m_indent belong to the last function
    int m_indent = 0;
};

} // namespace

Result<std::vector<PythonFunction>> findFunctions(const PythonText& text, const std::string& where) {
    Finder finder(where);
    for (const PythonLine& line : text.lines)
        FX_CHECK(finder.take(line));
    return finder.finish(text.cutOff.has_value());
}

} // namespace fxscope::io
