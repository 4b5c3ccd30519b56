// SPDX-License-Identifier: BSD-3-Clause
#include "passes/pattern_set_pass.h"

#include "core/pattern/pattern_set.h"
#include "passes/index_sets.h"

#include <algorithm>

namespace fxscope {

std::vector<std::string> PatternSetPass::patternSets() const {
    std::vector<std::string> names = tracedPatternSets();
    if (const auto first = std::find(names.begin(), names.end(), "pytorch-2.11"); first != names.end())
        std::rotate(names.begin(), first, first + 1);
    return names;
}

Result<Done> PatternSetPass::run(PassContext& context) const {
    if (isProvenPatternSet(context.patterns()))
        return Diagnostic{"the rules of " + context.patterns() + " are proven by passes of their own", "",
                          "run randperm_index_add and randperm_index, or the pipeline misc"};
    return runPatternFiles(context, {});
}

} // namespace fxscope
