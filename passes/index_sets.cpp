// SPDX-License-Identifier: BSD-3-Clause
#include "passes/index_sets.h"

#include "core/pattern/pattern_pass.h"
#include "core/pattern/pattern_set.h"

namespace fxscope {

std::vector<std::string> indexPatternSets() {
    const auto proven = provenPatternSets();
    std::vector<std::string> names(proven.begin(), proven.end());
    for (std::string& name : tracedPatternSets())
        if (name.starts_with("pytorch-")) // versions of these two rules; the others are sets of other patterns
            names.push_back(std::move(name));
    return names;
}

std::vector<std::string> tracedPatternSets() { return patternSetNames(); }

bool usesPatternFiles(const PassContext& context) { return !isProvenPatternSet(context.patterns()); }

Result<Done> runPatternFiles(PassContext& context, const std::vector<std::string>& rules) {
    FX_TRY(const auto set, loadPatternSet(context.patterns()));
    FX_CHECK(set->checkUsable());
    return runPatternPass(context, *set, rules);
}

} // namespace fxscope
