// SPDX-License-Identifier: BSD-3-Clause
#include "passes/pattern_set_pass.h"

#include "passes/index_sets.h"

#include <algorithm>

namespace fxscope {

std::vector<std::string> PatternSetPass::patternSets() const {
    std::vector<std::string> names = tracedPatternSets();
    if (const auto first = std::find(names.begin(), names.end(), "pytorch-2.11"); first != names.end())
        std::rotate(names.begin(), first, first + 1);
    return names;
}

Result<Done> PatternSetPass::run(PassContext& context) const { return runPatternFiles(context, {}); }

} // namespace fxscope
