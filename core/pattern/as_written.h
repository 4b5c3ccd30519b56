// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_set.h"

namespace fxscope {

/// The file's function traced with every size of its tensors and every scalar left open, so that nothing is removed
/// because an example happened to be small. Errors as from tracing.
Result<Graph> traceAsWritten(const PatternSource& source, const py::Function& function);

/// A call in one line: "slice_1 = aten.slice.Tensor(randperm, 0, 0, 2)".
std::string callText(const Graph& graph, NodeId node);

/// What `traced`, the pattern traced with the examples of its file, has less than that. Empty where it cannot be traced
/// so. `PatternEntry::lost` keeps it.
std::vector<LostCall> lostInTracing(const PatternSource& source, const Graph& traced);

} // namespace fxscope
