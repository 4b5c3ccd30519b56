// SPDX-License-Identifier: BSD-3-Clause
#include "passes/index_sets.h"

#include "core/pattern/pattern_pass.h"
#include "core/pattern/pattern_set.h"

namespace fxscope {
namespace {
constexpr std::string_view kAsWritten = "as_written";
}

std::vector<std::string> indexPatternSets() {
    std::vector<std::string> names{std::string(kAsWritten)};
    for (std::string& name : tracedPatternSets())
        if (name.starts_with("pytorch-")) // versions of these two rules; the others are sets of other patterns
            names.push_back(std::move(name));
    return names;
}

std::vector<std::string> tracedPatternSets() { return patternSetNames(); }

bool usesPatternFiles(const PassContext& context) { return context.patterns() != kAsWritten; }

Result<Done> runPatternFiles(PassContext& context, const std::vector<std::string>& rules) {
    FX_TRY(const auto set, loadPatternSet(context.patterns()));
    FX_CHECK(set->checkUsable());
    return runPatternPass(context, *set, rules);
}

} // namespace fxscope
