// SPDX-License-Identifier: BSD-3-Clause
#include "app/canvas/graph_canvas.h"

#include <algorithm>

namespace fxscope {
namespace {

/// Says of boxes what is said of nodes that they stand for.
template <class Map, class Combine> void lift(const GraphScene& scene, Map& map, const Combine& combine) {
    Map lifted;
    for (const auto& [node, value] : map)
        if (const NodeId box = scene.boxOf(node); box.valid() && box != node) {
            const auto [known, fresh] = lifted.emplace(box, value);
            if (!fresh)
                known->second = combine(known->second, value);
        }
    map.insert(lifted.begin(), lifted.end());
}

} // namespace

NodeMarks liftedMarks(const GraphScene& scene, NodeMarks marks) {
    const SceneStyle& style = scene.style();
    if (!style.groups && !style.repeatsOnce && !style.sourcesFolded)
        return marks;
    using Change = NodeMarks::Change;
    NodeMarks::Changes inside;
    for (const auto& [node, change] : marks.changes)
        if (const NodeId box = scene.boxOf(node); box.valid() && box != node && isGroup(box))
            inside[box] = Change::Changed;
    marks.changes.insert(inside.begin(), inside.end());
    lift(scene, marks.heat,
         [](const NodeMarks::Heat& a, const NodeMarks::Heat& b) { return a.share > b.share ? a : b; });
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
