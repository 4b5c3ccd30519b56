// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope::io {

/// One logical line of Python: bracketed values may span several lines of the file.
struct PythonLine {
    std::string_view text; ///< from the first to the last character; comments only within brackets
    int number = 0;        ///< of its first line in the file
    int indent = 0;
    size_t semicolon = std::string_view::npos; ///< offset of the first one outside brackets and strings
    bool isComment() const { return text.starts_with('#'); }
};

/// All lines that are not blank; blocks between lines of """ are skipped. Outside of classes and functions text need
/// not be Python: a line of the file is a line there. If the text ends within a bracket or a string of a class or
/// function, that last line is left out and `cutOff` says why; elsewhere in them unbalanced text is an error.
struct PythonText {
    std::vector<PythonLine> lines;
    std::optional<Diagnostic> cutOff;
};
Result<PythonText> pythonLines(std::string_view text, const std::string& where);

} // namespace fxscope::io
