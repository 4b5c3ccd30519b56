// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/service.h"

#include "core/exec/outputs.h"
#include "core/ops/op.h"
#include "passes/passes.h"

#include <algorithm>

namespace fxscope::service {
namespace {

Result<Capture> openAny(const LoadOptions& options) {
    if (options.text.empty())
        return io::open(options.path, options.cancel);
    FX_TRY(Capture capture, io::openText(options.text, "the graph sent"));
    if (options.path.empty())
        return capture;
    FX_TRY(Capture source, io::open(options.path, options.cancel));
    if (const auto found = source.find(options.graph); !options.graph.empty() && !found.empty())
        FX_CHECK(source.useValuesOf(source.graphs[found.front()]));
    capture.weights = std::move(source.weights);
    capture.sampleInputs = std::move(source.sampleInputs);
    capture.path = options.path;
    return capture;
}

bool lacksMeta(const Graph& graph) {
    const Graph::Order order = graph.order();
    return std::any_of(order.begin(), order.end(),
                       [&](NodeId id) { return graph[id].op == Op::CallFunction && !graph[id].meta.isKnown(); });
}

std::shared_ptr<const Graph> withMeta(const std::shared_ptr<const Graph>& graph) {
    if (!lacksMeta(*graph))
        return graph;
    auto copy = std::make_shared<Graph>(*graph);
    inferMissing(*copy);
    return copy;
}

std::shared_ptr<const Trace> cutTo(Trace trace, size_t steps) {
    if (steps >= trace.steps.size())
        return std::make_shared<const Trace>(std::move(trace));
    TraceCursor cursor(std::make_shared<const Trace>(trace));
    cursor.moveTo(steps);
    trace.result = cursor.snapshot();
    trace.steps.resize(steps);
    for (PassRecord& record : trace.passes)
        record.stepCount = std::min(record.stepCount, steps - std::min(steps, record.firstStep));
    return std::make_shared<const Trace>(std::move(trace));
}

Result<std::shared_ptr<const Trace>> traceOf(const std::shared_ptr<const Graph>& graph, const LoadOptions& options) {
    if (options.passes.empty())
        return std::make_shared<const Trace>(Trace{.base = graph, .result = graph});
    FX_TRY(const auto passes, resolvePasses(options.passes));
    FX_TRY(Trace trace, runPasses(graph, passes, {.patterns = options.patterns, .cancel = options.cancel}));
    return cutTo(std::move(trace), options.steps.value_or(SIZE_MAX));
}

Result<TensorMap> givenInputs(const ExecuteOptions& options) {
    if (!options.inputsPath.empty())
        return io::loadTensors(options.inputsPath);
    if (options.inputsPayload.empty())
        return TensorMap{};
    auto bytes = std::make_shared<const std::string>(options.inputsPayload);
    return io::loadSafetensors(std::as_bytes(std::span(bytes->data(), bytes->size())), bytes, "the inputs sent");
}

template <class T> std::optional<Tensor> scalar(DType dtype, T value) {
    auto tensor = Tensor::empty(dtype, {});
    if (!tensor)
        return std::nullopt;
    *tensor->data<T>() = value;
    return std::move(tensor).value();
}

std::optional<Tensor> asTensor(const Value& value) {
    if (value.isTensor())
        return value.tensor().defined() ? std::optional(value.tensor()) : std::nullopt;
    if (std::holds_alternative<bool>(value.v))
        return scalar<uint8_t>(DType::Bool, value.boolean());
    if (std::holds_alternative<int64_t>(value.v))
        return scalar<int64_t>(DType::Int64, value.toInt());
    return value.isNumber() ? scalar<double>(DType::Float64, value.toDouble()) : std::nullopt;
}

} // namespace

void addTensors(TensorMap& tensors, const std::string& name, const Value& value) {
    if (value.isList())
        for (size_t i = 0; i < value.list().size(); ++i)
            addTensors(tensors, name + "." + std::to_string(i), value.list()[i]);
    else if (auto tensor = asTensor(value))
        tensors.insert_or_assign(name, std::move(*tensor));
}

Result<Loaded> load(const LoadOptions& options) {
    const bool supplied = !options.text.empty() && !options.path.empty(); // then `graph` names a program of the file
    Loaded loaded;
    FX_TRY(loaded.capture, openAny(options));
    FX_TRY(loaded.entry, loaded.capture.entry(supplied ? std::string() : options.graph));
    FX_CHECK(loaded.capture.useValuesOf(loaded.entry));
    loaded.capture.notes.insert(loaded.capture.notes.end(), loaded.entry.notes.begin(), loaded.entry.notes.end());
    loaded.entry.graph = withMeta(loaded.entry.graph);
    FX_TRY(loaded.trace, traceOf(loaded.entry.graph, options));
    return loaded;
}

Result<Prepared> prepare(const Loaded& loaded, const std::vector<const Graph*>& graphs, const ExecuteOptions& options) {
    Prepared prepared;
    FX_TRY(prepared.backend, findBackend(options.device, options.deviceOptions));
    for (const Graph* graph : graphs)
        FX_CHECK(plan(*graph, *prepared.backend));
    FX_TRY(const TensorMap given, givenInputs(options));
    FX_TRY(prepared.inputs, bindInputs(*loaded.trace->base, loaded.capture, given, options.seed));
    return prepared;
}

TensorMap nodeTensors(const Graph& graph, const RunResult& result) {
    TensorMap tensors;
    for (const auto& [id, value] : result.values)
        addTensors(tensors, graph[id].name, value);
    return tensors;
}

TensorMap outputTensors(const Graph& graph, const RunResult& result) {
    TensorMap tensors;
    for (const NamedOutput& output : namedOutputs(graph, result.output))
        addTensors(tensors, output.name, output.value);
    return tensors;
}

} // namespace fxscope::service
