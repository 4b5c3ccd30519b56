// SPDX-License-Identifier: BSD-3-Clause
#include "core/compare/compare.h"
#include "core/exec/outputs.h"
#include "core/exec/repeat.h"
#include "core/rewrite/match_count.h"

#include <algorithm>
#include <cmath>

namespace fxscope {
namespace {

/// Numbers are compared as tensors of one element; None and the like by their text.
TensorDifference compareScalars(const Value& a, const Value& b) {
    TensorDifference result;
    const bool numbers = a.isNumber() && b.isNumber();
    result.equal = result.bitEqual = numbers ? a.toDouble() == b.toDouble() : a.str() == b.str();
    if (!numbers && !result.equal)
        result.mismatch = a.str() + " against " + b.str();
    result.elements = 1;
    if (result.equal || !numbers)
        return result;
    result.differing = 1;
    result.firstBad = 0;
    result.firstBadA = a.toDouble();
    result.firstBadB = b.toDouble();
    result.maxAbs = std::abs(result.firstBadA - result.firstBadB);
    result.maxRel = result.maxAbs / std::abs(result.firstBadB);
    return result;
}

constexpr int kFewestReplays = 5;

TensorDifference compareValues(const Value& a, const Value& b, const std::optional<Tolerance>& tolerance) {
    return a.isTensor() && b.isTensor() ? compareTensors(a.tensor(), b.tensor(), tolerance) : compareScalars(a, b);
}

std::optional<TensorStatistics> statisticsOf(const Value& value) {
    return value.isTensor() && value.tensor().defined() ? std::optional(statistics(value.tensor())) : std::nullopt;
}

/// Runs of one side: whole and per node; what is reported is the median of each.
class Timings {
public:
    void add(const RunResult& result) {
        m_totals.push_back(result.total);
        m_runs.push_back(result.times);
        m_replay = result.replays.empty() ? m_replay : median(result.replays);
        m_peak = result.peakBytes;
        for (const std::string& remark : result.remarks)
            if (std::find(m_remarks.begin(), m_remarks.end(), remark) == m_remarks.end())
                m_remarks.push_back(remark);
    }
    std::chrono::nanoseconds replay() const { return m_replay; }
    int64_t peak() const { return m_peak; }
    const std::vector<std::string>& remarks() const { return m_remarks; }
    std::chrono::nanoseconds total() const { return median(m_totals); }
    std::vector<NodeTime> nodes() const {
        std::vector<NodeTime> times = m_runs.empty() ? std::vector<NodeTime>{} : m_runs.front();
        for (size_t i = 0; i < times.size(); ++i) {
            std::vector<std::chrono::nanoseconds> all;
            for (const auto& run : m_runs)
                all.push_back(run[i].took);
            times[i].took = median(std::move(all));
        }
        return times;
    }

private:
    std::vector<std::chrono::nanoseconds> m_totals;
    std::vector<std::vector<NodeTime>> m_runs;
    std::vector<std::string> m_remarks;
    std::chrono::nanoseconds m_replay{};
    int64_t m_peak = 0;
};

/// Note [One side's values]
/// The graph before runs first and keeps every value; the graph after is compared while it runs, and each value of the
/// first side is dropped once its partner was seen. So no more than one side is held at any time.
/// Fused nodes have no values between them: where those are asked for, the runs that are timed come after.
class TraceComparison {
public:
    TraceComparison(const Trace& trace, const BoundInputs& inputs, Backend& backend, const CompareOptions& options)
        : m_trace(trace), m_inputs(inputs), m_backend(backend), m_options(options) {}

    Result<Comparison> run() {
        pairNodes();
        FX_TRY(m_planBefore, plan(*m_trace.base, m_backend, {.fuse = m_options.fuse}));
        FX_TRY(m_planAfter, plan(*m_trace.result, m_backend, {.fuse = m_options.fuse}));
        FX_TRY(RunResult before, runSide(true, [](ExecOptions& options) { options.keepAll = true; }));
        m_values = std::move(before.values);
        m_beforeOrder = before.times;
        FX_TRY(RunResult after, runSide(false, [this](ExecOptions& options) {
                   options.observe = [this](NodeId id, const Value& value) { seen(id, value); };
               }));
        for (int i = 0; i < m_options.repeats; ++i)
            for (const bool side : {true, false})
                FX_CHECK(runSide(side, [this, i](ExecOptions& options) { adjustTimed(options, i); }));
        collect();
        compareOutputs(before.output, after.output);
        compareWrittenInputs(before, after);
        if (const auto copy = m_options.traffic ? copyBandwidth(m_backend) : Result<CopyBandwidth>(CopyBandwidth{}))
            m_result.copy = *copy;
        return std::move(m_result);
    }

private:
    void pairNodes() {
        for (const NodeId id : m_trace.base->order()) {
            const Op op = m_trace.base->node(id).op;
            if (op == Op::Placeholder || op == Op::Output)
                continue;
            const NodeId now = successor(m_trace, id, m_trace.steps.size());
            if (now.valid() && m_trace.result->alive(now) && m_trace.result->node(now).op != Op::Placeholder)
                m_partners[now].push_back(id);
        }
    }

    /// The first timed run counts bytes, the last one is replayed.
    void adjustTimed(ExecOptions& options, int run) const {
        options.traffic = m_options.traffic && run == 0;
        options.replays = m_options.replay && run + 1 == m_options.repeats ? std::max(kFewestReplays, run + 1) : 0;
    }

    template <class Adjust> Result<RunResult> runSide(bool before, const Adjust& adjust) {
        const Graph& graph = before ? *m_trace.base : *m_trace.result;
        ExecOptions options{.seed = m_options.seed,
                            .skip = m_options.skip,
                            .cancel = m_options.cancel,
                            .attributes = m_inputs.attributes};
        const size_t offset = before ? 0 : m_trace.base->size(), all = m_trace.base->size() + m_trace.result->size();
        if (m_options.progress)
            options.progress = [=, this](size_t done, size_t) { m_options.progress(offset + done, all); };
        adjust(options);
        auto result = fxscope::run(graph, before ? m_planBefore : m_planAfter, m_inputs.values, m_backend, options);
        const bool withValues = options.keepAll || options.observe; // these runs warm up, the others are timed
        if (result && !withValues)
            (before ? m_before : m_after).add(*result);
        else if (!result && !m_options.cancel.requested())
            return Diagnostic{result.error().what,
                              (before ? "before the passes" : "after the passes") +
                                  (result.error().where.empty() ? "" : ", " + result.error().where),
                              result.error().next};
        return result;
    }

    void seen(NodeId id, const Value& value) {
        const auto partners = m_partners.find(id);
        if (partners == m_partners.end()) {
            lone(m_result.onlyAfter, *m_trace.result, id, value);
            return;
        }
        for (const NodeId before : partners->second) {
            const auto found = m_values.find(before);
            if (found == m_values.end())
                continue;
            compareNode(before, id, found->second, value, {});
            m_values.erase(found);
        }
    }

    void compareNode(NodeId before, NodeId after, const Value& a, const Value& b, const std::string& element) {
        if (a.isList() && b.isList() && a.list().size() == b.list().size()) {
            for (size_t i = 0; i < a.list().size(); ++i)
                compareNode(before, after, a.list()[i], b.list()[i], element + "." + std::to_string(i));
            return;
        }
        m_pairs[before].push_back(row(m_trace.base->node(before).name + element,
                                      m_trace.result->node(after).name + element, before, after, a, b));
    }

    NodeComparison row(std::string before, std::string after, NodeId beforeId, NodeId afterId, const Value& a,
                       const Value& b) const {
        NodeComparison row{
            .before = std::move(before), .after = std::move(after), .beforeId = beforeId, .afterId = afterId};
        row.type = a.str();
        row.difference = compareValues(a, b, m_options.tolerance);
        if (m_options.statistics) {
            row.beforeStatistics = statisticsOf(a);
            row.afterStatistics = row.difference.bitEqual ? row.beforeStatistics : statisticsOf(b);
        }
        return row;
    }

    void lone(std::vector<LoneValue>& into, const Graph& graph, NodeId id, const Value& value) const {
        into.push_back(
            {graph.node(id).name, id, value.str(), m_options.statistics ? statisticsOf(value) : std::nullopt});
    }

    void collect() {
        for (const NodeTime& time : m_beforeOrder) {
            const auto pair = m_pairs.find(time.node);
            if (pair != m_pairs.end()) {
                for (NodeComparison& row : pair->second) {
                    if (!row.difference.equal && m_result.firstDiffering.empty())
                        m_result.firstDiffering = row.before;
                    m_result.nodes.push_back(std::move(row));
                }
            } else if (const auto value = m_values.find(time.node); value != m_values.end())
                lone(m_result.onlyBefore, *m_trace.base, time.node, value->second);
        }
        m_result.rewrites = matchCount(m_trace);
        m_result.sources = m_inputs.sources;
        m_result.before = m_before.total();
        m_result.after = m_after.total();
        m_result.beforeTimes = m_before.nodes();
        m_result.afterTimes = m_after.nodes();
        m_result.fused = m_options.fuse;
        m_result.replayBefore = m_before.replay();
        m_result.replayAfter = m_after.replay();
        m_result.remarksBefore = m_before.remarks();
        m_result.remarksAfter = m_after.remarks();
        m_result.peakBefore = m_before.peak();
        m_result.peakAfter = m_after.peak();
    }

    void compareOutputs(const Value& before, const Value& after) {
        const auto a = namedOutputs(*m_trace.base, before), b = namedOutputs(*m_trace.result, after);
        m_result.equal = a.size() == b.size();
        for (size_t i = 0; i < a.size() && i < b.size(); ++i) {
            const auto nameOf = [](const Graph& graph, NodeId id) {
                return id.valid() ? graph.node(id).name : "constant";
            };
            NodeComparison out = row(nameOf(*m_trace.base, a[i].node), nameOf(*m_trace.result, b[i].node), a[i].node,
                                     b[i].node, a[i].value, b[i].value);
            addOutput(a[i].name, std::move(out));
        }
    }

    void addOutput(std::string name, NodeComparison out) {
        out.output = std::move(name);
        m_result.equal = m_result.equal && out.difference.equal;
        m_result.maxAbs = std::max(m_result.maxAbs, out.difference.maxAbs);
        m_result.maxRel = std::max(m_result.maxRel, out.difference.maxRel);
        m_result.nodes.push_back(std::move(out));
    }

    /// What a caller sees of a graph beside its outputs: inputs that either side writes to.
    void compareWrittenInputs(const RunResult& before, const RunResult& after) {
        const std::vector<NodeId> a = m_trace.base->placeholders(), b = m_trace.result->placeholders();
        for (size_t i = 0; i < a.size() && i < b.size() && i < m_inputs.values.size(); ++i) {
            const auto atEnd = [&](const RunResult& run, NodeId id) -> const Value& {
                const auto found = run.writtenInputs.find(id);
                return found == run.writtenInputs.end() ? m_inputs.values[i] : found->second;
            };
            if (!before.writtenInputs.contains(a[i]) && !after.writtenInputs.contains(b[i]))
                continue;
            const std::string &nameBefore = m_trace.base->node(a[i]).name, &nameAfter = m_trace.result->node(b[i]).name;
            addOutput("input " + nameBefore,
                      row(nameBefore, nameAfter, a[i], b[i], atEnd(before, a[i]), atEnd(after, b[i])));
        }
    }

    const Trace& m_trace;
    const BoundInputs& m_inputs;
    Backend& m_backend;
    const CompareOptions& m_options;
    Comparison m_result;
    Plan m_planBefore, m_planAfter;
    Timings m_before, m_after;
    std::map<NodeId, std::vector<NodeId>> m_partners;      ///< node after -> nodes before that it stands for
    std::map<NodeId, std::vector<NodeComparison>> m_pairs; ///< by node before
    std::map<NodeId, Value> m_values;                      ///< before; those whose partner was not seen yet
    std::vector<NodeTime> m_beforeOrder;
};

} // namespace

Result<Comparison> compareTrace(const Trace& trace, const BoundInputs& inputs, Backend& backend,
                                const CompareOptions& options) {
    return TraceComparison(trace, inputs, backend, options).run();
}

Comparison compareMaps(const TensorMap& a, const TensorMap& b, std::optional<Tolerance> tolerance) {
    Comparison result;
    result.equal = true;
    const auto add = [&](const std::string& name, TensorDifference difference, const Tensor& shown) {
        NodeComparison row{.before = name, .after = name, .difference = std::move(difference)};
        row.type = Value(shown).str();
        if (!row.difference.equal && result.firstDiffering.empty())
            result.firstDiffering = name;
        result.equal = result.equal && row.difference.equal;
        result.maxAbs = std::max(result.maxAbs, row.difference.maxAbs);
        result.maxRel = std::max(result.maxRel, row.difference.maxRel);
        result.nodes.push_back(std::move(row));
    };
    for (const auto& [name, tensor] : a) {
        const auto other = b.find(name);
        add(name,
            other == b.end() ? TensorDifference{.mismatch = "only in the first"}
                             : compareTensors(tensor, other->second, tolerance),
            tensor);
    }
    for (const auto& [name, tensor] : b)
        if (!a.contains(name))
            add(name, TensorDifference{.mismatch = "only in the second"}, tensor);
    return result;
}

} // namespace fxscope
