// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/python_string.h"

#include <charconv>
#include <cstdint>

namespace fxscope::io {
namespace {

bool isPrefix(char c) { return std::string_view("brufBRUF").find(c) != std::string_view::npos; }
bool isQuote(char c) { return c == '\'' || c == '"'; }

void appendUtf8(std::string& out, uint32_t code) {
    const auto byte = [&](uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80)
        byte(code);
    else if (code < 0x800)
        byte(0xC0 | (code >> 6)), byte(0x80 | (code & 63));
    else if (code < 0x10000)
        byte(0xE0 | (code >> 12)), byte(0x80 | ((code >> 6) & 63)), byte(0x80 | (code & 63));
    else
        byte(0xF0 | (code >> 18)), byte(0x80 | ((code >> 12) & 63)), byte(0x80 | ((code >> 6) & 63)),
            byte(0x80 | (code & 63));
}

/// The escape after a backslash at `i`; moves past it.
void appendEscape(std::string_view text, size_t& i, std::string& out) {
    const char c = text[i++];
    const auto hex = [&](size_t digits) {
        uint32_t code = 0;
        const char* from = text.data() + i;
        const char* to = from + std::min(digits, text.size() - i);
        const auto [end, error] = std::from_chars(from, to, code, 16);
        i += static_cast<size_t>(end - from);
        appendUtf8(out, error == std::errc() && code <= 0x10FFFF ? code : 0xFFFD);
    };
    switch (c) {
    case 'n': out += '\n'; break;
    case 't': out += '\t'; break;
    case 'r': out += '\r'; break;
    case 'a': out += '\a'; break;
    case 'b': out += '\b'; break;
    case 'f': out += '\f'; break;
    case 'v': out += '\v'; break;
    case '0': out += '\0'; break;
    case 'x': hex(2); break;
    case 'u': hex(4); break;
    case 'U': hex(8); break;
    case '\\':
    case '\'':
    case '"': out += c; break;
    case '\n': break; // the literal goes on in the next line
    default: (out += '\\') += c;
    }
}

} // namespace

bool isStringStart(std::string_view text) {
    size_t i = 0;
    while (i < 2 && i < text.size() && isPrefix(text[i]))
        ++i;
    return i < text.size() && isQuote(text[i]);
}

std::optional<size_t> readPythonString(std::string_view text, std::string& out) {
    size_t i = 0;
    bool raw = false;
    for (; i < text.size() && isPrefix(text[i]); ++i)
        raw = raw || text[i] == 'r' || text[i] == 'R';
    if (i >= text.size())
        return std::nullopt;
    const char quote = text[i];
    for (++i; i < text.size();) {
        const char c = text[i++];
        if (c == quote)
            return i;
        if (c == '\\' && !raw && i < text.size())
            appendEscape(text, i, out);
        else
            out += c;
    }
    return std::nullopt;
}

} // namespace fxscope::io
