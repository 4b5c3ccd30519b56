// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/location.h"

#include "core/io/words.h"
#include "core/support/text.h"

namespace fxscope::io {
namespace {

constexpr std::string_view kNoTrace = "No stacktrace found for following nodes";

/// The length of the dict at the start of `text`, quotes respected; 0 if it does not close.
size_t dictLength(std::string_view text) {
    int depth = 0;
    char quote = '\0';
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote) {
            if (c == '\\')
                ++i;
            else if (c == quote)
                quote = '\0';
        } else if (c == '\'' || c == '"') {
            quote = c;
        } else if (c == '{') {
            ++depth;
        } else if (c == '}' && --depth == 0) {
            return i + 1;
        }
    }
    return 0;
}

bool take(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix))
        return false;
    text = trim(text.substr(prefix.size()));
    return true;
}
std::string_view takeWord(std::string_view& text) {
    const std::string_view word = text.substr(0, text.find(' '));
    text = trim(text.substr(word.size()));
    return word;
}

/// "Annotation: {...} recompute: POLICY ac_graph_id: 3 - POLICY ", each optional.
void takeNotes(std::string_view& text, Origin& origin) {
    if (take(text, "Annotation: ")) {
        const size_t length = dictLength(text);
        origin.meta["annotation"] = text.substr(0, length);
        text = trim(text.substr(length));
    }
    take(text, "# ");
    if (take(text, "recompute: "))
        origin.meta["recompute"] = takeWord(text);
    if (take(text, "ac_graph_id: ")) {
        origin.meta["ac_graph_id"] = takeWord(text);
        if (take(text, "- "))
            origin.meta["recompute"] = takeWord(text);
    }
}

/// "PATH:LINE in FUNC, code: CODE". PATH may hold colons and " in ": the first " in " after ":digits" ends it.
bool takePlace(std::string_view text, Origin& origin) {
    for (size_t in = text.find(" in "); in != std::string_view::npos; in = text.find(" in ", in + 1)) {
        size_t digits = in;
        while (digits > 0 && isDigit(text[digits - 1]))
            --digits;
        if (digits == in || digits == 0 || text[digits - 1] != ':')
            continue;
        const size_t code = text.find(", code: ", in);
        if (code == std::string_view::npos)
            return false;
        origin.stack.push_back({std::string(text.substr(0, digits - 1)),
                                static_cast<int>(parseInt(text.substr(digits, in - digits)).value_or(0)),
                                std::string(text.substr(in + 4, code - in - 4)), std::string(text.substr(code + 8))});
        return true;
    }
    return false;
}

std::string_view metaOf(const Origin& origin, const char* key) {
    const auto found = origin.meta.find(key);
    return found == origin.meta.end() ? std::string_view{} : found->second;
}

} // namespace

bool beginsNotes(std::string_view line) {
    if (!line.starts_with("# "))
        return false;
    const size_t colon = line.find(':');
    const std::string_view key = line.substr(2, std::max<size_t>(colon, 2) - 2);
    return colon != std::string_view::npos && isIdentifier(key) && key != "File" && key != "Annotation" &&
           !endsNotes(line);
}

bool endsNotes(std::string_view line) {
    line = trim(line);
    return line.ends_with(kNoTrace) ||
           (line.find("File: ") != std::string_view::npos && line.find(", code: ") != std::string_view::npos);
}

bool parseLocation(std::string_view comment, std::shared_ptr<const Origin>& origin) {
    const std::string_view whole = comment.substr(std::min(comment.find_first_not_of('#'), comment.size()));
    for (size_t mark = 0; mark != std::string_view::npos; mark = whole.find(" #", mark + 1)) {
        std::string_view text = trim(whole.substr(mark == 0 ? 0 : mark + 2));
        Origin found;
        if (mark > 0) // what additional_meta asked for stands before
            found.meta["notes"] = trim(whole.substr(0, mark));
        takeNotes(text, found);
        const bool none = text == kNoTrace;
        if (!none && (!take(text, "File: ") || !takePlace(text, found)))
            continue;
        origin = none && found.meta.empty() ? nullptr : std::make_shared<const Origin>(std::move(found));
        return true;
    }
    return false;
}

std::string writeLocation(const Origin* origin) {
    std::string text = "#";
    if (origin) {
        if (const auto notes = metaOf(*origin, "notes"); !notes.empty())
            ((text += ' ') += notes) += " #";
        if (const auto annotation = metaOf(*origin, "annotation"); !annotation.empty())
            (text += " Annotation: ") += annotation;
        const auto recompute = metaOf(*origin, "recompute"), acGraph = metaOf(*origin, "ac_graph_id");
        if (!acGraph.empty())
            (text += " ac_graph_id: ") += acGraph;
        if (!recompute.empty())
            (text += acGraph.empty() ? " recompute: " : " - ") += recompute;
    }
    if (!origin || origin->stack.empty())
        return (text += ' ') += kNoTrace;
    const SourceLine& line = origin->stack.back();
    return text + " File: " + line.file + ":" + std::to_string(line.line) + " in " + line.function +
           ", code: " + line.code;
}

} // namespace fxscope::io
