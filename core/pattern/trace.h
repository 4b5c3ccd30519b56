// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/pattern/py_syntax.h"

#include <span>
#include <string>
#include <vector>

namespace fxscope {

/// One input of a traced function: a tensor or symbolic number (its metadata), or a constant that is burnt in.
struct TraceInput {
    std::string name;
    ValueMeta meta; ///< Tensor or SymInt; anything else: `constant` counts
    Argument constant;
};

/// A size or stride of an input that is handed to the traced function as an input of its own (matcher.md 4 step 3).
struct TakenSize {
    size_t input = 0;
    size_t dim = 0;
    bool stride = false;
    SymInt value;
};

struct TraceOptions {
    std::string where;            ///< the pattern file, for diagnostics
    std::vector<TakenSize> taken; ///< leading inputs, named arg0_1, arg1_1 ...
    SymRanges ranges;
    SymHints hints; ///< decide what tracing has to know of symbols; without them such a trace fails as PyTorch's does
    bool decompose = true;
    bool clean = true; ///< remove no-operations and dead code afterwards
};

/// Traces a function as PyTorch's make_fx does under Inductor's decompositions (matcher.md 2.2): static sizes become
/// numbers, symbolic ones sym_size nodes, slices that cover everything vanish. Placeholders are the taken sizes, then
/// the inputs; the output node holds what the function returns. Errors begin with the Python exception PyTorch would
/// raise ("RuntimeError: ..."), or with "not supported: " where the function is outside of what fxscope traces; `where`
/// is file and line.
Result<Graph> traceFunction(const py::Function& function, std::span<const TraceInput> inputs,
                            const TraceOptions& options);

/// The part of a traced function that removes slices, views and clones that change nothing, then dead code.
void removeNoops(Graph& graph, const SymRanges& ranges);
/// FX's dead code elimination: what nobody uses goes, unless it is an input, an output or changes memory.
/// Random operators stay while `keepRandom` (outside of a compilation they count as effects). Returns what was removed.
size_t removeDeadCode(Graph& graph, bool keepRandom);

} // namespace fxscope
