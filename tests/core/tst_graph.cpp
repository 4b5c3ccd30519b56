// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/graph.h"
#include "tests/support/build_graph.h"

#include <QTest>

#include <algorithm>

using namespace fxscope;
using namespace fxscope::test;

namespace {

/// x -> a -> b -> output(a, b); a is mentioned twice by b.
Graph chain() {
    GraphBuilder build;
    const NodeId x = build.input("x", tensorMeta(DType::Float32, {4, 8}));
    const NodeId a = build.call("a", "torch.ops.aten.relu.default", {ref(x)});
    const NodeId b = build.call("b", "torch.ops.aten.add.Tensor", {ref(a), ref(a)});
    build.output(Argument::tuple({ref(a), ref(b)}));
    return build.build();
}

/// The text's k-th name is node k; after ':' the names it depends on.
Graph graphOf(const std::vector<std::pair<std::string, std::vector<std::string>>>& nodes) {
    GraphBuilder build;
    const auto find = [&](const std::string& name) {
        for (size_t i = 0; i < nodes.size(); ++i)
            if (nodes[i].first == name)
                return nodeId(static_cast<uint32_t>(i));
        return NodeId{};
    };
    for (const auto& [name, inputs] : nodes) {
        ArgumentList args;
        for (const std::string& input : inputs)
            args.push_back(ref(find(input)));
        if (name == "output")
            build.output(Argument::tuple(args));
        else if (inputs.empty())
            build.input(name);
        else
            build.call(name, "f", args);
    }
    return build.build();
}

int count(const Diagnostics& diagnostics, Severity severity) {
    return static_cast<int>(std::count_if(diagnostics.begin(), diagnostics.end(),
                                          [&](const Diagnostic& d) { return d.severity == severity; }));
}

} // namespace

class TestGraph : public QObject {
    Q_OBJECT
private slots:
    void aGraphListsItsNodesAndUsers();
    void usersKeepTheOrderInWhichTheyBegan();
    void badBodiesAreRefused_data();
    void badBodiesAreRefused();
    void listOrderHoldsWhereverNodesAreInserted();
    void editsMoveToTheEnd();
    void editsGoForthAndBack();
    void namesAreThoseOfFx_data();
    void namesAreThoseOfFx();
    void aTakenNameStaysTaken();
    void candidatesComeFromOperators_data();
    void candidatesComeFromOperators();
    void sortLeavesOrderedGraphsAlone();
    void sortCuresTheWorkedExample();
    void sortNamesTheCycle();
    void verifyFindsWhatIsWrong();
    void sameGraphNamesTheFirstDifference();
    void hashesFollowEveryEdit();
    void argumentsKnowTheirKindAndNodes();
    void symbolsAreComparedByValue_data();
    void symbolsAreComparedByValue();
    void symbolicProofs_data();
    void symbolicProofs();
    void overflowNeverGivesAWrongNumber();
};

void TestGraph::aGraphListsItsNodesAndUsers() {
    const Graph graph = chain();
    QCOMPARE(graph.size(), size_t{4});
    QCOMPARE(namesOf(graph), std::string("x a b output"));
    const NodeId a = *graph.find("a");
    QCOMPARE(namesOf(graph, graph[a].users), std::string("b output"));
    QCOMPARE(namesOf(graph, graph.inputs(graph.output())), std::string("a b"));
    QCOMPARE(graph.placeholders().size(), size_t{1});
    QVERIFY(!graph.find("c"));
    QVERIFY(verify(graph).empty());
}

void TestGraph::usersKeepTheOrderInWhichTheyBegan() {
    Graph graph = chain();
    const NodeId x = *graph.find("x"), a = *graph.find("a"), b = *graph.find("b");
    NodeBody body = graph[b]; // b mentions x instead, then a again: it moves to the end of a's users
    body.args = {ref(x), ref(x)};
    graph.setBody(b, body);
    QCOMPARE(namesOf(graph, graph[a].users), std::string("output"));
    QCOMPARE(namesOf(graph, graph[x].users), std::string("a b"));
    body.args = {ref(a), Argument::integer(1)};
    graph.setBody(b, body);
    QCOMPARE(namesOf(graph, graph[a].users), std::string("output b"));
    QCOMPARE(namesOf(graph, graph[x].users), std::string("a"));
}

void TestGraph::badBodiesAreRefused_data() {
    QTest::addColumn<bool>("twice");
    QTest::newRow("two nodes of one name") << true;
    QTest::newRow("an argument that is no node") << false;
}

void TestGraph::badBodiesAreRefused() {
    QFETCH(bool, twice);
    GraphBuilder build;
    build.input("x");
    if (twice)
        build.input("x");
    build.output(ref(nodeId(twice ? 0 : 7)));
    const auto graph = Graph::fromBodies(build.takeBodies());
    QVERIFY(!graph.ok());
    QCOMPARE(graph.error().what, std::string(twice ? "two nodes have the name x" : "an argument refers to no node"));
}

void TestGraph::listOrderHoldsWhereverNodesAreInserted() {
    Graph graph = chain();
    const NodeId b = *graph.find("b");
    for (int i = 0; i < 100; ++i) { // always into the same gap: places run out and are given anew
        NodeBody body;
        body.name = graph.freshName("n");
        body.target = "f";
        graph.insert(std::move(body), b);
    }
    const std::vector<NodeId> ids = graph.ids();
    QCOMPARE(ids.size(), size_t{104});
    for (size_t i = 1; i < ids.size(); ++i) {
        QVERIFY(graph.isBefore(ids[i - 1], ids[i]));
        QVERIFY(!graph.isBefore(ids[i], ids[i - 1]));
        QCOMPARE(graph.next(ids[i - 1]), ids[i]);
        QCOMPARE(graph.prev(ids[i]), ids[i - 1]);
    }
    QCOMPARE(graph[ids[101]].name, std::string("n_99"));
}

void TestGraph::editsMoveToTheEnd() {
    Graph graph = chain();
    const std::string before = namesOf(graph);
    const NodeId a = *graph.find("a");
    const Edit edit{a, graph.snapshot(a), std::make_shared<const NodeState>(NodeState{graph[a], NodeId{}})};
    graph.apply(edit);
    QVERIFY(graph.last() == a);
    QCOMPARE(graph.ids().size(), graph.size());
    graph.undo(edit);
    QCOMPARE(namesOf(graph), before);
}

void TestGraph::editsGoForthAndBack() {
    Graph graph = chain();
    const Graph before = graph;
    const NodeId a = *graph.find("a"), b = *graph.find("b"), out = graph.output();
    std::vector<Edit> edits;
    const auto state = [&](NodeId id) { return std::make_shared<const NodeState>(graph.state(id)); };
    const auto rewrite = [&](NodeId id, ArgumentList args) {
        Edit edit{id, state(id), nullptr};
        NodeBody body = graph[id];
        body.args = std::move(args);
        graph.setBody(id, std::move(body));
        edit.now = state(id);
        edits.push_back(std::move(edit));
    };
    NodeBody body;
    body.name = "c";
    body.target = "torch.ops.aten.neg.default";
    body.args = {ref(a)};
    const NodeId c = graph.insert(body, b);
    edits.push_back({c, nullptr, state(c)});
    rewrite(out, {Argument::tuple({ref(c), ref(c)})});
    const auto was = state(b);
    graph.erase(b);
    edits.push_back({b, was, nullptr});
    const auto stood = state(c);
    graph.move(c, a);
    edits.push_back({c, stood, state(c)});
    const Graph after = graph;
    QCOMPARE(namesOf(after), std::string("x c a output"));
    QVERIFY(!after.alive(b));
    QCOMPARE(after[b].name, std::string("b")); // an erased node keeps its content

    std::string why;
    for (int round = 0; round < 2; ++round) {
        for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
            graph.undo(*edit);
        QVERIFY2(sameGraph(graph, before, {}, &why), why.c_str());
        QVERIFY(verify(graph).empty());
        QCOMPARE(hashOf(graph), hashOf(before));
        for (const Edit& edit : edits)
            graph.apply(edit);
        QVERIFY2(sameGraph(graph, after, {}, &why), why.c_str());
        QCOMPARE(hashOf(graph), hashOf(after));
    }
}

void TestGraph::namesAreThoseOfFx_data() {
    QTest::addColumn<QString>("present");
    QTest::addColumn<QString>("candidate");
    QTest::addColumn<QString>("expected");
    QTest::newRow("free") << "x"
                          << "add"
                          << "add";
    QTest::newRow("taken") << "add"
                           << "add"
                           << "add_1";
    QTest::newRow("taken twice") << "add add_1"
                                 << "add"
                                 << "add_2";
    QTest::newRow("counter is the largest suffix") << "add add_7"
                                                   << "add"
                                                   << "add_8";
    QTest::newRow("own number, free") << "add"
                                      << "add_5"
                                      << "add_5";
    QTest::newRow("own number, taken: counted anew") << "add_5"
                                                     << "add_5"
                                                     << "add_1";
    QTest::newRow("builtin") << "x"
                             << "slice"
                             << "slice_1";
    QTest::newRow("builtin, taken") << "slice_1"
                                    << "slice"
                                    << "slice_2";
    QTest::newRow("keyword") << "x"
                             << "in"
                             << "in_1";
    QTest::newRow("torch") << "x"
                           << "torch"
                           << "torch_1";
    QTest::newRow("digits without underline") << "conv2d"
                                              << "conv2d"
                                              << "conv2d_1";
}

void TestGraph::namesAreThoseOfFx() {
    QFETCH(QString, present);
    QFETCH(QString, candidate);
    QFETCH(QString, expected);
    GraphBuilder build;
    for (const QString& name : present.split(' '))
        build.input(name.toStdString());
    build.output({});
    const Graph graph = build.build();
    QCOMPARE(QString::fromStdString(graph.freshName(candidate.toStdString())), expected);
}

void TestGraph::aTakenNameStaysTaken() {
    Graph graph = chain();
    NodeBody body;
    body.name = graph.freshName("index_put_default");
    QCOMPARE(body.name, std::string("index_put_default"));
    const NodeId id = graph.insert(std::move(body));
    graph.erase(id);
    QVERIFY(!graph.find("index_put_default"));
    QVERIFY(graph.nameTaken("index_put_default"));
    QCOMPARE(graph.freshName("index_put_default"), std::string("index_put_default_1"));
}

void TestGraph::candidatesComeFromOperators_data() {
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("expected");
    QTest::newRow("overload") << "torch.ops.aten.slice.Tensor"
                              << "slice_tensor";
    QTest::newRow("underlined") << "aten._unsafe_index.Tensor"
                                << "_unsafe_index_tensor";
    QTest::newRow("default") << "aten.index_put.default"
                             << "index_put_default";
    QTest::newRow("number") << "aten.sym_size.int"
                            << "sym_size_int";
    QTest::newRow("camel case") << "aten.where.ScalarSelf"
                                << "where_scalar_self";
    QTest::newRow("operator") << "operator.mul"
                              << "mul";
}

void TestGraph::candidatesComeFromOperators() {
    QFETCH(QString, target);
    QFETCH(QString, expected);
    QCOMPARE(QString::fromStdString(nameCandidate(target.toStdString())), expected);
}

void TestGraph::sortLeavesOrderedGraphsAlone() {
    const Graph graph = chain();
    const auto order = topologicalOrder(graph);
    QVERIFY(order.ok());
    QCOMPARE(namesOf(graph, *order), namesOf(graph));
}

/// What a training step with a gather and an index_add looks like behind PyTorch's own rewrite, before its sort.
void TestGraph::sortCuresTheWorkedExample() {
    const Graph graph = graphOf({{"x_1", {}},
                                 {"y_1", {}},
                                 {"full", {}},
                                 {"randperm_default", {"x_1"}},
                                 {"slice_tensor", {"randperm_default", "y_1"}},
                                 {"_unsafe_index_tensor", {"x_1", "slice_tensor"}},
                                 {"add_tensor", {"_unsafe_index_tensor", "mul_3"}},
                                 {"index_put_default", {"x_1", "slice_tensor", "add_tensor"}},
                                 {"index", {"x_1", "slice_tensor"}},
                                 {"mul", {"index"}},
                                 {"mul_1", {"index"}},
                                 {"erf", {"mul_1"}},
                                 {"add", {"erf"}},
                                 {"mul_2", {"mul", "add"}},
                                 {"mm", {"mul_2", "full"}},
                                 {"mul_3", {"mm"}},
                                 {"output", {"index_put_default"}}});
    const Diagnostics found = verify(graph);
    QCOMPARE(count(found, Severity::Error), 0);
    QCOMPARE(count(found, Severity::Warning), 1);
    QCOMPARE(found[0].where, std::string("add_tensor"));
    QCOMPARE(found[0].what, std::string("uses mul_3 before its definition"));
    const auto order = topologicalOrder(graph);
    QVERIFY(order.ok());
    QCOMPARE(
        namesOf(graph, *order),
        std::string("x_1 y_1 full randperm_default slice_tensor _unsafe_index_tensor index mul mul_1 erf add mul_2 "
                    "mm mul_3 add_tensor index_put_default output"));
}

void TestGraph::sortNamesTheCycle() {
    const Graph graph = graphOf({{"x", {}}, {"a", {"x", "c"}}, {"b", {"a"}}, {"c", {"b"}}, {"output", {"c"}}});
    const auto order = topologicalOrder(graph);
    QVERIFY(!order.ok());
    QCOMPARE(order.error().what, std::string("these nodes need each other: c <- b <- a"));
    QCOMPARE(count(verify(graph), Severity::Error), 1);
}

void TestGraph::verifyFindsWhatIsWrong() {
    GraphBuilder build;
    build.input("x");
    Graph graph = build.build();
    QCOMPARE(count(verify(graph), Severity::Error), 1); // no output
    graph.partial = true;
    QVERIFY(verify(graph).empty());

    GraphBuilder two;
    two.output({});
    two.add(Op::Output, "output_1", "output", {}, {}, {});
    QCOMPARE(verify(two.build())[0].what, std::string("a graph has exactly one output, this one has 2"));
}

void TestGraph::sameGraphNamesTheFirstDifference() {
    const Graph graph = chain();
    const auto changed = [&](const auto& change) {
        Graph other = chain();
        NodeBody body = other[*other.find("b")];
        change(body);
        other.setBody(*other.find("b"), body);
        return other;
    };
    std::string why;
    QVERIFY(sameGraph(graph, chain(), {}, &why));
    QVERIFY(!sameGraph(graph, changed([](NodeBody& b) { b.args[1] = Argument::integer(1); }), {}, &why));
    QCOMPARE(why, std::string("b: args differ"));
    QVERIFY(!sameGraph(graph, changed([](NodeBody& b) { b.kwargs = {{"alpha", Argument::integer(2)}}; }), {}, &why));
    QCOMPARE(why, std::string("b: kwargs differ"));
    QVERIFY(!sameGraph(graph, changed([](NodeBody& b) { b.name = "bb"; }), {}, &why));
    QCOMPARE(why, std::string("node 3 is named b and bb"));
    QVERIFY(sameGraph(graph, changed([](NodeBody& b) { b.name = "bb"; }), {.names = false}, &why));
    const Graph shaped = changed([](NodeBody& b) { b.meta = tensorMeta(DType::Float32, {4, 8}); });
    QVERIFY(!sameGraph(graph, shaped, {}, &why));
    QVERIFY(sameGraph(graph, shaped, {.meta = false}, &why));
}

void TestGraph::hashesFollowEveryEdit() {
    Graph graph = chain();
    const uint64_t before = hashOf(graph);
    QCOMPARE(hashOf(chain()), before);
    const NodeId b = *graph.find("b"), a = *graph.find("a");
    NodeBody body = graph[b];
    body.args = {ref(a), ref(*graph.find("x"))};
    graph.setBody(b, body);
    QVERIFY(hashOf(graph) != before);
    graph = chain();
    graph.move(b, a);
    QVERIFY(hashOf(graph) != before);
}

void TestGraph::argumentsKnowTheirKindAndNodes() {
    const Argument slice = Argument::slice({}, ref(nodeId(3)), Argument::integer(2));
    const Argument list = Argument::list({Argument::none(), ref(nodeId(1)), slice, ref(nodeId(1))});
    std::string seen;
    forEachNode(list, [&](NodeId id) { seen += std::to_string(id.index) + " "; });
    QCOMPARE(seen, std::string("1 3 1 "));
    const Argument mapped = mapNodes(list, [](NodeId id) { return Argument::integer(id.index); });
    QCOMPARE(mapped.items()[2].items()[1].asInt(), int64_t{3});
    QVERIFY(mapped != list);
    QVERIFY(mapNodes(mapped, [](NodeId) { return Argument(); }) == mapped);
    QVERIFY(Argument::integer(1) != Argument::boolean(true));
    QVERIFY(Argument::integer(1) != Argument::floating(1));
    QVERIFY(Argument::list({}) != Argument::tuple({}));
    QVERIFY(Argument::sym(SymInt(3)).isInt()); // a constant size is a number
}

void TestGraph::symbolsAreComparedByValue_data() {
    QTest::addColumn<QString>("a");
    QTest::addColumn<QString>("b");
    QTest::addColumn<bool>("equal");
    QTest::newRow("sum") << "s0 + s1"
                         << "s1 + s0" << true;
    QTest::newRow("product") << "2*s0"
                             << "s0 + s0" << true;
    QTest::newRow("expanded") << "(s0 + 1)*(s0 - 1)"
                              << "s0**2 - 1" << true;
    QTest::newRow("floor division, two printers") << "FloorDiv(s53, 8)"
                                                  << "(s53//8)" << true;
    QTest::newRow("export form") << "Mul(Integer(2), Symbol('s0', integer=True))"
                                 << "2*s0" << true;
    QTest::newRow("another symbol") << "s0"
                                    << "s1" << false;
    QTest::newRow("a number") << "s0"
                              << "2" << false;
    QTest::newRow("cancels") << "s0 - s0 + 3"
                             << "3" << true;
}

void TestGraph::symbolsAreComparedByValue() {
    QFETCH(QString, a);
    QFETCH(QString, b);
    QFETCH(bool, equal);
    QCOMPARE(SymInt::parse(a.toStdString()) == SymInt::parse(b.toStdString()), equal);
}

void TestGraph::symbolicProofs_data() {
    QTest::addColumn<QString>("a");
    QTest::addColumn<QString>("b");
    QTest::addColumn<int>("lessEqual");
    const int yes = static_cast<int>(Proof::Yes), no = static_cast<int>(Proof::No),
              unknown = static_cast<int>(Proof::Unknown);
    QTest::newRow("itself") << "s0"
                            << "s0" << yes;
    QTest::newRow("one less") << "s0 - 1"
                              << "s0" << yes;
    QTest::newRow("twice is more") << "2*s0"
                                   << "s0" << no;
    QTest::newRow("sizes are at least 2") << "2"
                                          << "s0" << yes;
    QTest::newRow("a number above") << "3"
                                    << "s0" << unknown;
    QTest::newRow("unbacked may be anything") << "0"
                                              << "u0" << unknown;
    QTest::newRow("maximum") << "s0"
                             << "Max(2, s0) + 1" << unknown;
    QTest::newRow("narrowed range") << "s9"
                                    << "99" << yes;
}

void TestGraph::symbolicProofs() {
    QFETCH(QString, a);
    QFETCH(QString, b);
    QFETCH(int, lessEqual);
    SymRanges ranges;
    ranges["s9"] = {2, 99};
    QCOMPARE(
        static_cast<int>(provablyLessEqual(SymInt::parse(a.toStdString()), SymInt::parse(b.toStdString()), ranges)),
        lessEqual);
}

void TestGraph::overflowNeverGivesAWrongNumber() {
    const SymInt big = INT64_MAX;
    QVERIFY(!(big + 1).isConstant());
    QVERIFY(!(big * 2).isConstant());
    QVERIFY(!(big + 1).eval({}));
    QCOMPARE(provablyLessEqual(big + 1, 0, {}) == Proof::Yes, false);
    QCOMPARE(*SymInt::parse("2*s0 + 1").eval({{"s0", 4}}), int64_t{9});
}

QTEST_GUILESS_MAIN(TestGraph)
#include "tst_graph.moc"
