// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/dot_lexer.h"

#include "core/io/words.h"

namespace fxscope::io {
namespace {

class DotLexer {
public:
    explicit DotLexer(std::string_view text) : m_text(text) {}

    std::vector<DotStatement> read() {
        std::vector<DotStatement> statements;
        while (skipSpace()) {
            DotStatement statement;
            statement.line = m_line;
            if (!word(statement.from)) {
                take(); // a brace, a semicolon, or what is no DOT
                continue;
            }
            if (statement.from == "digraph" || statement.from == "subgraph" || statement.from == "graph") {
                std::string ignored;
                skipSpace();
                word(ignored);
                continue;
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
                continue;
            }
            if (at() == '[')
                attributes(statement);
            statements.push_back(std::move(statement));
        }
        return statements;
    }

private:
    char at() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    void take() {
        if (m_at < m_text.size())
            m_line += m_text[m_at++] == '\n';
    }
    bool skipSpace() {
        while (m_at < m_text.size() && (at() == ' ' || at() == '\n' || at() == '\t' || at() == '\r'))
            take();
        return m_at < m_text.size();
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

std::vector<DotStatement> dotStatements(std::string_view text) { return DotLexer(text).read(); }

} // namespace fxscope::io
