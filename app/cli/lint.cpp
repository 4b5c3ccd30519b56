// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/lint.h"
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace fxscope::cli {
namespace {

struct LintOptions {
    std::vector<std::string> sets;
    bool json = false;
};

std::string_view word(const LintFinding& finding) {
    return finding.diagnostic.severity == Severity::Error ? "error" : "warning";
}

Json findingJson(const std::string& set, const LintFinding& finding) {
    return {{"patternSet", set},
            {"pattern", finding.pattern},
            {"code", finding.code},
            {"severity", word(finding)},
            {"what", finding.diagnostic.what},
            {"where", finding.diagnostic.where},
            {"next", finding.diagnostic.next}};
}

void printFinding(const LintFinding& finding) {
    const Diagnostic& diagnostic = finding.diagnostic;
    const std::string place = diagnostic.where.empty() ? finding.pattern : diagnostic.where;
    fmt::print(
        "{}: {}: {}\n", place,
        styled(word(finding) == "error" ? Style::Bad : Style::Strong, std::string(word(finding)) + " " + finding.code),
        diagnostic.what);
    if (!diagnostic.next.empty())
        fmt::print("    {}\n", styled(Style::Dim, diagnostic.next));
}

int lintSets(const LintOptions& options) {
    Json all = Json::array();
    size_t patterns = 0, errors = 0, findings = 0, examples = 0;
    std::vector<std::string> sets = options.sets;
    if (sets.empty()) {
        sets = patternSetNames();
        const auto proven = provenPatternSets();
        sets.insert(sets.begin(), proven.begin(), proven.end());
    }
    for (const std::string& name : sets) {
        const auto set = loadPatternSet(name);
        if (!set)
            return fail(set.error());
        patterns += (*set)->entries.size();
        for (const auto& entry : (*set)->entries)
            examples += entry->source.examples.size();
        for (const LintFinding& finding : lint(**set)) {
            ++findings;
            errors += word(finding) == "error" ? 1 : 0;
            if (options.json)
                all.push_back(findingJson(name, finding));
            else
                printFinding(finding);
        }
    }
    if (options.json)
        printJson({{"patterns", patterns}, {"examples", examples}, {"errors", errors}, {"findings", all}});
    else
        fmt::print("{} and {} looked at: {}, {}\n", counted(static_cast<int64_t>(patterns), "pattern", "patterns"),
                   counted(static_cast<int64_t>(examples), "example", "examples"),
                   counted(static_cast<int64_t>(errors), "error", "errors"),
                   counted(static_cast<int64_t>(findings - errors), "warning", "warnings"));
    return errors > 0 ? 1 : 0;
}

} // namespace

void addLint(Command& app) {
    auto options = std::make_shared<LintOptions>();
    Command command = app.add("lint", "look for mistakes in pattern files and run their examples");
    command.option("SET", options->sets, "pattern sets, or folders of pattern files (default: all that come along)");
    addJson(command, options->json);
    command.onRun([options] { return lintSets(*options); });
}

} // namespace fxscope::cli
