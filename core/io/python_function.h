// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/io/python_lines.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope::io {

/// One def of a Python text, its class around it, not yet read.
struct PythonFunction {
    std::string_view name;
    std::string_view className; ///< empty outside of a class
    int classIndent = -1;
    std::string_view parameters; ///< between the parentheses
    std::string_view returnType;
    int line = 0;
    std::vector<PythonLine> body;
    bool cutOff = false;   ///< the text ended within it
    bool endsText = false; ///< nothing follows: its last line may be incomplete
};

/// Every def at the outermost level and every forward of a module class, in file order. Statements outside are skipped.
Result<std::vector<PythonFunction>> findFunctions(const PythonText& text, const std::string& where);

/// The graph that a function's body describes, without children. Notes get what is worth knowing.
Result<Graph> readFunction(const PythonFunction& function, const std::string& where, Diagnostics& notes);

} // namespace fxscope::io
