// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/body.h"

#include <string>
#include <string_view>

namespace fxscope::io {

/// Reads the arguments that str(graph) prints. It is not Python: strings are bare, so a word that is neither a literal
/// nor a reference is a string, and one that looks like a literal is taken for it. Separators are a comma and a space.
class TextValues {
public:
    TextValues(std::string_view text, const NameTable& names) : m_text(text), m_names(names) {}

    bool value(Argument& out, int depth = 0);
    bool tuple(ArgumentList& out); ///< "(a, b)"
    /// "{k: v}". Keywords of a call (`depth` 0) are identifiers: where none follows a comma, the value goes on.
    bool dict(Kwargs& out, int depth = 0);
    bool eat(std::string_view token);
    const std::vector<std::string_view>& tupleTexts() const { return m_texts; } ///< what `tuple` read, item by item
    bool atEnd() const { return m_at == m_text.size(); }

    const std::string& error() const { return m_error; }
    std::string_view undefinedName() const { return m_undefined; } ///< set if that was the error

    bool tooLarge() const { return m_tooLarge; } ///< or too deep: not to be read in another way

private:
    bool fail(std::string what);
    bool items(ArgumentList& out, char close, int depth);
    bool reference(Argument& out);
    bool slice(Argument& out, int depth);
    bool keywordFollows() const;
    static Argument grouped(std::string_view text);
    std::string_view bareWord();
    Argument wordOrString(std::string_view word) const;

    std::string_view m_text;
    size_t m_at = 0;
    const NameTable& m_names;
    bool m_inSlice = false, m_tooLarge = false;
    std::string m_error;
    std::string_view m_undefined;
    std::vector<std::string_view> m_texts;
};

} // namespace fxscope::io
