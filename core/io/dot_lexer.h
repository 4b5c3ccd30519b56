// SPDX-License-Identifier: BSD-3-Clause
#pragma once

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

/// Nodes and edges of all graphs and subgraphs in the text. What it does not understand is skipped to the next line.
std::vector<DotStatement> dotStatements(std::string_view text);

} // namespace fxscope::io
