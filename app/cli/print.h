// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/compare/compare.h"
#include "core/support/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace fxscope::cli {

/// "fxscope: where: what; next" on stderr, as one paragraph. Returns `exitCode`.
int fail(const Diagnostic& error, int exitCode = 2);
/// Warnings and notes of reading, the same way, with their kind. At most five, then a count.
void warn(const Diagnostics& notes);

/// One line on stderr in place of the last such line, if that is a terminal; "" takes it away.
void progress(std::string_view text);

enum class Style { Plain, Good, Bad, Strong, Dim };
/// `text` in colour on a terminal (unless NO_COLOR is set), else as it is.
std::string styled(Style style, std::string_view text);

/// Width of `text` in columns: styles take none, one per UTF-8 character.
size_t columnsOf(std::string_view text);

/// Columns as wide as their content, two blanks between them. The last column is wrapped at 100 columns in all.
class Table {
public:
    /// A title that begins with '>' makes a right-aligned column.
    explicit Table(std::vector<std::string> titles);
    void add(std::vector<std::string> cells, Style style = Style::Plain);
    bool empty() const { return m_rows.empty(); }
    std::string str(std::string_view indent = "") const;

private:
    struct Row {
        std::vector<std::string> cells;
        Style style;
    };
    std::vector<bool> m_right;
    std::vector<Row> m_rows;
    Row m_titles;
};

/// "label       text", wrapped at 100 columns under the text.
void printField(std::string_view label, std::string_view text);

std::string shortBytes(int64_t bytes);                    ///< "12.3 MiB"
std::string shortTime(std::chrono::nanoseconds time);     ///< "1.23 ms"
std::string shortNumber(double value);                    ///< "0", "1.2e-07", "0.123"
std::string describe(const TensorStatistics& statistics); ///< "min -1 max 2 mean 0.1 std 1"
/// "equal", "equal within tolerance", or how far apart and where.
std::string verdict(const TensorDifference& difference);

} // namespace fxscope::cli
