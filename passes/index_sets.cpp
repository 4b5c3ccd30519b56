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
    for (std::string& name : patternSetNames())
        if (name != kAsWritten)
            names.push_back(std::move(name));
    return names;
}

bool usesPatternFiles(const PassContext& context) { return context.patterns() != kAsWritten; }

Result<Done> runPatternFiles(PassContext& context, const std::string& rule) {
    FX_TRY(const auto set, loadPatternSet(context.patterns()));
    return runPatternPass(context, *set, {rule});
}

} // namespace fxscope
