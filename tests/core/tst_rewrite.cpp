// SPDX-License-Identifier: BSD-3-Clause
#include "core/rewrite/effects.h"
#include "core/rewrite/index_facts.h"
#include "core/rewrite/pass.h"
#include "tests/support/build_graph.h"

#include <QTest>

#include <memory>

using namespace fxscope;
using namespace fxscope::test;

namespace {

std::shared_ptr<const Graph> twoSigmoids() {
    GraphBuilder build;
    const NodeId x = build.input("x", tensorMeta(DType::Float32, {4}));
    const NodeId a = build.call("a", "torch.ops.aten.sigmoid.default", {ref(x)}, {}, tensorMeta(DType::Float32, {4}));
    const NodeId b = build.call("b", "torch.ops.aten.sigmoid.default", {ref(a)}, {}, tensorMeta(DType::Float32, {4}));
    build.output(Argument::tuple({ref(a), ref(b)}));
    return std::make_shared<const Graph>(build.build());
}

/// sigmoid(x) = tanh(x) is no truth; it is a rewrite whose steps are easy to see.
class ToTanh : public Pass {
public:
    std::string_view name() const override { return "to_tanh"; }
    std::string_view summary() const override { return "sigmoid becomes tanh"; }
    std::vector<std::string> patternSets() const override { return {"one", "two"}; }
    Result<Done> run(PassContext& context) const override {
        for (const NodeId id : context.graph().ids()) {
            if (context.graph()[id].target.str() != "torch.ops.aten.sigmoid.default")
                continue;
            if (context.mustStop())
                break;
            const auto change = [&](Rewriter& rewriter) -> Result<NodeId> {
                const NodeId tanh = rewriter.call("torch.ops.aten.tanh.default", context.graph()[id].args, {}, id, id);
                rewriter.replaceUses(id, tanh);
                rewriter.erase(id);
                if (context.graph()[tanh].name == m_failAt)
                    return Diagnostic{"no more tanh", context.graph()[tanh].name, {}};
                return tanh;
            };
            FX_CHECK(context.step("sigmoid", Match{id, {}, {id}}, change));
        }
        return Done{};
    }
    std::string m_failAt;
};

/// Changes the graph without telling anybody.
class Sneaky : public Pass {
public:
    std::string_view name() const override { return "sneaky"; }
    std::string_view summary() const override { return "writes past the rewriter"; }
    Result<Done> run(PassContext& context) const override {
        Graph& graph = const_cast<Graph&>(context.graph());
        graph.move(*graph.find("b"), *graph.find("a"));
        return Done{};
    }
};

/// Moves b in front of a, properly: a use before its definition.
class Untidy : public Pass {
public:
    std::string_view name() const override { return "untidy"; }
    std::string_view summary() const override { return "moves a user before its input"; }
    Result<Done> run(PassContext& context) const override {
        const NodeId a = *context.graph().find("a"), b = *context.graph().find("b");
        return context.step("move", Match{b, {}, {b}}, [&](Rewriter& rewriter) -> Result<NodeId> {
            rewriter.move(b, a);
            return b;
        });
    }
};

Result<Trace> runOne(const Pass& pass, const PassOptions& options = {}) {
    const Pass* passes[] = {&pass};
    return runPasses(twoSigmoids(), passes, options);
}

/// A graph around one index: x f32[4, 8], index made by `chain` calls, and what the analysis says of the last.
struct IndexCase {
    GraphBuilder build;
    NodeId n = build.input("n", ValueMeta::symInt(SymInt::symbol("s0")));
    NodeId last{};
    void randperm(Argument size, Kwargs kwargs = {}) {
        call("randperm", "torch.ops.aten.randperm.default", {size}, std::move(kwargs));
    }
    NodeId call(const std::string& name, Target target, ArgumentList args, Kwargs kwargs = {}) {
        return last = build.call(name + std::to_string(last.index), target, std::move(args), std::move(kwargs));
    }
    NodeId then(const std::string& op, ArgumentList rest = {}, Kwargs kwargs = {}) {
        rest.insert(rest.begin(), ref(last));
        return call("then", "torch.ops." + op, std::move(rest), std::move(kwargs));
    }
    Graph graph() {
        build.output(ref(last));
        return build.build();
    }
};

Argument integer(int64_t value) { return Argument::integer(value); }
Argument tensors(std::vector<NodeId> ids) {
    ArgumentList items;
    for (const NodeId id : ids)
        items.push_back(ref(id));
    return Argument::list(items);
}

using Make = std::function<void(IndexCase&)>;
Make makeSliced() {
    return [](IndexCase& c) {
        c.randperm(integer(8));
        c.then("aten.slice.Tensor", {integer(0), integer(2), integer(6)});
    };
}

} // namespace

Q_DECLARE_METATYPE(Make)

class TestRewrite : public QObject {
    Q_OBJECT
private slots:
    void stepsAreRecorded();
    void theCursorReachesEveryVersion();
    void successorsAreFollowed();
    void aFailedStepIsUndone();
    void aPassThatHidesItsChangesIsCaught();
    void useBeforeDefinitionIsAWarning();
    void limitsAndCancelStopARun();
    void patternSetsAreChecked();
    void missesBecomeSentences();
    void newNodesLookLikeFx();
    void usesAreReplacedOnlyWhereWanted();
    void indexFacts_data();
    void indexFacts();
    void longChainsAndCyclesEnd();
    void writersAreFound();
};

void TestRewrite::stepsAreRecorded() {
    const auto trace = runOne(ToTanh());
    QVERIFY(trace.ok());
    QCOMPARE(trace->steps.size(), size_t{2});
    QCOMPARE(trace->passes.size(), size_t{1});
    QCOMPARE(trace->passes[0].patterns, std::string("one"));
    QCOMPARE(trace->passes[0].stepCount, size_t{2});
    QVERIFY(trace->passes[0].stop == StopReason::Saturated);
    const RewriteStep& step = trace->steps[0];
    const Graph& result = *trace->result;
    QCOMPARE(step.pass + "/" + step.rule, std::string("to_tanh/sigmoid"));
    QCOMPARE(namesOf(result, step.added), std::string("tanh_default"));
    QCOMPARE(namesOf(result, step.removed), std::string("a"));
    QCOMPARE(namesOf(result, step.changed), std::string("b output"));
    QCOMPARE(namesOf(result, {step.replacement}), std::string("tanh_default"));
    QCOMPARE(namesOf(result), std::string("x tanh_default tanh_default_1 output"));
    QCOMPARE(trace->passOf(1), &trace->passes[0]);
    QVERIFY(!trace->passOf(2));
    QCOMPARE(namesOf(*trace->base), std::string("x a b output"));
}

void TestRewrite::theCursorReachesEveryVersion() {
    const auto trace = std::make_shared<const Trace>(runOne(ToTanh()).value());
    TraceCursor cursor(trace);
    std::vector<Graph> versions;
    for (size_t at = 0; at <= 2; ++at) {
        cursor.moveTo(at);
        versions.push_back(cursor.graph());
    }
    QCOMPARE(namesOf(versions[1]), std::string("x tanh_default b output"));
    QVERIFY(sameGraph(versions[2], *trace->result));
    for (const size_t at : {0, 2, 1, 0, 1, 2, 99}) {
        cursor.moveTo(at);
        QCOMPARE(cursor.position(), std::min<size_t>(at, 2));
        std::string why;
        QVERIFY2(sameGraph(cursor.graph(), versions[cursor.position()], {}, &why), why.c_str());
        QVERIFY(verify(cursor.graph()).empty());
    }
    QVERIFY(sameGraph(*cursor.snapshot(), *trace->result));
}

void TestRewrite::successorsAreFollowed() {
    const Trace trace = runOne(ToTanh()).value();
    const NodeId a = *trace.base->find("a"), x = *trace.base->find("x");
    QCOMPARE(successor(trace, a, 0), a);
    QCOMPARE(trace.result->node(successor(trace, a, 1)).name, std::string("tanh_default"));
    QCOMPARE(trace.result->node(successor(trace, *trace.base->find("b"), 2)).name, std::string("tanh_default_1"));
    QCOMPARE(successor(trace, x, 2), x);
    Trace without = trace;
    without.steps[0].match.root = x; // a goes as an inner node: nothing stands for it
    QVERIFY(!successor(without, a, 2).valid());
}

void TestRewrite::aFailedStepIsUndone() {
    ToTanh pass;
    pass.m_failAt = "tanh_default_1";
    const auto trace = runOne(pass);
    QVERIFY(!trace.ok());
    QCOMPARE(trace.error().str(), std::string("tanh_default_1: pass to_tanh failed: no more tanh"));

    Graph graph = *twoSigmoids();
    std::vector<RewriteStep> steps;
    PassRecord record;
    PassContext context(graph, "p", "", {}, steps, record);
    const NodeId b = *graph.find("b");
    const auto done = context.step("r", Match{b, {}, {b}}, [&](Rewriter& rewriter) -> Result<NodeId> {
        rewriter.replaceUses(b, *graph.find("x"));
        rewriter.erase(b);
        return Diagnostic{"changed its mind", "b", {}};
    });
    QVERIFY(!done.ok());
    QVERIFY(steps.empty());
    QVERIFY(record.stop == StopReason::Failed);
    QVERIFY(sameGraph(graph, *twoSigmoids()));
}

void TestRewrite::aPassThatHidesItsChangesIsCaught() {
    const auto trace = runOne(Sneaky());
    QVERIFY(!trace.ok());
    QCOMPARE(trace.error().what, std::string("pass sneaky changed the graph but reported no change"));
}

void TestRewrite::useBeforeDefinitionIsAWarning() {
    const auto trace = runOne(Untidy());
    QVERIFY(trace.ok());
    QCOMPARE(trace->passes[0].diagnostics.size(), size_t{1});
    QCOMPARE(trace->passes[0].diagnostics[0].what,
             std::string("1 value is used before the definition; the first: b uses a before its definition"));
    QVERIFY(trace->passes[0].diagnostics[0].severity == Severity::Warning);
    QVERIFY(trace->diagnostics.empty());
}

void TestRewrite::limitsAndCancelStopARun() {
    PassOptions options;
    options.stepLimit = 1;
    auto trace = runOne(ToTanh(), options);
    QVERIFY(trace.ok());
    QCOMPARE(trace->steps.size(), size_t{1});
    QVERIFY(trace->passes[0].stop == StopReason::StepLimit);
    QCOMPARE(name(trace->passes[0].stop), std::string_view("step limit"));

    PassOptions cancelled;
    cancelled.cancel.request();
    trace = runOne(ToTanh(), cancelled);
    QVERIFY(trace.ok());
    QVERIFY(trace->steps.empty());
    QVERIFY(trace->passes[0].stop == StopReason::Cancelled);
    QCOMPARE(trace->result, trace->base);
}

void TestRewrite::patternSetsAreChecked() {
    PassOptions options;
    options.patterns = "two";
    QCOMPARE(runOne(ToTanh(), options)->passes[0].patterns, std::string("two"));
    options.patterns = "three";
    const auto trace = runOne(ToTanh(), options);
    QVERIFY(!trace.ok());
    QCOMPARE(trace.error().str(), std::string("pass to_tanh has no pattern set three; its sets are: one, two"));
}

void TestRewrite::missesBecomeSentences() {
    const auto graph = twoSigmoids();
    const NodeId a = *graph->find("a");
    const Miss miss{
        "r", a, "multiple_users", "%1 has %2 users, %3 wants %4%", {a, int64_t{2}, std::string("the pattern")}, 1, 2};
    QCOMPARE(miss.sentence(*graph), std::string("a has 2 users, the pattern wants %4%"));
    const Match match{a, {{"x", integer(3)}}, {}};
    QCOMPARE(match.capture("x")->asInt(), int64_t{3});
    QVERIFY(!match.capture("y"));
}

void TestRewrite::newNodesLookLikeFx() {
    Graph graph = *twoSigmoids();
    Rewriter rewriter(graph);
    const NodeId x = *graph.find("x"), b = *graph.find("b");
    const NodeId sum = rewriter.call("torch.ops.aten.add.Tensor", {ref(x), ref(x)}, {}, b, b);
    QCOMPARE(namesOf(graph), std::string("x a add_tensor b output"));
    QVERIFY(graph[sum].meta.isKnown());
    QCOMPARE(graph[sum].meta.str(), std::string("f32[4]"));
    const NodeId foo = rewriter.call("torch.ops.aten.no_such_thing.default", {ref(x)}, {}, b);
    QVERIFY(!graph[foo].meta.isKnown());
    const Diagnostics warnings = rewriter.takeDiagnostics();
    QCOMPARE(warnings.size(), size_t{1});
    QVERIFY(warnings[0].severity == Severity::Warning);
    rewriter.setMeta(foo, tensorMeta(DType::Float32, {4}));
    rewriter.setTarget(foo, "torch.ops.aten.neg.default");
    QCOMPARE(graph[foo].target.str(), std::string("torch.ops.aten.neg.default"));
    rewriter.undoAll();
    QVERIFY(rewriter.edits().empty());
    QVERIFY(sameGraph(graph, *twoSigmoids()));
}

void TestRewrite::usesAreReplacedOnlyWhereWanted() {
    Graph graph = *twoSigmoids();
    Rewriter rewriter(graph);
    const NodeId x = *graph.find("x"), a = *graph.find("a"), b = *graph.find("b");
    rewriter.replaceUses(a, x, {b});
    QCOMPARE(namesOf(graph, graph[a].users), std::string("b"));
    QCOMPARE(namesOf(graph, graph[x].users), std::string("a output"));
    QCOMPARE(rewriter.edits().size(), size_t{1});
}

void TestRewrite::indexFacts_data() {
    QTest::addColumn<Make>("make");
    QTest::addColumn<bool>("known");
    QTest::addColumn<bool>("distinct");
    QTest::addColumn<QString>("range");  ///< low..high, "?" where not known
    QTest::addColumn<QString>("length"); ///< "?" where not known
    const auto row = [](const char* title, Make make, bool known, bool distinct, const char* range,
                        const char* length) {
        QTest::newRow(title) << make << known << distinct << QString(range) << QString(length);
    };
    const auto sliced = [](ArgumentList ends) {
        return [ends](IndexCase& c) { c.randperm(integer(8)), c.then("aten.slice.Tensor", ends); };
    };
    const auto after = [](const std::string& op, ArgumentList rest = {}, Kwargs kwargs = {}) {
        return [=](IndexCase& c) { makeSliced()(c), c.then(op, rest, kwargs); };
    };
    row(
        "randperm", [](IndexCase& c) { c.randperm(integer(8)); }, true, true, "0..7", "8");
    row(
        "randperm of a symbol", [](IndexCase& c) { c.randperm(ref(c.n)); }, true, true, "0..s0 - 1", "s0");
    row(
        "randperm as float",
        [](IndexCase& c) {
            c.randperm(integer(8), {{"dtype", Argument::dtype(DType::Float32)}});
        },
        false, false, "?", "?");
    row("slice", sliced({integer(0), integer(2), integer(6)}), true, true, "0..7", "4");
    row("slice past the end", sliced({integer(0), integer(2), integer(INT64_MAX)}), true, true, "0..7", "6");
    row("slice from the end", sliced({integer(0), integer(-3)}), true, true, "0..7", "3");
    row("slice to the end", sliced({integer(0), integer(0), integer(-3)}), true, true, "0..7", "5");
    row("empty slice", sliced({integer(0), integer(5), integer(2)}), true, true, "0..7", "0");
    row("every other", sliced({integer(0), integer(0), integer(8), integer(2)}), true, true, "0..7", "?");
    row("clone", after("aten.clone.default"), true, true, "0..7", "4");
    row("flip", after("aten.flip.default", {Argument::list({integer(0)})}), true, true, "0..7", "4");
    row("view to 1-D", after("aten.view.default", {Argument::list({integer(-1)})}), true, true, "0..7", "4");
    row("view to 2-D", after("aten.view.default", {Argument::list({integer(2), integer(2)})}), false, false, "?", "?");
    row("plus a constant", after("aten.add.Tensor", {integer(3)}), true, true, "3..10", "4");
    row("plus a constant with alpha", after("aten.add.Tensor", {integer(3)}, {{"alpha", integer(2)}}), true, true,
        "6..13", "4");
    row(
        "minus a size", [](IndexCase& c) { c.randperm(ref(c.n)), c.then("aten.sub.Tensor", {ref(c.n)}); }, true, true,
        "-s0..-1", "s0");
    row("from the other side", after("aten.rsub.Scalar", {integer(7)}), true, true, "0..7", "4");
    row("negated", after("aten.neg.default"), true, true, "-7..0", "4");
    row("doubled", after("aten.mul.Tensor", {integer(2)}), true, true, "0..14", "4");
    row("times zero", after("aten.mul.Tensor", {integer(0)}), false, false, "?", "?");
    row("times a huge constant", after("aten.mul.Tensor", {integer(int64_t{1} << 62)}), false, false, "?", "?");
    row("to int32", after("prims.convert_element_type.default", {Argument::dtype(DType::Int32)}), true, true, "0..7",
        "4");
    row(
        "to int8, does not fit",
        [](IndexCase& c) {
            c.randperm(integer(300));
            c.then("prims.convert_element_type.default", {Argument::dtype(DType::Int8)});
        },
        false, false, "?", "?");
    row(
        "to int32, a symbol may not fit",
        [](IndexCase& c) {
            c.randperm(ref(c.n));
            c.then("prims.convert_element_type.default", {Argument::dtype(DType::Int32)});
        },
        false, false, "?", "?");
    row("to float", after("prims.convert_element_type.default", {Argument::dtype(DType::Float32)}), false, false, "?",
        "?");
    row("remainder that fits", after("aten.remainder.Scalar", {integer(8)}), true, true, "0..7", "4");
    row("remainder that folds", after("aten.remainder.Scalar", {integer(7)}), true, false, "0..6", "4");
    row("remainder by a negative number", after("aten.remainder.Scalar", {integer(-8)}), false, false, "?", "?");
    row(
        "randint",
        [](IndexCase& c) {
            c.call("r", "torch.ops.aten.randint.low", {integer(1), integer(9), Argument::list({integer(4)})});
        },
        true, false, "1..8", "4");
    row(
        "arange",
        [](IndexCase& c) {
            c.call("r", "torch.ops.aten.arange.start_step", {integer(1), integer(9)});
        },
        true, true, "1..8", "8");
    row(
        "arange downwards",
        [](IndexCase& c) {
            c.call("r", "torch.ops.aten.arange.start_step", {integer(9), integer(0), integer(-3)});
        },
        true, true, "1..9", "?");
    row(
        "arange of a byte too many",
        [](IndexCase& c) {
            c.call("r", "torch.ops.aten.arange.default", {integer(300)}, {{"dtype", Argument::dtype(DType::UInt8)}});
        },
        false, false, "?", "?");
    row(
        "iota",
        [](IndexCase& c) {
            c.call("r", "torch.ops.prims.iota.default", {integer(4)},
                   {{"start", integer(1)}, {"step", integer(2)}, {"dtype", Argument::dtype(DType::Int64)}});
        },
        true, true, "1..7", "4");
    row(
        "iota that stands still",
        [](IndexCase& c) {
            c.call("r", "torch.ops.prims.iota.default", {integer(4)},
                   {{"start", integer(1)}, {"step", integer(0)}, {"dtype", Argument::dtype(DType::Int64)}});
        },
        false, false, "?", "?");
    row(
        "argsort of 1-D",
        [](IndexCase& c) {
            const NodeId v = c.build.input("v", tensorMeta(DType::Float32, {6}));
            c.call("r", "torch.ops.aten.argsort.default", {ref(v)});
        },
        true, true, "0..5", "6");
    row(
        "argsort of 2-D",
        [](IndexCase& c) {
            const NodeId v = c.build.input("v", tensorMeta(DType::Float32, {6, 2}));
            c.call("r", "torch.ops.aten.argsort.default", {ref(v)});
        },
        false, false, "?", "?");
    row(
        "indices of sort",
        [](IndexCase& c) {
            const NodeId v = c.build.input("v", tensorMeta(DType::Float32, {6}));
            c.call("r", "torch.ops.aten.sort.default", {ref(v)});
            c.call("i", "operator.getitem", {ref(c.last), integer(1)});
        },
        true, true, "0..5", "6");
    row(
        "values of sort",
        [](IndexCase& c) {
            const NodeId v = c.build.input("v", tensorMeta(DType::Int64, {6}));
            c.call("r", "torch.ops.aten.sort.default", {ref(v)});
            c.call("i", "operator.getitem", {ref(c.last), integer(0)});
        },
        false, false, "?", "?");
    row(
        "nonzero, squeezed",
        [](IndexCase& c) {
            const NodeId v = c.build.input("v", tensorMeta(DType::Bool, {6}));
            c.call("r", "torch.ops.aten.nonzero.default", {ref(v)});
            c.then("aten.squeeze.dim", {integer(1)});
        },
        true, true, "0..5", "?");
    row(
        "values of unique",
        [](IndexCase& c) {
            c.call("r", "torch.ops.aten.randint.default", {integer(9), Argument::list({integer(4)})});
            c.then("aten._unique2.default");
            c.call("i", "operator.getitem", {ref(c.last), integer(0)});
        },
        true, true, "0..8", "?");
    row(
        "an input", [](IndexCase& c) { c.last = c.build.input("i", tensorMeta(DType::Int64, {4})); }, false, false, "?",
        "?");
    row(
        "taken at distinct places",
        [](IndexCase& c) {
            makeSliced()(c);
            const NodeId s = c.last;
            c.randperm(integer(4));
            c.call("t", "torch.ops.aten.index.Tensor", {ref(s), tensors({c.last})});
        },
        true, true, "0..7", "4");
    row(
        "taken at places that repeat",
        [](IndexCase& c) {
            makeSliced()(c);
            const NodeId s = c.last;
            c.call("r", "torch.ops.aten.randint.default", {integer(4), Argument::list({integer(3)})});
            c.call("t", "torch.ops.aten.index.Tensor", {ref(s), tensors({c.last})});
        },
        true, false, "0..7", "3");
    row(
        "cat of two halves",
        [](IndexCase& c) {
            c.randperm(integer(8));
            const NodeId p = c.last;
            const NodeId a = c.then("aten.slice.Tensor", {integer(0), integer(5), integer(8)});
            const NodeId b = c.call("s", "torch.ops.aten.slice.Tensor", {ref(p), integer(0), integer(0), integer(4)});
            c.call("c", "torch.ops.aten.cat.default", {tensors({a, b})});
        },
        true, true, "0..7", "7");
    row(
        "cat of overlapping parts",
        [](IndexCase& c) {
            c.randperm(integer(8));
            const NodeId p = c.last;
            const NodeId a = c.then("aten.slice.Tensor", {integer(0), integer(3), integer(8)});
            const NodeId b = c.call("s", "torch.ops.aten.slice.Tensor", {ref(p), integer(0), integer(0), integer(4)});
            c.call("c", "torch.ops.aten.cat.default", {tensors({a, b})});
        },
        true, false, "0..7", "9");
    row(
        "cat of a half, flipped and cut again",
        [](IndexCase& c) {
            c.randperm(integer(8));
            const NodeId p = c.last;
            c.then("aten.flip.default", {Argument::list({integer(0)})});
            const NodeId a = c.then("aten.slice.Tensor", {integer(0), integer(0), integer(4)}); // the last four of p
            const NodeId b = c.call("s", "torch.ops.aten.slice.Tensor", {ref(p), integer(0), integer(4), integer(8)});
            c.call("c", "torch.ops.aten.cat.default", {tensors({a, b})});
        },
        true, false, "0..7", "8");
    row(
        "cat of two permutations",
        [](IndexCase& c) {
            c.randperm(integer(4));
            const NodeId a = c.last;
            c.randperm(integer(4));
            c.call("c", "torch.ops.aten.cat.default", {tensors({a, c.last})});
        },
        true, false, "0..3", "8");
    row(
        "cat of a part and the shifted other",
        [](IndexCase& c) {
            c.randperm(integer(8));
            const NodeId p = c.last;
            const NodeId a = c.then("aten.slice.Tensor", {integer(0), integer(0), integer(4)});
            c.call("s", "torch.ops.aten.slice.Tensor", {ref(p), integer(0), integer(4), integer(8)});
            c.call("c", "torch.ops.aten.cat.default", {tensors({a, c.then("aten.add.Tensor", {integer(1)})})});
        },
        true, false, "0..8", "8");
    row(
        "second piece of split",
        [](IndexCase& c) {
            c.randperm(integer(8));
            c.then("aten.split_with_sizes.default", {Argument::list({integer(3), integer(5)})});
            c.call("i", "operator.getitem", {ref(c.last), integer(1)});
        },
        true, true, "0..7", "5");
    row(
        "pieces of split, together again",
        [](IndexCase& c) {
            c.randperm(integer(8));
            const NodeId pieces = c.then("aten.split.Tensor", {integer(3)});
            const NodeId a = c.call("i", "operator.getitem", {ref(pieces), integer(2)});
            const NodeId b = c.call("j", "operator.getitem", {ref(pieces), integer(0)});
            c.call("c", "torch.ops.aten.cat.default", {tensors({a, b})});
        },
        true, true, "0..7", "?");
}

void TestRewrite::indexFacts() {
    QFETCH(Make, make);
    QFETCH(bool, known);
    QFETCH(bool, distinct);
    QFETCH(QString, range);
    QFETCH(QString, length);
    IndexCase c;
    make(c);
    const NodeId index = c.last;
    const Graph graph = c.graph();
    IndexAnalysis analysis(graph);
    const IndexFacts& facts = analysis.of(index);
    QCOMPARE(facts.known, known);
    QCOMPARE(facts.distinct, distinct);
    const QString has =
        facts.low && facts.high ? QString::fromStdString(facts.low->str() + ".." + facts.high->str()) : "?";
    QCOMPARE(has, range);
    QCOMPARE(facts.length ? QString::fromStdString(facts.length->str()) : QString("?"), length);
    QVERIFY(distinct || facts.blame.valid());
}

void TestRewrite::longChainsAndCyclesEnd() {
    IndexCase c;
    c.randperm(integer(8));
    for (int i = 0; i < 200'000; ++i)
        c.then("aten.alias.default");
    const NodeId index = c.last;
    const Graph graph = c.graph();
    IndexAnalysis analysis(graph);
    QVERIFY(analysis.of(index).distinct);
    QCOMPARE(analysis.chain(index).size(), size_t{200'001});

    GraphBuilder build;
    build.call("a", "torch.ops.aten.clone.default", {ref(nodeId(1))});
    build.call("b", "torch.ops.aten.clone.default", {ref(nodeId(0))});
    const Graph cyclic = build.build();
    QVERIFY(!IndexAnalysis(cyclic).of(nodeId(0)).known);
}

void TestRewrite::writersAreFound() {
    GraphBuilder build;
    const NodeId x = build.input("x", tensorMeta(DType::Float32, {4}));
    const NodeId perm = build.call("perm", "torch.ops.aten.randperm.default", {integer(4)});
    const NodeId part =
        build.call("part", "torch.ops.aten.slice.Tensor", {ref(perm), integer(0), integer(0), integer(2)});
    const NodeId copy = build.call("copy", "torch.ops.aten.clone.default", {ref(perm)});
    const NodeId other = build.call("other", "torch.ops.aten.add_.Tensor", {ref(x), integer(1)});
    const NodeId put = build.call("put", "torch.ops.aten.index_put_.default", {ref(x), tensors({part}), ref(x)});
    const NodeId again = build.call("again", "torch.ops.aten.mul_.Tensor", {ref(put), integer(2)});
    const NodeId bad = build.call("bad", "torch.ops.aten.add_.Tensor", {ref(part), integer(1)});
    const NodeId end = build.output(ref(bad));
    const Graph graph = build.build();
    const Effects effects(graph);
    const NodeId values[] = {perm};
    QVERIFY(!effects.writerBetween(perm, bad, values).valid()); // x and views of x are not the permutation
    QCOMPARE(effects.writerBetween(perm, end, values), bad);
    const NodeId copies[] = {copy};
    QVERIFY(!effects.writerBetween(copy, end, copies).valid());
    const NodeId inputs[] = {x};
    QCOMPARE(effects.writerBetween(x, end, inputs), other);
    QCOMPARE(effects.writerBetween(put, end, inputs), again);
    QCOMPARE(namesOf(graph, memoryOf(graph, again)), std::string("x"));
}

QTEST_GUILESS_MAIN(TestRewrite)
#include "tst_rewrite.moc"
