// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/expectation.h"
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/save_nodes.h"
#include "app/cli/verbs.h"
#include "core/exec/outputs.h"
#include "core/exec/repeat.h"
#include "core/exec/traffic.h"
#include "core/ops/op.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace fxscope::cli {
namespace {

struct RunOptions {
    service::LoadOptions load;
    service::ExecuteOptions execute;
    ToleranceOptions tolerance;
    std::string saveNodes, saveOutputs, expect, expectNodes;
    TimingOptions timing;
    bool profile = false, json = false;
};

/// One graph that was run, with what there is to say about it.
struct Ran {
    const Graph& graph;
    const service::Prepared& prepared;
    const RunResult& result; ///< the run of median time
    std::vector<Expectation> expectations;
    CopyBandwidth copy = {}; ///< of the device, for --profile
};

/// Are nodes written while the graph runs? Other forms than safetensors need all values at once.
bool isStreamed(const RunOptions& options) { return options.saveNodes.ends_with(".safetensors"); }

Result<Done> save(const RunOptions& options, const Ran& ran) {
    if (!options.saveNodes.empty() && !isStreamed(options))
        FX_CHECK(io::saveTensors(service::nodeTensors(ran.graph, ran.result), options.saveNodes));
    if (!options.saveOutputs.empty())
        FX_CHECK(io::saveTensors(service::outputTensors(ran.graph, ran.result), options.saveOutputs));
    return Done{};
}

/// Compares with the recorded files that were named. Error: one of them cannot be read.
Result<Done> expectAll(const RunOptions& options, Ran& ran) {
    const auto add = [&](const std::string& path, const TensorMap& actual) -> Result<Done> {
        FX_TRY(const TensorMap recorded, io::loadTensors(path));
        ran.expectations.push_back({path, compareExpected(actual, recorded, options.tolerance.tolerance())});
        return Done{};
    };
    if (!options.expect.empty())
        FX_CHECK(add(options.expect, service::outputTensors(ran.graph, ran.result)));
    if (!options.expectNodes.empty())
        FX_CHECK(add(options.expectNodes, everyTensor(ran.graph, ran.result)));
    return Done{};
}

std::vector<NodeTime> slowestFirst(const RunResult& result) {
    std::vector<NodeTime> times = result.times;
    std::stable_sort(times.begin(), times.end(), [](const NodeTime& a, const NodeTime& b) { return a.took > b.took; });
    return times;
}

/// A field of every node that one time is of: "relu + mul + add" where they were fused.
std::string ofNodes(const Graph& graph, const NodeTime& time, std::string (*field)(const Node&)) {
    std::vector<std::string> fields;
    for (const NodeId id : time.fused)
        fields.push_back(field(graph[id]));
    return fields.empty() ? field(graph[time.node]) : join(fields, " + ");
}
std::string nameOf(const Node& node) { return node.name; }
std::string operatorOf(const Node& node) { return std::string(node.target.shortName()); }

void printProfile(const Ran& ran) {
    const auto total = std::accumulate(ran.result.times.begin(), ran.result.times.end(), std::chrono::nanoseconds(0),
                                       [](auto sum, const NodeTime& time) { return sum + time.took; });
    Table table({">time", ">share", ">bytes", ">GB/s", ">floor", ">of copy", "node", "operator", "result"});
    for (const NodeTime& time : slowestFirst(ran.result)) {
        const Node& node = ran.graph[time.node];
        const double share = total.count() > 0 ? 100.0 * double(time.took.count()) / double(total.count()) : 0;
        const auto speed = memorySpeed(time.bytes, time.took, ran.copy);
        table.add({shortTime(time.took), fmt::format("{:.1f}%", share),
                   time.bytes > 0 ? shortBytes(static_cast<int64_t>(time.bytes)) : "",
                   speed ? fmt::format("{:.2f}", speed->bytesPerSecond / 1e9) : "",
                   speed ? shortTime(speed->floor) : "", speed ? fmt::format("{:.0f}%", 100 * speed->share) : "",
                   ofNodes(ran.graph, time, nameOf), ofNodes(ran.graph, time, operatorOf), node.meta.str()});
    }
    fmt::print("{}\n", table.str());
    if (ran.copy.bytesPerSecond > 0)
        printField("floor", fmt::format("the bytes that must move, at the {:.1f} GB/s (read and written) of a copy on "
                                        "{}, measured now",
                                        ran.copy.bytesPerSecond / 1e9, ran.copy.device));
}

void printOutputs(const Ran& ran) {
    Table table({"output", "value", "statistics"});
    for (const NamedOutput& output : namedOutputs(ran.graph, ran.result.output))
        table.add({output.name, output.value.str(),
                   output.value.isTensor() && output.value.tensor().defined()
                       ? describe(statistics(output.value.tensor()))
                       : ""});
    fmt::print("{}\n", table.str());
}

bool allEqual(const Ran& ran) {
    return std::all_of(ran.expectations.begin(), ran.expectations.end(),
                       [](const Expectation& expectation) { return expectation.comparison.equal; });
}
bool drawsNumbers(const Graph& graph) {
    const Graph::Order order = graph.order();
    return std::any_of(order.begin(), order.end(), [&](NodeId id) { return isRandom(graph[id]); });
}

int64_t operatorsRun(const RunResult& result) {
    int64_t count = 0;
    for (const NodeTime& time : result.times)
        count += time.fused.empty() ? 1 : static_cast<int64_t>(time.fused.size());
    return count;
}

std::string describeFused(const RunResult& result) {
    int64_t groups = 0, nodes = 0;
    for (const NodeTime& time : result.times)
        if (!time.fused.empty())
            ++groups, nodes += static_cast<int64_t>(time.fused.size());
    return groups == 0 ? "no neighbouring elementwise nodes"
                       : counted(nodes, "node", "nodes") + " in " + counted(groups, "pass", "passes") +
                             " over memory, each one row of --profile";
}

void printReport(const RunOptions& options, const Ran& ran) {
    if (options.profile)
        printProfile(ran);
    printOutputs(ran);
    printField("inputs", join(ran.prepared.inputs.sources, ", "));
    printField(
        "time",
        fmt::format("{} for {} on {}{}", shortTime(ran.result.total),
                    counted(operatorsRun(ran.result), "operator", "operators"), options.execute.device,
                    options.timing.repeats > 1 ? fmt::format(", median of {} runs", options.timing.repeats) : ""));
    if (!ran.result.replays.empty())
        printField("replayed", fmt::format("{} as one CUDA graph, median of {}", shortTime(median(ran.result.replays)),
                                           ran.result.replays.size()));
    for (const std::string& remark : ran.result.remarks)
        printField("remark", remark);
    if (options.timing.fuse)
        printField("fused", describeFused(ran.result));
    const std::string bound = ran.result.lowerBoundBytes > 0
                                  ? "; the values needed at once take " + shortBytes(ran.result.lowerBoundBytes)
                                  : "";
    const std::string without = ran.result.peakWithoutReuseBytes > ran.result.peakBytes
                                    ? " (" + shortBytes(ran.result.peakWithoutReuseBytes) +
                                          " if no result were written over an input that is not needed any more)"
                                    : "";
    printField("peak", shortBytes(ran.result.peakBytes) + " allocated at once" + without + bound);
    for (const Expectation& expectation : ran.expectations)
        printExpectation(expectation);
    if (!allEqual(ran) && drawsNumbers(ran.graph))
        printField("hint", "the graph draws random numbers: give the recording's --seed, and with --skip how many "
                           "numbers its generator had drawn before");
}

Json outputsJson(const Ran& ran) {
    Json outputs = Json::array();
    for (const NamedOutput& output : namedOutputs(ran.graph, ran.result.output)) {
        outputs.push_back({{"name", output.name}, {"type", output.value.str()}});
        if (output.value.isTensor() && output.value.tensor().defined())
            outputs.back()["statistics"] = worker::statisticsJson(statistics(output.value.tensor()));
    }
    return outputs;
}

void addProfile(Json& json, const Ran& ran) {
    json["copy"] = {{"device", ran.copy.device}, {"bytesPerSecond", ran.copy.bytesPerSecond}};
    for (const NodeTime& time : ran.result.times) {
        Json node{{"name", ran.graph[time.node].name},
                  {"operator", ran.graph[time.node].target.shortName()},
                  {"tookNs", time.took.count()},
                  {"bytes", time.bytes}};
        if (const auto speed = memorySpeed(time.bytes, time.took, ran.copy))
            node.update({{"bytesPerSecond", speed->bytesPerSecond},
                         {"floorNs", speed->floor.count()},
                         {"shareOfCopy", speed->share}});
        for (const NodeId id : time.fused)
            node["fused"].push_back(ran.graph[id].name);
        json["nodes"].push_back(std::move(node));
    }
}

void printJsonReport(const RunOptions& options, const Ran& ran) {
    Json json{{"file", options.load.path},
              {"device", options.execute.device},
              {"seed", options.execute.seed},
              {"sources", ran.prepared.inputs.sources},
              {"outputs", outputsJson(ran)},
              {"totalNs", ran.result.total.count()},
              {"peakBytes", ran.result.peakBytes},
              {"peakWithoutReuseBytes", ran.result.peakWithoutReuseBytes},
              {"lowerBoundBytes", ran.result.lowerBoundBytes},
              {"repeats", options.timing.repeats},
              {"remarks", ran.result.remarks}};
    if (!ran.result.replays.empty())
        json["replayNs"] = median(ran.result.replays).count();
    if (options.profile)
        addProfile(json, ran);
    for (const Expectation& expectation : ran.expectations)
        json["expected"].push_back(
            {{"file", expectation.path}, {"comparison", worker::toJson(expectation.comparison)}});
    printJson(json);
}

/// One run, which writes the values of nodes as they come if that is wanted.
Result<RunResult> runOnce(const RunOptions& options, const Graph& graph, const Plan& planned,
                          const service::Prepared& prepared, ExecOptions exec) {
    if (!isStreamed(options))
        return fxscope::run(graph, planned, prepared.inputs.values, *prepared.backend, exec);
    FX_TRY(const auto saver, NodeSaver::create(options.saveNodes, graph, prepared.inputs.values));
    saver->attach(exec);
    auto result = fxscope::run(graph, planned, prepared.inputs.values, *prepared.backend, exec);
    if (!result.ok() && !exec.cancel.requested())
        return result;
    FX_CHECK(saver->finish());
    return result;
}

/// Runs as often as asked, after one run more that is not counted, and keeps the one of median time.
Result<RunResult> runRepeatedly(const RunOptions& options, const Graph& graph, const service::Prepared& prepared,
                                const ExecOptions& exec) {
    FX_TRY(const Plan planned, plan(graph, *prepared.backend, {.fuse = options.timing.fuse}));
    FX_TRY(RunResult first, runOnce(options, graph, planned, prepared, exec));
    if (options.timing.repeats <= 1)
        return first;
    return medianRun(graph, planned, prepared.inputs.values, *prepared.backend, exec, options.timing.repeats,
                     !options.timing.noReplay);
}

int runGraph(const RunOptions& options) {
    if (options.timing.fuse && (!options.saveNodes.empty() || !options.expectNodes.empty()))
        return fail({"--fuse does not make the values between fused nodes, which --save-nodes and --expect-nodes read",
                     "the command line", "leave one of them out"});
    const auto loaded = loadAndWarn(options.load);
    if (!loaded)
        return fail(loaded.error());
    const Graph& graph = *loaded->trace->result;
    const auto prepared = service::prepare(*loaded, {&graph}, options.execute);
    if (!prepared)
        return fail(prepared.error());
    ExecOptions exec{.seed = options.execute.seed,
                     .skip = options.execute.skip,
                     .keepAll = (!options.saveNodes.empty() && !isStreamed(options)) || !options.expectNodes.empty()};
    exec.attributes = prepared->inputs.attributes;
    exec.traffic = options.profile;
    const auto result = runRepeatedly(options, graph, *prepared, exec);
    if (!result)
        return fail(result.error(), 1);
    warn(result->warnings);
    Ran ran{graph, *prepared, *result, {}};
    if (const auto copy = options.profile ? copyBandwidth(*prepared->backend) : Result<CopyBandwidth>(CopyBandwidth{}))
        ran.copy = *copy;
    if (const auto saved = save(options, ran); !saved)
        return fail(saved.error());
    if (const auto expected = expectAll(options, ran); !expected)
        return fail(expected.error());
    options.json ? printJsonReport(options, ran) : printReport(options, ran);
    return allEqual(ran) ? 0 : 1;
}

} // namespace

void addRun(Command& app) {
    auto options = std::make_shared<RunOptions>();
    Command command = app.add("run", "run a graph and describe what it returns");
    addGraphOptions(command, options->load);
    addPassOptions(command, options->load);
    addExecuteOptions(command, options->execute);
    command.option("--save-nodes", options->saveNodes, "write every node's value").typeName("F.safetensors");
    command.option("--outputs", options->saveOutputs, "write the outputs").typeName("F.safetensors");
    command.option("--expect", options->expect, "compare the outputs with recorded ones").typeName("F.safetensors");
    command.option("--expect-nodes", options->expectNodes, "compare nodes with recorded ones")
        .typeName("F.safetensors");
    addToleranceOptions(command, options->tolerance);
    addTimingOptions(command, options->timing, "run so many times more and report the run of median time");
    command.flag("--profile", options->profile,
                 "time of every node, slowest first, with the bytes that it must move and what a copy of them takes");
    addJson(command, options->json);
    command.onRun([options] { return runGraph(*options); });
}

} // namespace fxscope::cli
