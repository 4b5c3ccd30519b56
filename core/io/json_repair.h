// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <string_view>

namespace fxscope::io {

/// Python's json module writes what JSON has no form for: NaN, Infinity and -Infinity as bare words, and halves of
/// surrogate pairs as \uD800. This writes the words as strings and the halves as U+FFFD, the replacement character;
/// all else stays. Empty: there was nothing of that kind.
std::string repairedJson(std::string_view json);

} // namespace fxscope::io
