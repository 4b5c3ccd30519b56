// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/conform.h"
#include "app/conform/exceptions.h"

#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"

#include <fmt/format.h>

namespace fxscope::cli {
namespace {

using conform::Report;

struct ConformOptions {
    std::vector<std::string> paths;
    std::string device = "cpu", patterns;
    DeviceOptions deviceOptions;
    bool json = false;
};

std::string remark(const Report::Group& group) {
    if (!group.firstFailure.empty())
        return group.firstFailure;
    if (group.skipReasons.empty())
        return "";
    const auto& [why, count] = *group.skipReasons.begin();
    return group.skipReasons.size() == 1 ? why : fmt::format("{} ({} of {})", why, count, group.skipped);
}

bool replaysOperators(const Report& report) {
    const auto& groups = report.groups();
    return std::any_of(groups.begin(), groups.end(),
                       [](const auto& group) { return group.first.starts_with("aten."); });
}

void printText(const Report& report, const std::vector<std::string>& remarks) {
    Table table({"record", ">passed", ">failed", ">skipped", "first failure, or why skipped"});
    for (const auto& [name, group] : report.groups())
        table.add({name, std::to_string(group.passed), std::to_string(group.failed), std::to_string(group.skipped),
                   remark(group)},
                  group.failed   ? Style::Bad
                  : group.passed ? Style::Plain
                                 : Style::Dim);
    const Report::Group total = report.total();
    fmt::print("{}", table.str());
    if (replaysOperators(report)) {
        printField("compared", "dtype, sizes, layout and, to PyTorch's tolerances, values, but for:");
        for (const conform::Exception& one : conform::exceptions())
            printField("", fmt::format("{}: {}; {}", one.operators, one.instead, one.reason));
    }
    for (const std::string& remark : remarks)
        printField("remark", remark);
    fmt::print("{} passed, {} failed, {} skipped\n", total.passed, total.failed, total.skipped);
}

Json exceptionsJson() {
    Json list = Json::array();
    for (const conform::Exception& one : conform::exceptions())
        list.push_back(
            {{"operators", one.operators}, {"instead", one.instead}, {"reason", one.reason}, {"skips", one.skips}});
    return list;
}

/// For --help: what is not compared as everything else is.
std::string exceptionsText() {
    std::string text = "Values are compared to PyTorch's tolerances by dtype, with exceptions:";
    for (const conform::Exception& one : conform::exceptions())
        text += fmt::format("\n  {}:\n    {}\n    ({})", one.operators, one.instead, one.reason);
    return text;
}

void printAsJson(const Report& report, const std::vector<std::string>& remarks) {
    Json groups = Json::array();
    for (const auto& [name, group] : report.groups())
        groups.push_back({{"name", name},
                          {"passed", group.passed},
                          {"failed", group.failed},
                          {"skipped", group.skipped},
                          {"firstFailure", group.firstFailure},
                          {"skipReasons", group.skipReasons}});
    const Report::Group total = report.total();
    printJson({{"groups", groups},
               {"passed", total.passed},
               {"failed", total.failed},
               {"skipped", total.skipped},
               {"remarks", remarks},
               {"exceptions", exceptionsJson()}});
}

int conformPaths(const ConformOptions& options) {
    const auto backend = findBackend(options.device, options.deviceOptions);
    if (!backend)
        return fail(backend.error());
    Report report;
    for (const std::string& path : options.paths) {
        const auto part = conform::replay(path, {**backend, options.patterns});
        if (!part)
            return fail(part.error());
        report.add(*part);
    }
    const std::vector<std::string> remarks = (*backend)->remarks();
    options.json ? printAsJson(report, remarks) : printText(report, remarks);
    return report.total().failed > 0 ? 1 : 0;
}

} // namespace

void addConform(Command& app) {
    auto options = std::make_shared<ConformOptions>();
    Command command = app.add("conform", "replay results recorded from PyTorch");
    command.option("PATH", options->paths, "files or folders of records, recognised by content").required();
    addDeviceOptions(command, options->device, options->deviceOptions);
    command.option("--patterns", options->patterns, "pattern set of index rewrites (default: as_written, by soundness)")
        .typeName("SET");
    addJson(command, options->json);
    command.footer(exceptionsText());
    command.onRun([options] { return conformPaths(*options); });
}

} // namespace fxscope::cli
