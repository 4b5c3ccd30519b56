// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/trace_report.h"
#include "app/cli/verbs.h"
#include "core/rewrite/match_count.h"

#include <fmt/format.h>

namespace fxscope::cli {
namespace {

struct ApplyOptions {
    service::LoadOptions load;
    std::string out;
    bool steps = false, json = false;
};

void report(const ApplyOptions& options, const Trace& trace) {
    if (options.json)
        return printJson({{"file", options.load.path},
                          {"rewrites", matchCount(trace)},
                          {"nodesBefore", trace.base->size()},
                          {"nodesAfter", trace.result->size()},
                          {"passes", passesJson(trace, options.steps)},
                          {"out", options.out}});
    printPassTable(trace);
    if (options.steps)
        printSteps(trace);
    fmt::print("\n");
    printField("rewrites", countByRule(trace));
    printField("nodes", fmt::format("{} -> {}", trace.base->size(), trace.result->size()));
    if (!options.out.empty())
        printField("written", options.out);
}

int apply(const ApplyOptions& options) {
    const auto loaded = loadAndWarn(options.load);
    if (!loaded)
        return fail(loaded.error());
    if (!options.out.empty())
        if (const auto written = io::exportGraph(*loaded->trace->result, options.out); !written)
            return fail(written.error());
    report(options, *loaded->trace);
    return 0;
}

} // namespace

void addApply(Command& app) {
    auto options = std::make_shared<ApplyOptions>();
    Command command = app.add("apply", "apply passes to a graph and say what they did");
    addGraphOptions(command, options->load);
    addPassOptions(command, options->load).required();
    command.option("-o,--out", options->out, "write the rewritten graph; form by ending");
    command.flag("--steps", options->steps, "list every rewrite");
    addJson(command, options->json);
    command.onRun([options] { return apply(*options); });
}

} // namespace fxscope::cli
