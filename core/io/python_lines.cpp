// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/python_lines.h"

#include "core/io/limits.h"
#include "core/io/source.h"
#include "core/support/text.h"

#include <array>

namespace fxscope::io {
namespace {

enum class CharClass : uint8_t { Plain, Open, Close, Quote, Hash, Semicolon, Newline };

constexpr auto kClasses = [] {
    std::array<CharClass, 256> classes{};
    for (const char c : {'(', '[', '{'})
        classes[static_cast<unsigned char>(c)] = CharClass::Open;
    for (const char c : {')', ']', '}'})
        classes[static_cast<unsigned char>(c)] = CharClass::Close;
    classes['\''] = classes['"'] = CharClass::Quote;
    classes['#'] = CharClass::Hash;
    classes[';'] = CharClass::Semicolon;
    classes['\n'] = CharClass::Newline;
    return classes;
}();

class Scanner {
public:
    Scanner(std::string_view text, const std::string& where) : m_text(text), m_where(where) {}

    Result<PythonText> scan() {
        PythonText result;
        while (startLine()) {
            FX_TRY(const bool whole, scanLine());
            if (!whole) {
                result.cutOff = m_problem;
                return result;
            }
            result.lines.push_back(m_line);
        }
        return result;
    }

private:
    /// Moves to the first character of the next line that is neither blank nor part of a """ block.
    bool startLine() {
        while (m_at < m_text.size()) {
            const size_t from = m_at;
            while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\t'))
                ++m_at;
            if (m_at == m_text.size())
                return false;
            if (m_text[m_at] == '\n') {
                ++m_at;
                ++m_number;
                continue;
            }
            m_line = {{}, m_number, static_cast<int>(m_at - from), std::string_view::npos};
            if (!m_text.substr(m_at).starts_with("\"\"\""))
                return true;
            skipTripleQuoted();
        }
        return false;
    }

    void skipTripleQuoted() {
        const std::string_view quotes = m_text.substr(m_at, 3);
        const size_t close = m_text.find(quotes, m_at + 3);
        const size_t end = close == std::string_view::npos ? m_text.size() : close + 3;
        for (; m_at < end; ++m_at)
            m_number += m_text[m_at] == '\n';
    }

    /// False if the text ended within the line; errors are for the middle of the text.
    Result<bool> scanLine() {
        const size_t from = m_at;
        if (m_text[from] == '#') {
            m_at = std::min(m_text.find('\n', from), m_text.size());
            return finish(from, m_at);
        }
        int depth = 0;
        size_t end = from;
        for (; m_at < m_text.size(); ++m_at) {
            switch (kClasses[static_cast<unsigned char>(m_text[m_at])]) {
            case CharClass::Plain: continue;
            case CharClass::Open:
                if (++depth > limits().nesting)
                    return problem("brackets are nested deeper than " + std::to_string(limits().nesting));
                continue;
            case CharClass::Close:
                if (--depth < 0)
                    return problem(std::string("a closing ") + m_text[m_at] + " has no opening bracket");
                continue;
            case CharClass::Quote:
                if (!skipString())
                    return m_at < m_text.size() ? Result<bool>(problem("a string is not closed on its line"))
                                                : Result<bool>(cut("the text ends within a string"));
                continue;
            case CharClass::Semicolon:
                if (depth == 0 && m_line.semicolon == std::string_view::npos)
                    m_line.semicolon = m_at - from;
                continue;
            case CharClass::Hash:
                end = depth == 0 ? m_at : end;
                m_at = std::min(m_text.find('\n', m_at), m_text.size()) - 1;
                if (depth == 0)
                    return finish(from, end, m_at + 1);
                continue;
            case CharClass::Newline:
                if (depth == 0)
                    return finish(from, m_at);
                ++m_number;
            }
        }
        return depth == 0 ? finish(from, m_at) : Result<bool>(cut("a bracket is not closed before the text ends"));
    }

    /// From the opening quote to the closing one; false at a line or text end.
    bool skipString() {
        if (const auto three = m_text.substr(m_at, 3); three == "\"\"\"" || three == "'''") {
            skipTripleQuoted();
            --m_at;
            return true;
        }
        const char quote = m_text[m_at];
        for (++m_at; m_at < m_text.size() && m_text[m_at] != '\n'; ++m_at) {
            if (m_text[m_at] == '\\')
                ++m_at;
            else if (m_text[m_at] == quote)
                return true;
        }
        return false;
    }

    Result<bool> finish(size_t from, size_t end) { return finish(from, end, end); }
    Result<bool> finish(size_t from, size_t end, size_t next) {
        while (end > from && (m_text[end - 1] == ' ' || m_text[end - 1] == '\t' || m_text[end - 1] == '\n'))
            --end;
        m_line.text = m_text.substr(from, end - from);
        if (m_line.text.size() > limits().line)
            return problem("this line is longer than " + std::to_string(limits().line) + " bytes");
        m_at = next;
        return true;
    }
    Diagnostic problem(std::string what) const {
        return {std::move(what), atLine(m_where, m_number), "expected Python as print_readable prints it"};
    }
    bool cut(std::string what) {
        m_problem = {std::move(what), atLine(m_where, m_line.number), "the file may be cut off", Severity::Warning};
        return false;
    }

    std::string_view m_text;
    const std::string& m_where;
    size_t m_at = 0;
    int m_number = 1;
    PythonLine m_line;
    Diagnostic m_problem;
};

} // namespace

Result<PythonText> pythonLines(std::string_view text, const std::string& where) { return Scanner(text, where).scan(); }

} // namespace fxscope::io
