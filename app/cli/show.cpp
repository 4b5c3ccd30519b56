// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"

#include <cstdio>

namespace fxscope::cli {
namespace {

struct ShowOptions {
    service::LoadOptions load;
    std::string format = "readable";
    bool json = false;
};

std::string written(const Graph& graph, const std::string& format) {
    if (format == "text")
        return io::writeText(graph);
    if (format == "json")
        return io::writeJson(graph);
    if (format == "dot")
        return io::writeDot(graph);
    return format == "svg" ? io::writeSvg(graph) : io::writeReadable(graph);
}

int show(const ShowOptions& options) {
    const auto loaded = loadAndWarn(options.load);
    if (!loaded)
        return fail(loaded.error());
    std::string text = written(*loaded->trace->result, options.json ? "json" : options.format);
    if (!text.ends_with('\n'))
        text += '\n';
    std::fwrite(text.data(), 1, text.size(), stdout);
    return 0;
}

} // namespace

void addShow(Command& app) {
    auto options = std::make_shared<ShowOptions>();
    Command command = app.add("show", "print a graph");
    addGraphOptions(command, options->load);
    addPassOptions(command, options->load);
    command.option("--format", options->format, "form to print")
        .oneOf({"readable", "text", "dot", "svg", "json"})
        .showDefault();
    addJson(command, options->json);
    command.onRun([options] { return show(*options); });
}

} // namespace fxscope::cli
