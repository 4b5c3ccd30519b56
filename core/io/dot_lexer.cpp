// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/dot_lexer.h"

#include "core/io/limits.h"
#include "core/io/words.h"

#include <algorithm>

namespace fxscope::io {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

class DotLexer {
public:
    explicit DotLexer(std::string_view text) : m_text(text.starts_with(kMark) ? text.substr(kMark.size()) : text) {}

    bool beginsDrawing() {
        std::string first;
        skipSpace();
        if (word(first) && first == "strict") {
            skipSpace();
            word(first);
        }
        return first == "digraph";
    }

    Result<std::vector<DotDrawing>> read(const Source& source) {
        for (size_t count = 0; skipSpace(); ++count) {
            if (count % 4'096 == 0 && source.cancel.requested())
                return cancelled(source);
            const size_t from = m_at;
            const int line = m_line;
            takeStatement();
            if (m_at - from > limits().line)
                return Diagnostic{"this statement is longer than " + std::to_string(limits().line) + " bytes",
                                  atLine(source.where, line), raiseLimit("line")};
        }
        return std::move(m_drawings);
    }

private:
    void takeStatement() {
        DotStatement statement;
        statement.line = m_line;
        const bool bare = at() != '"';
        if (!word(statement.from)) {
            take(); // a brace, a semicolon, or what is no DOT
            return;
        }
        if (bare && statement.from == "strict")
            return;
        if (bare && (statement.from == "digraph" || statement.from == "subgraph" || statement.from == "graph")) {
            std::string name;
            skipSpace();
            word(name);
            if (statement.from == "digraph")
                m_drawings.push_back({std::move(name), {}});
            return;
        }
        skipSpace();
        if (m_text.substr(m_at).starts_with("->")) {
            m_at += 2;
            skipSpace();
            word(statement.to);
            skipSpace();
        }
        if (at() == '=') { // an attribute of the graph
            take();
            skipSpace();
            word(statement.to);
            return;
        }
        if (at() == '[')
            attributes(statement);
        if (!m_drawings.empty())
            m_drawings.back().statements.push_back(std::move(statement));
    }

    char at() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void take() {
        if (m_at < m_text.size())
            m_line += m_text[m_at++] == '\n';
    }
    /// Past blanks and comments: //, /* */, and lines that begin with #.
    bool skipSpace() {
        while (m_at < m_text.size()) {
            const std::string_view rest = m_text.substr(m_at, 2);
            const bool lineStart = m_at == 0 || m_text[m_at - 1] == '\n';
            if (at() == ' ' || at() == '\n' || at() == '\t' || at() == '\r')
                take();
            else if (rest == "//" || (at() == '#' && lineStart))
                m_at = std::min(m_text.find('\n', m_at), m_text.size());
            else if (rest == "/*")
                skipComment();
            else
                return true;
        }
        return false;
    }
    void skipComment() {
        const size_t close = m_text.find("*/", m_at + 2);
        const size_t end = close == std::string_view::npos ? m_text.size() : close + 2;
        while (m_at < end)
            take();
    }
    bool word(std::string& out) {
        if (at() == '"')
            return quoted(out);
        const size_t from = m_at;
        while (isWordChar(at()) || at() == '.' || (at() == '-' && m_text.substr(m_at, 2) != "->"))
            ++m_at;
        out = m_text.substr(from, m_at - from);
        return !out.empty();
    }
    bool quoted(std::string& out) {
        for (take(); m_at < m_text.size() && at() != '"'; take()) {
            if (at() == '\\' && m_at + 1 < m_text.size()) {
                if (m_text.substr(m_at + 1).starts_with("\r\n"))
                    ++m_at;
                if (m_text[m_at + 1] == '\n') { // the string goes on in the next line
                    ++m_line;
                    ++m_at;
                    continue;
                }
                if (m_text[m_at + 1] != '"')
                    out += '\\';
                take();
            }
            out += at();
        }
        if (m_at >= m_text.size())
            return !out.empty();
        take();
        return true;
    }
    void attributes(DotStatement& statement) {
        take();
        while (skipSpace() && at() != ']') {
            std::pair<std::string, std::string> attribute;
            if (!word(attribute.first)) {
                take();
                continue;
            }
            skipSpace();
            if (at() == '=') {
                take();
                skipSpace();
                word(attribute.second);
            }
            statement.attributes.push_back(std::move(attribute));
        }
        if (at() == ']')
            take();
    }

    std::string_view m_text;
    std::vector<DotDrawing> m_drawings;
    size_t m_at = 0;
    int m_line = 1;
};

} // namespace

const std::string* DotStatement::attribute(std::string_view name) const {
    for (const auto& [key, value] : attributes)
        if (key == name)
            return &value;
    return nullptr;
}

Result<std::vector<DotDrawing>> dotDrawings(const Source& source) { return DotLexer(source.content).read(source); }

bool looksLikeDot(std::string_view text) { return DotLexer(text).beginsDrawing(); }

} // namespace fxscope::io
