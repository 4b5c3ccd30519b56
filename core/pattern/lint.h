// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_set.h"

#include <string>
#include <vector>

namespace fxscope {

/// Something about a pattern file that its author would want to know.
struct LintFinding {
    std::string code; ///< "unbound_argument", "example_too_small", "shadowed", "result_differs" ...
    std::string pattern;
    Diagnostic diagnostic; ///< an error: the pattern cannot work as written; else a warning
};

/// Looks at every pattern of a set, runs its examples, and looks at the patterns beside each other. Refused files are
/// findings too. In the order of the set.
std::vector<LintFinding> lint(const PatternSet& set);

} // namespace fxscope
