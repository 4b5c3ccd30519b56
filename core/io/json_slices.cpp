// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/json_slices.h"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace fxscope::io {
namespace {

class JsonScanner {
public:
    explicit JsonScanner(std::string_view text) : m_text(text) {}

    size_t position() const { return m_at; }
    char peek() {
        while (m_at < m_text.size() &&
               (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t' || m_text[m_at] == '\r'))
            ++m_at;
        return m_at < m_text.size() ? m_text[m_at] : '\0';
    }
    bool eat(char c) {
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }
    /// Past a string; `content` without its quotes, escapes as they stand.
    bool string(std::string_view& content) {
        if (!eat('"'))
            return false;
        const size_t from = m_at;
        while (true) {
            const void* quote = std::memchr(m_text.data() + m_at, '"', m_text.size() - m_at);
            if (!quote)
                return false;
            const size_t end = static_cast<size_t>(static_cast<const char*>(quote) - m_text.data());
            m_at = end + 1;
            size_t slashes = 0;
            while (slashes < end - from && m_text[end - 1 - slashes] == '\\')
                ++slashes;
            if (slashes % 2 == 0) {
                content = m_text.substr(from, end - from);
                return true;
            }
        }
    }
    /// Past any value.
    bool value() {
        int64_t depth = 0;
        std::string_view ignored;
        do {
            switch (peek()) {
            case '\0': return false;
            case '"':
                if (!string(ignored))
                    return false;
                break;
            case '{':
            case '[':
                ++depth;
                ++m_at;
                break;
            case '}':
            case ']':
                if (--depth < 0)
                    return false;
                ++m_at;
                break;
            case ',':
            case ':':
                if (depth == 0)
                    return false;
                ++m_at;
                break;
            default: m_at = std::min(m_text.find_first_of(",:]}{[\" \n\t\r", m_at), m_text.size());
            }
        } while (depth > 0);
        return true;
    }
    /// Into the object that stands here, up to the value under `key`.
    bool member(std::string_view key) {
        if (!eat('{'))
            return false;
        std::string_view found;
        while (string(found) && eat(':')) {
            if (found == key)
                return true;
            if (!value() || !eat(','))
                return false;
        }
        return false;
    }
    /// Past an object, `each` being asked to go past the value under every key.
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
    std::string_view since(size_t from) const { return m_text.substr(from, m_at - from); }

private:
    std::string_view m_text;
    size_t m_at = 0;
};

} // namespace

std::optional<ProgramCut> cutProgram(std::string_view json) {
    JsonScanner scanner(json);
    if (!scanner.member("graph_module") || !scanner.member("graph"))
        return std::nullopt;
    ProgramCut cut;
    cut.rest.reserve(json.size()); // what stays untouched costs nothing, growing by copying does
    size_t copied = 0;
    const auto object = [&](std::vector<std::string_view>& into) {
        const size_t from = scanner.position();
        if (!scanner.value())
            return false;
        if (json[from] != '{')
            return true; // not what it should be: the reader of the rest says so
        cut.rest += json.substr(copied, from - copied);
        cut.rest += std::to_string(into.size());
        into.push_back(scanner.since(from));
        copied = scanner.position();
        return true;
    };
    const auto node = [&] {
        return scanner.members(
            [&](std::string_view key) { return key == "metadata" ? object(cut.metadata) : scanner.value(); });
    };
    const bool read = scanner.members([&](std::string_view key) {
        if (key == "nodes")
            return scanner.items(node);
        return key == "tensor_values" ? scanner.members([&](std::string_view) { return object(cut.tensors); })
                                      : scanner.value();
    });
    if (!read)
        return std::nullopt;
    cut.rest += json.substr(copied);
    return cut;
}

bool jsonMembers(std::string_view object, std::vector<std::pair<std::string_view, std::string_view>>& members) {
    JsonScanner scanner(object);
    return scanner.members([&](std::string_view key) {
        const size_t from = scanner.position();
        if (!scanner.value())
            return false;
        members.emplace_back(key, scanner.since(from));
        return true;
    });
}

} // namespace fxscope::io
