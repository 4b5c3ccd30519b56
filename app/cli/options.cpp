// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/options.h"

#include "app/cli/print.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope::cli {

void addGraphOptions(Command& command, service::LoadOptions& options) {
    command.option("FILE", options.path, "a graph file, or a folder that PyTorch wrote; recognised by content")
        .required();
    command.option("--graph", options.graph, "id or stage of the graph in the file (see: fxscope list FILE)");
}

OptionRef addPassOptions(Command& command, service::LoadOptions& options) {
    const OptionRef passes =
        command.option("--pass", options.passes, "passes and pipelines, in order (see: fxscope passes)")
            .typeName("NAME...")
            .separatedByComma();
    command.option("--patterns", options.patterns, "pattern set, for passes that have several").typeName("SET");
    return passes;
}

void addDeviceOptions(Command& command, std::string& device, DeviceOptions& options) {
    command.option("--device", device, "where to run (see: fxscope doctor)").showDefault();
    command.flag("--tf32", options.tf32, "on cuda: products and convolutions by TF32: faster, less exact");
}

void addExecuteOptions(Command& command, service::ExecuteOptions& options) {
    addDeviceOptions(command, options.device, options.deviceOptions);
    command.option("--seed", options.seed, "of random operators and made-up inputs").showDefault();
    command.option("--skip", options.skip, "numbers the generator has drawn before, for outputs recorded so")
        .typeName("N");
    command.option("--inputs", options.inputsPath, "tensors named in0, in1 ... or as the graph's inputs")
        .typeName("F.safetensors|F.npz");
}

void addTimingOptions(Command& command, TimingOptions& options, const char* what) {
    command.option("--repeat,--repeats", options.repeats, what).range(1, 10'000).typeName("N").showDefault();
    command.flag("--fuse", options.fuse, "run neighbouring elementwise nodes as one, without the values between");
    command.flag("--no-replay", options.noReplay, "on cuda: do not time the graph replayed as one CUDA graph too");
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

std::optional<Diagnostic> ambiguity(const Capture& capture, const std::string& graph, const GraphEntry& taken) {
    if (graph.empty())
        return std::nullopt;
    const auto found = capture.find(graph);
    if (found.size() < 2)
        return std::nullopt;
    std::vector<std::string> others;
    for (size_t i = 1; i < std::min<size_t>(found.size(), 6); ++i)
        others.push_back(capture.graphs[found[i]].id);
    return Diagnostic{std::to_string(found.size()) + " graphs are called " + graph + ", taking " + taken.id,
                      capture.path, "others: " + join(others, ", ") + (found.size() > 6 ? " ..." : ""), Severity::Note};
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
    if (const auto note = ambiguity(loaded->capture, options.graph, loaded->entry))
        notes.insert(notes.begin(), *note);
    warn(notes);
    return loaded;
}

} // namespace fxscope::cli
