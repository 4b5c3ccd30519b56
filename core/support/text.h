// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

std::string_view trim(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// The whole of `text` as a number, or nothing (also on overflow).
std::optional<int64_t> parseInt(std::string_view text);
std::optional<double> parseDouble(std::string_view text);

/// Python's repr of a float: shortest digits that read back, "1e-05", "inf", "nan", always with a dot or exponent.
std::string reprFloat(double value);
/// Python's repr of a str: single quotes unless the text has some and no double ones; escapes; UTF-8 kept.
std::string reprString(std::string_view text);

/// Text safe to show: control and bidi characters as escapes, invalid UTF-8 replaced.
std::string displayText(std::string_view text);
/// Escaped for XML, HTML and SVG text and attributes.
std::string escapeXml(std::string_view text);

/// "1 match", "2 matches": count with the word in the right number.
std::string counted(int64_t count, std::string_view one, std::string_view many);

/// The names nearest to `wanted` (edit distance), best first: what a "did you mean" offers.
std::vector<std::string> nearest(std::string_view wanted, const std::vector<std::string>& names, size_t limit = 3);

} // namespace fxscope
