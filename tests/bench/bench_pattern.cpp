// SPDX-License-Identifier: BSD-3-Clause
// Prints how long a pattern set takes over a graph: matching, replacing and putting in order; over the same graph many
// times in a row; and explaining every candidate. bench_pattern GRAPH [SET] [TIMES]
#include "core/io/capture.h"
#include "core/pattern/pattern_set.h"
#include "core/pattern/replace.h"
#include "core/pattern/root_cause.h"

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

NodeBody renamed(const Node& node, const std::string& suffix, NodeId offset) {
    const auto moved = [&](const Argument& argument) {
        return mapNodes(argument, [&](NodeId id) { return Argument::node(NodeId{id.index + offset.index}); });
    };
    NodeBody body = node;
    body.name += suffix;
    for (Argument& arg : body.args)
        arg = moved(arg);
    for (Kwarg& kwarg : body.kwargs)
        kwarg.second = moved(kwarg.second);
    return body;
}

/// The calls of `graph`, `times` times in a row, with one output node.
Graph repeated(const Graph& graph, int times) {
    const std::vector<NodeId> ids = graph.ids();
    std::vector<NodeBody> bodies;
    std::vector<Argument> results;
    for (int copy = 0; copy < times; ++copy) {
        const NodeId offset{static_cast<uint32_t>(bodies.size())};
        for (const NodeId id : ids) {
            const Node& node = graph[id];
            if (node.op != Op::Output)
                bodies.push_back(renamed(node, "_copy" + std::to_string(copy) + "x", offset));
            else if (copy + 1 == times)
                bodies.push_back(renamed(node, "", offset));
        }
        if (copy + 1 < times && graph[ids.back()].op != Op::Output)
            std::fprintf(stderr, "the output node is not the last\n");
    }
    return Graph::fromBodies(std::move(bodies)).value();
}

/// Printed text carries no shapes, and the second phase needs them: what randperm and slice say, 16 x 32 elsewhere.
size_t addShapes(Graph& graph) {
    size_t added = 0;
    const auto give = [&](const Argument& tensor, int64_t rows) {
        NodeBody body = graph[tensor.asNode()];
        if (body.meta.isKnown())
            return;
        TensorMeta meta;
        meta.dtype = DType::Float32;
        meta.sizes = {rows, 16, 32};
        body.meta = ValueMeta::tensor(std::move(meta));
        graph.setBody(tensor.asNode(), std::move(body));
        ++added;
    };
    for (const NodeId id : graph.ids()) {
        const Node& node = graph[id];
        const std::string_view target = node.target.shortName();
        if (target != "aten.index_put.default" && target != "aten.index.Tensor")
            continue;
        const Argument& index = node.args[1].items().front();
        const Node* slice = index.isNode() ? &graph[index.asNode()] : nullptr;
        if (!slice || slice->target.shortName() != "aten.slice.Tensor" || !slice->args[3].isInt())
            continue;
        const Node& randperm = graph[slice->args[0].asNode()];
        if (randperm.target.shortName() != "aten.randperm.default")
            continue;
        const int64_t kept = slice->args[3].asInt(), rows = randperm.args[0].asInt();
        give(node.args[0], rows);
        if (target == "aten.index_put.default")
            give(node.args[2], kept);
    }
    return added;
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
