// SPDX-License-Identifier: BSD-3-Clause
// Prints how long a pattern set takes over a graph: matching, replacing and putting in order; over the same graph many
// times in a row; and explaining every candidate. bench_pattern GRAPH [SET] [TIMES]
#include "core/io/capture.h"
#include "core/pattern/pattern_set.h"
#include "core/pattern/replace.h"
#include "core/pattern/root_cause.h"
#include "tests/bench/graphs.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

using namespace fxscope;

namespace {

constexpr int kRuns = 21;

template <class Work> double medianMs(const Work& work) {
    std::vector<double> times;
    for (int i = 0; i < kRuns; ++i)
        times.push_back(work());
    std::nth_element(times.begin(), times.begin() + kRuns / 2, times.end());
    return times[kRuns / 2];
}

double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

struct Times {
    double ms = 0;
    int64_t matches = 0;
    size_t tries = 0;
};

Times timeRun(const Graph& graph, const PatternSet& set) {
    Times times;
    times.ms = medianMs([&] {
        Graph own = graph;
        const auto start = std::chrono::steady_clock::now();
        const auto run = runPatterns(own, set);
        Rewriter rewriter(own);
        const auto sorted = sortNodes(rewriter);
        const double took = since(start);
        if (run.ok() && sorted.ok())
            times.matches = run->matches, times.tries = run->tries.size();
        return took;
    });
    return times;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 2)
        return std::fprintf(stderr, "bench_pattern GRAPH [SET] [TIMES]\n"), 2;
    const std::string path = argv[1], name = argc > 2 ? argv[2] : "pytorch-2.11";
    const int times = argc > 3 ? std::max(2, std::atoi(argv[3])) : 40;
    const auto capture = io::open(path);
    if (!capture.ok())
        return std::fprintf(stderr, "%s\n", capture.error().str().c_str()), 2;
    const auto set = loadPatternSet(name);
    if (!set.ok())
        return std::fprintf(stderr, "%s\n", set.error().str().c_str()), 2;
    Graph graph = *capture->entry().value().graph;
    const size_t shapes = addShapes(graph);
    std::printf("%s, %s, medians of %d runs, one thread\n", path.c_str(), name.c_str(), kRuns);
    if (shapes)
        std::printf("%zu nodes were given shapes, the file has none\n", shapes);

    const Times one = timeRun(graph, **set);
    std::printf("%8zu nodes: %8.3f ms, %5zu tries, %5lld matches; match, replace and sort\n", graph.size(), one.ms,
                one.tries, static_cast<long long>(one.matches));
    const Graph longer = repeated(graph, times);
    const Times many = timeRun(longer, **set);
    std::printf("%8zu nodes: %8.3f ms, %5zu tries, %5lld matches; time per node %.2f times that of the short one\n",
                longer.size(), many.ms, many.tries, static_cast<long long>(many.matches),
                many.ms / one.ms * static_cast<double>(graph.size()) / static_cast<double>(longer.size()));

    size_t candidates = 0;
    const double explain = medianMs([&] {
        const auto start = std::chrono::steady_clock::now();
        Explainer explainer(graph);
        candidates = 0;
        for (const auto& entry : (*set)->entries)
            for (const NearMiss& near : explainer.candidates(*entry)) {
                const Explanation explanation = explainer.at(*entry, near.anchor);
                candidates += rootCauseOf(graph, explanation).code.size() < 1000 ? 1 : 0;
            }
        return since(start);
    });
    std::printf("%8zu candidates explained in full: %.3f ms\n", candidates, explain);
    return 0;
}
