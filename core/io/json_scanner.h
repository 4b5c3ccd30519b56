// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <string_view>

namespace fxscope::io {

/// Goes over JSON without reading it: only quotes, brackets, commas and colons between members count. What lies within
/// a value may be no JSON at all; whoever reads it says so.
class JsonScanner {
public:
    /// `text` must outlive the scanner.
    explicit JsonScanner(std::string_view text) : m_text(text) {}

    size_t position() const { return m_at; }
    bool atEnd() { return peek() == '\0' && m_at == m_text.size(); }
    std::string_view since(size_t from) const { return m_text.substr(from, m_at - from); }
    std::string_view rest() const { return m_text.substr(m_at); }
    void skip(size_t count) { m_at += count; }

    char peek(); ///< the next character that is no white space; NUL at the end
    bool eat(char c) { return peek() == c && ++m_at > 0; }
    /// Past a string; `content` without its quotes, escapes as they stand.
    bool string(std::string_view& content);
    /// Past any value. False: it does not end.
    bool value();

    /// Into the object that stands here, up to the value under `key`.
    bool member(std::string_view key);
    /// Past an object; `each(key)` must go past the value that stands under the key.
    template <class Each> bool members(const Each& each) {
        if (!eat('{'))
            return false;
        if (eat('}'))
            return true;
        std::string_view key;
        do {
            if (!string(key) || !eat(':'))
                return false;
            peek();
            if (!each(key))
                return false;
        } while (eat(','));
        return eat('}');
    }
    /// Past a list; `each()` must go past the item that stands here.
    template <class Each> bool items(const Each& each) {
        if (!eat('['))
            return false;
        if (eat(']'))
            return true;
        do {
            peek();
            if (!each())
                return false;
        } while (eat(','));
        return eat(']');
    }

private:
    bool container();

    std::string_view m_text;
    size_t m_at = 0;
};

} // namespace fxscope::io
