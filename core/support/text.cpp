// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/text.h"

#include <algorithm>
#include <cmath>

namespace fxscope {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

void appendHex(std::string& out, std::string_view prefix, uint32_t value, int digits) {
    static constexpr char kDigits[] = "0123456789abcdef";
    out += prefix;
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        out += kDigits[(value >> shift) & 15];
}

/// Decodes one UTF-8 sequence at `i` and moves past it; false (past one byte) if it is not valid.
bool decodeUtf8(std::string_view text, size_t& i, uint32_t& code) {
    const auto byte = [&](size_t k) { return static_cast<unsigned char>(text[k]); };
    const unsigned char lead = byte(i);
    const int extra = lead < 0x80 ? 0 : (lead >> 5) == 6 ? 1 : (lead >> 4) == 14 ? 2 : (lead >> 3) == 30 ? 3 : -1;
    if (extra < 0 || i + static_cast<size_t>(extra) >= text.size()) {
        ++i;
        return false;
    }
    code = extra == 0 ? lead : lead & (0x3F >> extra);
    for (int k = 1; k <= extra; ++k) {
        if ((byte(i + k) & 0xC0) != 0x80) {
            ++i;
            return false;
        }
        code = (code << 6) | (byte(i + k) & 0x3F);
    }
    static constexpr uint32_t kLeast[] = {0, 0x80, 0x800, 0x10000};
    const bool valid = code >= kLeast[extra] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
    i += valid ? static_cast<size_t>(extra) + 1 : 1;
    return valid;
}

bool isHidden(uint32_t code) {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x2069) || code == 0xFEFF;
}

size_t editDistance(std::string_view a, std::string_view b) {
    std::vector<size_t> row(b.size() + 1);
    for (size_t j = 0; j <= b.size(); ++j)
        row[j] = j;
    for (size_t i = 1; i <= a.size(); ++i) {
        size_t diagonal = row[0]++;
        for (size_t j = 1; j <= b.size(); ++j) {
            const size_t changed = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

} // namespace

std::string_view trim(std::string_view text) {
    while (!text.empty() && isSpace(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isSpace(text.back()))
        text.remove_suffix(1);
    return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (size_t from = 0;;) {
        const size_t to = text.find(separator, from);
        parts.push_back(text.substr(from, to - from));
        if (to == std::string_view::npos)
            return parts;
        from = to + 1;
    }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (size_t i = 0; i < parts.size(); ++i) {
        if (i)
            text += separator;
        text += parts[i];
    }
    return text;
}

std::optional<int64_t> parseInt(std::string_view text) {
    if (text.starts_with('+'))
        text.remove_prefix(1);
    int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

std::optional<double> parseDouble(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

std::string reprFloat(double value) {
    if (std::isnan(value))
        return "nan";
    if (std::isinf(value))
        return value < 0 ? "-inf" : "inf";
    // Python: scientific when the decimal exponent is below -4 or at least 16.
    char buffer[64];
    auto result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
    const std::string scientific(buffer, result.ptr);
    const size_t e = scientific.find('e');
    const int exponent = std::atoi(scientific.c_str() + e + 1);
    if (value != 0 && (exponent < -4 || exponent >= 16))
        return scientific;
    result = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed);
    std::string fixed(buffer, result.ptr);
    if (fixed.find('.') == std::string::npos)
        fixed += ".0";
    return fixed;
}

std::string reprString(std::string_view text) {
    const bool useDouble = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
    const char quote = useDouble ? '"' : '\'';
    std::string out(1, quote);
    for (const char c : text) {
        if (c == quote || c == '\\')
            (out += '\\') += c;
        else if (c == '\n')
            out += "\\n";
        else if (c == '\r')
            out += "\\r";
        else if (c == '\t')
            out += "\\t";
        else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
            appendHex(out, "\\x", static_cast<unsigned char>(c), 2);
        else
            out += c;
    }
    return out + quote;
}

std::string displayText(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size();) {
        const size_t from = i;
        uint32_t code = 0;
        if (!decodeUtf8(text, i, code))
            out += "\xEF\xBF\xBD";
        else if (isHidden(code) && code != '\n' && code != '\t')
            appendHex(out, code < 256 ? "\\x" : "\\u", code, code < 256 ? 2 : 4);
        else
            out += text.substr(from, i - from);
    }
    return out;
}

std::string escapeXml(std::string_view text) {
    std::string out;
    for (const char c : displayText(text)) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&#39;"; break;
        default: out += c;
        }
    }
    return out;
}

std::string counted(int64_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::vector<std::string> nearest(std::string_view wanted, const std::vector<std::string>& names, size_t limit) {
    std::vector<std::pair<size_t, const std::string*>> ranked;
    for (const std::string& name : names) {
        const size_t distance = editDistance(wanted, name);
        if (distance <= std::max<size_t>(2, wanted.size() / 3))
            ranked.emplace_back(distance, &name);
    }
    std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<std::string> result;
    for (size_t i = 0; i < std::min(limit, ranked.size()); ++i)
        result.push_back(*ranked[i].second);
    return result;
}

} // namespace fxscope
