// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/explain_conform.h"

#include "app/conform/explain_case.h"
#include "core/io/capture.h"
#include "core/pattern/replace.h"
#include "core/support/text.h"

namespace fxscope::conform {
namespace {

/// The set that programs with randperm were recorded with.
constexpr std::string_view kRecordedSet = "pytorch-2.11";

/// How the records call the sets.
std::string setName(const std::string& recorded) {
    if (recorded == "split")
        return "pytorch-d58734b";
    return recorded == "split+add_full" ? "pytorch-pr196873" : "pytorch-" + recorded;
}

Result<const PatternSet*> setOf(const std::string& setName,
                                std::map<std::string, std::shared_ptr<const PatternSet>>& sets) {
    auto& set = sets[setName];
    if (!set) {
        FX_TRY(set, loadPatternSet(setName));
    }
    if (!set->problems.empty())
        return set->problems.front();
    return set.get();
}

/// "slice_tensor_3" -> "slice_tensor": names that differ only in the number count as equal here.
std::string withoutNumbers(const std::string& text) {
    std::string result;
    for (size_t i = 0; i < text.size();) {
        const bool word = i == 0 || !(std::isalnum(static_cast<unsigned char>(text[i - 1])) || text[i - 1] == '_');
        size_t end = i;
        while (word && end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_'))
            ++end;
        if (end == i) {
            result += text[i++];
            continue;
        }
        std::string name = text.substr(i, end - i);
        if (const size_t underscore = name.rfind('_');
            underscore != std::string::npos && underscore > 0 && parseInt(name.substr(underscore + 1)))
            name.resize(underscore);
        result += name;
        i = end;
    }
    return result;
}

} // namespace

Result<Report> replayExplanations(const std::string& path) {
    FX_TRY(const Json file, readJson(path));
    FX_TRY(const Json cases, member<Json>(file, "cases", path));
    std::map<std::string, std::shared_ptr<const PatternSet>> sets;
    Report report;
    for (const Json& record : cases) {
        const std::string set = record.value("set", ""), name = record.value("name", "");
        const std::string title =
            name + " " + record.value("shapes", "") + " " + record.value("decomp", "") + " " + set;
        const std::string group = "case " + set + " " + record.value("shapes", "");
        FX_TRY(const PatternSet* patterns, setOf(setName(set), sets));
        auto program = readExplainGraph(record);
        if (!program.ok()) {
            report.fail(group, title + ": " + program.error().str());
            continue;
        }
        const auto differences = compareCase(record, *program, *patterns, report);
        report.check(group, differences.empty() ? "" : title + ": " + differences.front());
    }
    return report;
}

Result<Report> replayRandpermTraced(const std::string& path, const std::string& set) {
    FX_TRY(const Json file, readJson(path));
    std::map<std::string, std::shared_ptr<const PatternSet>> sets;
    FX_TRY(const PatternSet* patterns, setOf(set, sets));
    Report report;
    if (set != kRecordedSet) {
        for (size_t i = 0; i < file.size(); ++i)
            report.skip("randperm " + set, "recorded with " + std::string(kRecordedSet) + ", which " + set +
                                               " need not agree with; replay it with --patterns " +
                                               std::string(kRecordedSet));
        return report;
    }
    for (const Json& record : file) {
        const std::string title =
            record.value("name", "") + " " + record.value("shapes", "") + " " + record.value("decomp", "");
        const std::string group = "randperm " + set + " " + record.value("shapes", "");
        if (!record.contains("before")) {
            const std::string error = record.value("error", "");
            report.skip(group, "PyTorch raised, no graph was recorded: " + error.substr(0, error.find('\n')));
            continue;
        }
        const std::string text = record.value("before_readable", record.value("before", ""));
        const auto capture = io::openText(text, title);
        const auto entry = capture.ok() ? capture->entry() : Result<GraphEntry>(capture.error());
        if (!entry.ok()) {
            report.fail(group, title + ": " + entry.error().str());
            continue;
        }
        Graph graph = *entry->graph;
        const auto run = runPatterns(graph, *patterns);
        if (!run.ok()) {
            report.fail(group, title + ": " + run.error().str());
            continue;
        }
        Rewriter rewriter(graph);
        const auto sorted = sortNodes(rewriter);
        removeDeadCode(graph, true);
        const bool exact = record.value("shapes", "") == "static";
        const auto comparable = [&](const std::string& text) { return exact ? text : withoutNumbers(text); };
        const std::string after = comparable(io::writeText(graph));
        std::string why;
        if (run->matches != record.value("matches", -1))
            why = "PyTorch matches " + std::to_string(record.value("matches", -1)) + ", fxscope " +
                  std::to_string(run->matches);
        else if (!sorted.ok())
            why = sorted.error().str();
        else if (const std::string wanted = comparable(record.value("after", "")); wanted != after)
            why = "PyTorch's graph after is\n" + wanted + "\nfxscope's is\n" + after;
        report.check(group, why.empty() ? "" : title + ": " + why);
    }
    return report;
}

} // namespace fxscope::conform
