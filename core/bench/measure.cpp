// SPDX-License-Identifier: BSD-3-Clause
#include "core/bench/measure.h"

#include "core/exec/aliases.h"

#include <algorithm>

namespace fxscope::bench {
namespace {

constexpr int kNodeRuns = 20; ///< runs in which nodes are timed one by one, at most

/// Times of the same rows over several runs.
struct Rows {
    std::vector<std::vector<Time>> times; ///< by row
    std::vector<Time> totals;

    void add(const RunResult& result, Caches caches) {
        times.resize(result.times.size());
        Time sum{};
        for (size_t i = 0; i < result.times.size(); ++i) {
            times[i].push_back(result.times[i].took);
            sum += result.times[i].took;
        }
        totals.push_back(caches == Caches::Cold ? sum : result.total); // emptying caches is not the graph's work
    }
};

NodeFigures figuresOf(const Graph& graph, const NodeTime& row) {
    NodeFigures figures{
        .name = graph[row.node].name, .target = std::string(graph[row.node].target.shortName()), .bytes = row.bytes};
    for (const NodeId id : row.fused)
        figures.fused.push_back(graph[id].name);
    return figures;
}

class Measurement {
public:
    Measurement(const Graph& graph, const ValueList& inputs, Backend& backend, const MeasureOptions& options)
        : m_graph(graph), m_inputs(inputs), m_backend(backend), m_options(options) {}

    Result<Figures> measure() {
        FX_CHECK(uploadInputs());
        FX_TRY(m_plan, plan(m_graph, m_backend, {.fuse = m_options.fuse}));
        FX_TRY(RunResult first, run({.traffic = true})); // compiles what is missing
        if (m_options.output) {
            FX_TRY(m_figures.output, m_backend.download(first.output));
        }
        first.output = {}; // it may be large
        for (const NodeTime& row : first.times)
            m_figures.nodes.push_back(figuresOf(m_graph, row));
        FX_CHECK(run({}));
        FX_TRY(m_figures.warm, measureNodes(Caches::Warm));
        FX_TRY(m_figures.cold, measureNodes(Caches::Cold));
        if (m_options.replay && m_backend.canRecord())
            FX_CHECK(measureReplays());
        return std::move(m_figures);
    }

private:
    /// Once for all runs, if none writes to them.
    Result<Done> uploadInputs() {
        if (writesInPlace(m_graph))
            return Done{};
        for (Value& input : m_inputs) {
            FX_TRY(input, m_backend.upload(input));
        }
        return m_backend.wait();
    }

    Result<RunResult> run(ExecOptions exec) {
        exec.download = false;
        exec.seed = m_options.seed;
        exec.cancel = m_options.cancel;
        exec.attributes = m_options.attributes;
        return fxscope::run(m_graph, m_plan, m_inputs, m_backend, exec);
    }

    /// Of the whole graph, started operator by operator.
    Result<Spread> measureNodes(Caches caches) {
        const int runs =
            m_backend.canRecord() && m_options.replay ? std::min(m_options.repeats, kNodeRuns) : m_options.repeats;
        Rows rows;
        for (int i = 0; i < runs; ++i) {
            FX_TRY(const RunResult result, run({.caches = caches}));
            rows.add(result, caches);
            if (i == 0)
                m_figures.remarks = result.remarks;
        }
        for (size_t i = 0; i < rows.times.size(); ++i)
            if (caches == Caches::Cold)
                m_figures.nodes[i].cold = spreadOf(rows.times[i]);
            else
                m_figures.nodes[i].warm = spreadOf(rows.times[i]);
        return spreadOf(rows.totals);
    }

    Result<Done> measureReplays() {
        FX_TRY(const RunResult warm, run({.replays = m_options.repeats, .caches = Caches::Warm}));
        FX_TRY(const RunResult cold, run({.replays = m_options.repeats, .caches = Caches::Cold}));
        if (warm.replays.empty() || cold.replays.empty()) {
            m_figures.remarks = warm.replays.empty() ? warm.remarks : cold.remarks; // they say why
            return Done{};
        }
        m_figures.warm = spreadOf(warm.replays);
        m_figures.cold = spreadOf(cold.replays);
        m_figures.replayed = true;
        return Done{};
    }

    const Graph& m_graph;
    ValueList m_inputs;
    Backend& m_backend;
    const MeasureOptions& m_options;
    Plan m_plan;
    Figures m_figures;
};

} // namespace

Spread spreadOf(std::vector<Time> times) {
    std::sort(times.begin(), times.end());
    const size_t fifth = times.size() / 5;
    return {times[times.size() / 2], times[fifth], times[times.size() - 1 - fifth]};
}

Result<Figures> measure(const Graph& graph, const ValueList& inputs, Backend& backend, const MeasureOptions& options) {
    return Measurement(graph, inputs, backend, options).measure();
}

} // namespace fxscope::bench
