// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace fxscope::io {

/// Whether a Python string literal begins here: a quote, or one of the prefixes b r u f before it.
bool isStringStart(std::string_view text);
/// Reads the literal at the start of `text`, escapes resolved into UTF-8; returns its length in the text, or nothing if
/// it is not closed.
std::optional<size_t> readPythonString(std::string_view text, std::string& out);

} // namespace fxscope::io
