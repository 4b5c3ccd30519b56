// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/expectation.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/trace_report.h"
#include "app/cli/verbs.h"
#include "core/support/speed.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>

namespace fxscope::cli {
namespace {

struct CompareArguments {
    std::vector<std::string> files;
    service::LoadOptions load;
    service::ExecuteOptions execute;
    ToleranceOptions tolerance;
    TimingOptions timing{.repeats = 3};
    bool all = false, statistics = false, json = false;
};

std::string valuesLine(const Comparison& comparison) {
    size_t inner = 0, equal = 0, bits = 0;
    for (const NodeComparison& node : comparison.nodes) {
        if (!node.output.empty())
            continue;
        ++inner;
        equal += node.difference.equal;
        bits += node.difference.bitEqual;
    }
    const std::string how = bits == equal ? "" : fmt::format(", {} of them bit for bit", bits);
    if (equal == inner)
        return styled(Style::Good, fmt::format("all {} values equal", inner)) + (bits == inner ? ", bit for bit" : how);
    return styled(Style::Bad, fmt::format("{} of {} values differ", inner - equal, inner)) + ", first in " +
           comparison.firstDiffering;
}

void printOutputs(const Comparison& comparison) {
    Table table({"output", "type", ">max abs", ">max rel", "verdict"});
    for (const NodeComparison& node : comparison.nodes)
        if (!node.output.empty())
            table.add({node.output, node.type, shortNumber(node.difference.maxAbs), shortNumber(node.difference.maxRel),
                       verdict(node.difference)},
                      node.difference.equal ? Style::Plain : Style::Bad);
    fmt::print("\n{}\n", table.str());
}

std::string beforeAndAfter(std::chrono::nanoseconds before, std::chrono::nanoseconds after) {
    const std::string speed = speedText(double(before.count()), double(after.count()));
    return fmt::format("{} before, {} after{}", shortTime(before), shortTime(after),
                       speed.empty() ? speed : " (" + speed + ")");
}

void printTimes(const CompareArguments& arguments, const Comparison& comparison) {
    const std::string runs = counted(arguments.timing.repeats, "run", "runs");
    printField("time",
               fmt::format("{}, median of {} on {}{}", beforeAndAfter(comparison.before, comparison.after), runs,
                           arguments.execute.device, comparison.fused ? ", neighbouring elementwise nodes fused" : ""));
    if (comparison.replayBefore.count() > 0 || comparison.replayAfter.count() > 0)
        printField("replayed",
                   beforeAndAfter(comparison.replayBefore, comparison.replayAfter) + ", each as one CUDA graph");
    for (const std::string& remark : comparison.remarksBefore)
        printField("remark", "before: " + remark);
    for (const std::string& remark : comparison.remarksAfter)
        printField("remark", "after: " + remark);
}

void printTrace(const CompareArguments& arguments, const service::Loaded& loaded, const Comparison& comparison) {
    const Trace& trace = *loaded.trace;
    printPassTable(trace);
    fmt::print("\n");
    printField("inputs", join(comparison.sources, ", "));
    printField("rewrites", countByRule(trace));
    printField("values", valuesLine(comparison));
    if (!comparison.onlyBefore.empty() || !comparison.onlyAfter.empty())
        printField("", fmt::format("{} computed only before, {} only after", comparison.onlyBefore.size(),
                                   comparison.onlyAfter.size()));
    fmt::print("{}", differingTable(comparison, arguments.all ? SIZE_MAX : 20));
    printOutputs(comparison);
    printTimes(arguments, comparison);
    printField("peak",
               fmt::format("{} before, {} after", shortBytes(comparison.peakBefore), shortBytes(comparison.peakAfter)));
    printField("result", comparison.equal ? styled(Style::Good, "equal") : styled(Style::Bad, "the outputs differ"));
}

int compareGraphs(CompareArguments arguments) {
    arguments.load.path = arguments.files.front();
    if (arguments.load.passes.empty())
        return fail({"nothing to compare: no pass is named", arguments.load.path,
                     "name one with --pass, or give two tensor files"});
    const auto loaded = loadAndWarn(arguments.load);
    if (!loaded)
        return fail(loaded.error());
    const Trace& trace = *loaded->trace;
    const auto prepared = service::prepare(*loaded, {trace.base.get(), trace.result.get()}, arguments.execute);
    if (!prepared)
        return fail(prepared.error());
    CompareOptions options{.seed = arguments.execute.seed,
                           .skip = arguments.execute.skip,
                           .tolerance = arguments.tolerance.tolerance(),
                           .repeats = arguments.timing.repeats};
    options.statistics = arguments.statistics;
    options.fuse = arguments.timing.fuse;
    options.replay = !arguments.timing.noReplay;
    options.traffic = arguments.json;
    const auto comparison = compareTrace(trace, prepared->inputs, *prepared->backend, options);
    if (!comparison)
        return fail(comparison.error(), 1);
    if (arguments.json)
        printJson({{"file", arguments.load.path},
                   {"device", arguments.execute.device},
                   {"seed", arguments.execute.seed},
                   {"passes", passesJson(trace, false)},
                   {"comparison", worker::toJson(*comparison)}});
    else
        printTrace(arguments, *loaded, *comparison);
    return comparison->equal ? 0 : 1;
}

int compareFiles(const CompareArguments& arguments) {
    const auto a = io::loadTensors(arguments.files[0]);
    if (!a)
        return fail(a.error());
    const auto b = io::loadTensors(arguments.files[1]);
    if (!b)
        return fail(b.error());
    const Comparison comparison = compareMaps(*a, *b, arguments.tolerance.tolerance());
    if (arguments.json) {
        printJson({{"a", arguments.files[0]}, {"b", arguments.files[1]}, {"comparison", worker::toJson(comparison)}});
        return comparison.equal ? 0 : 1;
    }
    printField("values", valuesLine(comparison));
    fmt::print("{}", differingTable(comparison, arguments.all ? SIZE_MAX : 20));
    printField("furthest",
               fmt::format("max abs {} max rel {}", shortNumber(comparison.maxAbs), shortNumber(comparison.maxRel)));
    return comparison.equal ? 0 : 1;
}

} // namespace

void addCompare(Command& app) {
    auto arguments = std::make_shared<CompareArguments>();
    Command command = app.add("compare", "compare every value before and after passes; or two tensor files");
    command.option("FILE", arguments->files, "a graph file, or two tensor files").required().count(1, 2);
    command.option("--graph", arguments->load.graph, "id of the graph in the file (see: fxscope list FILE)");
    addPassOptions(command, arguments->load);
    addExecuteOptions(command, arguments->execute);
    addToleranceOptions(command, arguments->tolerance);
    addTimingOptions(command, arguments->timing, "timed runs of each side, alternating");
    command.flag("--all", arguments->all, "list every value that differs, not only 20");
    command.flag("--statistics", arguments->statistics, "with --json: statistics of every value");
    addJson(command, arguments->json);
    command.onRun([arguments, command] {
        if (arguments->files.size() != 2)
            return compareGraphs(*arguments);
        for (const char* option : {"--graph", "--pass", "--patterns", "--device", "--tf32", "--seed", "--skip",
                                   "--inputs", "--repeats", "--fuse", "--no-replay", "--statistics"})
            if (command.given(option))
                return fail({std::string(option) + " means nothing for two tensor files", "usage",
                             "leave it out, or give one graph file"});
        return compareFiles(*arguments);
    });
}

} // namespace fxscope::cli
