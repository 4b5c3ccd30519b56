// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/kernel_util.h"
#include "core/support/text.h"

#include <QtTest>

#include <cmath>
#include <functional>

using namespace fxscope;

namespace {

Tensor counted(DType dtype, const Sizes& sizes) {
    Tensor whole = Tensor::empty(DType::Int64, sizes).value();
    for (int64_t i = 0; i < whole.numel(); ++i)
        whole.data<int64_t>()[i] = i;
    return castTensor(whole, dtype).value();
}

Tensor floats(const std::vector<double>& values) {
    Tensor row = Tensor::empty(DType::Float64, {int64_t(values.size())}).value();
    std::copy(values.begin(), values.end(), row.data<double>());
    return castTensor(row, DType::Float32).value();
}

Tensor longs(const std::vector<int64_t>& values) {
    Tensor row = Tensor::empty(DType::Int64, {int64_t(values.size())}).value();
    std::copy(values.begin(), values.end(), row.data<int64_t>());
    return row;
}

Value list(std::initializer_list<int64_t> values) { return Value(ValueList(values.begin(), values.end())); }
Value whole(int64_t value) { return Value(value); }
Value text(const char* value) { return Value(std::string(value)); }

Result<Value> run(const OpDef& op, ValueList args) {
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    args.resize(std::max(args.size(), findSchema(op.target)->args.size()));
    return op.reference(args, context);
}

MetaArg symbolic(DType dtype, SymSizes sizes) { return {newMeta(dtype, std::move(sizes), std::optional(Device{}))}; }
MetaArg symList(std::initializer_list<SymInt> sizes) {
    MetaArgs items;
    for (const SymInt& size : sizes)
        items.push_back({size});
    return {std::move(items)};
}

const Tensor kX = counted(DType::Float32, {4, 5});
const Tensor kImage = counted(DType::Float32, {1, 2, 4, 4});
const Tensor kLongs = counted(DType::Int64, {4, 5});
const Tensor kBools = castTensor(kLongs, DType::Bool).value();

using Call = std::function<Result<Value>()>;
using ShapeRule = std::function<Result<ValueMeta>()>;

} // namespace
Q_DECLARE_METATYPE(Call)
Q_DECLARE_METATYPE(ShapeRule)

/// Activations, reductions, sorts, pads, scatters, pools and gradients: what they say of wrong calls, what they know of
/// symbolic sizes, and the corners that records do not hold. Their numbers are compared with PyTorch's by
/// tst_op_conform.
class MoreOpsTest : public QObject {
    Q_OBJECT
private slots:
    void errors_data();
    void errors();
    void symbolicShapes_data();
    void symbolicShapes();
    void partsKeepTheirGaps();
    void scattersOfParts();
    void unwantedGradientsAreNone();
    void transformsComeBack_data();
    void transformsComeBack();
    void equalElementsKeepTheirOrder();
    void nanIsTheExtreme();
};

void MoreOpsTest::errors_data() {
    QTest::addColumn<Call>("call");
    QTest::addColumn<QString>("what");
    const auto row = [](const char* name, const OpDef& op, ValueList args, const char* what) {
        QTest::newRow(name) << Call([&op, args = std::move(args)] { return run(op, args); }) << QString(what);
    };
    row("clamp", ops::clamp_default, {kX}, "torch.clamp: At least one of 'min' or 'max' must not be None");
    row("elu", ops::elu, {kLongs, whole(1), whole(1), whole(1)}, "\"elu_cpu\" not implemented for 'Long'");
    row("hardtanh", ops::hardtanh, {kBools, whole(-1), whole(1)}, "Bool inputs not supported for hardtanh");
    row("glu", ops::glu, {kX, whole(1)}, "Halving dimension must be even, but dimension 1 is size 5");
    row("lerp", ops::lerp_Scalar, {kX, kLongs, Value(0.5)}, "expected dtype Float for `end` but got dtype Long");
    row("frexp", ops::frexp_Tensor, {kLongs}, "torch.frexp() only supports floating-point dtypes");
    row("addcdiv", ops::addcdiv, {kLongs, kLongs, kLongs, whole(1)},
        "Integer division with addcdiv is no longer supported, and in a future release addcdiv will perform a true "
        "division of tensor1 and tensor2.");
    row("nll", ops::nll_loss_forward, {kX, longs({0, 1, 9, 0}), Value(), whole(1), whole(-100)},
        "Target 9 is out of bounds.");
    row("nll sizes", ops::nll_loss_forward, {kX, longs({0, 1}), Value(), whole(1), whole(-100)},
        "size mismatch (got input: [4, 5], target: [2])");
    row("argmax", ops::argmax, {counted(DType::Float32, {0}), Value(), Value(false)},
        "argmax(): Expected reduction dim to be specified for input.numel() == 0.");
    row("vector norm", ops::linalg_vector_norm, {kLongs, whole(2), Value(), Value(false)},
        "linalg.vector_norm: Expected a floating point or complex tensor as input. Got Long");
    row("topk", ops::topk, {kX, whole(6), whole(1), Value(true), Value(true)}, "selected index k out of range");
    row("cumsum", ops::cumsum, {kX, whole(2)},
        "Dimension out of range (expected to be in range of [-2, 1], but got 2)");
    row("bucketize", ops::bucketize_Tensor, {kX, kX, Value(false), Value(false)},
        "bucketize(): boundaries tensor must be 1 dimension, but got dim(2)");
    row("flip", ops::flip, {kX, list({0, -2})}, "dim 0 appears multiple times in the list of dims");
    row("rot90", ops::rot90, {kX, whole(1), list({1, 1})},
        "expected rotation dims to be different, but got dim0 = 1 and dim1 = 1");
    row("roll", ops::roll, {kX, list({1, 2}), list({0})}, "shifts and dimensions must align. shifts: 2, dims:1");
    row("repeat", ops::repeat, {kX, list({2})},
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
    row("tril", ops::tril, {floats({1}), whole(0)}, "tril: input tensor must have at least 2 dimensions");
    row("constant pad", ops::constant_pad_nd, {kX, list({1, 2, 3}), whole(0)},
        "Length of pad must be even but instead it equals 3");
    row("negative pad", ops::constant_pad_nd, {kX, list({-3, -3}), whole(0)},
        "The input size 5, plus negative padding -3 and -3 resulted in a negative output size, which is invalid. Check "
        "dimension 1 of your input.");
    row("reflection", ops::reflection_pad1d, {kX, list({5, 0})},
        "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding [5, 0] at "
        "dimension 1 of input [4, 5]");
    row("slice_scatter", ops::slice_scatter, {kX, floats({1}), whole(0), Value(), Value(), whole(1)},
        "expected src to have a size equal to the slice of self. src size = [1], slice size = [4, 5]");
    row("masked_scatter", ops::masked_scatter, {kX, kBools, floats({1, 2})},
        "Number of elements of source < number of ones in mask");
    row("index_fill", ops::index_fill_int_Scalar, {kX, whole(0), longs({4}), whole(1)}, "index out of range in self");
    row("scatter_reduce", ops::scatter_reduce_two,
        {kX, whole(0), counted(DType::Int64, {1, 5}), kX, text("max"), Value(true)},
        "reduce argument must be either sum, prod, mean, amax or amin, got max");
    row("scatter_reduce index", ops::scatter_reduce_two,
        {kX, whole(0), counted(DType::Int64, {1, 5}), kX, text("sum"), Value(true)},
        "index 4 is out of bounds for dimension 0 with size 4");
    row("cdist", ops::_cdist_forward, {kX, kImage, Value(2.0), Value()},
        "X1 and X2 must have the same number of columns. X1: 5 X2: 4");
    row("pdist", ops::_pdist_forward, {kImage, Value(2.0)}, "pdist only supports 2D tensors, got: 4D");
    row("fft", ops::_fft_c2c, {kX, list({0}), whole(0), Value(true)}, "Unsupported dtype Float");
    row("col2im", ops::col2im,
        {counted(DType::Float32, {4, 5}), list({4, 4}), list({2, 2}), list({1, 1}), list({0, 0}), list({2, 2})},
        "Given output_size, kernel_size, dilation, padding and stride, expected size of input's last dimension to "
        "match "
        "the calculated number of sliding blocks 4, but got 5");
    row("avg_pool3d", ops::avg_pool3d,
        {kX, list({2, 2, 2}), list({}), list({0, 0, 0}), Value(false), Value(true), Value()},
        "expected 4D or 5D (batch mode) tensor with non-zero sizes but the batch, got [4, 5]");
    row("max pool gradient", ops::max_pool2d_with_indices_backward,
        {counted(DType::Float32, {1, 2, 1, 1}), kImage, list({2, 2}), list({2, 2}), list({0, 0}), list({1, 1}),
         Value(false),
         castTensor(floats({3, 99}), DType::Int64).value().asStrided({1, 2, 1, 1}, {2, 1, 1, 1}, 0).value()},
        "invalid max index 99 for planes of 16 elements");
    row("grid", ops::grid_sampler_2d, {kImage, kX, whole(0), whole(0), Value(false)},
        "grid_sampler(): expected 4D input and grid with the same batch size and a last dimension of 2 in grid, but "
        "got "
        "input with sizes [1, 2, 4, 4] and grid with sizes [4, 5]");
    row("embedding_bag", ops::_embedding_bag,
        {kX, longs({0, 1}), longs({1}), Value(false), whole(0), Value(false), Value(), Value(false), whole(-1)},
        "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
        "1");
    row("embedding gradient", ops::embedding_dense_backward,
        {kX, longs({0, 1, 7, 2}), whole(3), whole(-1), Value(false)}, "index out of range in self");
    row("matmul", ops::matmul, {kX, kX}, "sizes [4, 5] and [4, 5] cannot be multiplied");
    row("diff", ops::diff_default, {counted(DType::Float32, {}), whole(1), whole(-1)},
        "diff expects input to be at least one-dimensional");
}

void MoreOpsTest::errors() {
    QFETCH(Call, call);
    QFETCH(QString, what);
    const auto result = call();
    QVERIFY(!result.ok());
    QCOMPARE(QString::fromStdString(result.error().what), what);
}

void MoreOpsTest::symbolicShapes_data() {
    QTest::addColumn<ShapeRule>("infer");
    QTest::addColumn<QString>("shown");
    const SymInt s = SymInt::symbol("s0"), t = SymInt::symbol("s1");
    const MetaArg x = symbolic(DType::Float32, {s, t}), image = symbolic(DType::Float32, {s, 3, t, t});
    const MetaArg zero{SymInt(0)}, one{SymInt(1)}, no{false}, yes{true}, none;
    const auto row = [](const char* name, const OpDef& op, MetaArgs args, const char* shown) {
        QTest::newRow(name) << ShapeRule([&op, args = std::move(args)] { return op.infer(args); }) << QString(shown);
    };
    row("clamp", ops::clamp_default, {x, zero, none}, "f32[s0, s1][s1, 1]cpu");
    row("argmax", ops::argmax, {x, one, yes}, "i64[s0, 1][1, 1]cpu");
    row("cumsum", ops::cumsum, {symbolic(DType::Int32, {s}), zero, none}, "i64[s0][1]cpu");
    row("repeat", ops::repeat, {x, symList({2, 1, 3})}, "f32[2, s0, 3*s1][3*s0*s1, 3*s1, 1]cpu");
    row("pad", ops::constant_pad_nd, {x, symList({1, 2}), zero}, "f32[s0, s1 + 3][s1 + 3, 1]cpu");
    row("diag_embed", ops::diag_embed, {symbolic(DType::Float32, {s}), one, {SymInt(-2)}, {SymInt(-1)}},
        "f32[s0 + 1, s0 + 1][s0 + 1, 1]cpu");
    row("glu", ops::glu, {x, one}, "f32[s0, (s1//2)][(s1//2), 1]cpu");
    row("pixel_shuffle", ops::pixel_shuffle, {symbolic(DType::Float32, {4, s, t}), {SymInt(2)}},
        "f32[1, 2*s0, 2*s1][4*s0*s1, 2*s1, 1]cpu");
    row("matmul", ops::matmul, {image, symbolic(DType::Float32, {t, 7})}, "f32[s0, 3, s1, 7][21*s1, 7*s1, 7, 1]cpu");
    row("pdist", ops::_pdist_forward, {symbolic(DType::Float32, {8, s}), {2.0}}, "f32[28][1]cpu");
    row("tanh gradient", ops::tanh_backward, {x, x}, "f32[s0, s1][s1, 1]cpu");
}

void MoreOpsTest::symbolicShapes() {
    QFETCH(ShapeRule, infer);
    QFETCH(QString, shown);
    const auto meta = infer();
    QCOMPARE(QString::fromStdString(meta.ok() ? meta->str(true) : meta.error().what), shown);
}

/// as_strided_scatter counts from the start of the storage, whatever part of it self shows.
void MoreOpsTest::partsKeepTheirGaps() {
    const Tensor base = counted(DType::Float32, {10}), part = base.asStrided({4}, {2}, 2).value();
    const Value result = run(ops::as_strided_scatter, {part, floats({-1, -2}), list({2}), list({2}), whole(4)}).value();
    QCOMPARE(elementAsDouble(result.tensor(), 0), 2.0);
    QCOMPARE(elementAsDouble(result.tensor(), 1), -1.0);
    QCOMPARE(elementAsDouble(result.tensor(), 2), -2.0);
    QCOMPARE(elementAsDouble(base, 4), 4.0); // self is not written
}

void MoreOpsTest::scattersOfParts() {
    const Value sliced =
        run(ops::slice_scatter, {floats({1, 2, 3, 4, 5}), floats({8, 9}), whole(0), whole(-4), whole(99), whole(2)})
            .value();
    const std::vector<double> expected{1, 8, 3, 9, 5};
    for (int64_t i = 0; i < 5; ++i)
        QCOMPARE(elementAsDouble(sliced.tensor(), i), expected[size_t(i)]);
    const Value mean = run(ops::scatter_reduce_two, {floats({10, 20}), whole(0), longs({1, 1, 1}), floats({1, 2, 3}),
                                                     text("mean"), Value(false)})
                           .value();
    QCOMPARE(elementAsDouble(mean.tensor(), 0), 10.0); // not hit: stays
    QCOMPARE(elementAsDouble(mean.tensor(), 1), 2.0);
}

void MoreOpsTest::unwantedGradientsAreNone() {
    const Tensor g = counted(DType::Float32, {1, 3, 2, 2}), x = counted(DType::Float32, {1, 2, 3, 3}),
                 w = counted(DType::Float32, {3, 2, 2, 2});
    const ValueList args{g,
                         x,
                         w,
                         list({3}),
                         list({1, 1}),
                         list({0, 0}),
                         list({1, 1}),
                         Value(false),
                         list({0, 0}),
                         whole(1),
                         Value(ValueList{Value(false), Value(true), Value(false)})};
    const Value result = run(ops::convolution_backward, args).value();
    QVERIFY(result.list()[0].isNone());
    QVERIFY(result.list()[1].isTensor());
    QVERIFY(result.list()[2].isNone());
    QCOMPARE(elementAsDouble(result.list()[1].tensor(), 0), 0.0 * 0 + 1 * 1 + 2 * 3 + 3 * 4);
}

void MoreOpsTest::transformsComeBack_data() {
    QTest::addColumn<int>("length");
    for (const int length : {1, 2, 7, 12, 60, 128, 131, 1009}) // powers, products, small and large primes
        QTest::newRow(qPrintable(QString::number(length))) << length;
}

void MoreOpsTest::transformsComeBack() {
    QFETCH(int, length);
    Tensor x = Tensor::empty(DType::Float64, {2, length}).value();
    for (int64_t i = 0; i < x.numel(); ++i)
        x.data<double>()[i] = std::sin(double(i * i));
    const Value spectrum = run(ops::_fft_r2c, {x, list({1}), whole(0), Value(true)}).value();
    QCOMPARE(spectrum.tensor().sizes(), (Sizes{2, length / 2 + 1}));
    double sum = 0;
    for (int64_t i = 0; i < length; ++i)
        sum += x.data<double>()[i];
    QVERIFY(std::abs(elementAsDouble(spectrum.tensor(), 0) - sum) < 1e-9);
    const Value back = run(ops::_fft_c2r, {spectrum, list({1}), whole(2), whole(length)}).value();
    for (int64_t i = 0; i < x.numel(); ++i)
        QVERIFY(std::abs(elementAsDouble(back.tensor(), i) - x.data<double>()[i]) < 1e-10);
}

void MoreOpsTest::equalElementsKeepTheirOrder() {
    const Tensor x = floats({1, NAN, 1, 0, NAN});
    const std::vector<int64_t> up{3, 0, 2, 1, 4}, down{1, 4, 0, 2, 3};
    for (const bool descending : {false, true}) {
        const Value sorted = run(ops::sort_default, {x, whole(0), Value(descending)}).value();
        for (int64_t i = 0; i < 5; ++i)
            QCOMPARE(sorted.list()[1].tensor().data<int64_t>()[i], (descending ? down : up)[size_t(i)]);
    }
}

void MoreOpsTest::nanIsTheExtreme() {
    const Tensor x = floats({3, NAN, 9, NAN});
    QCOMPARE(elementAsDouble(run(ops::argmax, {x, whole(0), Value(false)})->tensor(), 0), 1.0);
    QCOMPARE(elementAsDouble(run(ops::argmin, {x, whole(0), Value(false)})->tensor(), 0), 1.0);
    const Value both = run(ops::aminmax, {x, Value(), Value(false)}).value();
    QVERIFY(std::isnan(elementAsDouble(both.list()[0].tensor(), 0)));
    QVERIFY(std::isnan(elementAsDouble(both.list()[1].tensor(), 0)));
}

QTEST_GUILESS_MAIN(MoreOpsTest)
#include "tst_ops_more.moc"
