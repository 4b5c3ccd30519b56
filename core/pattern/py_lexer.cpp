// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/py_lexer.h"

#include "core/pattern/py_syntax.h"
#include "core/support/text.h"

#include <cctype>

namespace fxscope::py {
namespace {

bool startsName(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool inName(char c) { return startsName(c) || std::isdigit(static_cast<unsigned char>(c)); }

class Lexer {
public:
    Lexer(std::string_view source, const std::string& where) : m_text(source), m_where(where) {}

    Result<std::vector<Token>> run() {
        while (m_at < m_text.size())
            FX_CHECK(line());
        if (!m_open.empty())
            return Diagnostic{"a bracket is opened and never closed", place(m_where, m_open.back()), "close it"};
        while (m_indents.size() > 1)
            add(Token::Kind::Dedent), m_indents.pop_back();
        add(Token::Kind::End);
        return std::move(m_tokens);
    }

private:
    Diagnostic error(std::string what, std::string next) const {
        return {std::move(what), place(m_where, m_line), std::move(next)};
    }
    void add(Token::Kind kind, std::string text = {}) { m_tokens.push_back({kind, std::move(text), m_line}); }
    char peek(size_t ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }

    /// One physical line, and those a bracket or string continues it on.
    Result<Done> line() {
        size_t indent = 0;
        for (; peek() == ' ' || peek() == '\t' || peek() == '\f'; ++m_at)
            indent += peek() == '\t' ? 8 - indent % 8 : 1;
        const bool blank = peek() == '\n' || peek() == '\r' || peek() == '#' || peek() == '\0';
        if (!blank)
            FX_CHECK(indentTo(indent));
        bool any = false;
        while (m_at < m_text.size()) {
            if (peek() == '\n' && m_open.empty())
                break;
            const size_t before = m_tokens.size();
            FX_CHECK(token());
            any = any || m_tokens.size() > before;
        }
        if (any)
            add(Token::Kind::NewLine);
        if (peek() == '\n')
            ++m_at, ++m_line;
        return Done{};
    }

    Result<Done> indentTo(size_t indent) {
        if (indent > m_indents.back()) {
            m_indents.push_back(indent);
            add(Token::Kind::Indent);
        }
        for (; indent < m_indents.back(); m_indents.pop_back())
            add(Token::Kind::Dedent);
        if (indent != m_indents.back())
            return error("this line is indented like no line above it", "indent blocks by four spaces");
        return Done{};
    }

    Result<Done> token() {
        const char c = peek();
        if (c == '\n')
            return ++m_at, ++m_line, Done{};
        if (c == ' ' || c == '\t' || c == '\r' || c == '\f')
            return ++m_at, Done{};
        if (c == '\\' && (peek(1) == '\n' || (peek(1) == '\r' && peek(2) == '\n')))
            return m_at += peek(1) == '\n' ? 2 : 3, ++m_line, Done{};
        if (c == '#') {
            while (m_at < m_text.size() && peek() != '\n')
                ++m_at;
            return Done{};
        }
        if (c == '"' || c == '\'')
            return string();
        if (startsName(c))
            return name();
        if (std::isdigit(static_cast<unsigned char>(c)) ||
            (c == '.' && std::isdigit(static_cast<unsigned char>(peek(1)))))
            return number();
        return symbol();
    }

    Result<Done> name() {
        const size_t start = m_at;
        while (inName(peek()))
            ++m_at;
        if (peek() == '"' || peek() == '\'')
            return error("strings with a prefix are not read", "write a plain string");
        add(Token::Kind::Name, std::string(m_text.substr(start, m_at - start)));
        return Done{};
    }

    Result<Done> number() {
        const size_t start = m_at;
        while (inName(peek()) || peek() == '.' ||
               ((peek() == '-' || peek() == '+') && (m_text[m_at - 1] == 'e' || m_text[m_at - 1] == 'E')))
            ++m_at;
        std::string text(m_text.substr(start, m_at - start));
        std::erase(text, '_');
        if (!parseDouble(text))
            return error(displayText(text) + " is not a number in decimal notation", "write it in decimal");
        add(Token::Kind::Number, std::move(text));
        return Done{};
    }

    Result<Done> string() {
        const std::string_view rest = m_text.substr(m_at);
        const std::string quote = rest.starts_with("\"\"\"") || rest.starts_with("'''") ? std::string(rest.substr(0, 3))
                                                                                        : std::string(1, rest[0]);
        m_at += quote.size();
        const int opened = m_line;
        std::string text;
        while (!m_text.substr(m_at).starts_with(quote)) {
            if (m_at >= m_text.size() || (quote.size() == 1 && peek() == '\n'))
                return Diagnostic{"a string is not closed", place(m_where, opened), "close it with " + quote};
            if (peek() == '\n')
                ++m_line;
            if (peek() == '\\') {
                ++m_at;
                text += peek() == 'n' ? '\n' : peek() == 't' ? '\t' : peek();
            } else
                text += peek();
            ++m_at;
        }
        m_at += quote.size();
        add(Token::Kind::String, std::move(text));
        return Done{};
    }

    Result<Done> symbol() {
        static constexpr std::string_view kSymbols[] = {"...", "->", "**", "//", "<<", ">>", "<=", ">=", "==", "!=",
                                                        ":=",  "+=", "-=", "*=", "/=", "(",  ")",  "[",  "]",  "{",
                                                        "}",   ",",  ":",  ".",  "=",  "+",  "-",  "*",  "/",  "%",
                                                        "@",   "&",  "|",  "^",  "~",  "<",  ">",  ";"};
        for (const std::string_view symbol : kSymbols) {
            if (!m_text.substr(m_at).starts_with(symbol))
                continue;
            if (symbol == "(" || symbol == "[" || symbol == "{")
                m_open.push_back(m_line);
            else if (symbol == ")" || symbol == "]" || symbol == "}")
                m_open.resize(m_open.empty() ? 0 : m_open.size() - 1);
            m_at += symbol.size();
            return add(Token::Kind::Operator, std::string(symbol)), Done{};
        }
        size_t length = 1;
        while (m_at + length < m_text.size() && (static_cast<unsigned char>(m_text[m_at + length]) & 0xC0) == 0x80)
            ++length;
        return error("the character '" + displayText(m_text.substr(m_at, length)) + "' has no meaning here",
                     length > 1 ? "write names with the letters A to Z" : "remove it");
    }

    std::string_view m_text;
    const std::string& m_where;
    size_t m_at = 0;
    int m_line = 1;
    std::vector<int> m_open; ///< lines of the brackets that are open
    std::vector<size_t> m_indents{0};
    std::vector<Token> m_tokens;
};

} // namespace

Result<std::vector<Token>> tokenise(std::string_view source, const std::string& where) {
    return Lexer(source, where).run();
}

} // namespace fxscope::py
