// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/run.h"

#include "core/exec/aliases.h"
#include "core/exec/evaluate.h"
#include "core/exec/fuse.h"
#include "core/exec/memory_meter.h"
#include "core/exec/snapshot.h"
#include "core/exec/traffic.h"

#include <algorithm>
#include <tuple>

namespace fxscope {
namespace {

using Clock = std::chrono::steady_clock;

/// One run of one graph.
class Execution {
public:
    Execution(const Graph& graph, const Plan& plan, Backend& backend, const ExecOptions& options)
        : m_graph(graph), m_plan(plan), m_backend(backend), m_options(options),
          m_generator(options.seed), m_context{m_generator, m_options.cancel}, m_values(graph.slotCount()),
          m_inPlace(writesInPlace(graph)), m_clock(backend.clock()),
          m_keeps(options.keepAll || !options.keepNames.empty()) {}

    Result<RunResult> run(const ValueList& inputs) {
        FX_CHECK(takeInputs(inputs));
        FX_CHECK(skipNumbers());
        const std::vector<Value> initial = m_options.replays > 0 ? m_values : std::vector<Value>();
        const auto begin = Clock::now();
        if (auto done = runNodes(); !done) {
            std::ignore = m_backend.wait(); // what is under way is no later run's
            return std::move(done).error();
        }
        FX_CHECK(m_backend.wait());
        m_result.total = Clock::now() - begin - m_aside;
        m_result.peakBytes = m_keeps ? m_kept.peak() : m_memory.peak();
        m_result.peakWithoutReuseBytes = std::max(m_result.peakBytes, m_memory.peakWithoutReuse());
        m_result.lowerBoundBytes = m_plan.estimatedPeakBytes;
        FX_CHECK(collect());
        if (m_options.replays > 0)
            FX_CHECK(replay(initial));
        return std::move(m_result);
    }

private:
    Result<Done> runNodes() {
        const bool seen = m_options.keepAll || m_options.observe; // all values: nothing is fused
        for (size_t i = 0, count = 1; i < m_plan.order.size(); i += count) {
            count = seen ? 1 : m_plan.together[i];
            if (m_options.cancel.requested())
                return Diagnostic{"cancelled after " + std::to_string(i) + " of " +
                                      std::to_string(m_plan.order.size()) + " nodes",
                                  m_graph.name,
                                  {}};
            FX_CHECK(runTogether(i, i + count));
            for (size_t k = i; k < i + count; ++k)
                for (const NodeId id : m_plan.freedAfter[k])
                    release(id);
            report(i + count);
        }
        return Done{};
    }

    Result<Done> runTogether(size_t begin, size_t end) {
        if (m_options.caches == Caches::Cold && m_graph[m_plan.order[begin]].op == Op::CallFunction)
            FX_CHECK(emptyCaches());
        const auto whole = end - begin > 1 ? m_plan.wholes.find(begin) : m_plan.wholes.end();
        if (whole != m_plan.wholes.end())
            return wholeStep(begin, end, whole->second);
        const std::vector<Tensor> spare = spareAfter(begin, end);
        return end - begin > 1 || !spare.empty() ? fusedStep(begin, end, spare)
                                                 : step(m_graph[m_plan.order[begin]], m_plan.calls[begin]);
    }

    /// The same work once more, recorded, and the recording again and again: what it takes when nobody has to start one
    /// kernel after the other. The results are those of the first time.
    Result<Done> replay(const std::vector<Value>& initial) {
        if (!m_backend.canRecord())
            return Done{};
        if (const auto begun = m_backend.beginRecording(); !begun) {
            m_result.remarks.push_back("not replayed as one: " + begun.error().str());
            return Done{};
        }
        RunResult kept = std::move(m_result);
        m_result = {};
        m_values = initial;
        m_isRecording = true;
        const auto recorded = runNodes();
        auto times = m_backend.endRecording(recorded.ok() ? m_options.replays : 0, m_options.caches);
        m_result = std::move(kept);
        if (recorded.ok() && times.ok())
            m_result.replays = std::move(times).value();
        else
            m_result.remarks.push_back("not replayed as one: " +
                                       (recorded.ok() ? times.error().str() : recorded.error().str()));
        return Done{};
    }

    /// Results as the host reads them.
    Result<Done> collect() {
        FX_TRY(const std::vector<std::chrono::nanoseconds> times, m_clock->read());
        for (size_t i = 0; i < times.size() && i < m_result.times.size(); ++i)
            m_result.times[i].took = times[i];
        if (m_options.download)
            FX_CHECK(download());
        m_result.remarks = m_backend.remarks();
        return Done{};
    }

    Result<Done> download() {
        FX_TRY(m_result.output, m_backend.download(m_result.output));
        for (auto& [id, value] : m_result.writtenInputs) {
            FX_TRY(value, m_backend.download(value));
        }
        return Done{};
    }

    Result<Done> skipNumbers() {
        constexpr uint64_t kMost = 100'000'000'000, kBatch = 10'000'000; // a hundred seconds, a hundredth of one
        if (m_options.skip > kMost)
            return Diagnostic{"more random numbers are to be skipped than any program draws: " +
                                  std::to_string(m_options.skip),
                              m_graph.name, "skip " + std::to_string(kMost) + " at most"};
        for (uint64_t left = m_options.skip; left > 0; left -= std::min(left, kBatch)) {
            if (m_options.cancel.requested())
                return Diagnostic{"cancelled while random numbers were skipped", m_graph.name, {}};
            m_generator.skip(std::min(left, kBatch));
        }
        return Done{};
    }

    Result<Done> takeInputs(const ValueList& inputs) {
        const std::vector<NodeId> placeholders = m_graph.placeholders();
        if (inputs.size() != placeholders.size())
            return Diagnostic{"the graph takes " + std::to_string(placeholders.size()) + " inputs, given are " +
                                  std::to_string(inputs.size()),
                              m_graph.name,
                              {}};
        for (size_t i = 0; i < inputs.size(); ++i) {
            if (auto fits = unifyValue(m_graph[placeholders[i]].meta, inputs[i], m_symbols); !fits)
                return Diagnostic{fits.error().what, "input " + m_graph[placeholders[i]].name, {}};
            m_values[placeholders[i].index] = inputs[i];
        }
        chooseSymbols(m_graph, m_symbols);
        for (const NodeId id : m_graph.order())
            if (m_graph[id].op == Op::GetAttr)
                FX_CHECK(takeAttribute(m_graph[id]));
        for (const NodeId id : writtenInputs(m_graph)) {
            FX_TRY(m_values[id.index], clonedWithStrides(m_values[id.index]));
        }
        FX_CHECK(uploadInputs());
        for (const NodeId id : writtenInputs(m_graph))
            m_result.writtenInputs[id] = m_values[id.index]; // shares what is written
        m_stated = m_symbols;
        for (const Value& value : m_values)
            m_memory.ignore(value), m_kept.ignore(value);
        return Done{};
    }

    Result<Done> uploadInputs() {
        for (const NodeId id : m_graph.order()) {
            auto there = m_backend.upload(m_values[id.index]);
            if (!there)
                return Diagnostic{there.error().what, "input " + m_graph[id].name, there.error().next};
            m_values[id.index] = std::move(there).value();
        }
        return Done{};
    }

    Result<Done> takeAttribute(const Node& node) {
        const auto found = m_options.attributes.find(node.target.str());
        if (found == m_options.attributes.end())
            return Diagnostic{"the attribute '" + node.target.str() + "' has no value", "node " + node.name, {}};
        m_values[node.id.index] = found->second;
        return Done{};
    }

    /// What `work` gives, with a row of times for it.
    template <class Work> auto timed(NodeId node, Work&& work) {
        if (!m_isRecording)
            m_clock->begin();
        auto result = work();
        if (!m_isRecording)
            m_clock->end();
        m_result.times.push_back({node, {}});
        return result;
    }

    Result<Done> step(const Node& node, const PlannedCall& planned) {
        if (node.op == Op::Placeholder || node.op == Op::GetAttr)
            return keep(node);
        if (node.op == Op::Output)
            return finish(node);
        m_backend.beginNode(m_graph, node);
        auto value = timed(node.id, [&] { return call(node, planned); });
        if (!value)
            return located(std::move(value).error(), node);
        countTraffic([&] { return trafficOf(planned, *value); });
        checkMeta(node, *value);
        noteMemory(*value);
        m_values[node.id.index] = std::move(value).value();
        return keep(node);
    }

    /// Tensors that die with these elementwise calls and that nothing else sees: no view, no caller, no kept value.
    std::vector<Tensor> spareAfter(size_t begin, size_t end) const {
        std::vector<Tensor> spare;
        for (size_t k = begin; k < end && m_plan.elementwise[k]; ++k)
            for (const NodeId id : m_plan.freedAfter[k])
                if (const Value& value = m_values[id.index]; value.isTensor() && value.tensor().defined() &&
                                                             value.tensor().storage().use_count() == 1 &&
                                                             value.tensor().storage()->bytes() >= kSmallestReused)
                    spare.push_back(value.tensor());
        return spare;
    }

    /// Takes no part in what is timed.
    Result<Done> emptyCaches() {
        if (m_isRecording)
            return Done{};
        const auto begin = Clock::now();
        const auto done = m_backend.emptyCaches();
        m_aside += Clock::now() - begin;
        return done;
    }

    /// The call's result is row-major, that of the nodes laid out as their first operand.
    bool isRowMajor(const PlannedCall& whole) const {
        const Value& first = m_values[whole.open.front().second.asNode().index];
        return first.isTensor() && first.tensor().isContiguous();
    }

    /// Nodes as the one call that stands for them, or one by one if a value between is wanted or laid out otherwise.
    Result<Done> wholeStep(size_t begin, size_t end, const PlannedCall& whole) {
        const auto first = m_plan.order.begin() + static_cast<std::ptrdiff_t>(begin),
                   last = m_plan.order.begin() + static_cast<std::ptrdiff_t>(end - 1);
        if (std::any_of(first, last, [&](NodeId id) { return wanted(m_graph[id]); }) || !isRowMajor(whole)) {
            for (size_t k = begin; k < end; ++k)
                FX_CHECK(step(m_graph[m_plan.order[k]], m_plan.calls[k]));
            return Done{};
        }
        FX_CHECK(step(m_graph[*last], whole));
        m_result.times.back().fused.assign(first, last + 1);
        return Done{};
    }

    /// Elementwise nodes as one: in one pass over memory, and over inputs that are not needed any more.
    Result<Done> fusedStep(size_t begin, size_t end, const std::vector<Tensor>& spare) {
        const Node& last = m_graph[m_plan.order[end - 1]];
        std::vector<FusedCall> calls;
        for (size_t k = begin; k < end; ++k) {
            auto call = fusedCall(begin, k, end);
            if (!call)
                return located(std::move(call).error(), m_graph[m_plan.order[k]]);
            calls.push_back(std::move(call).value());
        }
        m_backend.beginNode(m_graph, last);
        auto results = timed(last.id, [&] { return m_backend.runFused(calls, spare, m_context); });
        if (!results)
            return locatedIn(std::move(results).error(), begin, end);
        countTraffic([&] { return bytesMoved(calls, *results); });
        if (end - begin > 1)
            m_result.times.back().fused.assign(m_plan.order.begin() + static_cast<std::ptrdiff_t>(begin),
                                               m_plan.order.begin() + static_cast<std::ptrdiff_t>(end));
        for (size_t k = begin, next = 0; k < end; ++k)
            if (calls[k - begin].kept)
                FX_CHECK(take(m_graph[m_plan.order[k]], std::move((*results)[next++]), spare));
        return Done{};
    }

    Result<FusedCall> fusedCall(size_t begin, size_t place, size_t end) const {
        const PlannedCall& planned = m_plan.calls[place];
        const NodeId id = m_plan.order[place];
        FusedCall call{planned.op, planned.arguments, {}, true};
        call.kept = end - begin == 1 || wanted(m_graph[id]) || isSeenOutside(m_graph, m_plan, id, begin, end);
        const auto first = m_plan.order.begin() + static_cast<std::ptrdiff_t>(begin),
                   here = m_plan.order.begin() + static_cast<std::ptrdiff_t>(place);
        for (const auto& [at, argument] : planned.open) {
            const auto earlier = argument.isNode() ? std::find(first, here, argument.asNode()) : here;
            if (earlier != here) {
                call.inner.emplace_back(at, static_cast<size_t>(earlier - first));
                continue;
            }
            FX_TRY(call.args[at], evaluate(argument, Scope{m_values, m_symbols}));
        }
        return call;
    }

    Result<Done> take(const Node& node, Value value, const std::vector<Tensor>& spare) {
        checkMeta(node, value);
        for (const Tensor& tensor : spare)
            if (value.isTensor() && value.tensor().storage() == tensor.storage())
                m_memory.reused(static_cast<int64_t>(tensor.storage()->bytes()));
        noteMemory(value);
        m_values[node.id.index] = std::move(value);
        return keep(node);
    }

    /// What the file declares is believed where nothing is computed; a reader should know where it is wrong.
    void checkMeta(const Node& node, const Value& value) {
        const bool comparable = (node.meta.isTensor() && value.isTensor() && value.tensor().defined()) ||
                                (node.meta.kind() == ValueMeta::Kind::SymInt && value.isNumber());
        if (comparable && !unifyValue(node.meta, value, m_stated))
            m_result.warnings.push_back({"declared as " + node.meta.str() + ", computed is " + value.str(),
                                         "node " + node.name + " (" + std::string(node.target.shortName()) + ")",
                                         "the declared shape of this file is wrong here", Severity::Warning});
    }

    Result<Value> call(const Node& node, const PlannedCall& planned) {
        static const Target kGetItem("operator.getitem");
        if (node.target == kGetItem && node.args.size() == 2 && node.args[0].isNode() && node.args[1].isInt())
            if (const Value& list = m_values[node.args[0].asNode().index]; list.isList())
                return item(list.list(), node.args[1].asInt());
        if (!planned.op)
            return Diagnostic{"the operator is unknown", {}, {}}; // the plan refuses these
        FX_TRY(const ValueList args, arguments(planned));
        return m_backend.run(*planned.op, args, m_context);
    }

    Result<ValueList> arguments(const PlannedCall& planned) const {
        ValueList args = planned.arguments;
        for (const auto& [place, argument] : planned.open) {
            if (argument.isNode()) {
                args[place] = m_values[argument.asNode().index];
                continue;
            }
            FX_TRY(args[place], evaluate(argument, Scope{m_values, m_symbols}));
        }
        return args;
    }

    /// Of the call that was timed last.
    template <class Count> void countTraffic(const Count& count) {
        if (!m_options.traffic || m_isRecording)
            return;
        const auto begin = Clock::now();
        m_result.times.back().bytes = count();
        m_aside += Clock::now() - begin;
    }
    uint64_t trafficOf(const PlannedCall& planned, const Value& result) const {
        const auto args = planned.op ? arguments(planned) : Result<ValueList>(ValueList{});
        return planned.op && args ? bytesMoved(*planned.op, *args, result) : 0;
    }

    static Result<Value> item(const ValueList& list, int64_t index) {
        const int64_t size = static_cast<int64_t>(list.size());
        if (index < -size || index >= size)
            return Diagnostic{"element " + std::to_string(index) + " of a list of " + std::to_string(size), {}, {}};
        return list[static_cast<size_t>(index < 0 ? index + size : index)];
    }

    /// A device that answers late says itself which node it was.
    static Diagnostic located(Diagnostic error, const Node& node) {
        if (!error.where.starts_with("node "))
            error.where = "node " + node.name + " (" + std::string(node.target.shortName()) + ")";
        return error;
    }

    /// The error of one of several nodes: none is known to be the one.
    Diagnostic locatedIn(Diagnostic error, size_t begin, size_t end) const {
        if (end - begin == 1 || error.where.starts_with("node "))
            return located(std::move(error), m_graph[m_plan.order[begin]]);
        error.where = "fused nodes " + m_graph[m_plan.order[begin]].name + " to " + m_graph[m_plan.order[end - 1]].name;
        return error;
    }

    Result<Done> finish(const Node& node) {
        if (node.args.empty())
            return Done{};
        auto value = evaluate(node.args[0], Scope{m_values, m_symbols});
        if (!value)
            return located(std::move(value).error(), node);
        m_result.output = std::move(value).value();
        return Done{};
    }

    /// A later in-place write must not show in a kept value; without such operators sharing is enough.
    Result<Done> keep(const Node& node) {
        if (m_isRecording)
            return Done{};
        const bool observed = m_options.observe && node.op != Op::Placeholder, isWanted = wanted(node);
        if (!observed && !isWanted)
            return Done{};
        FX_CHECK(m_backend.wait());
        const auto begin = Clock::now();
        FX_TRY(const Value value, m_backend.download(m_values[node.id.index]));
        if (observed)
            m_options.observe(node.id, value);
        if (isWanted) {
            FX_TRY(m_result.values[node.id], m_inPlace ? cloned(value) : Result<Value>(value));
            m_kept.add(m_result.values[node.id]); // never released
        }
        m_aside += Clock::now() - begin;
        return Done{};
    }

    bool wanted(const Node& node) const {
        const auto& names = m_options.keepNames;
        return m_options.keepAll || std::find(names.begin(), names.end(), node.name) != names.end();
    }

    void noteMemory(const Value& value) {
        m_memory.add(value);
        if (m_keeps)
            m_kept.add(value);
    }

    void release(NodeId id) {
        m_memory.remove(m_values[id.index]);
        if (m_keeps)
            m_kept.remove(m_values[id.index]);
        m_values[id.index] = Value();
    }

    void report(size_t done) {
        constexpr auto kInterval = std::chrono::milliseconds(50);
        const auto now = Clock::now();
        if (!m_options.progress || (done < m_plan.order.size() && now - m_reported < kInterval))
            return;
        m_reported = now;
        m_options.progress(done, m_plan.order.size());
        m_aside += Clock::now() - now;
    }

    const Graph& m_graph;
    const Plan& m_plan;
    Backend& m_backend;
    const ExecOptions& m_options;
    Generator m_generator;
    KernelContext m_context;
    SymHints m_symbols, m_stated; ///< of the inputs; and as the declared shapes of nodes go on
    std::vector<Value> m_values;
    bool m_inPlace, m_isRecording = false;
    std::unique_ptr<CallClock> m_clock;
    bool m_keeps;                 ///< values for the caller
    MemoryMeter m_memory, m_kept; ///< without and with these
    RunResult m_result;
    Clock::duration m_aside{}; ///< spent for the caller: snapshots, observation, progress
    Clock::time_point m_reported;
};

} // namespace

Result<RunResult> run(const Graph& graph, const ValueList& inputs, Backend& backend, const ExecOptions& options) {
    FX_TRY(const Plan planned, plan(graph, backend));
    return run(graph, planned, inputs, backend, options);
}

Result<RunResult> run(const Graph& graph, const Plan& planned, const ValueList& inputs, Backend& backend,
                      const ExecOptions& options) {
    return Execution(graph, planned, backend, options).run(inputs);
}

} // namespace fxscope
