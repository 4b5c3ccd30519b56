// SPDX-License-Identifier: BSD-3-Clause
// Prints time and quality of the layouts: crossings, total edge length, area, share of edges drawn straight. Files
// given as arguments, or synthetic graphs of growing size; dot beside the layered layout where it is installed and
// finishes.
#include "core/io/capture.h"
#include "core/layout/layout.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

using namespace fxscope;

namespace {

struct Drawing {
    std::vector<Box> boxes;
    std::vector<Edge> edges;
};

struct Quality {
    uint64_t crossings = 0;
    double length = 0, area = 0, straight = 0;
    size_t stubs = 0;
};

struct Line {
    Point a, b;
    size_t edge;
};

bool cross(const Line& s, const Line& t) {
    const auto side = [](Point a, Point b, Point p) { return (b.x - a.x) * (p.y - a.y) - (b.y - a.y) * (p.x - a.x); };
    return side(s.a, s.b, t.a) * side(s.a, s.b, t.b) < 0 && side(t.a, t.b, s.a) * side(t.a, t.b, s.b) < 0;
}

/// Lines sorted by their upper ends: each is compared with those that begin before it ends.
uint64_t countCrossings(std::vector<Line> lines) {
    for (Line& line : lines)
        if (line.a.y > line.b.y)
            std::swap(line.a, line.b);
    std::sort(lines.begin(), lines.end(), [](const Line& s, const Line& t) { return s.a.y < t.a.y; });
    uint64_t count = 0;
    for (size_t i = 0; i < lines.size(); ++i)
        for (size_t k = i + 1; k < lines.size() && lines[k].a.y < lines[i].b.y; ++k)
            count += lines[i].edge != lines[k].edge && cross(lines[i], lines[k]);
    return count;
}

Quality measure(const Placement& placement) {
    Quality quality;
    std::vector<Line> lines;
    size_t drawn = 0, straight = 0;
    for (size_t i = 0; i < placement.edges.size(); ++i) {
        const auto& points = placement.edges[i].points;
        quality.stubs += placement.edges[i].stub;
        double low = INFINITY, high = -INFINITY;
        for (const Point& point : points) {
            low = std::min(low, point.x);
            high = std::max(high, point.x);
        }
        for (size_t k = 1; k < points.size(); ++k) {
            quality.length += std::hypot(points[k].x - points[k - 1].x, points[k].y - points[k - 1].y);
            lines.push_back({points[k - 1], points[k], i});
        }
        drawn += !points.empty();
        straight += !points.empty() && high - low < 1;
    }
    quality.crossings = countCrossings(std::move(lines));
    quality.area = placement.width * placement.height;
    quality.straight = drawn ? static_cast<double>(straight) / static_cast<double>(drawn) : 1;
    return quality;
}

void print(const char* name, const Drawing& drawing, const LayoutEngine& engine, int repeats) {
    std::vector<double> times;
    Placement placement;
    for (int i = 0; i < repeats; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        auto result = engine.place(drawing.boxes, drawing.edges, {}, Cancel());
        times.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
        if (!result.ok()) {
            std::printf("%-28s %6zu boxes  %-8s %s\n", name, drawing.boxes.size(), engine.name().data(),
                        result.error().str().c_str());
            return;
        }
        placement = std::move(result).value();
    }
    std::sort(times.begin(), times.end());
    const Quality q = measure(placement);
    std::printf("%-28s %6zu boxes %6zu edges  %-8s %8.2f ms (best %.2f)  crossings %llu  length %.0f  area %.2f Mpx  "
                "straight %.0f %%  stubs %zu  width %.0f  layers %d\n",
                name, drawing.boxes.size(), drawing.edges.size(), engine.name().data(), times[times.size() / 2],
                times[0], static_cast<unsigned long long>(q.crossings), q.length, q.area / 1e6, 100 * q.straight,
                q.stubs, placement.width, placement.layerCount);
}

Drawing drawingOf(const Graph& graph) {
    Drawing drawing;
    std::vector<uint32_t> index(graph.slotCount());
    for (const NodeId id : graph.order()) {
        const Node& node = graph.node(id);
        index[id.index] = static_cast<uint32_t>(drawing.boxes.size());
        const bool source = node.op == Op::Placeholder || node.op == Op::GetAttr;
        drawing.boxes.push_back({24 + 7.0 * static_cast<double>(node.name.size()), 44, source, node.op == Op::Output});
    }
    for (const NodeId id : graph.order())
        for (const NodeId input : graph.inputs(id))
            drawing.edges.push_back({index[input.index], index[id.index]});
    return drawing;
}

/// Blocks of a transformer's shape: weights with their permutes, a residual stream, one mask for all.
Drawing synthetic(uint32_t boxes) {
    Drawing drawing;
    const auto add = [&](std::initializer_list<uint32_t> inputs) {
        const auto box = static_cast<uint32_t>(drawing.boxes.size());
        drawing.boxes.push_back({70.0 + 10 * (box % 6), 44, inputs.size() == 0, false});
        for (const uint32_t input : inputs)
            drawing.edges.push_back({input, box});
        return box;
    };
    const uint32_t mask = add({});
    uint32_t last = add({});
    while (drawing.boxes.size() < boxes) {
        const uint32_t residual = last, norm = add({last});
        uint32_t heads[3];
        for (uint32_t& head : heads)
            head = add({add({norm, add({add({})})})});
        const uint32_t scores = add({add({add({heads[0], heads[1]}), mask})});
        last = add({add({add({scores, heads[2]}), add({add({})})}), residual});
    }
    return drawing;
}

void compare(const char* name, const Drawing& drawing) {
    print(name, drawing, layeredLayout(), drawing.boxes.size() > 20'000 ? 5 : 15);
    if (graphvizLayout() && drawing.boxes.size() <= 1200)
        print(name, drawing, *graphvizLayout(), 1);
}

} // namespace

int main(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const auto capture = io::open(argv[i]);
        if (!capture.ok()) {
            std::printf("%s\n", capture.error().str().c_str());
            return 2;
        }
        for (const GraphEntry& entry : capture->graphs)
            compare(entry.id.empty() ? argv[i] : entry.id.c_str(), drawingOf(*entry.graph));
    }
    if (argc == 1)
        for (const uint32_t boxes : {100u, 1'212u, 4'668u, 15'000u, 18'492u, 100'000u})
            compare("synthetic", synthetic(boxes));
    return 0;
}
