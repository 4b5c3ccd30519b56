// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/plain_text.h"

namespace fxscope::io {
namespace {

/// Past a colour sequence ESC [ ... m that begins at `i`; `i` itself if there is none.
size_t pastColour(std::string_view text, size_t i) {
    if (text[i] != '\x1b' || i + 1 >= text.size() || text[i + 1] != '[')
        return i;
    size_t end = i + 2;
    while (end < text.size() && ((text[end] >= '0' && text[end] <= '9') || text[end] == ';'))
        ++end;
    return end < text.size() && text[end] == 'm' ? end + 1 : i;
}

} // namespace

std::string_view plainText(std::string_view text, std::string& storage) {
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    if (text.find('\r') == std::string_view::npos && text.find('\x1b') == std::string_view::npos)
        return text;
    storage.clear();
    storage.reserve(text.size());
    for (size_t i = 0; i < text.size();) {
        if (const size_t after = pastColour(text, i); after != i) {
            i = after;
            continue;
        }
        if (text[i] == '\r') {
            if (i + 1 >= text.size() || text[i + 1] != '\n')
                storage += '\n';
        } else {
            storage += text[i];
        }
        ++i;
    }
    return storage;
}

} // namespace fxscope::io
