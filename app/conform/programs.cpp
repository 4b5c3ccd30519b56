// SPDX-License-Identifier: BSD-3-Clause
#include "app/conform/conform.h"
#include "app/worker/service.h"
#include "core/support/text.h"

#include <algorithm>
#include <filesystem>

namespace fxscope::conform {
namespace {

namespace fs = std::filesystem;

/// The files that belong to one program.
struct Recording {
    std::string program, inputs, values;
    uint64_t seed = 0;
    bool everyNode = false;
};

/// "NAME.seed1234.nodes.safetensors" -> 1234.
std::optional<uint64_t> seedOf(std::string_view file, std::string_view name) {
    constexpr std::string_view kMiddle = ".seed", kEnd = ".nodes.safetensors";
    if (!file.starts_with(name) || !file.ends_with(kEnd))
        return std::nullopt;
    const std::string_view middle = file.substr(name.size(), file.size() - name.size() - kEnd.size());
    const auto seed = middle.starts_with(kMiddle) ? parseInt(middle.substr(kMiddle.size())) : std::nullopt;
    return seed ? std::optional(static_cast<uint64_t>(*seed)) : std::nullopt;
}

std::optional<Recording> recordingOf(const fs::path& program) {
    const std::string base = (program.parent_path() / program.stem()).string(), name = program.stem().string();
    std::error_code ignored;
    Recording recording{.program = program.string()};
    if (fs::exists(base + ".inputs.safetensors", ignored))
        recording.inputs = base + ".inputs.safetensors";
    for (const auto& entry :
         fs::directory_iterator(program.parent_path().empty() ? "." : program.parent_path(), ignored))
        if (const auto seed = seedOf(entry.path().filename().string(), name)) {
            recording.values = entry.path().string();
            recording.seed = *seed;
            recording.everyNode = true;
            return recording;
        }
    recording.values = base + ".outputs.safetensors";
    return fs::exists(recording.values, ignored) ? std::optional(recording) : std::nullopt;
}

/// "perm_add.cuda": the part behind the last dot, if it names a device type.
std::string deviceOf(const fs::path& program) {
    std::string end = program.stem().extension().string();
    end = end.empty() ? end : end.substr(1);
    return Device::parse(end) ? end : std::string();
}

/// Why nothing can be said about a program; empty if it can be replayed.
std::string cannotReplay(const Graph& graph, const Recording& recording, const Backend& backend) {
    const Graph::Order order = graph.order();
    const bool random = std::any_of(order.begin(), order.end(), [&](NodeId id) { return isRandom(graph[id]); });
    if (random && !recording.everyNode)
        return "draws random numbers, and its recording names no seed";
    const auto planned = plan(graph, backend);
    return planned ? std::string() : planned.error().what;
}

Result<TensorMap> computed(const Recording& recording, Backend& backend) {
    FX_TRY(const auto loaded, service::load({.path = recording.program}));
    const Graph& graph = *loaded.trace->base;
    FX_TRY(const auto prepared,
           service::prepare(
               loaded, {&graph},
               {.device = std::string(backend.name()), .seed = recording.seed, .inputsPath = recording.inputs}));
    ExecOptions options{
        .seed = recording.seed, .keepAll = recording.everyNode, .attributes = prepared.inputs.attributes};
    FX_TRY(const RunResult result, run(graph, prepared.inputs.values, backend, options));
    TensorMap tensors = recording.everyNode ? service::nodeTensors(graph, result) : TensorMap{};
    const TensorMap outputs = service::outputTensors(graph, result);
    for (size_t i = 0; outputs.contains("out" + std::to_string(i)); ++i) {
        const Tensor& output = outputs.at("out" + std::to_string(i));
        tensors.insert_or_assign("output." + std::to_string(i), output);
        tensors.insert_or_assign("out" + std::to_string(i), output);
    }
    return tensors;
}

/// Results that PyTorch leaves as it found their memory: seed and offset of an attention that drops nothing.
bool isUndefined(const Graph& graph, const std::string& name) {
    const size_t dot = name.rfind('.');
    const std::string part = dot == std::string::npos ? "" : name.substr(dot);
    if (part != ".2" && part != ".3")
        return false;
    const Graph::Order order = graph.order();
    return std::any_of(order.begin(), order.end(), [&](NodeId id) {
        return graph[id].name == name.substr(0, dot) &&
               graph[id].target.str() == "torch.ops.aten._scaled_dot_product_efficient_attention.default";
    });
}

std::string differs(const TensorMap& values, const std::string& name, const Tensor& recorded) {
    const auto found = values.find(name);
    if (found == values.end())
        return name + " was not computed";
    const TensorDifference difference = compareTensors(found->second, recorded, Tolerance{1e-4, 1e-5});
    if (difference.equal)
        return {};
    if (!difference.mismatch.empty())
        return name + ": " + difference.mismatch;
    return name + ": " + std::to_string(difference.differing) + " of " + std::to_string(difference.elements) +
           " elements differ, the first is " + reprFloat(difference.firstBadA) + ", recorded " +
           reprFloat(difference.firstBadB);
}

} // namespace

Result<Report> replayProgram(const std::string& path, Backend& backend) {
    const auto recording = recordingOf(path);
    if (!recording)
        return Diagnostic{"no values are recorded beside this program", path,
                          "wanted: NAME.outputs.safetensors or NAME.seedN.nodes.safetensors"};
    const std::string group = fs::path(path).stem().string(), device = deviceOf(path);
    FX_TRY(const TensorMap recorded, io::loadTensors(recording->values));
    Report report;
    if (!device.empty() && device != backend.name()) {
        for (size_t i = 0; i < recorded.size(); ++i)
            report.skip(group, "recorded on " + device);
        return report;
    }
    FX_TRY(const auto capture, io::open(path));
    FX_TRY(const GraphEntry entry, capture.entry());
    if (const std::string why = cannotReplay(*entry.graph, *recording, backend); !why.empty()) {
        for (size_t i = 0; i < recorded.size(); ++i)
            report.skip(group, why);
        return report;
    }
    const auto values = computed(*recording, backend);
    if (!values) {
        report.fail(group, values.error().str());
        return report;
    }
    for (const auto& [name, tensor] : recorded)
        if (isUndefined(*entry.graph, name))
            report.skip(group, "PyTorch leaves this result undefined");
        else
            report.check(group, differs(*values, name, tensor));
    return report;
}

std::vector<std::string> recordedPrograms(const std::string& folder) {
    std::vector<std::string> programs;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (entry.path().extension() == ".pt2" && recordingOf(entry.path()))
            programs.push_back(entry.path().string());
    std::sort(programs.begin(), programs.end());
    return programs;
}

} // namespace fxscope::conform
