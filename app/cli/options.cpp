// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/options.h"

#include "app/cli/print.h"

#include <CLI/CLI.hpp>

namespace fxscope::cli {

void addGraphOptions(CLI::App& command, service::LoadOptions& options) {
    command.add_option("FILE", options.path, "a graph file; its form is recognised by content")->required();
    command.add_option("--graph", options.graph, "id of the graph in the file (see: fxscope list FILE)");
}

void addPassOptions(CLI::App& command, service::LoadOptions& options) {
    command.add_option("--pass", options.passes, "passes and pipelines, in order (see: fxscope passes)")
        ->type_name("NAME...")
        ->delimiter(',');
    command.add_option("--patterns", options.patterns, "pattern set, for passes that have several")->type_name("SET");
}

void addExecuteOptions(CLI::App& command, service::ExecuteOptions& options) {
    command.add_option("--device", options.device, "where to run (see: fxscope doctor)")->capture_default_str();
    command.add_option("--seed", options.seed, "of random operators and made-up inputs")->capture_default_str();
    command.add_option("--skip", options.skip, "numbers the generator has drawn before, for outputs recorded so")
        ->type_name("N");
    command.add_option("--inputs", options.inputsPath, "tensors named in0, in1 ... or as the graph's inputs")
        ->type_name("F.safetensors|F.npz");
}

void addJson(CLI::App& command, bool& json) { command.add_flag("--json", json, "print one JSON object"); }

std::optional<Tolerance> ToleranceOptions::tolerance() const {
    if (rtol < 0 && atol < 0)
        return std::nullopt;
    return Tolerance{std::max(rtol, 0.0), std::max(atol, 0.0)};
}

void addToleranceOptions(CLI::App& command, ToleranceOptions& options) {
    command.add_option("--rtol", options.rtol, "relative tolerance (default: by dtype)")->check(CLI::NonNegativeNumber);
    command.add_option("--atol", options.atol, "absolute tolerance (default: by dtype)")->check(CLI::NonNegativeNumber);
}

Result<service::Loaded> loadAndWarn(const service::LoadOptions& options) {
    auto loaded = service::load(options);
    if (loaded)
        warn(loaded->capture.notes);
    return loaded;
}

} // namespace fxscope::cli
