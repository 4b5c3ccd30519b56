// SPDX-License-Identifier: BSD-3-Clause
// Small graphs, and a canvas that shows one.
#pragma once

#include "app/canvas/graph_canvas.h"

#include <QApplication>

namespace fxscope {

inline NodeBody body(Op op, std::string name, Target target, ArgumentList args, ValueMeta meta = {}) {
    NodeBody result;
    result.op = op;
    result.name = std::move(name);
    result.target = target;
    result.args = std::move(args);
    result.meta = std::move(meta);
    return result;
}
inline Argument ref(uint32_t index) { return Argument::node(NodeId{index}); }
inline ValueMeta f32(int64_t rows) { return ValueMeta::tensor({DType::Float32, {rows, 8}}); }

/// x, w -> mm -> relu -> add(relu, mm) -> output
inline std::shared_ptr<const Graph> small() {
    std::vector<NodeBody> bodies;
    bodies.push_back(body(Op::Placeholder, "x", "x", {}, f32(4)));
    bodies.push_back(body(Op::Placeholder, "w", "w", {}, f32(8)));
    bodies.push_back(body(Op::CallFunction, "mm", "torch.ops.aten.mm.default", {ref(0), ref(1)}, f32(4)));
    bodies.push_back(body(Op::CallFunction, "relu", "torch.ops.aten.relu.default", {ref(2)}, f32(4)));
    bodies.push_back(body(Op::CallFunction, "add", "torch.ops.aten.add.Tensor", {ref(3), ref(2)}, f32(4)));
    bodies.push_back(body(Op::Output, "output", "output", {Argument::tuple({ref(4)})}));
    return std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
}

/// A chain of `blocks` matmul, relu, add with a weight each, a residual, and one mask that every block uses.
inline std::shared_ptr<const Graph> large(uint32_t blocks) {
    std::vector<NodeBody> bodies;
    const auto add = [&](Op op, const std::string& name, Target target, ArgumentList args) {
        bodies.push_back(body(op, name, target, std::move(args), f32(512)));
        return static_cast<uint32_t>(bodies.size() - 1);
    };
    uint32_t last = add(Op::Placeholder, "x", "x", {});
    const uint32_t mask = add(Op::Placeholder, "mask", "mask", {});
    for (uint32_t i = 0; i < blocks; ++i) {
        const std::string number = "_" + std::to_string(i);
        const uint32_t weight = add(Op::GetAttr, "weight" + number, "weight" + number, {}), residual = last;
        const uint32_t permute =
            add(Op::CallFunction, "permute" + number, "torch.ops.aten.permute.default", {ref(weight)});
        const uint32_t mm =
            add(Op::CallFunction, "mm" + number, "torch.ops.aten.mm.default", {ref(last), ref(permute)});
        const uint32_t mul = add(Op::CallFunction, "mul" + number, "torch.ops.aten.mul.Tensor", {ref(mm), ref(mask)});
        last = add(Op::CallFunction, "add" + number, "torch.ops.aten.add.Tensor", {ref(mul), ref(residual)});
    }
    bodies.push_back(body(Op::Output, "output", "output", {Argument::tuple({ref(last)})}));
    return std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
}

/// Two equal layers of three operators, each with a weight, as modules.
inline std::shared_ptr<const Graph> modules() {
    std::vector<NodeBody> bodies;
    bodies.push_back(body(Op::Placeholder, "x", "x", {}, f32(4)));
    for (int i = 0; i < 2; ++i)
        bodies.push_back(body(Op::Placeholder, "p_w" + std::to_string(i), "w", {}, f32(8)));
    uint32_t last = 0;
    for (uint32_t i = 0; i < 2; ++i) {
        Origin origin;
        origin.modules = {{"m", "m", "nn.Model"},
                          {"m.layers." + std::to_string(i), "m.layers." + std::to_string(i), "nn.Layer"}};
        const auto shared = std::make_shared<const Origin>(std::move(origin));
        const std::string number = "_" + std::to_string(i);
        const uint32_t residual = last;
        const auto add = [&](const std::string& name, Target target, ArgumentList args) {
            bodies.push_back(body(Op::CallFunction, name + number, target, std::move(args), f32(4)));
            bodies.back().origin = shared;
            last = static_cast<uint32_t>(bodies.size() - 1);
        };
        add("mm", "torch.ops.aten.mm.default", {ref(last), ref(1 + i)});
        add("relu", "torch.ops.aten.relu.default", {ref(last)});
        add("add", "torch.ops.aten.add.Tensor", {ref(last), ref(residual)});
    }
    bodies.push_back(body(Op::Output, "output", "output", {Argument::tuple({ref(last)})}));
    return std::make_shared<const Graph>(std::move(Graph::fromBodies(std::move(bodies))).value());
}

/// relu becomes gelu: one node in, one out, one changed.
inline std::shared_ptr<const Trace> traceOf(const std::shared_ptr<const Graph>& base) {
    auto trace = std::make_shared<Trace>();
    trace->base = base;
    Graph graph = *base;
    RewriteStep step;
    const auto record = [&](NodeId id, auto change) {
        auto was = graph.alive(id) ? std::make_shared<const NodeState>(graph.state(id)) : nullptr;
        change();
        auto now = graph.alive(id) ? std::make_shared<const NodeState>(graph.state(id)) : nullptr;
        step.edits.push_back({id, was, now});
    };
    const NodeId relu = *base->find("relu"), add = *base->find("add"), gelu{static_cast<uint32_t>(base->slotCount())};
    record(gelu,
           [&] { graph.insert(body(Op::CallFunction, "gelu", "torch.ops.aten.gelu.default", {ref(2)}, f32(4)), add); });
    NodeBody changed = graph.node(add);
    changed.args[0] = Argument::node(gelu);
    record(add, [&] { graph.setBody(add, changed); });
    record(relu, [&] { graph.erase(relu); });
    step.added = {gelu};
    step.removed = {relu};
    step.changed = {add};
    trace->steps.push_back(std::move(step));
    trace->result = std::make_shared<const Graph>(std::move(graph));
    return trace;
}

inline SceneStyle style(Direction direction = Direction::TopDown) {
    SceneStyle result;
    result.font = QApplication::font();
    result.layout.direction = direction;
    return result;
}
inline std::shared_ptr<const GraphScene> sceneOf(const std::shared_ptr<const Graph>& graph,
                                                 const SceneStyle& s = style()) {
    return std::move(GraphScene::build(graph, s, Cancel())).value();
}

inline SceneStyle grouped(std::set<std::string> unfolded) {
    SceneStyle s = style();
    s.groups = true;
    s.unfolded = std::move(unfolded);
    return s;
}

inline NodeId groupNamed(const GraphScene& scene, const std::string& path) {
    for (size_t g = 0; g < scene.hierarchy().groups().size(); ++g)
        if (scene.hierarchy().groups()[g].path == path)
            return idOfGroup(static_cast<int>(g));
    return {};
}

struct Shown {
    explicit Shown(const std::shared_ptr<const Graph>& graph, QSize size = {800, 600}, const SceneStyle& s = style())
        : graph(graph) {
        canvas.resize(size);
        canvas.setScene(scene = sceneOf(graph, s), graph);
        canvas.show();
        canvas.grab();
    }
    NodeId id(const char* name) const { return graph->find(name).value_or(NodeId{}); }
    QPoint at(QPointF point) const { return ((point - canvas.visibleArea().topLeft()) * canvas.zoom()).toPoint(); }
    QPoint at(const char* name) const { return at(scene->item(id(name))->rect.center()); }
    std::shared_ptr<const Graph> graph;
    std::shared_ptr<const GraphScene> scene;
    GraphCanvas canvas;
};

inline std::string nameOf(const Shown& shown) {
    const NodeId node = shown.canvas.selected();
    return node.valid() ? shown.graph->node(node).name : "";
}

} // namespace fxscope
