// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/text_values.h"

#include "core/io/limits.h"
#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

/// "aten.add.Tensor": how an operator prints inside arguments.
bool isOperatorWord(std::string_view word) {
    const auto parts = split(word, '.');
    return parts.size() == 3 && isIdentifier(parts[0]) && isIdentifier(parts[1]) && isIdentifier(parts[2]);
}

/// "range(0, 5)" or "range(0, 10, 2)".
std::optional<Argument> rangeValue(std::string_view word) {
    if (!word.starts_with("range(") || !word.ends_with(')'))
        return std::nullopt;
    std::vector<int64_t> numbers;
    for (const std::string_view part : split(word.substr(6, word.size() - 7), ',')) {
        const auto number = parseInt(trim(part));
        if (!number)
            return std::nullopt;
        numbers.push_back(*number);
    }
    if (numbers.size() != 2 && numbers.size() != 3)
        return std::nullopt;
    return Argument::range(numbers[0], numbers[1], numbers.size() == 3 ? numbers[2] : 1);
}

} // namespace

bool TextValues::fail(std::string what) {
    if (m_error.empty())
        m_error = std::move(what);
    return false;
}

bool TextValues::eat(std::string_view token) {
    if (m_text.substr(m_at, token.size()) != token)
        return false;
    m_at += token.size();
    return true;
}

bool TextValues::value(Argument& out, int depth) {
    m_tooLarge = m_tooLarge || depth > limits().nesting;
    if (m_tooLarge)
        return fail("arguments are nested deeper than " + std::to_string(limits().nesting));
    const char c = m_at < m_text.size() ? m_text[m_at] : '\0';
    if (c == '%')
        return reference(out);
    if (c == '[' || c == '(') {
        const size_t from = m_at++;
        ArgumentList list;
        if (!items(list, c == '[' ? ']' : ')', depth))
            return false;
        if (c == '(' && list.size() == 1 && m_text[m_at - 2] != ',') {
            out = grouped(m_text.substr(from, m_at - from));
            return true;
        }
        out = c == '[' ? Argument::list(std::move(list)) : Argument::tuple(std::move(list));
        return true;
    }
    if (c == '{') {
        Kwargs entries;
        if (!dict(entries, depth))
            return false;
        out = Argument::dict(std::move(entries));
        return true;
    }
    if (m_text.substr(m_at).starts_with("slice("))
        return slice(out, depth);
    out = wordOrString(bareWord());
    return true;
}

/// Parentheses around one thing print for complex numbers and quotients: (1+2j), (s0//8).
Argument TextValues::grouped(std::string_view text) {
    if (const auto number = complexValue(text))
        return *number;
    SymInt size = SymInt::parse(text);
    return isSymbolic(size) ? Argument::sym(std::move(size)) : Argument::opaque(std::string(text));
}

bool TextValues::tuple(ArgumentList& out) {
    if (!eat("("))
        return fail("expected ( before the arguments");
    m_texts.clear();
    return items(out, ')', 0);
}

bool TextValues::items(ArgumentList& out, char close, int depth) {
    if (m_at < m_text.size() && m_text[m_at] == close) {
        ++m_at;
        return true;
    }
    while (true) {
        m_tooLarge = m_tooLarge || out.size() >= limits().arguments;
        if (m_tooLarge)
            return fail("more than " + std::to_string(limits().arguments) + " arguments");
        const size_t from = m_at;
        if (!value(out.emplace_back(), depth + 1))
            return false;
        if (depth == 0)
            m_texts.push_back(m_text.substr(from, m_at - from));
        if (m_at >= m_text.size())
            return fail(std::string("a bracket is not closed, expected ") + close);
        if (m_text[m_at] == close) {
            ++m_at;
            return true;
        }
        if (close == ')' && eat(",)"))
            return true;
        if (!eat(", "))
            return fail("expected a comma and a space, or " + std::string(1, close) + ", before '" +
                        displayText(m_text.substr(m_at, 20)) + "'");
    }
}

bool TextValues::dict(Kwargs& out, int depth) {
    if (!eat("{"))
        return fail("expected { before the keyword arguments");
    if (eat("}"))
        return true;
    while (true) {
        const size_t colon = m_text.find(": ", m_at);
        if (colon == std::string_view::npos)
            return fail("expected 'name: value'");
        std::string key(m_text.substr(m_at, colon - m_at));
        m_at = colon + 2;
        Argument item;
        if (!value(item, depth + 1))
            return false;
        while (depth == 0 && m_text.substr(m_at).starts_with(", ") && !keywordFollows()) {
            m_at += 2;
            bareWord();
            item = Argument::string(std::string(m_text.substr(colon + 2, m_at - colon - 2)));
        }
        out.emplace_back(std::move(key), std::move(item));
        if (eat("}"))
            return true;
        if (!eat(", "))
            return fail("a brace is not closed, expected }");
    }
}

/// Whether ", name: " stands here.
bool TextValues::keywordFollows() const {
    size_t end = m_at + 2;
    while (end < m_text.size() && isWordChar(m_text[end]))
        ++end;
    return end > m_at + 2 && m_text.substr(end).starts_with(": ");
}

bool TextValues::reference(Argument& out) {
    size_t end = ++m_at;
    while (end < m_text.size() && isWordChar(m_text[end]))
        ++end;
    const std::string_view name = m_text.substr(m_at, end - m_at);
    const auto node = m_names.find(name);
    if (!node) {
        m_undefined = name;
        return fail("undefined");
    }
    m_at = end;
    out = Argument::node(NodeId{*node});
    return true;
}

bool TextValues::slice(Argument& out, int depth) {
    m_at += std::string_view("slice(").size();
    const bool outer = std::exchange(m_inSlice, true);
    ArgumentList members;
    const bool read = items(members, ')', depth);
    m_inSlice = outer;
    if (!read)
        return false;
    if (members.size() != 3)
        return fail("slice(...) has " + counted(static_cast<int64_t>(members.size()), "member", "members") +
                    ", expected 3");
    out = Argument::slice(std::move(members[0]), std::move(members[1]), std::move(members[2]));
    return true;
}

/// Up to the comma and space, or the closing bracket, that ends this item.
std::string_view TextValues::bareWord() {
    const size_t from = m_at;
    int depth = 0;
    for (; m_at < m_text.size(); ++m_at) {
        const char c = m_text[m_at];
        if (c == '(' || c == '[' || c == '{')
            ++depth;
        else if ((c == ')' || c == ']' || c == '}') && depth-- == 0)
            break;
        else if (c == ',' && depth == 0 && m_at + 1 < m_text.size() &&
                 (m_text[m_at + 1] == ' ' || m_text[m_at + 1] == ')'))
            break;
    }
    return m_text.substr(from, m_at - from);
}

Argument TextValues::wordOrString(std::string_view word) const {
    if (m_inSlice)
        if (const auto node = m_names.find(word))
            return Argument::node(NodeId{*node});
    if (auto value = wordValue(word))
        return std::move(*value);
    if (auto range = rangeValue(word))
        return std::move(*range);
    if (const auto device = Device::parse(word))
        return Argument::device(*device);
    if (isOperatorWord(word))
        return Argument::op("torch.ops." + std::string(word));
    if (word.find_first_of("0123456789") != std::string_view::npos) {
        SymInt size = SymInt::parse(word);
        if (isSymbolic(size))
            return Argument::sym(std::move(size));
    }
    if (word.starts_with("...[") || word.starts_with("torch.")) // torch.quint8 and other objects of PyTorch
        return Argument::opaque(std::string(word));
    return Argument::string(std::string(word));
}

} // namespace fxscope::io
