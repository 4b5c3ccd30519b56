// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/argument.h"

#include <optional>
#include <string_view>

namespace fxscope::io {

inline bool isDigit(char c) { return c >= '0' && c <= '9'; }
/// A byte that may begin or continue a Python identifier; bytes beyond ASCII count (Python allows letters there).
inline bool isWordStart(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
inline bool isWordChar(char c) { return isWordStart(c) || isDigit(c); }
bool isIdentifier(std::string_view text);

/// s0, u12, zf3, zuf4: what PyTorch names symbolic sizes and numbers.
bool isSymbolName(std::string_view word);
/// True if every symbol of `value` has such a name, and it parsed.
bool isSymbolic(const SymInt& value);

/// The value that a number's text is: int, float, or complex ("2j"); an int beyond int64 stays opaque.
std::optional<Argument> numberValue(std::string_view text);
/// The value of a word that needs no context: None, True, False, Ellipsis, inf, nan, torch.float32, torch.strided ...
std::optional<Argument> wordValue(std::string_view word);

/// "1+2j", also within parentheses.
std::optional<Argument> complexValue(std::string_view text);

} // namespace fxscope::io
