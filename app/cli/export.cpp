// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/rewrite/match_count.h"

#include <fmt/format.h>

namespace fxscope::cli {
namespace {

struct ExportOptions {
    service::LoadOptions load;
    std::string out;
    bool json = false;
};

int exportTo(const ExportOptions& options) {
    const auto loaded = loadAndWarn(options.load);
    if (!loaded)
        return fail(loaded.error());
    const Graph& graph = *loaded->trace->result;
    if (const auto written = io::exportGraph(graph, options.out); !written)
        return fail(written.error());
    if (options.json)
        printJson({{"out", options.out}, {"nodes", graph.size()}, {"rewrites", matchCount(*loaded->trace)}});
    else
        fmt::print("{}: {} nodes written\n", options.out, graph.size());
    return 0;
}

} // namespace

void addExport(Command& app) {
    auto options = std::make_shared<ExportOptions>();
    Command command = app.add("export", "write a graph in another form");
    addGraphOptions(command, options->load);
    addPassOptions(command, options->load);
    command.option("-o,--out", options->out, "file to write; form by ending").required();
    addJson(command, options->json);
    command.onRun([options] { return exportTo(*options); });
}

} // namespace fxscope::cli
