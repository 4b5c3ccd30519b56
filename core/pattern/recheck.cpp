// SPDX-License-Identifier: BSD-3-Clause
#include "core/pattern/recheck.h"

#include "core/ops/op.h"

#include <algorithm>

namespace fxscope {
namespace {

/// The device of tensors whose form of file does not carry it: the one that the matched nodes name, else the CPU.
Device assumedDevice(const Graph& graph, const PatternMatch& match) {
    for (const NodeId id : match.nodes)
        for (const Kwarg& kwarg : graph[id].kwargs)
            if (kwarg.second.kind() == Argument::Kind::Device)
                return kwarg.second.asDevice();
    return {};
}

/// Strides of a tensor whose form of file does not carry them: row-major, but what only looks at another tensor
/// (permute, expand, slice) lies as that one does.
SymSizes assumedStrides(const Graph& graph, const Node& node, int depth = 0) {
    constexpr int kMaxDepth = 64;
    const TensorMeta& meta = *node.tensor();
    if (meta.strides)
        return *meta.strides;
    const OpDef* op = node.op == Op::CallFunction ? findOp(node.target) : nullptr;
    const bool looks = op && op->view && depth < kMaxDepth && !node.args.empty() && node.args.front().isNode() &&
                       graph[node.args.front().asNode()].tensor();
    if (!looks)
        return contiguousStrides(meta.sizes);
    const Node& viewed = graph[node.args.front().asNode()];
    static const Target kSlice("torch.ops.aten.slice.Tensor");
    const bool wholeSteps = node.target == kSlice && node.args.size() < 5 && node.kwargs.empty();
    if (wholeSteps && viewed.tensor()->sizes.size() == meta.sizes.size()) // the usual one needs no inference
        return assumedStrides(graph, viewed, depth + 1);
    Graph call; // with its inputs as placeholders, the first with strides
    const auto asInput = [&](NodeId id) {
        NodeBody input;
        input.op = Op::Placeholder;
        input.name = call.freshName(graph[id].name);
        input.meta = graph[id].meta;
        if (id == node.args.front().asNode()) {
            TensorMeta viewed = *graph[id].tensor();
            viewed.strides = assumedStrides(graph, graph[id], depth + 1);
            input.meta = ValueMeta::tensor(std::move(viewed));
        }
        return Argument::node(call.insert(std::move(input)));
    };
    ArgumentList args;
    for (const Argument& arg : node.args)
        args.push_back(mapNodes(arg, asInput));
    Kwargs kwargs = node.kwargs;
    for (Kwarg& kwarg : kwargs)
        kwarg.second = mapNodes(kwarg.second, asInput);
    const auto result = inferCall(call, node.target, args, kwargs, node.name);
    const bool fits = result.ok() && result->isTensor() && result->tensor().strides &&
                      result->tensor().strides->size() == meta.sizes.size();
    return fits ? *result->tensor().strides : contiguousStrides(meta.sizes);
}

bool sameInput(const TraceInput& a, const TraceInput& b) { return a.meta == b.meta && a.constant == b.constant; }

bool isPythonError(const Diagnostic& error) { return !error.what.starts_with("not supported: "); }

/// matcher.md 4 step 3: symbolic sizes and strides of the examples, each statically different from those before it.
std::vector<TakenSize> takenSizes(const std::vector<TraceInput>& inputs, size_t examples, const SymRanges& ranges) {
    std::vector<TakenSize> taken;
    const auto take = [&](size_t input, size_t dim, bool stride, const SymInt& value) {
        const bool fresh = !value.isConstant() && std::all_of(taken.begin(), taken.end(), [&](const TakenSize& other) {
            return provablyEqual(value, other.value, ranges) == Proof::No;
        });
        if (fresh)
            taken.push_back({input, dim, stride, value});
    };
    for (size_t i = 0; i < std::min(examples, inputs.size()); ++i) {
        if (!inputs[i].meta.isTensor())
            continue;
        const TensorMeta& tensor = inputs[i].meta.tensor();
        for (size_t dim = 0; dim < tensor.sizes.size(); ++dim)
            take(i, dim, false, tensor.sizes[dim]);
        const SymSizes strides = tensor.strides.value_or(contiguousStrides(tensor.sizes));
        for (size_t dim = 0; dim < strides.size(); ++dim)
            take(i, dim, true, strides[dim]);
    }
    return taken;
}

} // namespace

MatchFailure conditionFailure(const Graph& graph, const PatternEntry& entry, const PatternMatch& match) {
    if (entry.source.conditions.empty())
        return {};
    IndexAnalysis analysis(graph);
    const PatternCondition* unproven = firstUnproven(analysis, entry.source.conditions, match);
    if (!unproven)
        return {};
    return {.reason = Reason::ExtraCheck, .node = match.outputs.front(), .text = unproven->text};
}

Result<std::vector<TraceInput>> Rechecker::inputs(const PatternEntry& entry, const PatternMatch& match,
                                                  MatchFailure& failure) const {
    const PatternSource& source = entry.source;
    for (const std::string& parameter : source.parameters)
        if (!match.capture(parameter))
            failure.reason = Reason::MissingInput, failure.names.push_back(parameter);
    if (failure.reason != Reason::Match)
        return Diagnostic{};
    std::vector<TraceInput> inputs;
    std::vector<std::string> unknown, captured;
    bool fake = false;
    for (const std::string& parameter : source.parameters) {
        const Argument& value = *match.capture(parameter);
        TraceInput input{parameter, {}, value};
        if (value.isNode()) {
            const Node& node = m_graph[value.asNode()];
            input.meta = node.meta;
            input.constant = {};
            captured.push_back(node.name);
            if (!node.meta.isKnown())
                unknown.push_back(node.name);
            fake = fake || (node.meta.isTensor() && !(m_facts.isReal && m_facts.isReal(node.id)));
        }
        inputs.push_back(std::move(input));
    }
    if (!unknown.empty())
        failure.reason = Reason::MissingValue, failure.names = unknown;
    else if (!fake)
        failure.reason = Reason::NoFakeValue, failure.names = captured;
    if (failure.reason != Reason::Match)
        return Diagnostic{};

    for (size_t i = 0; i < inputs.size(); ++i) {
        if (!inputs[i].meta.isTensor())
            continue;
        TensorMeta meta = inputs[i].meta.tensor();
        if (source.requiresGrad[i] && isIntegral(meta.dtype, true)) {
            failure.reason = Reason::IntegerRequiresGrad;
            failure.node = match.capture(source.parameters[i])->asNode();
            return Diagnostic{};
        }
        if (!meta.device)
            meta.device = assumedDevice(m_graph, match);
        if (!meta.strides)
            meta.strides = assumedStrides(m_graph, m_graph[match.capture(source.parameters[i])->asNode()]);
        if (m_facts.whatIf.dtypes && (meta.dtype == DType::BFloat16 || isComplex(meta.dtype)))
            meta.dtype = DType::Float32;
        meta.storageOffset = 0;
        meta.requiresGrad = source.requiresGrad[i];
        inputs[i].meta = ValueMeta::tensor(std::move(meta));
    }
    return inputs;
}

Rechecker::Traced Rechecker::trace(const PatternEntry& entry, const std::vector<TraceInput>& inputs) const {
    const PatternSource& source = entry.source;
    const auto failed = [](const Diagnostic& error, Reason crash, Reason ours) {
        Traced traced;
        traced.failure.text = error.what;
        traced.failure.reason = isPythonError(error) ? crash : ours;
        return traced;
    };
    TraceOptions options;
    options.where = source.where;
    options.ranges = m_graph.symRanges;
    options.hints = m_graph.symHints;
    options.taken = takenSizes(inputs, inputs.size(), m_graph.symRanges);
    std::erase_if(options.taken, [&](const TakenSize& taken) {
        // Only PyTorch's example inputs are looked at, not what the scalar workaround stands for.
        return std::any_of(source.scalars.begin(), source.scalars.end(),
                           [&](const auto& scalar) { return scalar.first == source.parameters[taken.input]; });
    });
    auto graph = traceFunction(source.pattern(), inputs, options);
    if (!graph.ok())
        return failed(graph.error(),
                      graph.error().what.starts_with("RuntimeError") ? Reason::RetraceFailed : Reason::RetraceCrashes,
                      Reason::RetraceUnsupported);

    Traced traced;
    traced.specific = std::make_shared<SpecificPattern>();
    std::vector<std::string> names;
    for (size_t i = 0; i < options.taken.size(); ++i)
        names.push_back("arg" + std::to_string(i) + "_1");
    names.insert(names.end(), source.parameters.begin(), source.parameters.end());
    auto pattern = toPattern(*graph, names, {false, source.scalars, source.exclusive});
    if (!pattern.ok())
        return failed(pattern.error(), Reason::RetraceCrashes, Reason::RetraceUnsupported);
    traced.specific->pattern = std::move(pattern).value();

    options.taken.clear();
    auto replacement = traceFunction(source.replacement(), inputs, options);
    if (!replacement.ok())
        traced.failure =
            failed(replacement.error(), Reason::ReplacementCrashes, Reason::ReplacementUnsupported).failure;
    else
        traced.specific->replacement = std::move(replacement).value();
    return traced;
}

Recheck Rechecker::check(const PatternEntry& entry, const PatternMatch& match) {
    Recheck recheck;
    const auto inputs = this->inputs(entry, match, recheck.failure);
    if (!inputs.ok())
        return recheck;
    auto known = std::find_if(m_known.begin(), m_known.end(), [&](const auto& item) {
        return item.first == &entry && std::equal(inputs->begin(), inputs->end(), item.second.first.begin(),
                                                  item.second.first.end(), sameInput);
    });
    if (known == m_known.end()) {
        m_known.emplace_back(&entry, std::pair(*inputs, trace(entry, *inputs)));
        known = m_known.end() - 1;
    }
    const Traced& traced = known->second.second;
    recheck.specific = traced.specific;
    if (!traced.specific) {
        recheck.failure = traced.failure;
        return recheck;
    }
    const auto result = matchPattern(traced.specific->pattern, m_graph, match.outputs.front(), m_facts.whatIf);
    if (const auto* failure = std::get_if<MatchFailure>(&result))
        recheck.failure = *failure;
    else
        recheck.failure = traced.failure; // Match, unless the replacement could not be traced
    return recheck;
}

} // namespace fxscope
