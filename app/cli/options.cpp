// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/options.h"

#include "app/cli/print.h"

namespace fxscope::cli {

void addGraphOptions(Command& command, service::LoadOptions& options) {
    command.option("FILE", options.path, "a graph file; its form is recognised by content").required();
    command.option("--graph", options.graph, "id of the graph in the file (see: fxscope list FILE)");
}

OptionRef addPassOptions(Command& command, service::LoadOptions& options) {
    const OptionRef passes =
        command.option("--pass", options.passes, "passes and pipelines, in order (see: fxscope passes)")
            .typeName("NAME...")
            .separatedByComma();
    command.option("--patterns", options.patterns, "pattern set, for passes that have several").typeName("SET");
    return passes;
}

void addExecuteOptions(Command& command, service::ExecuteOptions& options) {
    command.option("--device", options.device, "where to run (see: fxscope doctor)").showDefault();
    command.option("--seed", options.seed, "of random operators and made-up inputs").showDefault();
    command.option("--skip", options.skip, "numbers the generator has drawn before, for outputs recorded so")
        .typeName("N");
    command.option("--inputs", options.inputsPath, "tensors named in0, in1 ... or as the graph's inputs")
        .typeName("F.safetensors|F.npz");
}

void addJson(Command& command, bool& json) { command.flag("--json", json, "print one JSON object"); }

std::optional<Tolerance> ToleranceOptions::tolerance() const {
    if (rtol < 0 && atol < 0)
        return std::nullopt;
    return Tolerance{std::max(rtol, 0.0), std::max(atol, 0.0)};
}

void addToleranceOptions(Command& command, ToleranceOptions& options) {
    command.option("--rtol", options.rtol, "relative tolerance (default: by dtype)").nonNegative();
    command.option("--atol", options.atol, "absolute tolerance (default: by dtype)").nonNegative();
}

Result<service::Loaded> loadAndWarn(const service::LoadOptions& options) {
    auto loaded = service::load(options);
    if (!loaded)
        return loaded;
    Diagnostics notes = loaded->capture.notes;
    if (const size_t count = loaded->capture.graphs.size(); options.graph.empty() && count > 1)
        notes.insert(notes.begin(),
                     {std::to_string(count) + " graphs in this file, taking the first (" + loaded->entry.id + ")",
                      options.path, "choose with --graph, list them with: fxscope list " + options.path,
                      Severity::Note});
    warn(notes);
    return loaded;
}

} // namespace fxscope::cli
