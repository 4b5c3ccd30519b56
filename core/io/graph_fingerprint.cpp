// SPDX-License-Identifier: BSD-3-Clause
// Tells whether two payloads print the same graph without reading either; see traceTimeline.
#include "core/graph/hash.h"
#include "core/io/plain_text.h"
#include "core/io/trace_timeline.h"
#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

std::string_view wordAt(std::string_view text) {
    size_t end = 0;
    while (end < text.size() && isWordChar(text[end]))
        ++end;
    return text.substr(0, end);
}

/// Adds the names of "self, a: "f32[2, 3]", b" up to the bracket that closes; false if it does not on this line.
bool addParameters(std::string_view text, Hash& hash) {
    int depth = 0;
    char quote = '\0';
    bool expected = true; // a name stands at the start and behind each comma
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '#') {
            return false;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '[' || c == '(') {
            ++depth;
        } else if (c == ']' || c == ')') {
            if (depth-- == 0)
                return true;
        } else if (c == ',' && depth == 0) {
            expected = true;
        } else if (expected && isWordStart(c)) {
            const std::string_view name = wordAt(text.substr(i));
            if (name != "self")
                hash.add(name);
            i += name.size() - 1;
            expected = false;
        }
    }
    return false;
}

/// Adds name and target of "name: "f32[2]" = torch.ops.aten.add.Tensor(a, b);  a = None".
void addStatement(std::string_view line, Hash& hash) {
    const std::string_view name = wordAt(line);
    std::string_view rest = line.substr(name.size());
    if (rest.starts_with(": \"")) {
        const size_t close = rest.find('"', 3);
        rest = close == std::string_view::npos ? std::string_view{} : rest.substr(close + 1);
    }
    if (name.empty() || !rest.starts_with(" = "))
        return;
    hash.add(name);
    hash.add(rest.substr(3, rest.find_first_of("( ", 3) - 3));
}

} // namespace

uint64_t graphFingerprint(std::string_view text) {
    enum class Place { Outside, Parameters, Body } place = Place::Outside;
    Hash hash;
    Lines lines(text);
    for (std::string_view line; lines.next(line);) {
        line = trim(line);
        if (place == Place::Outside) {
            const size_t open = line.starts_with("def forward(") ? 12 : 0;
            if (open != 0)
                place = addParameters(line.substr(open), hash) ? Place::Body : Place::Parameters;
        } else if (place == Place::Parameters) {
            place = addParameters(line, hash) ? Place::Body : Place::Parameters;
        } else if (line.starts_with("return")) {
            break;
        } else if (!line.empty() && line[0] != '#') {
            addStatement(line, hash);
        }
    }
    return hash.value();
}

} // namespace fxscope::io
