// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/log_line.h"

#include "core/io/words.h"

namespace fxscope::io {
namespace {

constexpr std::string_view kStart = "V0000 00:00:00.";

bool startsLikeRecord(std::string_view line) {
    if (line.size() <= kStart.size() || std::string_view("VDIWEC").find(line[0]) == std::string_view::npos)
        return false;
    for (size_t i = 1; i < kStart.size(); ++i)
        if (kStart[i] == '0' ? !isDigit(line[i]) : line[i] != kStart[i])
            return false;
    return true;
}

std::string_view nextWord(std::string_view& text) {
    const size_t from = std::min(text.find_first_not_of(' '), text.size());
    const size_t end = std::min(text.find(' ', from), text.size());
    const std::string_view word = text.substr(from, end - from);
    text.remove_prefix(end);
    return word;
}

} // namespace

std::string_view withoutRank(std::string_view line, std::string_view& rank) {
    constexpr std::string_view kRank = "[rank";
    if (!line.starts_with(kRank))
        return line;
    const size_t end = line.find("]:");
    if (end == std::string_view::npos || end > kRank.size() + 8)
        return line;
    rank = line.substr(kRank.size(), end - kRank.size());
    line.remove_prefix(end + 2);
    if (line.starts_with(' '))
        line.remove_prefix(1);
    return line;
}

std::optional<LogLine> parseLogLine(std::string_view line) {
    LogLine parsed;
    line = withoutRank(line, parsed.rank);
    if (!startsLikeRecord(line))
        return std::nullopt;
    std::string_view rest = line.substr(kStart.size());
    nextWord(rest); // microseconds
    parsed.process = nextWord(rest);
    const size_t end = rest.find("] ");
    if (end == std::string_view::npos)
        return std::nullopt;
    parsed.message = rest.substr(end + 2);
    return parsed;
}

} // namespace fxscope::io
