// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/print.h"

#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace fxscope::cli {
namespace {

constexpr size_t kWidth = 100, kLabel = 12;

bool usesColour() {
    static const bool uses = isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
    return uses;
}

/// One paragraph: what a file brought in must not break lines or send control characters.
std::string paragraph(const Diagnostic& diagnostic) {
    std::string text = displayText(diagnostic.str());
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

/// `text` in pieces of at most `columns`, broken at blanks where there are any.
std::vector<std::string> wrapped(const std::string& text, size_t columns) {
    std::vector<std::string> lines{""};
    for (const std::string_view word : split(text, ' ')) {
        const size_t width = columnsOf(lines.back());
        if (width > 0 && width + 1 + columnsOf(word) > columns)
            lines.emplace_back(word);
        else
            lines.back() += (width > 0 ? " " : "") + std::string(word);
    }
    return lines;
}

} // namespace

int fail(const Diagnostic& error, int exitCode) {
    std::fflush(stdout);
    fmt::print(stderr, "fxscope: {}\n", paragraph(error));
    return exitCode;
}

void warn(const Diagnostics& notes) {
    constexpr size_t kShown = 5;
    std::vector<std::pair<const Diagnostic*, size_t>> kinds; // the first that says so, and how many do
    for (const Diagnostic& note : notes) {
        const auto known =
            std::find_if(kinds.begin(), kinds.end(), [&](const auto& kind) { return kind.first->what == note.what; });
        known == kinds.end() ? void(kinds.emplace_back(&note, 1)) : void(++known->second);
    }
    for (size_t i = 0; i < std::min(kinds.size(), kShown); ++i) {
        const auto& [note, count] = kinds[i];
        fmt::print(stderr, "fxscope: {}: {}{}\n", note->severity == Severity::Note ? "note" : "warning",
                   paragraph(*note), count > 1 ? fmt::format(" (and so in {} more places)", count - 1) : "");
    }
    if (kinds.size() > kShown)
        fmt::print(stderr, "fxscope: and {} more like these\n", kinds.size() - kShown);
}

void progress(std::string_view text) {
    static const bool shown = isatty(STDERR_FILENO) != 0;
    if (shown)
        fmt::print(stderr, "\r\x1b[K{}", text);
}

std::string styled(Style style, std::string_view text) {
    static constexpr std::array<std::string_view, 5> kCodes{"", "\x1b[32m", "\x1b[31m", "\x1b[1m", "\x1b[2m"};
    if (style == Style::Plain || !usesColour() || text.empty())
        return std::string(text);
    return fmt::format("{}{}\x1b[0m", kCodes[static_cast<size_t>(style)], text);
}

size_t columnsOf(std::string_view text) {
    size_t columns = 0;
    for (size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\x1b')
            i = std::min(text.find('m', i), text.size());
        else
            columns += (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    }
    return columns;
}

Table::Table(std::vector<std::string> titles) {
    for (std::string& title : titles) {
        m_right.push_back(title.starts_with('>'));
        if (m_right.back())
            title.erase(0, 1);
    }
    m_titles = {std::move(titles), Style::Dim};
}

void Table::add(std::vector<std::string> cells, Style style) {
    cells.resize(m_right.size());
    for (std::string& cell : cells)
        cell = displayText(cell);
    m_rows.push_back({std::move(cells), style});
}

std::string Table::str(std::string_view indent) const {
    std::vector<size_t> widths(m_right.size());
    const auto measure = [&](const Row& row) {
        for (size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], columnsOf(row.cells[i]));
    };
    measure(m_titles);
    std::for_each(m_rows.begin(), m_rows.end(), measure);
    std::string text;
    const auto append = [&](const Row& row) {
        std::string line(indent);
        for (size_t i = 0; i + 1 < widths.size(); ++i) {
            const std::string padding(widths[i] - columnsOf(row.cells[i]), ' ');
            line += (m_right[i] ? padding + row.cells[i] : row.cells[i] + padding) + "  ";
        }
        const size_t start = columnsOf(line), room = std::max<size_t>(kWidth - std::min(kWidth, start), 24);
        for (const std::string& piece : wrapped(row.cells.back(), room)) {
            line += m_right.back() ? std::string(widths.back() - columnsOf(piece), ' ') + piece : piece;
            line.erase(line.find_last_not_of(' ') + 1);
            text += styled(row.style, line) + "\n";
            line.assign(start, ' ');
        }
    };
    append(m_titles);
    std::for_each(m_rows.begin(), m_rows.end(), append);
    return text;
}

void printField(std::string_view label, std::string_view text) {
    std::string line = fmt::format("{:<{}}", label, kLabel);
    if (columnsOf(label) >= kLabel)
        line += "  ";
    for (const std::string& piece : wrapped(std::string(text), kWidth - kLabel)) {
        fmt::print("{}{}\n", line, piece);
        line.assign(kLabel, ' ');
    }
}

std::string shortBytes(int64_t bytes) {
    static constexpr std::array<const char*, 4> kUnits{"KiB", "MiB", "GiB", "TiB"};
    if (bytes < 1024)
        return fmt::format("{} B", bytes);
    double amount = static_cast<double>(bytes) / 1024;
    size_t unit = 0;
    for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit)
        amount /= 1024;
    return fmt::format("{:.{}f} {}", amount, amount < 10 ? 2 : 1, kUnits[unit]);
}

std::string shortTime(std::chrono::nanoseconds time) {
    const double ns = static_cast<double>(time.count());
    if (ns < 1e3)
        return fmt::format("{:.0f} ns", ns);
    if (ns < 1e6)
        return fmt::format("{:.{}f} us", ns / 1e3, ns < 1e5 ? 1 : 0);
    return ns < 1e9 ? fmt::format("{:.{}f} ms", ns / 1e6, ns < 1e8 ? 2 : 0) : fmt::format("{:.2f} s", ns / 1e9);
}

std::string shortNumber(double value) {
    return value == 0 ? "0" : fmt::format("{:.{}g}", value, std::abs(value) < 1e-3 ? 2 : 4);
}

std::string describe(const TensorStatistics& statistics) {
    if (statistics.elements == 0)
        return "empty";
    std::string text =
        fmt::format("min {} max {} mean {} std {}", shortNumber(statistics.min), shortNumber(statistics.max),
                    shortNumber(statistics.mean), shortNumber(statistics.stddev));
    if (statistics.nans > 0)
        text += fmt::format(", {} NaN", statistics.nans);
    if (statistics.infinities > 0)
        text += fmt::format(", {} infinite", statistics.infinities);
    return text;
}

std::string verdict(const TensorDifference& difference) {
    if (!difference.mismatch.empty())
        return difference.mismatch;
    if (difference.bitEqual)
        return "equal, bit for bit";
    const std::string apart =
        fmt::format("max abs {} max rel {}", shortNumber(difference.maxAbs), shortNumber(difference.maxRel));
    if (difference.equal)
        return "equal, " + apart;
    return fmt::format("differs, {}; first at {}: {} against {}", apart, difference.firstBad,
                       shortNumber(difference.firstBadA), shortNumber(difference.firstBadB));
}

} // namespace fxscope::cli
