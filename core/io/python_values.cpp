// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/python_values.h"

#include "core/io/limits.h"
#include "core/io/python_string.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io {
namespace {

bool hasNode(const Argument& argument) {
    bool found = false;
    forEachNode(argument, [&](NodeId) { found = true; });
    return found;
}

/// torch.return_types.topk, BaseModelOutput, mylib_Point (as FX prints the last): a named tuple's type. Operators'
/// overloads are spelled with a capital too; functions over sizes are not tuples either.
bool isTupleType(std::string_view name) {
    if (name.starts_with("torch.return_types.") || name.starts_with("torch_return_types_"))
        return true;
    constexpr std::string_view kSizeFunctions[] = {
        "Max",          "Min",     "Mod", "Pow", "FloorDiv", "CleanDiv", "CeilDiv", "PythonMod", "ModularIndexing",
        "PowByNatural", "Identity"};
    const std::string_view last = name.substr(name.find_last_of("._") + 1);
    return !last.empty() && last[0] >= 'A' && last[0] <= 'Z' && !name.starts_with("torch.ops.") &&
           std::find(std::begin(kSizeFunctions), std::end(kSizeFunctions), name) == std::end(kSizeFunctions);
}

} // namespace

bool PythonValues::fail(std::string what, std::string next) {
    if (m_what.empty()) {
        m_what = std::move(what);
        m_next = std::move(next);
    }
    return false;
}

Diagnostic PythonValues::error(const std::string& where) const {
    if (!m_undefined.empty())
        return m_names.undefined(m_undefined, where);
    return {m_what.empty() ? "cannot be read" : m_what, where, m_next};
}

void PythonValues::skipSpace() {
    for (; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        if (c == '#')
            m_at = std::min(m_text.find('\n', m_at), m_text.size() - 1);
        else if (c != ' ' && c != '\n' && c != '\t')
            return;
    }
}
bool PythonValues::atEnd() {
    skipSpace();
    return m_at >= m_text.size();
}
bool PythonValues::eat(std::string_view token) {
    skipSpace();
    if (m_text.substr(std::min(m_at, m_text.size()), token.size()) != token)
        return false;
    m_at += token.size();
    return true;
}
std::string_view PythonValues::identifier() {
    skipSpace();
    const size_t from = m_at;
    if (m_at < m_text.size() && isWordStart(m_text[m_at]))
        while (m_at < m_text.size() && isWordChar(m_text[m_at]))
            ++m_at;
    return m_text.substr(from, m_at - from);
}
std::string_view PythonValues::dottedName() {
    skipSpace();
    const size_t from = m_at;
    identifier();
    while (peek() == '.' && isWordStart(peek(1))) {
        ++m_at;
        identifier();
    }
    return m_text.substr(from, m_at - from);
}

bool PythonValues::atValueEnd() {
    skipSpace();
    const char c = peek();
    return c == '\0' || c == ',' || c == ')' || c == ']' || c == '}' || c == ':' || c == ';';
}

bool PythonValues::value(Argument& out, int depth) {
    skipSpace();
    const size_t from = m_at;
    if (operand(out, depth) && atValueEnd())
        return true;
    if (!m_what.empty())
        return false;
    m_at = from;
    return textValue(out, from);
}

/// False without an error: not a literal, the caller may take it as text.
bool PythonValues::operand(Argument& out, int depth) {
    if (depth > limits().nesting)
        return fail("values are nested deeper than " + std::to_string(limits().nesting));
    skipSpace();
    const char c = peek();
    if (c == '[' || c == '(')
        return bracketed(out, depth);
    if (c == '{')
        return dict(out, depth);
    if (isDigit(c) || c == '-' || c == '+' || c == '.')
        return number(out);
    if (isStringStart(rest())) {
        std::string text;
        if (!quotedString(text))
            return false;
        out = Argument::string(std::move(text));
        return true;
    }
    return isWordStart(c) && word(out, depth);
}

bool PythonValues::quotedString(std::string& out) {
    skipSpace();
    const auto length = readPythonString(rest(), out);
    if (!length)
        return fail("a string is not closed");
    m_at += *length;
    return true;
}

bool PythonValues::number(Argument& out) {
    size_t end = m_at + (peek() == '-' || peek() == '+');
    const auto at = [&](size_t i) { return i < m_text.size() ? m_text[i] : '\0'; };
    while (isWordChar(at(end)) || at(end) == '.' ||
           ((at(end) == '-' || at(end) == '+') && (at(end - 1) == 'e' || at(end - 1) == 'E')))
        ++end;
    if (at(m_at) == '.' && m_text.substr(m_at).starts_with("..."))
        end = m_at + 3;
    const auto found = wordValue(m_text.substr(m_at, end - m_at));
    if (!found)
        return false;
    m_at = end;
    out = *found;
    return true;
}

bool PythonValues::items(ArgumentList& out, char close, int depth, bool& trailingComma) {
    trailingComma = false;
    while (true) {
        skipSpace();
        if (peek() == close) {
            ++m_at;
            return true;
        }
        if (!out.empty() && !trailingComma)
            return fail(std::string("expected a comma or ") + close + " before '" + displayText(rest().substr(0, 20)) +
                        "'");
        if (out.size() >= limits().arguments)
            return fail("more than " + std::to_string(limits().arguments) + " items in a list");
        if (!value(out.emplace_back(), depth + 1))
            return false;
        trailingComma = eat(",");
        if (m_at >= m_text.size())
            return fail(std::string("a bracket is not closed, expected ") + close);
    }
}

bool PythonValues::bracketed(Argument& out, int depth) {
    const size_t from = m_at;
    const bool isList = m_text[m_at++] == '[';
    ArgumentList list;
    bool trailingComma = false;
    if (!items(list, isList ? ']' : ')', depth, trailingComma))
        return false;
    if (!isList && list.size() == 1 && !trailingComma) { // parentheses only group: (1+2j), (s0//8)
        m_at = from;
        return false;
    }
    out = isList ? Argument::list(std::move(list)) : Argument::tuple(std::move(list));
    return true;
}

bool PythonValues::dict(Argument& out, int depth) {
    Kwargs entries;
    ++m_at;
    while (!eat("}")) {
        if (!entries.empty() && !eat(","))
            return fail("expected a comma or } in a dict");
        if (eat("}"))
            break;
        std::string key;
        if (isStringStart(rest())) {
            if (!quotedString(key))
                return false;
        } else {
            const size_t from = m_at;
            Argument other;
            if (!value(other, depth + 1))
                return false;
            key = trim(m_text.substr(from, m_at - from));
        }
        Argument item;
        if (!eat(":"))
            return fail("expected : after a dict's key");
        if (!value(item, depth + 1))
            return false;
        entries.emplace_back(std::move(key), std::move(item));
    }
    out = Argument::dict(std::move(entries));
    return true;
}

bool PythonValues::word(Argument& out, int depth) {
    const size_t from = m_at;
    const std::string_view name = dottedName();
    if (const auto node = m_names.find(name)) {
        out = Argument::node(NodeId{*node});
        return true;
    }
    if (const size_t dot = name.find('.'); dot != std::string_view::npos && m_names.find(name.substr(0, dot)))
        return fail("'" + std::string(name) + "' inside an argument",
                    "give it a line of its own: value = " + std::string(name));
    if (peek() == '(')
        return call(name, out, depth);
    if (auto found = wordValue(name)) {
        out = std::move(*found);
        return true;
    }
    if (isSymbolName(name)) {
        out = Argument::sym(SymInt::symbol(std::string(name)));
        return true;
    }
    if (name.find('.') == std::string_view::npos) {
        if (!atValueEnd()) { // the head of an expression; the text decides
            m_at = from;
            return false;
        }
        m_undefined = name;
        return fail("undefined");
    }
    out = Argument::opaque(std::string(name)); // a member of an enum
    return true;
}

bool PythonValues::call(std::string_view name, Argument& out, int depth) {
    const size_t open = m_at;
    if (name == "device" || name == "torch.device")
        return device(out);
    ArgumentList list;
    bool trailingComma = false;
    const bool known = name == "slice" || name == "range" || name == "float";
    ++m_at;
    if (known && items(list, ')', depth, trailingComma)) {
        if (name == "slice" && list.size() == 3) {
            out = Argument::slice(std::move(list[0]), std::move(list[1]), std::move(list[2]));
            return true;
        }
        if (name == "range" && (list.size() == 2 || list.size() == 3) && list[0].isInt() && list[1].isInt() &&
            list.back().isInt()) {
            out = Argument::range(list[0].asInt(), list[1].asInt(), list.size() == 3 ? list[2].asInt() : 1);
            return true;
        }
        if (name == "float" && list.size() == 1 && list[0].kind() == Argument::Kind::String)
            if (auto number = numberValue(list[0].asString())) {
                out = std::move(*number);
                return true;
            }
    }
    if (!m_what.empty())
        return false;
    return tupleOrText(name, open, out);
}

/// A named tuple keeps its members if a node is among them: edges must not be lost. A call would be a node of its own.
/// All else stays text.
bool PythonValues::tupleOrText(std::string_view name, size_t open, Argument& out) {
    PythonValues members(m_text.substr(open), m_names);
    ArgumentList list;
    Kwargs named;
    const bool read = members.arguments(list, named);
    m_at = open - name.size();
    if (!read && members.m_nestedCall) {
        m_nestedCall = true;
        return fail(members.m_what, members.m_next);
    }
    const bool nodes = read && (hasNode(Argument::tuple(list)) || hasNode(Argument::dict(named)));
    if (nodes && named.empty() && isTupleType(name)) {
        m_at = open + members.m_at;
        out = Argument::tuple(std::move(list));
        return true;
    }
    if (nodes || (name.starts_with("torch.") && !isTupleType(name))) {
        m_nestedCall = true;
        return fail("a call inside an argument", "give it a line of its own: value = " + displayText(balancedText()));
    }
    return false;
}

bool PythonValues::device(Argument& out) {
    ArgumentList args;
    Kwargs kwargs;
    if (!arguments(args, kwargs))
        return false;
    for (const Kwarg& kwarg : kwargs)
        args.push_back(kwarg.second);
    std::string text;
    if (!args.empty() && args[0].kind() == Argument::Kind::String)
        text = args[0].asString();
    if (args.size() == 2 && args[1].isInt())
        text += ":" + std::to_string(args[1].asInt());
    const auto device = Device::parse(text);
    if (!device)
        return fail("no device has the name '" + displayText(text) + "'", "expected device(type='cuda', index=0)");
    out = Argument::device(*device);
    return true;
}

bool PythonValues::arguments(ArgumentList& args, Kwargs& kwargs) {
    if (!eat("("))
        return fail("expected (");
    for (bool first = true; !eat(")"); first = false) {
        if (!first && !eat(","))
            return fail("expected a comma or ) before '" + displayText(rest().substr(0, 20)) + "'");
        if (eat(")"))
            break;
        if (args.size() + kwargs.size() >= limits().arguments)
            return fail("more than " + std::to_string(limits().arguments) + " arguments");
        skipSpace();
        const size_t from = m_at;
        const std::string_view key = identifier();
        skipSpace();
        const bool keyword = !key.empty() && peek() == '=' && peek(1) != '=';
        Argument item;
        m_at = keyword ? m_at + 1 : from;
        if (!value(item))
            return false;
        if (keyword)
            kwargs.emplace_back(std::string(key), std::move(item));
        else
            args.push_back(std::move(item));
    }
    return true;
}

std::string_view PythonValues::balancedText() {
    const size_t from = m_at;
    int depth = 0;
    for (; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        if (c == '(' || c == '[' || c == '{')
            ++depth;
        else if ((c == ')' || c == ']' || c == '}') && depth-- == 0)
            break;
        else if ((c == ',' || c == ';') && depth == 0)
            break;
        else if (c == '\'' || c == '"') {
            std::string ignored;
            if (const auto length = readPythonString(m_text.substr(m_at), ignored))
                m_at += *length - 1;
        }
    }
    return trim(m_text.substr(from, m_at - from));
}

bool PythonValues::textValue(Argument& out, size_t) {
    const std::string_view text = balancedText();
    if (text.empty())
        return fail("expected a value before '" + displayText(rest().substr(0, 20)) + "'");
    if (const auto number = complexValue(text)) {
        out = *number;
        return true;
    }
    SymInt size = SymInt::parse(text);
    std::vector<std::string> symbols;
    size.collectSymbols(symbols);
    if (size.isOpaque() || (symbols.empty() && !size.isConstant())) { // foo(3) is no size
        out = Argument::opaque(std::string(text));
        return true;
    }
    for (const std::string& symbol : symbols) {
        if (m_names.find(symbol))
            return fail("'" + displayText(text) + "' calculates inside an argument",
                        "give it a line of its own: value = " + displayText(text));
        if (!isSymbolName(symbol)) {
            m_undefined =
                m_text.substr(m_text.find(symbol, static_cast<size_t>(text.data() - m_text.data())), symbol.size());
            return fail("undefined");
        }
    }
    out = Argument::sym(std::move(size));
    return true;
}

} // namespace fxscope::io
