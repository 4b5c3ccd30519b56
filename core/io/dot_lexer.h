// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/source.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fxscope::io {

/// A statement of the DOT language: a node (`to` empty) or an edge, with its attributes. Quotes are taken off; escapes
/// other than \" stay.
struct DotStatement {
    std::string from, to;
    std::vector<std::pair<std::string, std::string>> attributes;
    int line = 0;
    const std::string* attribute(std::string_view name) const;
};

/// "digraph NAME { ... }" with the statements of its subgraphs.
struct DotDrawing {
    std::string name;
    std::vector<DotStatement> statements;
};

/// The drawings of a text. What is not understood is skipped. Errors: cancelled, a statement longer than Limits::line.
Result<std::vector<DotDrawing>> dotDrawings(const Source& source);

/// Whether the first word behind comments is (strict) digraph.
bool looksLikeDot(std::string_view text);

} // namespace fxscope::io
