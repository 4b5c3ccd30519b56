// SPDX-License-Identifier: BSD-3-Clause
// Records of a structured log, sorted into compiles, attempts and runs of Inductor.
#include "core/io/trace_timeline.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace fxscope::io {
namespace {

/// Counters of compiles restart with torch._dynamo.reset(): one key may stand for several models, generation by
/// generation.
using Key = std::tuple<std::string_view, std::string_view, int64_t, int64_t, int64_t>;

Key keyOf(const TraceRecord& record) {
    return {record.rank, record.process, record.compiledAutograd, record.frame, record.compile};
}

struct Attempt {
    bool begun = false;    ///< dynamo_start was seen
    bool captured = false; ///< dynamo_output_graph was seen
    std::vector<size_t> stages;
    std::vector<TraceRun> runs;
};
/// Whose graph a run of Inductor compiles.
struct RunOwner {
    size_t generation;
    int64_t attempt;
    std::string direction;
};
struct Generation {
    Key key;
    std::map<int64_t, Attempt> attempts;
};

std::string directionOf(TraceType type) {
    return type == TraceType::Backward ? "backward" : type == TraceType::Forward ? "forward" : "inference";
}

class Sorter {
public:
    explicit Sorter(const TraceIndex& index) : m_index(index) {
        for (const TraceRecord& record : index.records) {
            m_ranks.insert(record.rank);
            m_processes.insert(record.process);
        }
    }

    std::vector<TraceAttempt> sort() {
        for (size_t i = 0; i < m_index.records.size(); ++i)
            take(i);
        std::vector<TraceAttempt> sorted;
        std::map<Key, int> seen;
        for (Generation& generation : m_generations) {
            const int number = ++seen[generation.key];
            for (auto& [attempt, content] : generation.attempts)
                addTo(sorted, generation, attempt, content, number);
        }
        return sorted;
    }

private:
    const TraceRecord& record(size_t index) const { return m_index.records[index]; }

    void take(size_t index) {
        const TraceRecord& at = record(index);
        Generation& generation = generationFor(at);
        Attempt& attempt = generation.attempts[std::max<int64_t>(at.attempt, 0)];
        switch (at.type) {
        case TraceType::Start: attempt.begun = true; return;
        case TraceType::Metadata: attempt.begun = attempt.begun || at.frame < 0; return;
        case TraceType::Runnable: return openRun(index);
        case TraceType::RunGraph:
        case TraceType::Code:
        case TraceType::Links:
        case TraceType::KernelLinks: return addToRun(index, attempt);
        case TraceType::Graph: attempt.captured = attempt.captured || at.name == "dynamo_output_graph"; break;
        case TraceType::Forward:
        case TraceType::Backward:
        case TraceType::Inference:
        case TraceType::Joint: break;
        }
        attempt.stages.push_back(index);
    }

    /// A generation ends where its key begins again: at a second start of attempt 0, in old logs at a second captured
    /// graph, and where no compile is active at the next joint graph or its metadata.
    Generation& generationFor(const TraceRecord& at) {
        const Key key = keyOf(at);
        const auto latest = m_latest.find(key);
        if (latest != m_latest.end() && !beginsAgain(m_generations[latest->second], at))
            return m_generations[latest->second];
        m_latest[key] = m_generations.size();
        m_openRun.erase(key);
        m_generations.push_back({key, {}});
        return m_generations.back();
    }
    static bool beginsAgain(const Generation& generation, const TraceRecord& at) {
        const auto known = generation.attempts.find(std::max<int64_t>(at.attempt, 0));
        if (at.type == TraceType::Start)
            return at.attempt <= 0 && !generation.attempts.empty() &&
                   (known == generation.attempts.end() || known->second.begun || known->second.captured);
        if (at.frame < 0 && (at.type == TraceType::Metadata || at.name == "aot_joint_graph"))
            return known != generation.attempts.end() && known->second.begun;
        return at.name == "dynamo_output_graph" && known != generation.attempts.end() && known->second.captured;
    }

    uint64_t fingerprint(size_t index) {
        const auto [entry, fresh] = m_fingerprints.emplace(index, 0);
        if (fresh)
            entry->second = graphFingerprint(record(index).payload);
        return entry->second;
    }

    /// The graph that AOTAutograd made and this run compiles: of the latest generation of its key that has it. The
    /// backward graph may be compiled long after the next model has the same key.
    std::optional<RunOwner> ownerOf(size_t runnable) {
        const int64_t said = std::max<int64_t>(record(runnable).attempt, 0);
        for (size_t g = m_generations.size(); g-- > 0;) {
            const Generation& generation = m_generations[g];
            if (generation.key != keyOf(record(runnable)))
                continue;
            if (const auto direction = directionIn(generation, said, runnable))
                return RunOwner{g, said, *direction};
            // What is compiled after the call has returned does not say which attempt it belongs to.
            for (auto attempt = generation.attempts.rbegin(); said == 0 && attempt != generation.attempts.rend();
                 ++attempt)
                if (const auto direction = directionIn(generation, attempt->first, runnable))
                    return RunOwner{g, attempt->first, *direction};
        }
        return std::nullopt;
    }
    std::optional<std::string> directionIn(const Generation& generation, int64_t number, size_t runnable) {
        const auto attempt = generation.attempts.find(number);
        if (attempt == generation.attempts.end())
            return std::nullopt;
        for (const size_t stage : attempt->second.stages)
            if (record(stage).type != TraceType::Graph && fingerprint(stage) == fingerprint(runnable))
                return directionOf(record(stage).type);
        return std::nullopt;
    }

    void openRun(size_t index) {
        const TraceRecord& at = record(index);
        const auto owner = ownerOf(index);
        const size_t generation = owner ? owner->generation : m_latest.at(keyOf(at));
        const int64_t number = owner ? owner->attempt : std::max<int64_t>(at.attempt, 0);
        Attempt& attempt = m_generations[generation].attempts[number];
        attempt.runs.push_back({owner ? owner->direction : directionByOrder(attempt), {index}});
        m_openRun[keyOf(at)] = {generation, number, attempt.runs.size() - 1};
    }

    /// The first of the attempt's graphs that no run has yet.
    std::string directionByOrder(const Attempt& attempt) const {
        for (const size_t stage : attempt.stages) {
            if (record(stage).type == TraceType::Graph || record(stage).type == TraceType::Joint)
                continue;
            const std::string direction = directionOf(record(stage).type);
            if (std::none_of(attempt.runs.begin(), attempt.runs.end(),
                             [&](const TraceRun& run) { return run.direction == direction; }))
                return direction;
        }
        return {};
    }

    /// Records of a run follow its fx_graph_runnable; where there is none, the first graph that comes again opens one.
    void addToRun(size_t index, Attempt& attempt) {
        const auto open = m_openRun.find(keyOf(record(index)));
        if (open != m_openRun.end()) {
            const auto [generation, number, run] = open->second;
            std::vector<size_t>& records = m_generations[generation].attempts[number].runs[run].records;
            const bool begins = record(index).name.ends_with("post_grad_graph");
            const bool repeated = begins && std::any_of(records.begin(), records.end(), [&](size_t known) {
                                      return record(known).name == record(index).name;
                                  });
            if (!repeated) {
                records.push_back(index);
                return;
            }
        }
        attempt.runs.push_back({directionByOrder(attempt), {index}});
        const Key key = keyOf(record(index));
        m_openRun[key] = {m_latest.at(key), std::max<int64_t>(record(index).attempt, 0), attempt.runs.size() - 1};
    }

    std::string nameOf(const Generation& generation, int64_t attempt, int number) const {
        const auto& [rank, process, autograd, frame, compile] = generation.key;
        std::string id;
        if (!rank.empty() && m_ranks.size() > 1)
            id = "rank" + std::string(rank) + ":";
        else if (m_processes.size() > 1 && m_ranks.size() <= 1)
            id = "pid" + std::string(process) + ":";
        const auto part = [](int64_t value) { return value < 0 ? std::string("-") : std::to_string(value); };
        if (autograd >= 0)
            id += "!" + part(autograd) + "/";
        id += frame < 0 && compile < 0 ? "-" : part(frame) + "/" + part(compile);
        if (attempt > 0)
            id += "_" + std::to_string(attempt);
        return number > 1 ? id + "#" + std::to_string(number) : id;
    }

    void addTo(std::vector<TraceAttempt>& sorted, const Generation& generation, int64_t attempt, Attempt& content,
               int number) const {
        if (content.stages.empty() && content.runs.empty())
            return;
        std::stable_sort(content.runs.begin(), content.runs.end(), [](const TraceRun& a, const TraceRun& b) {
            return (a.direction == "backward") < (b.direction == "backward");
        });
        sorted.push_back({nameOf(generation, attempt, number), attempt != generation.attempts.rbegin()->first,
                          std::move(content.stages), std::move(content.runs)});
    }

    struct OpenRun {
        size_t generation;
        int64_t attempt;
        size_t run;
    };
    const TraceIndex& m_index;
    std::set<std::string_view> m_ranks, m_processes;
    std::vector<Generation> m_generations;
    std::map<Key, size_t> m_latest;
    std::map<Key, OpenRun> m_openRun;
    std::map<size_t, uint64_t> m_fingerprints;
};

} // namespace

std::vector<TraceAttempt> traceTimeline(const TraceIndex& index) { return Sorter(index).sort(); }

} // namespace fxscope::io
