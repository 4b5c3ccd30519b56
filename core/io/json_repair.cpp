// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/json_repair.h"

#include "core/io/words.h"

#include <array>

namespace fxscope::io {
namespace {

constexpr std::array<std::string_view, 3> kWords{"-Infinity", "Infinity", "NaN"};

/// D8 to DB begin a pair, DC to DF end one: 1, 2; anything else, or no \u at all: 0.
int surrogateAt(std::string_view text, size_t at) {
    const std::string_view escape = text.substr(std::min(at, text.size()), 6);
    if (escape.size() < 6 || escape[0] != '\\' || escape[1] != 'u' || (escape[2] | 0x20) != 'd')
        return 0;
    const char half = static_cast<char>(escape[3] | 0x20);
    if (half == '8' || (escape[3] == '9') || half == 'a' || half == 'b')
        return 1;
    return half >= 'c' && half <= 'f' ? 2 : 0;
}

class Repair {
public:
    explicit Repair(std::string_view json) : m_json(json) {}

    std::string run() {
        while (m_at < m_json.size()) {
            if (m_json[m_at] == '"')
                string();
            else if (!word())
                ++m_at;
        }
        if (m_copied > 0)
            m_out += m_json.substr(m_copied);
        return std::move(m_out);
    }

private:
    void replace(size_t length, std::string_view by) {
        m_out += m_json.substr(m_copied, m_at - m_copied);
        m_out += by;
        m_copied = m_at += length;
    }
    bool word() {
        if (m_json[m_at] != 'N' && m_json[m_at] != 'I' && m_json[m_at] != '-')
            return false;
        for (const std::string_view word : kWords) {
            const size_t end = m_at + word.size();
            if (!m_json.substr(m_at).starts_with(word) || (end < m_json.size() && isWordChar(m_json[end])))
                continue;
            replace(word.size(), '"' + std::string(word) + '"');
            return true;
        }
        return false;
    }
    void string() {
        for (++m_at; m_at < m_json.size() && m_json[m_at] != '"';) {
            if (m_json[m_at] != '\\') {
                ++m_at;
                continue;
            }
            const int half = surrogateAt(m_json, m_at);
            if (half == 1 && surrogateAt(m_json, m_at + 6) == 2)
                m_at += 12;
            else if (half != 0)
                replace(6, "\\ufffd");
            else
                m_at += 2;
        }
        ++m_at;
    }

    std::string_view m_json;
    std::string m_out;
    size_t m_at = 0, m_copied = 0;
};

} // namespace

std::string repairedJson(std::string_view json) { return Repair(json).run(); }

} // namespace fxscope::io
