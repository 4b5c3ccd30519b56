// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/body.h"

#include <string>
#include <string_view>

namespace fxscope::io {

/// Reads Python values from a cursor: literals, containers, slice(...), device(...), torch.float32, names of nodes.
/// What is none of these is kept as text up to the next comma or closing bracket: a symbolic size if it parses as one,
/// else opaque. A name that nothing defines is an error. Functions return false on failure; the first error is kept.
class PythonValues {
public:
    PythonValues(std::string_view text, const NameTable& names) : m_text(text), m_names(names) {}

    bool value(Argument& out, int depth = 0);
    /// A value without looking at what follows: the left side of "2 * x".
    bool operand(Argument& out, int depth = 0);
    /// "(a, k = v)".
    bool arguments(ArgumentList& args, Kwargs& kwargs);
    bool quotedString(std::string& out);

    void skipSpace(); ///< and line ends and comments
    bool atEnd();     ///< nothing but space is left
    char peek(size_t ahead = 0) const { return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0'; }
    bool eat(std::string_view token);
    std::string_view identifier();
    std::string_view dottedName();
    size_t position() const { return m_at; }
    void rewind(size_t position) { m_at = position; }
    std::string_view rest() const { return m_text.substr(m_at); }
    const NameTable& names() const { return m_names; }

    bool fail(std::string what, std::string next = {});
    /// The first error, `where` being the place of the text; a missing name brings names like it.
    Diagnostic error(const std::string& where) const;

private:
    bool atValueEnd();
    bool items(ArgumentList& out, char close, int depth, bool& trailingComma);
    bool bracketed(Argument& out, int depth);
    bool dict(Argument& out, int depth);
    bool number(Argument& out);
    bool word(Argument& out, int depth);
    bool call(std::string_view name, Argument& out, int depth);
    bool tupleOrText(std::string_view name, size_t open, Argument& out);
    bool device(Argument& out);
    bool textValue(Argument& out, size_t from);
    std::string_view balancedText();

    std::string_view m_text;
    size_t m_at = 0;
    const NameTable& m_names;
    std::string m_what, m_next;
    bool m_nestedCall = false; ///< what failed is a call inside an argument
    std::string_view m_undefined;
};

} // namespace fxscope::io
