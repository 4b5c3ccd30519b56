// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/session.h"

#include "core/exec/outputs.h"
#include "core/exec/repeat.h"
#include "core/rewrite/match_count.h"

#include <new>

namespace fxscope::worker {
namespace {

service::ExecuteOptions executeOptions(const Request& request) {
    return {.device = request.device,
            .deviceOptions = {.tf32 = request.tf32},
            .seed = request.seed,
            .inputsPath = request.inputs,
            .inputsPayload = request.payload};
}

std::vector<InputInfo> inputsOf(const Graph& graph) {
    std::vector<InputInfo> inputs;
    for (const NodeId id : graph.placeholders()) {
        const size_t index = inputs.size();
        const bool weight =
            index < graph.inputSpecs.size() && graph.inputSpecs[index].kind != InputSpec::Kind::UserInput;
        inputs.push_back({graph[id].name, graph[id].meta.str(), weight});
    }
    return inputs;
}

LoadAnswer describe(const Request& request, const service::Loaded& loaded) {
    LoadAnswer answer{.handle = request.handle, .graph = loaded.entry.id};
    answer.nodes = loaded.trace->base->size();
    answer.nodesAfter = loaded.trace->result->size();
    answer.rewrites = matchCount(*loaded.trace);
    for (const PassRecord& pass : loaded.trace->passes)
        answer.passes.push_back({pass.pass, pass.patterns, pass.stepCount, pass.took});
    answer.inputs = inputsOf(*loaded.trace->base);
    answer.notes = loaded.capture.notes;
    return answer;
}

RunNode runNode(const Graph& graph, NodeId id, std::chrono::nanoseconds took, const RunResult& result,
                bool withStatistics) {
    RunNode node{.name = graph[id].name, .id = id, .took = took};
    const auto kept = result.values.find(id);
    if (kept == result.values.end())
        return node;
    node.type = kept->second.str();
    if (withStatistics && kept->second.isTensor() && kept->second.tensor().defined())
        node.statistics = statistics(kept->second.tensor());
    return node;
}

RunAnswer describe(const Graph& graph, const RunResult& result, const BoundInputs& inputs, bool withStatistics) {
    RunAnswer answer{.total = result.total, .peakBytes = result.peakBytes, .sources = inputs.sources};
    answer.replay = median(result.replays);
    answer.remarks = result.remarks;
    for (const NamedOutput& output : namedOutputs(graph, result.output))
        answer.outputs.push_back(output.name);
    for (const NodeId id : graph.placeholders())
        answer.nodes.push_back(runNode(graph, id, {}, result, withStatistics));
    for (const NodeTime& time : result.times) {
        answer.nodes.push_back(runNode(graph, time.node, time.took, result, withStatistics));
        answer.nodes.back().bytes = time.bytes;
        for (const NodeId id : time.fused)
            answer.nodes.back().fused.push_back(id.index);
    }
    return answer;
}

/// Once, or after that so often that the median means something.
Result<RunResult> runAsAsked(const Request& request, const Graph& graph, const service::Prepared& prepared,
                             const ExecOptions& options) {
    FX_TRY(const Plan planned, plan(graph, *prepared.backend, {.fuse = request.fuse}));
    FX_TRY(RunResult first, fxscope::run(graph, planned, prepared.inputs.values, *prepared.backend, options));
    if (request.repeats <= 1)
        return first;
    return medianRun(graph, planned, prepared.inputs.values, *prepared.backend, options, request.repeats,
                     request.replay);
}

Diagnostic notLoaded(const std::string& handle) {
    return {"nothing is loaded under the handle '" + handle + "'", "worker request", "send load first"};
}

} // namespace

Session::Outcome Session::load(const Request& request, const Cancel& cancel) {
    auto loaded = service::load({.path = request.path,
                                 .graph = request.graph,
                                 .text = request.payload,
                                 .passes = request.passes,
                                 .patterns = request.patterns,
                                 .steps = request.steps,
                                 .cancel = cancel});
    if (!loaded)
        return Error{"input", loaded.error()};
    Message answer{.kind = Message::Kind::Load, .load = describe(request, *loaded)};
    m_loaded.insert_or_assign(request.handle, std::move(loaded).value());
    return answer;
}

Session::Outcome Session::run(const Request& request, const Cancel& cancel, const Report& report) {
    const auto found = m_loaded.find(request.handle);
    if (found == m_loaded.end())
        return Error{"input", notLoaded(request.handle)};
    const Trace& trace = *found->second.trace;
    const Graph& graph = request.after ? *trace.result : *trace.base;
    const auto prepared = service::prepare(found->second, {&graph}, executeOptions(request));
    if (!prepared)
        return Error{"input", prepared.error()};
    ExecOptions options{.seed = request.seed, .keepAll = request.keepAll, .keepNames = request.keep, .cancel = cancel};
    options.attributes = prepared->inputs.attributes;
    options.progress = [&](size_t done, size_t all) {
        report({.kind = Message::Kind::Progress, .progress = {"run", done, all}});
    };
    options.traffic = true;
    const auto result = runAsAsked(request, graph, *prepared, options);
    if (!result)
        return Error{"failed", result.error()};
    Message answer{.kind = Message::Kind::Run, .run = describe(graph, *result, prepared->inputs, request.statistics)};
    if (const auto copy = copyBandwidth(*prepared->backend))
        answer.run.copy = *copy;
    if (!request.values)
        return answer;
    TensorMap tensors = service::nodeTensors(graph, *result);
    tensors.merge(service::outputTensors(graph, *result));
    auto bytes = io::safetensorsBytes(tensors);
    if (!bytes)
        return Error{"failed", bytes.error()};
    answer.payload = std::move(bytes).value();
    return answer;
}

Session::Outcome Session::compare(const Request& request, const Cancel& cancel, const Report& report) {
    const auto found = m_loaded.find(request.handle);
    if (found == m_loaded.end())
        return Error{"input", notLoaded(request.handle)};
    const Trace& trace = *found->second.trace;
    const auto prepared =
        service::prepare(found->second, {trace.base.get(), trace.result.get()}, executeOptions(request));
    if (!prepared)
        return Error{"input", prepared.error()};
    CompareOptions options{
        .seed = request.seed, .tolerance = request.tolerance, .repeats = request.repeats, .cancel = cancel};
    options.statistics = request.statistics;
    options.fuse = request.fuse;
    options.replay = request.replay;
    options.traffic = true;
    options.progress = [&](size_t done, size_t all) {
        const char* stage = done <= trace.base->size() ? "before" : "after";
        report({.kind = Message::Kind::Progress, .progress = {stage, done, all}});
    };
    auto comparison = compareTrace(trace, prepared->inputs, *prepared->backend, options);
    if (!comparison)
        return Error{"failed", comparison.error()};
    return Message{.kind = Message::Kind::Compare, .comparison = std::move(comparison).value()};
}

Session::Outcome Session::dispatch(const Request& request, const Cancel& cancel, const Report& report) {
    if (cancel.requested())
        return Error{"cancelled", {"cancelled before it began", {}, {}}};
    switch (request.verb) {
    case Verb::Load: return load(request, cancel);
    case Verb::Run: return run(request, cancel, report);
    case Verb::Compare: return compare(request, cancel, report);
    default: m_loaded.erase(request.handle); return Message{};
    }
}

Message Session::answer(const Request& request, const Cancel& cancel, const Report& report) {
    const auto tagged = [&](Message message) { return message.id = request.id, message; };
    const Report tag = [&](const Message& message) { report(tagged(message)); };
    const auto failed = [&](Error error) {
        if (cancel.requested())
            error.code = "cancelled";
        error.restart = lostDevice().has_value();
        return tagged({.kind = Message::Kind::Error, .error = std::move(error)});
    };
    try {
        Outcome outcome = dispatch(request, cancel, tag);
        if (auto* error = std::get_if<Error>(&outcome))
            return failed(std::move(*error));
        return tagged(std::get<Message>(std::move(outcome)));
    } catch (const std::bad_alloc&) {
        return failed({"failed", {"out of memory", "worker", "free what is loaded, or use smaller inputs"}});
    }
}

Message helloAnswer(int64_t id) {
    Message message{.kind = Message::Kind::Hello, .id = id};
    message.hello.version = FXSCOPE_VERSION;
    for (Backend* backend : allBackends()) {
        const Support support = backend->available();
        message.hello.devices.push_back(
            {std::string(backend->name()), support.ok, support.why, backend->description()});
    }
    return message;
}

} // namespace fxscope::worker
