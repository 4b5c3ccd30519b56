// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_set.h"

#include <string>
#include <vector>

namespace fxscope {

/// The file's function traced with every size of its tensors and every scalar left open, so that nothing is removed
/// because an example happened to be small. Errors as from tracing.
Result<Graph> traceAsWritten(const PatternSource& source, const py::Function& function);

/// A call that the pattern is written with and that the traced pattern does not have.
struct LostCall {
    std::string target; ///< "aten.slice.Tensor"
    std::string call;   ///< "slice_1 = aten.slice.Tensor(randperm, 0, 0, slice_shape)"
    std::string why;    ///< "the example has 4 rows and slice_shape is traced as 42, so ..."
};
std::vector<LostCall> lostInTracing(const PatternEntry& entry);

} // namespace fxscope
