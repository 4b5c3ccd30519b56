// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas.h"

#include <algorithm>

namespace fxscope {
namespace {

/// Says of boxes what is said of nodes that they stand for.
template <class Map, class Combine> Map lifted(const GraphScene& scene, const Map& map, const Combine& combine) {
    Map boxes;
    for (const auto& [node, value] : map)
        if (const NodeId box = scene.boxOf(node); box.valid() && box != node) {
            const auto [known, fresh] = boxes.emplace(box, value);
            if (!fresh)
                known->second = combine(known->second, value);
        }
    return boxes;
}
template <class Map, class Combine> void lift(const GraphScene& scene, Map& map, const Combine& combine) {
    const Map boxes = lifted(scene, map, combine);
    map.insert(boxes.begin(), boxes.end());
}

void liftHeat(const GraphScene& scene, NodeMarks::Heats& heat) {
    NodeMarks::Heats::Map all =
        lifted(scene, heat.map(), [](const auto& a, const auto& b) { return a.share > b.share ? a : b; });
    if (all.empty())
        return;
    all.insert(heat.map().begin(), heat.map().end());
    heat = {std::move(all), heat.name, heat.least, heat.most};
}

} // namespace

const std::shared_ptr<const NodeMarks::Heats::Map>& NodeMarks::Heats::none() {
    static const auto empty = std::make_shared<const Map>();
    return empty;
}

NodeMarks liftedMarks(const GraphScene& scene, NodeMarks marks) {
    const SceneStyle& style = scene.style();
    if (!style.groups && !style.repeatsOnce && !style.sourcesFolded)
        return marks;
    using Change = NodeMarks::Change;
    NodeMarks::Changes inside;
    for (const auto& [node, change] : marks.changes)
        if (const NodeId box = scene.boxOf(node); box.valid() && box != node)
            inside[box] = Change::Changed;
    marks.changes.insert(inside.begin(), inside.end());
    lift(scene, marks.captures, [](int a, int b) { return std::min(a, b); });
    liftHeat(scene, marks.heat);
    lift(scene, marks.compared, [](bool a, bool b) { return a && b; });
    lift(scene, marks.badges, [](const QString& a, const QString& b) { return std::max(a, b); });
    for (NodeSet* nodes : {&marks.found, &marks.selection}) {
        std::set<NodeId> boxes;
        nodes->forEachNode([&](NodeId node) {
            if (const NodeId box = scene.boxOf(node); box.valid() && box != node)
                boxes.insert(box);
        });
        nodes->insert(boxes.begin(), boxes.end());
    }
    return marks;
}

} // namespace fxscope
