// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/pass.h"

namespace fxscope {

/// Every pattern of a set in one run, as PyTorch's PatternMatcherPass applies them: the passes that are named after a
/// rule run the patterns of that rule alone. The way to run pattern files of one's own.
class PatternSetPass : public Pass {
public:
    std::string_view name() const override { return "pattern_set"; }
    std::string_view summary() const override { return "all patterns of a set or folder in one run, as PyTorch does"; }
    std::vector<std::string> patternSets() const override; ///< PyTorch 2.11's two index rewrites first
    bool takesPatternFiles() const override { return true; }
    Result<Done> run(PassContext& context) const override;
};

} // namespace fxscope
