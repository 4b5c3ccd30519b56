// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/support/result.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fxscope::bench {

/// The sizes of one program.
struct PatternShape {
    int64_t rows, columns, kept; ///< kept: rows that the index chooses, 1 to `rows`
    DType dtype;
};

/// What the index rewrites are about, as users write it; pattern_programs.def lists them.
struct PatternProgram {
    std::string_view name;
    bool takesY;
    std::string_view summary; ///< in Python
    std::string_view line;
};
std::span<const PatternProgram> patternPrograms();
/// Error: there is none of that name; lists them.
Result<const PatternProgram*> findPatternProgram(const std::string& name);

/// Its graph, with metadata, over tensors on `device`: randperm, slice, the line, output.
Result<std::shared_ptr<const Graph>> programGraph(const PatternProgram& program, const PatternShape& shape,
                                                  const Device& device);

/// A graph that draws x and, if it takes it, y: the inputs of such a program, made where they are needed.
Result<std::shared_ptr<const Graph>> inputsGraph(const PatternProgram& program, const PatternShape& shape,
                                                 const Device& device);

/// The same graph with the index as its last input: what is left is what the rewrites change.
Result<std::shared_ptr<const Graph>> withGivenIndex(const Graph& graph);

} // namespace fxscope::bench
