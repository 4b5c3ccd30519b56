// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/support/text.h"

#include <QtTest>

#include <functional>

using namespace fxscope;

namespace {

Tensor counting(DType dtype, const Sizes& sizes) {
    Tensor whole = Tensor::empty(DType::Int64, sizes).value();
    for (int64_t i = 0; i < whole.numel(); ++i)
        whole.data<int64_t>()[i] = i;
    return castTensor(whole, dtype).value();
}

Tensor numbers(DType dtype, const std::vector<int64_t>& values) {
    Tensor whole = Tensor::empty(DType::Int64, {int64_t(values.size())}).value();
    std::copy(values.begin(), values.end(), whole.data<int64_t>());
    return castTensor(whole, dtype).value();
}

Value ints(std::initializer_list<int64_t> values) { return Value(ValueList(values.begin(), values.end())); }
Value tensors(std::initializer_list<Value> values) { return Value(ValueList(values)); }
Value integer(int64_t value) { return Value(value); }

Result<Value> call(const OpDef& op, ValueList args) {
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    args.resize(std::max(args.size(), findSchema(op.target)->args.size()));
    return op.reference(args, context);
}

std::vector<int64_t> integersOf(const Result<Value>& result) {
    const Tensor whole = castTensor(result.value().tensor(), DType::Int64).value();
    return {whole.data<int64_t>(), whole.data<int64_t>() + whole.numel()};
}

MetaArg meta(DType dtype, SymSizes sizes) { return {newMeta(dtype, std::move(sizes), std::optional(Device{}))}; }
MetaArg symbols(std::initializer_list<SymInt> sizes) {
    MetaArgs list;
    for (const SymInt& size : sizes)
        list.push_back({size});
    return {std::move(list)};
}
QString shown(const Result<ValueMeta>& result) {
    return QString::fromStdString(result.ok() ? result->str(true) : result.error().what);
}

const Tensor kX = counting(DType::Float32, {4, 5});
const Tensor kLongs = counting(DType::Int64, {4, 5});
const Tensor kBad = numbers(DType::Int64, {0, 7});
const Tensor kGood = numbers(DType::Int64, {0, 1});
const Tensor kBool = numbers(DType::Bool, {1, 0});

using Call = std::function<Result<Value>()>;

} // namespace
Q_DECLARE_METATYPE(Call)

/// What the cheap operators say of wrong calls, what they alias, and what they know of symbolic sizes. Their numbers
/// are compared with PyTorch's by tst_op_conform.
class LightOpsTest : public QObject {
    Q_OBJECT
private slots:
    void errors_data();
    void errors();
    void viewsAlias();
    void inPlaceWritesItsInput();
    void unsafeFormsAgree();
    void putKeepsTheOrderOfDimensions();
    void negativeIndicesWrap();
    void symbolicShapes_data();
    void symbolicShapes();
    void pythonArithmetic();
    void divisionOfUnsigned();
    void divisionByMinusOne();
    void powersOfSpecialNumbers_data();
    void powersOfSpecialNumbers();
    void promotion();
    void graphsGetTheirMetadata();
};

void LightOpsTest::errors_data() {
    QTest::addColumn<Call>("run");
    QTest::addColumn<QString>("what");
    const auto row = [](const char* name, Call run, const char* what) {
        QTest::newRow(name) << std::move(run) << QString(what);
    };
    const Value none;
    row(
        "index",
        [=] {
            return call(ops::index_Tensor, {kX, tensors({kBad})});
        },
        "index 7 is out of bounds for dimension 0 with size 4");
    row(
        "unsafe index",
        [=] {
            return call(ops::_unsafe_index, {kX, tensors({none, kBad})});
        },
        "index 7 is out of bounds for dimension 1 with size 5");
    row(
        "too many indices",
        [=] {
            return call(ops::index_Tensor, {kX, tensors({kGood, kGood, kGood})});
        },
        "too many indices for tensor of dimension 2 (got 3)");
    row(
        "index shapes",
        [=] {
            return call(ops::index_Tensor, {kX, tensors({kGood, numbers(DType::Int64, {0, 1, 2})})});
        },
        "shape mismatch: indexing tensors could not be broadcast together with shapes [2], [3]");
    row(
        "float index",
        [=] {
            return call(ops::index_Tensor, {kX, tensors({numbers(DType::Float32, {0})})});
        },
        "tensors used as indices must be long, int, byte or bool tensors");
    row(
        "mask",
        [=] {
            return call(ops::index_Tensor, {kX, tensors({kBool})});
        },
        "The shape of the mask [2] at index 0 does not match the shape of the indexed tensor [4, 5] at index 0");
    row(
        "index of nothing",
        [=] {
            return call(ops::index_Tensor, {counting(DType::Float32, {0, 3}), tensors({kGood})});
        },
        "index is out of bounds for dimension with size 0");
    row(
        "put values",
        [=] {
            return call(ops::index_put, {kX, tensors({kGood}), counting(DType::Float32, {3}), Value(false)});
        },
        "shape mismatch: value tensor of shape [3] cannot be broadcast to indexing result of shape [2, 5]");
    row(
        "put dtype",
        [=] {
            return call(ops::index_put, {kX, tensors({kGood}), counting(DType::Float64, {5}), Value(false)});
        },
        "Index put requires the source and destination dtypes match, got Float for the destination and Double for the "
        "source.");
    row(
        "index_add",
        [=] {
            return call(ops::index_add, {kX, integer(0), kBad, counting(DType::Float32, {2, 5}), integer(1)});
        },
        "index 7 is out of bounds for dimension 0 with size 4");
    row(
        "index_add shape",
        [=] {
            return call(ops::index_add, {kX, integer(0), kGood, counting(DType::Float32, {2, 4}), integer(1)});
        },
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = [4, 5] "
        "source.shape = [2, 4]");
    row(
        "index_add count",
        [=] {
            return call(ops::index_add, {kX, integer(0), kGood, counting(DType::Float32, {3, 5}), integer(1)});
        },
        "index_add_(): Number of indices (2) should be equal to source.size(dim): (3), for dim: 0");
    row(
        "index_select",
        [=] {
            return call(ops::index_select, {kX, integer(0), kBad});
        },
        "index out of range in self");
    row(
        "embedding",
        [=] {
            return call(ops::embedding_default, {kX, kBad});
        },
        "index out of range in self");
    row(
        "gather",
        [=] {
            return call(ops::gather_default, {kX, integer(0), counting(DType::Int64, {5, 1})});
        },
        "index 4 is out of bounds for dimension 0 with size 4");
    row(
        "view",
        [=] {
            return call(ops::view, {kX, ints({3, 7})});
        },
        "shape '[3, 7]' is invalid for input of size 20");
    row(
        "view of a transposed one",
        [=] {
            return call(ops::view, {call(ops::t, {kX}).value(), ints({20})});
        },
        "view size is not compatible with input tensor's size and stride (at least one dimension spans across two "
        "contiguous subspaces). "
        "Use .reshape(...) instead.");
    row(
        "cat",
        [=] {
            return call(ops::cat_default, {tensors({kX, counting(DType::Float32, {2, 4})}), integer(0)});
        },
        "Sizes of tensors must match except in dimension 0. Expected size 5 but got size 4 for tensor number 1 in the "
        "list.");
    row(
        "permute",
        [=] {
            return call(ops::permute, {kX, ints({0, 0})});
        },
        "permute(): duplicate dims are not allowed.");
    row(
        "select",
        [=] {
            return call(ops::select_int, {kX, integer(0), integer(9)});
        },
        "select(): index 9 out of range for tensor of size [4, 5] at dimension 0");
    row(
        "dimension",
        [=] {
            return call(ops::select_int, {kX, integer(5), integer(0)});
        },
        "Dimension out of range (expected to be in range of [-2, 1], but got 5)");
    row(
        "add",
        [=] {
            return call(ops::add_Tensor, {kX, counting(DType::Float32, {3}), integer(1)});
        },
        "The size of tensor a (5) must match the size of tensor b (3) at non-singleton dimension 1");
    row(
        "alpha",
        [=] {
            return call(ops::add_Tensor, {kLongs, kLongs, Value(1.5)});
        },
        "For integral input tensors, argument alpha must not be a floating point number.");
    row(
        "neg", [=] { return call(ops::neg, {kBool}); },
        "Negation, the `-` operator, on a bool tensor is not supported.");
    row(
        "sub",
        [=] {
            return call(ops::sub_Tensor, {kBool, kBool, integer(1)});
        },
        "Subtraction, the `-` operator, with two bool tensors is not supported.");
    row(
        "pow",
        [=] {
            return call(ops::pow_Tensor_Scalar, {kLongs, integer(-1)});
        },
        "Integers to negative integer powers are not allowed.");
    row(
        "where",
        [=] {
            return call(ops::where_self, {kX, kX, kX});
        },
        "where expected condition to be a boolean tensor, but got a tensor with dtype Float");
    row(
        "floor_divide",
        [=] {
            return call(ops::floor_divide, {kLongs, kLongs});
        },
        "ZeroDivisionError");
    row(
        "in place, dtype",
        [=] {
            return call(ops::add__Tensor, {kLongs, kX, integer(1)});
        },
        "result type Float can't be cast to the desired output type Long");
    row(
        "slice step",
        [=] {
            return call(ops::slice_Tensor, {kX, integer(0), none, none, integer(0)});
        },
        "slice step must be positive");
    row(
        "assert dtype",
        [=] {
            return call(ops::_assert_tensor_metadata, {kX, none, none, Value(DType::Float64)});
        },
        "Tensor dtype mismatch! Expected: Double, Got: Float");
    row(
        "assert scalar",
        [=] {
            return call(ops::_assert_scalar, {integer(0), Value(std::string("u0 > 2"))});
        },
        "u0 > 2");
    row(
        "argument", [=] { return call(ops::relu, {integer(3)}); }, "argument 0 must be a tensor, got 3");
    row(
        "arange",
        [=] {
            return call(ops::arange_start_step, {integer(0), integer(5), integer(-1)});
        },
        "upper bound and lower bound inconsistent with step sign");
}

void LightOpsTest::errors() {
    QFETCH(Call, run);
    QFETCH(QString, what);
    const auto result = run();
    QVERIFY(!result.ok());
    QCOMPARE(QString::fromStdString(result.error().what), what);
}

void LightOpsTest::viewsAlias() {
    Tensor x = counting(DType::Float32, {4, 6});
    const Value row = call(ops::select_int, {x, integer(0), integer(-1)}).value();
    QCOMPARE(row.tensor().storage(), x.storage());
    QCOMPARE(row.tensor().offset(), int64_t(18));
    const Value part = call(ops::slice_Tensor, {row, integer(0), integer(1), integer(-1), integer(2)}).value();
    QCOMPARE(part.tensor().strides(), (Sizes{2}));
    QCOMPARE(part.tensor().sizes(), (Sizes{2}));
    x.data<float>()[19] = -1;
    QCOMPARE(elementAsDouble(part.tensor(), 0), -1.0);
    const Value reshaped = call(ops::reshape, {call(ops::t, {x}).value(), ints({24})}).value();
    QVERIFY(reshaped.tensor().storage() != x.storage());
    QCOMPARE(elementAsDouble(reshaped.tensor(), 1), 6.0);
    const Value pieces = call(ops::split_Tensor, {x, integer(4), integer(1)}).value();
    QCOMPARE(pieces.list().size(), size_t(2));
    for (const Value& piece : pieces.list())
        QCOMPARE(piece.tensor().storage(), x.storage());
}

void LightOpsTest::inPlaceWritesItsInput() {
    Tensor x = counting(DType::Float32, {3});
    const Value y =
        call(ops::index_put_, {x, tensors({numbers(DType::Int64, {2, 2})}), counting(DType::Float32, {2}), Value(true)})
            .value();
    QCOMPARE(y.tensor().storage(), x.storage());
    QCOMPARE(elementAsDouble(x, 2), 3.0);
    const Value last =
        call(ops::index_put, {x, tensors({numbers(DType::Int64, {0, 0})}), counting(DType::Float32, {2}), Value(false)})
            .value();
    QCOMPARE(elementAsDouble(last.tensor(), 0), 1.0); // the last of two values stays
    QCOMPARE(elementAsDouble(x, 0), 0.0);
}

void LightOpsTest::unsafeFormsAgree() {
    const Value index = tensors({Value(numbers(DType::Int64, {3, 0, 2}))});
    const Value a = call(ops::index_Tensor, {kX, index}).value(), b = call(ops::_unsafe_index, {kX, index}).value();
    const Value values(counting(DType::Float32, {3, 5}));
    const Value c = call(ops::index_put, {kX, index, values, Value(false)}).value();
    const Value d = call(ops::_unsafe_index_put, {kX, index, values, Value(false)}).value();
    for (int64_t i = 0; i < 15; ++i)
        QCOMPARE(elementAsDouble(a.tensor(), i), elementAsDouble(b.tensor(), i));
    for (int64_t i = 0; i < 20; ++i)
        QCOMPARE(elementAsDouble(c.tensor(), i), elementAsDouble(d.tensor(), i));
    QCOMPARE(elementAsDouble(a.tensor(), 0), 15.0);
    QCOMPARE(elementAsDouble(c.tensor(), 15), 0.0);
}

void LightOpsTest::putKeepsTheOrderOfDimensions() {
    const Value x = call(ops::permute, {counting(DType::Float32, {3, 4, 5}), ints({2, 0, 1})}).value();
    const Value index = tensors({Value(numbers(DType::Int64, {0}))});
    const Value zero(counting(DType::Float32, {1}));
    QCOMPARE(call(ops::index_put, {x, index, zero, Value(false)}).value().tensor().strides(), (Sizes{1, 20, 5}));
    QCOMPARE(call(ops::index_Tensor, {x, tensors({Value(kGood)})}).value().tensor().strides(), (Sizes{12, 4, 1}));
}

void LightOpsTest::negativeIndicesWrap() {
    const Value none;
    const Value y = call(ops::index_Tensor, {kX, tensors({none, Value(numbers(DType::Int64, {-1, -5}))})}).value();
    QCOMPARE(y.tensor().sizes(), (Sizes{4, 2}));
    QCOMPARE(elementAsDouble(y.tensor(), 0), 4.0);
    QCOMPARE(elementAsDouble(y.tensor(), 1), 0.0);
}

void LightOpsTest::symbolicShapes_data() {
    QTest::addColumn<QString>("got");
    QTest::addColumn<QString>("expected");
    const SymInt s = SymInt::symbol("s0");
    const MetaArg x = meta(DType::Float32, {s, SymInt(8)}), none;
    const auto row = [](const char* name, const OpDef& op, MetaArgs args, const char* expected) {
        args.resize(std::max(args.size(), findSchema(op.target)->args.size()));
        QTest::newRow(name) << shown(op.infer(args)) << QString(expected);
    };
    row("add", ops::add_Tensor, {x, meta(DType::Int64, {SymInt(8)}), {SymInt(1)}}, "f32[s0, 8][8, 1]cpu");
    row("view", ops::view, {x, symbols({SymInt(-1)})}, "f32[8*s0][1]cpu");
    row("view -1", ops::view, {x, symbols({s, SymInt(2), SymInt(-1)})}, "f32[s0, 2, 4][8, 4, 1]cpu");
    row("view 8 of 8*s0", ops::view, {meta(DType::Float32, {SymInt(8) * s}), symbols({SymInt(-1), SymInt(8)})},
        "f32[s0, 8][8, 1]cpu");
    row("permute", ops::permute, {x, symbols({SymInt(1), SymInt(0)})}, "f32[8, s0][1, 8]cpu");
    row("slice", ops::slice_Tensor, {x, {SymInt(0)}, {SymInt(0)}, {floorDiv(s, SymInt(2))}, {SymInt(1)}},
        "f32[(s0//2), 8][8, 1]cpu");
    row("slice all", ops::slice_Tensor, {x, {SymInt(0)}, {SymInt(0)}, {SymInt(INT64_MAX)}, {SymInt(1)}},
        "f32[s0, 8][8, 1]cpu");
    row("randperm", ops::randperm_default, {{s}}, "i64[s0][1]cpu");
    row("index", ops::index_Tensor, {x, {MetaArgs{meta(DType::Int64, {SymInt::symbol("s1")})}}}, "f32[s1, 8][8, 1]cpu");
    row("index_put", ops::index_put,
        {x, {MetaArgs{meta(DType::Int64, {SymInt(2)})}}, meta(DType::Float32, {SymInt(2), SymInt(8)}), {true}},
        "f32[s0, 8][8, 1]cpu");
    row("cat", ops::cat_default, {{MetaArgs{x, x}}, {SymInt(0)}}, "f32[2*s0, 8][8, 1]cpu");
    row("arange", ops::arange_default, {{s}}, "i64[s0][1]cpu");
    row("expand", ops::expand, {meta(DType::Float32, {SymInt(1), SymInt(8)}), symbols({s, SymInt(-1)})},
        "f32[s0, 8][0, 1]cpu");
    row("sym_size", ops::sym_size_int, {x, {SymInt(0)}}, "Sym(s0)");
    row("mul", ops::operator_mul, {{s}, {SymInt(2)}}, "Sym(2*s0)");
    row("floordiv", ops::operator_floordiv, {{s}, {SymInt(2)}}, "Sym((s0//2))");
}

void LightOpsTest::symbolicShapes() {
    QFETCH(QString, got);
    QFETCH(QString, expected);
    QCOMPARE(got, expected);
}

void LightOpsTest::pythonArithmetic() {
    const auto number = [](const OpDef& op, Value a, Value b) {
        return call(op, {std::move(a), std::move(b)}).value().str();
    };
    QCOMPARE(number(ops::operator_floordiv, integer(-7), integer(2)), std::string("-4"));
    QCOMPARE(number(ops::operator_mod, integer(-7), integer(2)), std::string("1"));
    QCOMPARE(number(ops::operator_mod, Value(7.5), integer(-2)), std::string("-0.5"));
    QCOMPARE(number(ops::operator_truediv, integer(7), integer(2)), std::string("3.5"));
    QCOMPARE(number(ops::operator_mul, integer(3), Value(0.5)), std::string("1.5"));
    QCOMPARE(number(ops::operator_ge, integer(3), integer(3)), std::string("True"));
    QCOMPARE(number(ops::sym_max, integer(3), integer(5)), std::string("5"));
    QCOMPARE(call(ops::operator_mod, {integer(1), integer(0)}).error().what, std::string("division by zero"));
    QCOMPARE(call(ops::operator_mul, {integer(INT64_MAX), integer(2)}).error().what,
             std::string("an integer beyond 64 bits"));
    QCOMPARE(call(ops::math_trunc, {Value(-2.7)}).value().str(), std::string("-2"));
    const Value list(ValueList{integer(4), integer(5)});
    QCOMPARE(call(ops::operator_getitem, {list, integer(-1)}).value().str(), std::string("5"));
    QCOMPARE(call(ops::operator_getitem, {list, integer(2)}).error().what, std::string("list index out of range"));
}

void LightOpsTest::divisionOfUnsigned() {
    const Tensor a = numbers(DType::UInt8, {200, 255, 0}), b = numbers(DType::UInt8, {255, 255, 255});
    QCOMPARE(integersOf(call(ops::div_Tensor_mode, {a, b, Value(std::string("trunc"))})),
             (std::vector<int64_t>{0, 1, 0}));
    QCOMPARE(integersOf(call(ops::fmod_Tensor, {a, b})), (std::vector<int64_t>{200, 0, 0}));
}

void LightOpsTest::divisionByMinusOne() {
    const Tensor a = numbers(DType::Int64, {INT64_MIN, 7}), b = numbers(DType::Int64, {-1, -1});
    QCOMPARE(integersOf(call(ops::div_Tensor_mode, {a, b, Value(std::string("trunc"))})),
             (std::vector<int64_t>{INT64_MIN, -7}));
    QCOMPARE(integersOf(call(ops::fmod_Tensor, {a, b})), (std::vector<int64_t>{0, 0}));
}

/// Of -0.0, -inf and 4, as PyTorch 2.11 computes them; NaN where the third column says so.
void LightOpsTest::powersOfSpecialNumbers_data() {
    QTest::addColumn<int>("dtype");
    QTest::addColumn<bool>("number"); ///< the exponent is a number, no tensor
    QTest::addColumn<double>("exponent");
    QTest::addColumn<QString>("powers");
    for (const DType dtype : {DType::Float32, DType::Float64, DType::Float16, DType::BFloat16}) {
        const auto row = [&](bool number, double exponent, const char* powers) {
            const std::string text = std::string(name(dtype)) + (number ? " ^ " : " ^ tensor ") + reprFloat(exponent);
            QTest::newRow(text.c_str()) << int(dtype) << number << exponent << QString(powers);
        };
        const bool half = dtype == DType::Float16;
        row(true, 0.5, half ? "0.0 inf 2.0" : "-0.0 nan 2.0");
        row(true, -0.5, half ? "inf 0.0 0.5" : "-inf nan 0.5");
        row(true, -1, "-inf -0.0 0.25");
        row(true, 2, "0.0 inf 16.0");
        row(false, 0.5, "0.0 inf 2.0");
        row(false, -0.5, "inf 0.0 0.5");
        row(false, -1, "-inf -0.0 0.25");
    }
}
void LightOpsTest::powersOfSpecialNumbers() {
    QFETCH(int, dtype);
    QFETCH(bool, number);
    QFETCH(double, exponent);
    QFETCH(QString, powers);
    Tensor wide = Tensor::empty(DType::Float64, {3}).value(), wideExponent = Tensor::empty(DType::Float64, {3}).value();
    const double bases[] = {-0.0, -std::numeric_limits<double>::infinity(), 4};
    std::copy(std::begin(bases), std::end(bases), wide.data<double>());
    std::fill_n(wideExponent.data<double>(), 3, exponent);
    const Tensor x = castTensor(wide, DType(dtype)).value();
    const auto result = number ? call(ops::pow_Tensor_Scalar, {x, Value(exponent)})
                               : call(ops::pow_Tensor_Tensor, {x, castTensor(wideExponent, DType(dtype)).value()});
    QStringList found;
    for (int64_t i = 0; i < 3; ++i) {
        const double value = elementAsDouble(result.value().tensor(), i);
        found << (std::isnan(value) ? "nan" : QString::fromStdString(reprFloat(value)));
    }
    QCOMPARE(found.join(' '), powers);
}

void LightOpsTest::promotion() {
    const auto type = [](std::initializer_list<Value> values) { return name(resultType(metaArgs(ValueList(values)))); };
    const Tensor scalar = counting(DType::Float64, {});
    QCOMPARE(type({kX, Value(2.5)}), "float32");
    QCOMPARE(type({kLongs, Value(2.5)}), "float32");
    QCOMPARE(type({kX, scalar}), "float32");
    QCOMPARE(type({kLongs, scalar}), "float64");
    QCOMPARE(type({kBool, integer(1)}), "int64");
    QCOMPARE(name(promoteTypes(DType::Float16, DType::BFloat16)), "float32");
    QCOMPARE(name(promoteTypes(DType::UInt8, DType::Int8)), "int16");
    QCOMPARE(name(promoteTypes(DType::Float64, DType::Complex64)), "complex128");
}

void LightOpsTest::graphsGetTheirMetadata() {
    NodeBody x, y, out;
    x.op = Op::Placeholder;
    x.name = "x";
    x.target = "x";
    x.meta = ValueMeta::tensor(newMeta(DType::Float16, {SymInt(2), SymInt(3)}, std::optional(Device{})));
    y.name = "y";
    y.target = "torch.ops.aten.add.Tensor";
    y.args = {Argument::node(NodeId{0}), Argument::integer(1)};
    out.op = Op::Output;
    out.name = "output";
    out.target = "output";
    out.args = {Argument::node(NodeId{1})};
    Graph graph = Graph::fromBodies({x, y, out}).value();
    QCOMPARE(inferMissing(graph), size_t(0));
    QCOMPARE(graph[NodeId{1}].meta.str(), std::string("f16[2, 3]"));
    const auto unknown = inferCall(graph, "torch.ops.aten.addd.Tensor", y.args, {}, "z");
    QCOMPARE(unknown.error().what, std::string("operator torch.ops.aten.addd.Tensor is unknown"));
    QVERIFY(unknown.error().next.starts_with("did you mean torch.ops.aten.add.Tensor"));
    QCOMPARE(unknown.error().where, std::string("z"));
}

QTEST_GUILESS_MAIN(LightOpsTest)
#include "tst_ops_light.moc"
