// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/hierarchy.h"
#include "core/graph/walks.h"

#include <QtTest>

#include <map>
#include <random>
#include <set>

using namespace fxscope;

namespace {

/// A graph under construction; names are unique numbers, operators tell the nodes apart.
class Maker {
public:
    uint32_t add(Op op, const std::string& name, const std::string& target, std::vector<uint32_t> inputs,
                 std::vector<std::string> modules = {}) {
        NodeBody body;
        body.op = op;
        body.name = name;
        body.target = target;
        for (const uint32_t input : inputs)
            body.args.push_back(Argument::node(NodeId{input}));
        if (!modules.empty()) {
            Origin origin;
            for (const std::string& path : modules)
                origin.modules.push_back(
                    {"L__self__." + path, path, "torch.nn.modules.thing.Type" + path.substr(0, 1)});
            body.origin = std::make_shared<const Origin>(std::move(origin));
        }
        m_bodies.push_back(std::move(body));
        return static_cast<uint32_t>(m_bodies.size() - 1);
    }
    uint32_t call(const std::string& target, std::vector<uint32_t> inputs, std::vector<std::string> modules = {}) {
        return add(Op::CallFunction, "n" + std::to_string(m_bodies.size()), "torch.ops.aten." + target,
                   std::move(inputs), std::move(modules));
    }
    Graph graph() { return Graph::fromBodies(m_bodies).value(); }

private:
    std::vector<NodeBody> m_bodies;
};

/// Two equal layers with a linear each, and a third that differs in one operator.
Graph layered() {
    Maker maker;
    uint32_t last = maker.add(Op::Placeholder, "x", "x", {});
    std::vector<uint32_t> weights;
    for (int i = 0; i < 3; ++i)
        weights.push_back(maker.add(Op::Placeholder, "p_layers_" + std::to_string(i) + "_lin_weight", "w", {}));
    for (int i = 0; i < 3; ++i) {
        const std::string layer = "layers." + std::to_string(i), lin = layer + ".lin";
        const uint32_t permute = maker.call("permute.default", {weights[i]}, {layer, lin});
        const uint32_t mm = maker.call("mm.default", {last, permute}, {layer, lin});
        const uint32_t act = maker.call(i == 2 ? "gelu.default" : "relu.default", {mm}, {layer});
        last = maker.call("add.Tensor", {act, last}, {layer});
    }
    maker.add(Op::Output, "output", "output", {last});
    return maker.graph();
}

int find(const Hierarchy& hierarchy, const std::string& path) {
    for (size_t g = 0; g < hierarchy.groups().size(); ++g)
        if (hierarchy.groups()[g].path == path)
            return static_cast<int>(g);
    return -1;
}

/// Whether groups feed each other without a cycle, at every level.
bool foldsWithoutCycle(const Graph& graph, const Hierarchy& hierarchy) {
    for (int outer = 0; outer < static_cast<int>(hierarchy.groups().size()); ++outer) {
        // the child of `outer` that a node is in, or the node itself
        const auto part = [&](NodeId id) -> int64_t {
            int g = hierarchy.groupOf(id);
            if (g == outer)
                return -1 - int64_t(id.index);
            while (g > 0 && hierarchy[g].parent != outer)
                g = hierarchy[g].parent;
            return g > 0 ? g : INT64_MAX;
        };
        std::map<int64_t, std::set<int64_t>> next;
        std::map<int64_t, int> open;
        for (const NodeId id : hierarchy[outer].all)
            forEachInput(graph[id], [&](NodeId input) {
                const int64_t a = part(input), b = part(id);
                if (a != b && a != INT64_MAX && next[a].insert(b).second)
                    ++open[b];
            });
        std::vector<int64_t> ready;
        std::set<int64_t> all;
        for (const NodeId id : hierarchy[outer].all)
            all.insert(part(id));
        for (const int64_t one : all)
            if (open[one] == 0)
                ready.push_back(one);
        size_t done = 0;
        for (; done < ready.size(); ++done)
            for (const int64_t to : next[ready[done]])
                if (--open[to] == 0)
                    ready.push_back(to);
        if (done != all.size())
            return false;
    }
    return true;
}

} // namespace

class TstHierarchy : public QObject {
    Q_OBJECT
private slots:
    void modulesAreGroups();
    void weightsBelongToTheirUsers();
    void equalBlocksAreFound();
    void namesStandForModules();
    void aModuleEnteredAgainIsAnotherGroup();
    void addedNodesJoinTheCallTheyAreFrom();
    void nothingToGroupIsFlat();
    void foldingMakesNoCycle();
    void neighboursByDistance();
    void pathsBetweenNodes();
};

void TstHierarchy::modulesAreGroups() {
    const Graph graph = layered();
    const Hierarchy hierarchy = Hierarchy::of(graph);
    QCOMPARE(hierarchy.groups().size(), size_t(7)); // the graph, three layers, a linear in each
    const int layer = find(hierarchy, "layers.1"), lin = find(hierarchy, "layers.1.lin");
    QVERIFY(layer > 0 && lin > 0);
    QCOMPARE(hierarchy[lin].parent, layer);
    QCOMPARE(hierarchy[lin].label, std::string("lin"));
    QCOMPARE(hierarchy[layer].label, std::string("layers.1"));
    QCOMPARE(hierarchy[layer].type, std::string("Typel"));
    QCOMPARE(hierarchy[layer].all.size(), size_t(5));
    QCOMPARE(hierarchy[0].all.size(), graph.size());
    QVERIFY(hierarchy.holds(layer, lin));
    QVERIFY(!hierarchy.holds(lin, layer));
}

void TstHierarchy::weightsBelongToTheirUsers() {
    const Graph graph = layered();
    const Hierarchy hierarchy = Hierarchy::of(graph);
    QCOMPARE(hierarchy.groupOf(*graph.find("p_layers_2_lin_weight")), find(hierarchy, "layers.2.lin"));
    QCOMPARE(hierarchy.groupOf(*graph.find("x")), 0);
    QCOMPARE(hierarchy.groupOf(graph.output()), 0);
}

void TstHierarchy::equalBlocksAreFound() {
    const Graph graph = layered();
    const Hierarchy hierarchy = Hierarchy::of(graph);
    const Group &first = hierarchy[find(hierarchy, "layers.0")], &second = hierarchy[find(hierarchy, "layers.1")],
                &third = hierarchy[find(hierarchy, "layers.2")];
    QCOMPARE(first.repeats, 2);
    QCOMPARE(second.alike, find(hierarchy, "layers.0"));
    QCOMPARE(second.structure, first.structure);
    QVERIFY(third.structure != first.structure);
    QCOMPARE(third.repeats, 1);
    const NodeId last = second.all.back();
    QCOMPARE(hierarchy.twin(last), first.all.back());
    QCOMPARE(hierarchy.twin(first.all.back()), first.all.back());
    QCOMPARE(hierarchy.twin(third.all.back()), third.all.back());
}

void TstHierarchy::namesStandForModules() {
    Maker maker;
    uint32_t last = maker.add(Op::Placeholder, "x", "x", {});
    std::vector<uint32_t> weights;
    for (int i = 0; i < 2; ++i)
        for (const char* part : {"q", "k"})
            weights.push_back(
                maker.add(Op::Placeholder, "p_enc_layer_" + std::to_string(i) + "_" + part + "_weight", "w", {}));
    std::vector<uint32_t> relus;
    for (int i = 0; i < 2; ++i) {
        const uint32_t q = maker.call("mm.default", {last, weights[2 * i]});
        relus.push_back(maker.call("relu.default", {q}));
        last = maker.call("mm.default", {relus.back(), weights[2 * i + 1]});
    }
    maker.add(Op::Output, "output", "output", {last});
    const Graph graph = maker.graph();
    const Hierarchy hierarchy = Hierarchy::of(graph);
    const int first = find(hierarchy, "enc_layer_0"), second = find(hierarchy, "enc_layer_1");
    QVERIFY(first > 0 && second > 0);
    QCOMPARE(hierarchy[first].all.size(), size_t(5));     // two weights, mm, relu, mm
    QCOMPARE(hierarchy.groupOf(NodeId{relus[0]}), first); // between two nodes of the block
    QCOMPARE(hierarchy[first].repeats, 2);
}

void TstHierarchy::aModuleEnteredAgainIsAnotherGroup() {
    Maker maker;
    uint32_t last = maker.add(Op::Placeholder, "x", "x", {});
    for (int i = 0; i < 2; ++i) {
        last = maker.call("relu.default", {last}, {"act"});
        last = maker.call("neg.default", {last}, {"act"});
        last = maker.call("abs.default", {last}, {"other"});
        last = maker.call("exp.default", {last}, {"other"});
    }
    maker.add(Op::Output, "output", "output", {last});
    const Hierarchy hierarchy = Hierarchy::of(maker.graph());
    QCOMPARE(hierarchy.groups().size(), size_t(5));
    QVERIFY(find(hierarchy, "act") > 0 && find(hierarchy, "act (2)") > 0);
    QCOMPARE(hierarchy[find(hierarchy, "act")].all.size(), size_t(2));
}

/// What a rewrite puts in the place of a layer's node is in that layer, not in a second call of it.
void TstHierarchy::addedNodesJoinTheCallTheyAreFrom() {
    Maker maker;
    uint32_t last = maker.add(Op::Placeholder, "x", "x", {});
    std::vector<uint32_t> firsts;
    for (int i = 0; i < 2; ++i) {
        const std::string layer = "layers." + std::to_string(i);
        firsts.push_back(last = maker.call("relu.default", {last}, {layer}));
        last = maker.call("neg.default", {last}, {layer});
    }
    maker.add(Op::Output, "output", "output", {last});
    const uint32_t fromFirst = maker.call("abs.default", {firsts[0]}, {"layers.0"});
    const uint32_t onIt = maker.call("exp.default", {fromFirst}, {"layers.0"});
    const uint32_t withoutInputs = maker.call("randperm.default", {}, {"layers.1"});
    const uint32_t ofNoCall = maker.call("sin.default", {last}, {"elsewhere"});
    const Graph graph = maker.graph();
    std::vector<HierarchyNode> nodes;
    for (const NodeId id : graph.ids())
        nodes.push_back({id, &graph[id]});
    const Hierarchy hierarchy = Hierarchy::of(nodes);
    QCOMPARE(hierarchy.groupOf(NodeId{fromFirst}), find(hierarchy, "layers.0"));
    QCOMPARE(hierarchy.groupOf(NodeId{onIt}), find(hierarchy, "layers.0"));
    QCOMPARE(hierarchy.groupOf(NodeId{withoutInputs}), find(hierarchy, "layers.1"));
    QCOMPARE(hierarchy.groupOf(NodeId{ofNoCall}), 0); // alone, and so no group
    QCOMPARE(find(hierarchy, "layers.0 (2)"), -1);
}

void TstHierarchy::nothingToGroupIsFlat() {
    Maker maker;
    const uint32_t x = maker.add(Op::Placeholder, "primals_1", "x", {});
    maker.add(Op::Output, "output", "output", {maker.call("relu.default", {x})});
    const Hierarchy hierarchy = Hierarchy::of(maker.graph());
    QVERIFY(hierarchy.isFlat());
    QCOMPARE(hierarchy.groupOf(NodeId{x}), 0);
    QCOMPARE(hierarchy.groupOf(NodeId{12345}), 0);
    QVERIFY(Hierarchy::of(Graph()).isFlat());
}

/// Random programs with random module stacks, in topological order.
void TstHierarchy::foldingMakesNoCycle() {
    std::mt19937 random(3);
    for (int round = 0; round < 60; ++round) {
        Maker maker;
        std::vector<uint32_t> known{maker.add(Op::Placeholder, "x", "x", {}), maker.add(Op::GetAttr, "w", "w", {})};
        for (int i = 0; i < 60; ++i) {
            std::vector<std::string> modules;
            std::string path;
            for (unsigned depth = random() % 4; depth > 0; --depth) {
                path += (path.empty() ? "" : ".") + std::string(1, static_cast<char>('a' + random() % 3));
                modules.push_back(path);
            }
            known.push_back(
                maker.call("add.Tensor", {known[random() % known.size()], known[random() % known.size()]}, modules));
        }
        maker.add(Op::Output, "output", "output", {known.back()});
        const Graph graph = maker.graph();
        const Hierarchy hierarchy = Hierarchy::of(graph);
        QVERIFY2(foldsWithoutCycle(graph, hierarchy), qPrintable(QString::number(round)));
        size_t placed = 0;
        for (const Group& group : hierarchy.groups())
            placed += group.nodes.size();
        QCOMPARE(placed, graph.size());
    }
}

void TstHierarchy::neighboursByDistance() {
    const Graph graph = layered();
    const NodeId output = graph.output();
    QCOMPARE(nodesWithin(graph, std::span(&output, 1), {true, true, 0}).size(), size_t(1));
    QCOMPARE(nodesWithin(graph, std::span(&output, 1), {true, true, 1}).size(), size_t(2));
    QCOMPARE(nodesWithin(graph, std::span(&output, 1), {false, true, 5}).size(), size_t(1));
    QCOMPARE(nodesWithin(graph, std::span(&output, 1), {true, false, 100}).size(), graph.size());
    QVERIFY(nodesWithin(graph, {}, {}).empty());
}

void TstHierarchy::pathsBetweenNodes() {
    const Graph graph = layered();
    const NodeId x = *graph.find("x"), weight = *graph.find("p_layers_1_lin_weight");
    const auto all = nodesBetween(graph, graph.output(), x); // either order
    QCOMPARE(all.size(), graph.size() - 6);                  // without weights and their permutes
    QCOMPARE(all.front(), x);
    QCOMPARE(all.back(), graph.output());
    QVERIFY(nodesBetween(graph, x, weight).empty());
    QCOMPARE(nodesBetween(graph, x, x), std::vector{x});
}

QTEST_GUILESS_MAIN(TstHierarchy)
#include "tst_hierarchy.moc"
