// SPDX-License-Identifier: BSD-3-Clause
// Prints how long a keystroke of Find takes: each query letter by letter, over files given as arguments and over
// repeats of the first one of up to 100,000 nodes. Parse, search and the rows in sight. What is said later,
// once there are no hits, is timed by itself.
#include "app/models/hits_model.h"

#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>

using namespace fxscope;

namespace {

constexpr int kRepeats = 5, kRowsInSight = 8;
constexpr size_t kRepeated[] = {18'492, 100'000}; ///< nodes
const char* const kQueries[] = {"permute_1234", "op:aten.add", "shape:768",    "dtype:i64",    "users>2",
                                "module:layer", "is:dead",     "/^mul_\\d+$/", "-op:view f32", "nosuchnode"};

/// Copies of a graph side by side; names and targets of inputs get the copy's number, modules stay as they are.
std::shared_ptr<const Graph> repeated(const Graph& graph, size_t nodes) {
    std::vector<NodeBody> bodies;
    std::vector<uint32_t> places(graph.slotCount());
    for (size_t copy = 0; bodies.size() + graph.size() <= nodes + graph.size() / 2; ++copy) {
        const size_t first = bodies.size();
        uint32_t place = 0;
        for (const NodeId id : graph.order())
            places[id.index] = static_cast<uint32_t>(first) + place++;
        for (const NodeId id : graph.order()) {
            NodeBody body = graph[id];
            const auto moved = [&](NodeId input) { return Argument::node(NodeId{places[input.index]}); };
            for (Argument& argument : body.args)
                argument = mapNodes(argument, moved);
            for (Kwarg& argument : body.kwargs)
                argument.second = mapNodes(argument.second, moved);
            if (body.op == Op::Output)
                body.op = Op::CallFunction; // a graph has one
            body.name += "_" + std::to_string(copy);
            bodies.push_back(std::move(body));
        }
    }
    auto result = Graph::fromBodies(std::move(bodies));
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().str().c_str());
        return nullptr;
    }
    return std::make_shared<const Graph>(std::move(result).value());
}

/// Milliseconds from the letter to the rows in sight; the count of hits is the answer that is checked.
double keystroke(const std::shared_ptr<const Graph>& graph, const FindIndex& index, const QString& text, size_t& hits) {
    QElapsedTimer timer;
    timer.start();
    auto query = FindQuery::parse(text);
    if (!query.ok())
        return 0; // half a regular expression
    auto found = std::make_shared<Found>(Found{*query, {graph, graph, {}, {}}, {}, true, {}, {}});
    found->hits = query->in(found->scope, {}, {}, &index);
    hits = found->hits.size();
    HitsModel model;
    model.setFound(found);
    for (int row = 0; row < std::min(model.rowCount(), kRowsInSight); ++row)
        for (int column = 0; column < HitsModel::NumColumns; ++column)
            model.data(model.index(row, column));
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

double whyNone(const std::shared_ptr<const Graph>& graph, const QString& text) {
    QElapsedTimer timer;
    timer.start();
    const auto query = FindQuery::parse(text);
    const FindMiss miss = query->whyNone({graph, graph, {}, {}}, {});
    return miss.text.isEmpty() ? -1 : static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void measure(const std::string& name, const std::shared_ptr<const Graph>& graph) {
    std::vector<double> all;
    QElapsedTimer timer;
    timer.start();
    const FindIndex index(graph);
    std::printf("%-22s %7zu nodes  index for the first letter %7.2f ms\n", name.c_str(), graph->size(),
                static_cast<double>(timer.nsecsElapsed()) / 1e6);
    for (const char* query : kQueries) {
        const QString text = QString::fromUtf8(query);
        std::vector<double> times;
        size_t hits = 0;
        for (qsizetype letters = 1; letters <= text.size(); ++letters) {
            std::vector<double> same;
            for (int repeat = 0; repeat < kRepeats; ++repeat)
                same.push_back(keystroke(graph, index, text.left(letters), hits));
            std::sort(same.begin(), same.end());
            times.push_back(same[kRepeats / 2]);
        }
        all.insert(all.end(), times.begin(), times.end());
        std::sort(times.begin(), times.end());
        std::printf("%-22s %7zu nodes  %-14s %7.2f ms median %7.2f ms worst  %7zu hits\n", name.c_str(), graph->size(),
                    query, times[times.size() / 2], times.back(), hits);
    }
    std::sort(all.begin(), all.end());
    std::printf("%-22s %7zu nodes  %-14s %7.2f ms median %7.2f ms worst\n", name.c_str(), graph->size(), "every letter",
                all[all.size() / 2], all.back());
    std::printf("%-22s %7zu nodes  why nothing was found %7.2f ms\n", name.c_str(), graph->size(),
                whyNone(graph, QStringLiteral("nosuchnode")));
}

} // namespace

int main(int argc, char** argv) {
    std::shared_ptr<const Graph> first;
    for (int i = 1; i < argc; ++i) {
        const auto capture = io::open(argv[i]);
        if (!capture.ok()) {
            std::fprintf(stderr, "%s\n", capture.error().str().c_str());
            return 2;
        }
        const auto& graph = capture->graphs.front().graph;
        const std::string path = argv[i];
        measure(path.substr(path.find_last_of('/') + 1), graph);
        first = first ? first : graph;
    }
    if (!first) {
        std::fprintf(stderr, "usage: bench_find FILE...\n");
        return 2;
    }
    for (const size_t nodes : kRepeated)
        if (const auto large = repeated(*first, nodes))
            measure("repeats of the first", large);
    return 0;
}
