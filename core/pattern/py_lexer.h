// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace fxscope::py {

struct Token {
    enum class Kind { Name, Number, String, Operator, NewLine, Indent, Dedent, End };
    Kind kind = Kind::End;
    std::string text; ///< a string's content without quotes
    int line = 0;
    bool is(std::string_view symbol) const { return text == symbol && (kind == Kind::Operator || kind == Kind::Name); }
};

/// Python's tokens: comments dropped, lines joined inside brackets and after a backslash, indentation as tokens.
Result<std::vector<Token>> tokenise(std::string_view source, const std::string& where);

} // namespace fxscope::py
