// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/schema.h"

#include <QtTest>

using namespace fxscope;

namespace {

Argument integers(std::initializer_list<int64_t> numbers) {
    ArgumentList items;
    for (const int64_t number : numbers)
        items.push_back(Argument::integer(number));
    return Argument::list(std::move(items));
}

const Schema& schemaOf(const char* target) {
    const Schema* schema = findSchema(target);
    if (!schema)
        qFatal("no schema for %s", target);
    return *schema;
}

Node callTo(const char* target, Op op = Op::CallFunction) {
    Node node;
    node.op = op;
    node.target = target;
    return node;
}

} // namespace

class SchemaTest : public QObject {
    Q_OBJECT
private slots:
    void everyLineParses();
    void partsOfASchema();
    void defaults_data();
    void defaults();
    void unknownTargets();
    void bindFillsDefaults();
    void bindErrors_data();
    void bindErrors();
    void normalForm();
    void mutating_data();
    void mutating();
    void random();
    void everyOperatorHasASchema();
};

void SchemaTest::everyLineParses() {
    const auto all = overloadsOf("torch.ops.aten.add");
    QVERIFY(std::find(all.begin(), all.end(), "torch.ops.aten.add.Tensor") != all.end());
    size_t count = 0;
    for (const OpDef* op : allOps()) {
        const Schema* schema = findSchema(op->target);
        QVERIFY2(schema, op->target.str().c_str());
        QCOMPARE(schema->target, op->target.str());
        ++count;
    }
    QVERIFY(count > 200);
}

void SchemaTest::partsOfASchema() {
    const Schema& put = schemaOf("torch.ops.aten.index_put.default");
    QCOMPARE(put.args.size(), size_t(4));
    QCOMPARE(put.args[1].type, std::string("Tensor?[]"));
    QCOMPARE(put.args[1].name, std::string("indices"));
    QVERIFY(*put.args[3].fallback == Argument::boolean(false));
    QVERIFY(!put.mutates());
    QCOMPARE(put.find("values"), 2);
    QCOMPARE(put.find("nothing"), -1);
    QVERIFY(schemaOf("torch.ops.aten.index_put_.default").mutates());
    const Schema& dropout = schemaOf("torch.ops.aten.native_dropout.default");
    QCOMPARE(dropout.returns, (std::vector<std::string>{"Tensor", "Tensor"}));
    QVERIFY(schemaOf("torch.ops.aten.randperm.default").args[1].keywordOnly);
    QVERIFY(schemaOf("torch.ops.aten._assert_scalar.default").returns.empty());
}

void SchemaTest::defaults_data() {
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* target, const char* name) { QTest::newRow(name) << target << name; };
    row("torch.ops.aten.convolution_overrideable.default", "stride");
    row("torch.ops.aten.conv2d.default", "padding");
    row("torch.ops.aten.max_pool2d.default", "dilation");
    row("torch.ops.aten.contiguous.default", "memory_format");
    row("torch.ops.aten.randperm.default", "dtype");
    row("torch.ops.aten.layer_norm.default", "eps");
    row("torch.ops.aten.gelu.default", "approximate");
}

void SchemaTest::defaults() {
    QFETCH(QString, target);
    QFETCH(QString, name);
    static const std::map<QString, std::optional<Argument>> kExpected{
        {"stride", std::nullopt},
        {"padding", integers({0, 0})},
        {"dilation", integers({1, 1})},
        {"memory_format", Argument::memoryFormat(MemoryFormat::Contiguous)},
        {"dtype", Argument::dtype(DType::Int64)},
        {"eps", Argument::floating(1e-5)},
        {"approximate", Argument::string("none")},
    };
    const Schema& schema = schemaOf(target.toUtf8().constData());
    const int index = schema.find(name.toStdString());
    QVERIFY(index >= 0);
    QVERIFY(schema.args[size_t(index)].fallback == kExpected.at(name));
}

void SchemaTest::unknownTargets() {
    QVERIFY(!findSchema("torch.ops.aten.index_putt.default"));
    QVERIFY(!findOp("torch.ops.aten.index_putt.default"));
    const auto near = nearestTargets("torch.ops.aten.index_putt.default");
    QCOMPARE(near.front(), std::string("torch.ops.aten.index_put.default"));
    const auto overloads = nearestTargets("torch.ops.aten.add.Tensr");
    QCOMPARE(overloads.front(), std::string("torch.ops.aten.add.Tensor"));
    const auto error = parseSchema("aten::add(Tensor self");
    QCOMPARE(error.error().what, std::string("\"aten::add(Tensor self\" is no operator schema"));
}

void SchemaTest::bindFillsDefaults() {
    const Schema& slice = schemaOf("torch.ops.aten.slice.Tensor");
    const auto bound = bindArguments(slice, {Argument::integer(0)}, {{"end", Argument::integer(2)}}, "slice_1");
    QVERIFY(bound.ok());
    QCOMPARE(bound->size(), size_t(5));
    QVERIFY((*bound)[1] == Argument::integer(0));
    QVERIFY((*bound)[2].isNone());
    QVERIFY((*bound)[3] == Argument::integer(2));
    QVERIFY((*bound)[4] == Argument::integer(1));
    const Schema& pool = schemaOf("torch.ops.aten.max_pool2d.default");
    const auto spread =
        bindArguments(pool, {Argument::integer(0), integers({2})}, {{"padding", Argument::integer(1)}}, "pool");
    QVERIFY(spread.ok());
    QVERIFY((*spread)[1] == integers({2, 2}));
    QVERIFY((*spread)[3] == integers({1, 1}));
}

void SchemaTest::bindErrors_data() {
    QTest::addColumn<int>("positional");
    QTest::addColumn<QString>("keyword");
    QTest::addColumn<QString>("what");
    QTest::newRow("too many") << 6 << ""
                              << "torch.ops.aten.slice.Tensor takes 5 positional arguments, the call has 6";
    QTest::newRow("twice") << 2 << "dim"
                           << "torch.ops.aten.slice.Tensor gets its parameter dim twice";
    QTest::newRow("unknown") << 1 << "dimm"
                             << "torch.ops.aten.slice.Tensor has no parameter dimm";
    QTest::newRow("missing") << 0 << "dim"
                             << "torch.ops.aten.slice.Tensor misses its parameter self";
}

void SchemaTest::bindErrors() {
    QFETCH(int, positional);
    QFETCH(QString, keyword);
    QFETCH(QString, what);
    const ArgumentList args(size_t(positional), Argument::integer(0));
    Kwargs kwargs;
    if (!keyword.isEmpty())
        kwargs.emplace_back(keyword.toStdString(), Argument::integer(0));
    const auto bound = bindArguments(schemaOf("torch.ops.aten.slice.Tensor"), args, kwargs, "slice_1");
    QVERIFY(!bound.ok());
    QCOMPARE(QString::fromStdString(bound.error().what), what);
    QCOMPARE(bound.error().where, std::string("slice_1"));
}

void SchemaTest::normalForm() {
    ArgumentList args{Argument::integer(7), Argument::integer(0), Argument::integer(0), Argument::integer(2),
                      Argument::integer(1)};
    Kwargs kwargs;
    normaliseCall(schemaOf("torch.ops.aten.slice.Tensor"), args, kwargs);
    QCOMPARE(args.size(), size_t(4)); // step 1 is the default

    args = {Argument::integer(4)};
    kwargs = {
        {"pin_memory", Argument::boolean(false)}, {"device", Argument::device(Device{})}, {"layout", Argument::none()}};
    normaliseCall(schemaOf("torch.ops.aten.randperm.default"), args, kwargs);
    QCOMPARE(kwargs.size(), size_t(2)); // its default is None, False stays
    QCOMPARE(kwargs[0].first, std::string("device"));
    QCOMPARE(kwargs[1].first, std::string("pin_memory"));

    args = {Argument::integer(1), Argument::list({}), Argument::integer(2)};
    kwargs = {{"accumulate", Argument::boolean(true)}};
    normaliseCall(schemaOf("torch.ops.aten.index_put.default"), args, kwargs);
    QCOMPARE(args.size(), size_t(4));
    QVERIFY(kwargs.empty());

    const ArgumentList wrong{Argument::integer(1)};
    args = wrong;
    normaliseCall(schemaOf("torch.ops.aten.index_put.default"), args, kwargs);
    QVERIFY(args == wrong); // what does not bind stays as it is
}

void SchemaTest::mutating_data() {
    QTest::addColumn<QString>("target");
    QTest::addColumn<bool>("method");
    QTest::addColumn<bool>("expected");
    const auto row = [](const char* target, bool method, bool expected) {
        QTest::newRow(target) << target << method << expected;
    };
    row("torch.ops.aten.index_put.default", false, false);
    row("torch.ops.aten.index_put_.default", false, true);
    row("torch.ops.aten.add.out", false, true);
    row("torch.ops.higher_order.auto_functionalized", false, false);
    row("add_", true, true);
    row("add", true, false);
    row("__rshift__", true, false);
    row("setitem", true, false);
    row("dataset", true, false);
    row("set_rng_state", true, true);
    row("torch.manual_seed", false, true);
    row("operator.setitem", false, false);
    row("operator.mul", false, false);
    row("_enter_autocast", true, true);
}

void SchemaTest::mutating() {
    QFETCH(QString, target);
    QFETCH(bool, method);
    QFETCH(bool, expected);
    Node node = callTo(target.toUtf8().constData(), method ? Op::CallMethod : Op::CallFunction);
    QCOMPARE(isMutating(node), expected);
    node.kwargs = {{"out", Argument::integer(1)}};
    if (!target.startsWith("torch.ops."))
        QVERIFY(isMutating(node));
}

void SchemaTest::random() {
    QVERIFY(isRandom(callTo("torch.ops.aten.randperm.default")));
    QVERIFY(isRandom(callTo("torch.ops.aten.multinomial.default")));
    QVERIFY(!isRandom(callTo("torch.ops.aten.add.Tensor")));
    QVERIFY(!isRandom(callTo("randperm", Op::Placeholder)));
}

void SchemaTest::everyOperatorHasASchema() {
    for (const OpDef* op : allOps()) {
        QVERIFY2(op->infer, op->target.str().c_str());
        QVERIFY2(op->reference, op->target.str().c_str());
        QCOMPARE(findOp(op->target), op);
    }
}

QTEST_GUILESS_MAIN(SchemaTest)
#include "tst_schema.moc"
