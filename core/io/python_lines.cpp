// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/python_lines.h"

#include "core/io/limits.h"
#include "core/io/location.h"
#include "core/io/source.h"
#include "core/io/words.h"
#include "core/support/text.h"

#include <algorithm>
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
            FX_TRY(const bool whole, isPython() ? scanLine() : takeProse());
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

    /// Whether the line belongs to a class or a function, or begins one.
    bool isPython() {
        if (m_text[m_at] == '#')
            return true;
        if (m_block >= 0 && m_line.indent > m_block)
            return true;
        const size_t end = std::min(m_text.find('\n', m_at), m_text.size());
        m_block = beginsBlock(m_text.substr(m_at, end - m_at)) ? m_line.indent : -1;
        return m_block >= 0;
    }
    static bool beginsBlock(std::string_view line) {
        for (const std::string_view keyword : {"class ", "def ", "async def "}) {
            if (!line.starts_with(keyword))
                continue;
            line = trim(line.substr(keyword.size()));
            size_t end = 0;
            while (end < line.size() && isWordChar(line[end]))
                ++end;
            line.remove_prefix(end);
            return end > 0 && (line.starts_with('(') || line.starts_with(':'));
        }
        return false;
    }

    /// A line of the file as it stands; a string of three quotes that begins on it goes on to its end.
    Result<bool> takeProse() {
        const size_t from = m_at, end = std::min(m_text.find('\n', from), m_text.size());
        const std::string_view line = m_text.substr(from, end - from);
        const size_t quotes = std::min(line.find("'''"), line.find("\"\"\""));
        if (quotes == std::string_view::npos || line.find(line.substr(quotes, 3), quotes + 3) != std::string_view::npos)
            return finish(from, end);
        bool& open = line[quotes] == '"' ? m_openDouble : m_openSingle;
        m_at = from + quotes;
        if (open || m_text.find(line.substr(quotes, 3), m_at + 3) == std::string_view::npos) {
            open = true; // three quotes that nothing closes, here and further down: no string
            return finish(from, end);
        }
        skipTripleQuoted();
        return finish(from, end, std::min(m_text.find('\n', m_at), m_text.size()));
    }

    void skipTripleQuoted() {
        const std::string_view quotes = m_text.substr(m_at, 3);
        const size_t close = m_text.find(quotes, m_at + 3);
        const size_t end = close == std::string_view::npos ? m_text.size() : close + 3;
        for (; m_at < end; ++m_at)
            m_number += m_text[m_at] == '\n';
    }

    /// print_readable(additional_meta=...) writes values as they are into the comment before a node, and some have
    /// several lines: such a comment, which is indented as the node is, ends with the place that it is about, before
    /// the next blank line.
    size_t commentEnd(size_t from) const {
        const size_t end = std::min(m_text.find('\n', from), m_text.size());
        const bool isIndented = from > 0 && (m_text[from - 1] == ' ' || m_text[from - 1] == '\t');
        if (!isIndented || !beginsNotes(m_text.substr(from, end - from)))
            return end;
        for (size_t line = end, next = end; line < m_text.size(); line = next) {
            next = std::min(m_text.find('\n', line + 1), m_text.size());
            const std::string_view text = m_text.substr(line + 1, next - line - 1);
            if (trim(text).empty())
                break;
            if (endsNotes(text))
                return next;
        }
        return end;
    }

    /// False if the text ended within the line; errors are for the middle of the text.
    Result<bool> scanLine() {
        const size_t from = m_at;
        if (m_text[from] == '#') {
            m_at = commentEnd(from);
            m_number += static_cast<int>(std::count(m_text.begin() + from, m_text.begin() + m_at, '\n'));
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
    int m_block = -1; ///< indent of the outermost class or def around this line; -1: none
    bool m_openSingle = false, m_openDouble = false;
};

} // namespace

Result<PythonText> pythonLines(std::string_view text, const std::string& where) { return Scanner(text, where).scan(); }

} // namespace fxscope::io
