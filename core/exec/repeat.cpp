// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/repeat.h"

#include <algorithm>

namespace fxscope {

std::chrono::nanoseconds median(std::vector<std::chrono::nanoseconds> times) {
    if (times.empty())
        return {};
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
}

Result<RunResult> medianRun(const Graph& graph, const Plan& plan, const ValueList& inputs, Backend& backend,
                            const ExecOptions& options, int times, bool replay) {
    std::vector<RunResult> runs;
    for (int i = 0; i < std::max(1, times); ++i) {
        ExecOptions once = options;
        once.replays = replay && i + 1 >= times ? times : 0;
        FX_TRY(RunResult next, run(graph, plan, inputs, backend, once));
        runs.push_back(std::move(next));
    }
    auto replays = std::move(runs.back().replays);
    auto remarks = std::move(runs.back().remarks); // of the replay among them
    const auto middle = runs.begin() + static_cast<std::ptrdiff_t>(runs.size() / 2);
    std::nth_element(runs.begin(), middle, runs.end(),
                     [](const RunResult& a, const RunResult& b) { return a.total < b.total; });
    middle->replays = std::move(replays);
    middle->remarks = std::move(remarks);
    return std::move(*middle);
}

} // namespace fxscope
