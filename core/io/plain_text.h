// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace fxscope::io {

/// Text as the parsers want it: without byte order mark and terminal colours, lines ending in \n. Returns `text` itself
/// where it is like that already; else the cleaned copy is kept in `storage`.
std::string_view plainText(std::string_view text, std::string& storage);

/// Walks the lines of a text. Lines come without their end.
class Lines {
public:
    explicit Lines(std::string_view text) : m_rest(text) {}
    bool next(std::string_view& line) {
        if (m_rest.empty())
            return false;
        const size_t end = m_rest.find('\n');
        line = m_rest.substr(0, end);
        m_rest.remove_prefix(end == std::string_view::npos ? m_rest.size() : end + 1);
        ++m_number;
        return true;
    }
    int number() const { return m_number; } ///< of the line returned last, from 1
    std::string_view rest() const { return m_rest; }

private:
    std::string_view m_rest;
    int m_number = 0;
};

} // namespace fxscope::io
