// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/source.h"

#include <optional>
#include <string_view>
#include <vector>

namespace fxscope::io {

/// A statement of str(graph), with the lines that continue it.
struct TextStatement {
    std::string_view text;
    int line = 0;
    std::string_view name;        ///< empty: return
    std::optional<int> open = {}; ///< brackets that are not closed yet, if they were counted
};
struct GraphText {
    std::vector<TextStatement> statements;
    int line = 0;                       ///< of "graph():"
    int otherLines = 0, firstOther = 0; ///< that belong to no statement: their number, and where the first is
};

/// Where "graph():" (or an old "graph(x) -> T:") begins at the end of a line.
std::optional<size_t> graphHeaderAt(std::string_view line);
/// Lines must lie in one text: one that continues a statement, whose brackets are open, makes it reach to its own end.
void addGraphLine(GraphText& graph, std::string_view line, int number);

/// A fragment (formats.md, 1.5) is part of a graph: annotations stand before num_users, which counts users elsewhere,
/// and names that only other parts define become placeholders.
enum class TextKind { Whole, Fragment };
Result<Graph> readGraphText(const GraphText& text, const Source& source, Diagnostics& notes,
                            TextKind kind = TextKind::Whole);

} // namespace fxscope::io
