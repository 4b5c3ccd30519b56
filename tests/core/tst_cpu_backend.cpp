// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/cpu_backend.h"
#include "core/cpu/cpu_kernel.h"
#include "core/cpu/parallel.h"
#include "core/ops/kernel_util.h"
#include "tests/ops/value_rows.h"

#include <QTest>
#include <cmath>
#include <cstring>
#include <memory>

using namespace fxscope;
using SharedValues = std::shared_ptr<const ValueList>;
Q_DECLARE_METATYPE(SharedValues)

/// The cpu backend: its fast kernels against the references, one thread against two, and what it says of calls it
/// cannot run.
class TestCpuBackend : public QObject {
    Q_OBJECT

private slots:
    void fastEqualsReference_data();
    void fastEqualsReference();
    void everyKernelHasAnOperator();
    void vectorRowsKeepSpecialValues();
    void outOfBoundsIsTheReferencesError();
    void supportSaysWhy();
    void backendsAreFoundByName();
    void describesTheMachine();
};

namespace {

/// Numbers in [-2, 2) that look random and are the same everywhere.
class Numbers {
public:
    double next() {
        m_state = m_state * 6364136223846793005u + 1442695040888963407u;
        return static_cast<double>(m_state >> 40) / double(1 << 22) - 2;
    }
    int64_t below(int64_t limit) { return static_cast<int64_t>((next() + 2) / 4 * static_cast<double>(limit)); }

private:
    uint64_t m_state = 7;
};

Tensor random(Numbers& numbers, Sizes sizes, DType dtype = DType::Float32) {
    Tensor tensor = Tensor::empty(dtype, std::move(sizes)).value();
    for (int64_t i = 0; i < tensor.numel(); ++i)
        if (dtype == DType::Float32)
            tensor.data<float>()[i] = static_cast<float>(numbers.next());
        else if (dtype == DType::Float64)
            tensor.data<double>()[i] = numbers.next();
        else
            tensor.data<int64_t>()[i] = static_cast<int64_t>(numbers.next() * 100);
    return tensor;
}

Tensor indexBelow(Numbers& numbers, int64_t count, int64_t limit, bool negative) {
    Tensor tensor = Tensor::empty(DType::Int64, {count}).value();
    for (int64_t i = 0; i < count; ++i)
        tensor.data<int64_t>()[i] = numbers.below(limit) - (negative && i % 3 == 0 ? limit : 0);
    return tensor;
}

/// The last two dimensions exchanged: the same sizes, other strides.
Tensor turned(const Tensor& x) {
    Sizes sizes = x.sizes(), strides = x.strides();
    const size_t last = x.dim() - 1;
    std::swap(sizes[last], sizes[last - 1]);
    Tensor other = Tensor::empty(x.dtype(), sizes).value();
    strides = other.strides();
    std::swap(strides[last], strides[last - 1]);
    Tensor view = other.asStrided(x.sizes(), strides, 0).value();
    copyElements(x, view);
    return view;
}

/// Every second element of a wider tensor.
Tensor spaced(const Tensor& x) {
    Sizes sizes = x.sizes();
    sizes.back() *= 2;
    Tensor wide = Tensor::zeros(x.dtype(), sizes).value();
    Sizes strides = wide.strides();
    strides.back() = 2;
    Tensor view = wide.asStrided(x.sizes(), strides, 0).value();
    copyElements(x, view);
    return view;
}

/// The first row for all rows.
Tensor expanded(const Tensor& x) {
    Sizes strides = x.strides();
    strides[0] = 0;
    return x.asStrided(x.sizes(), strides, x.offset()).value();
}

Tensor channelsLast(const Tensor& x) {
    const Sizes& s = x.sizes();
    Tensor view = Tensor::emptyStrided(x.dtype(), s, {s[1] * s[2] * s[3], 1, s[3] * s[1], s[1]}).value();
    copyElements(x, view);
    return view;
}

Value ints(Sizes values) { return ValueList(values.begin(), values.end()); }

Result<Value> runOn(Backend& backend, const OpDef& op, const ValueList& args) {
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    return backend.run(op, args, context);
}

bool sameBits(const Value& a, const Value& b) {
    if (a.isList()) {
        for (size_t i = 0; i < a.list().size(); ++i)
            if (!sameBits(a.list()[i], b.list()[i]))
                return false;
        return true;
    }
    const Tensor x = a.tensor().contiguous().value(), y = b.tensor().contiguous().value();
    return x.bytes() == y.bytes() && (x.bytes() == 0 || std::memcmp(x.raw(), y.raw(), x.bytes()) == 0);
}

/// Rows of the test: a name, an operator and arguments.
class Rows {
public:
    void add(const std::string& target, const std::string& what, ValueList args) {
        const std::string name = target.substr(sizeof("torch.ops.aten.") - 1) + " " + what;
        QTest::newRow(name.c_str()) << target << std::make_shared<const ValueList>(std::move(args));
    }
};

constexpr int64_t kSizes[] = {0, 1, 31, 33, 257};

void addProducts(Rows& rows, Numbers& n) {
    for (const int64_t s : kSizes)
        for (const DType dtype : {DType::Float32, DType::Float64}) {
            const std::string what = std::string(name(dtype)) + " " + std::to_string(s);
            const Tensor a = random(n, {s, 33}, dtype), b = random(n, {33, s}, dtype), c = random(n, {s, s}, dtype);
            rows.add("torch.ops.aten.mm.default", what, {a, b});
            rows.add("torch.ops.aten.mm.default", what + " strided", {turned(a), spaced(b)});
            rows.add("torch.ops.aten.mm.default", what + " inner", {b, random(n, {s, 5}, dtype)});
            rows.add("torch.ops.aten.addmm.default", what, {c, a, b, 2.0, 0.5});
            rows.add("torch.ops.aten.addmm.default", what + " no beta", {c, a, turned(b), int64_t(0), int64_t(1)});
            rows.add("torch.ops.aten.bmm.default", what,
                     {random(n, {3, s, 7}, dtype), turned(random(n, {3, 7, s}, dtype))});
            rows.add("torch.ops.aten.bmm.default", what + " expanded",
                     {expanded(random(n, {3, s, 7}, dtype)), random(n, {3, 7, s}, dtype)});
            rows.add("torch.ops.aten.baddbmm.default", what,
                     {random(n, {1, s}, dtype), random(n, {2, s, 7}, dtype), random(n, {2, 7, s}, dtype), 1.0, 1.0});
            rows.add("torch.ops.aten.linear.default", what,
                     {random(n, {2, s, 9}, dtype), random(n, {5, 9}, dtype), random(n, {5}, dtype)});
            rows.add("torch.ops.aten.linear.default", what + " turned",
                     {turned(random(n, {2, s, 9}, dtype)), turned(random(n, {5, 9}, dtype)), Value()});
        }
}

void addRows(Rows& rows, Numbers& n) {
    for (const int64_t s : kSizes) {
        const std::string what = std::to_string(s);
        const Tensor x = random(n, {5, s}), y = random(n, {s, 33});
        for (const Tensor& in : {x, y, turned(x), spaced(y), expanded(x)})
            for (const char* target : {"torch.ops.aten._softmax.default", "torch.ops.aten._log_softmax.default"})
                rows.add(target, what, {in, int64_t(-1), false});
        rows.add("torch.ops.aten.softmax.int", what, {x, int64_t(0), Value()});
        if (s > 0)
            rows.add("torch.ops.aten.native_layer_norm.default", what,
                     {x, ints({s}), random(n, {s}), random(n, {s}), 1e-5});
        rows.add("torch.ops.aten.native_layer_norm.default", what + " rows",
                 {turned(y), ints({33}), random(n, {33}), Value(), 1e-5});
        rows.add("torch.ops.aten.layer_norm.default", what, {expanded(y), ints({33}), Value(), Value(), 1e-5, true});
        rows.add("torch.ops.aten.gelu.default", what, {x, std::string("none")});
        rows.add("torch.ops.aten.gelu.default", what + " tanh", {y, std::string("tanh")});
        rows.add("torch.ops.aten.gelu.default", what + " strided", {spaced(y), std::string("none")});
    }
}

void addConvolutions(Rows& rows, Numbers& n) {
    const auto add = [&](const std::string& what, const Tensor& x, const Tensor& w, Value bias, Sizes stride, Sizes pad,
                         Sizes dilation, bool transposed, Sizes outPad, int64_t groups) {
        rows.add("torch.ops.aten.convolution.default", what,
                 {x, w, std::move(bias), ints(stride), ints(pad), ints(dilation), transposed, ints(outPad), groups});
    };
    for (const int64_t s : {1, 31, 33}) {
        const std::string what = std::to_string(s);
        const Tensor x = random(n, {2, 6, s, 9}), w = random(n, {8, 6, 3, 3}), grouped = random(n, {6, 2, 3, 1});
        add(what, x, w, random(n, {8}), {1, 1}, {1, 1}, {1, 1}, false, {0, 0}, 1);
        add(what + " grouped", x, grouped, Value(), {2, 1}, {1, 0}, {1, 1}, false, {0, 0}, 3);
        add(what + " last", channelsLast(x), w, random(n, {8}), {2, 2}, {2, 2}, {2, 1}, false, {0, 0}, 1);
        add(what + " strided", spaced(x), turned(w), Value(), {1, 1}, {1, 1}, {1, 1}, false, {0, 0}, 1);
        add(what + " transposed", x, random(n, {6, 4, 3, 2}), random(n, {8}), {2, 2}, {1, 0}, {1, 1}, true, {1, 1}, 2);
        add(what + " one", random(n, {2, 6, s}), random(n, {4, 6, 3}), random(n, {4}), {2}, {1}, {1}, false, {0}, 1);
        add(what + " three", random(n, {1, 2, 3, s, 5}), random(n, {3, 2, 2, 1, 2}), Value(), {1, 1, 2}, {0, 1, 1},
            {1, 1, 1}, false, {0, 0, 0}, 1);
    }
    add("no batch", random(n, {0, 3, 5, 5}), random(n, {4, 3, 3, 3}), Value(), {1, 1}, {0, 0}, {1, 1}, false, {0, 0},
        1);
}

void addRowIndices(Rows& rows, Numbers& n) {
    for (const int64_t s : kSizes)
        for (const DType dtype : {DType::Float32, DType::Float64, DType::Int64}) {
            const std::string what = std::string(name(dtype)) + " " + std::to_string(s);
            const Tensor x = random(n, {40, s}, dtype), values = random(n, {s, 9}, dtype);
            const Tensor index = indexBelow(n, s, 40, true), plain = indexBelow(n, s, 40, false);
            const Tensor target = random(n, {40, 9}, dtype);
            rows.add("torch.ops.aten.index.Tensor", what, {x, ValueList{indexBelow(n, 70, 40, true)}});
            rows.add("torch.ops.aten.index.Tensor", what + " strided", {turned(target), ValueList{index, Value()}});
            rows.add("torch.ops.aten._unsafe_index.Tensor", what, {target, ValueList{plain}});
            rows.add("torch.ops.aten._unsafe_index.Tensor", what + " expanded", {expanded(target), ValueList{plain}});
            for (const bool accumulate : {false, true}) {
                const std::string how = what + (accumulate ? " sum" : "");
                rows.add("torch.ops.aten.index_put.default", how, {target, ValueList{index}, values, accumulate});
                rows.add("torch.ops.aten.index_put.default", how + " row",
                         {target, ValueList{index}, random(n, {9}, dtype), accumulate});
                rows.add("torch.ops.aten._unsafe_index_put.default", how,
                         {target, ValueList{plain}, spaced(values), accumulate});
            }
            rows.add("torch.ops.aten.clone.default", what, {x, Value()});
            rows.add("torch.ops.aten.clone.default", what + " turned",
                     {turned(random(n, {3, s, 37}, dtype)), MemoryFormat::Contiguous});
            rows.add("torch.ops.aten.clone.default", what + " kept", {turned(x), MemoryFormat::Preserve});
            rows.add("torch.ops.aten.clone.default", what + " expanded", {expanded(x), Value()});
            rows.add("torch.ops.aten.contiguous.default", what, {turned(x), MemoryFormat::Contiguous});
        }
}

void addImages(Rows& rows, Numbers& n) {
    for (const int64_t s : {1, 31, 33, 257}) {
        const std::string what = std::to_string(s);
        const Tensor x = random(n, {2, 6, s, 9});
        Tensor var = random(n, {6});
        for (int64_t c = 0; c < 6; ++c)
            var.data<float>()[c] += 3; // positive
        for (const Tensor& in : {x, channelsLast(x), spaced(x)}) {
            rows.add("torch.ops.aten.native_group_norm.default", what,
                     {in, random(n, {6}), Value(), int64_t(2), int64_t(6), 9 * s, int64_t(3), 1e-5});
            rows.add("torch.ops.aten._native_batch_norm_legit_no_training.default", what,
                     {in, random(n, {6}), random(n, {6}), random(n, {6}), var, 0.1, 1e-5});
            rows.add("torch.ops.aten.max_pool2d_with_indices.default", what,
                     {in, ints({1, 3}), ints({1, 2}), ints({0, 1}), ints({1, 2}), false});
        }
        rows.add("torch.ops.aten.max_pool2d.default", what + " ceil",
                 {random(n, {3, s + 2, 12}), ints({3, 2}), ints({2, 2}), ints({1, 1}), ints({1, 1}), true});
    }
    Tensor flat = Tensor::zeros(DType::Float32, {1, 1, 4, 6}).value(); // equal ones, NaN, all -inf
    flat.data<float>()[9] = flat.data<float>()[3] = NAN;
    for (const int64_t i : {4, 5, 10, 11})
        flat.data<float>()[i] = -INFINITY;
    rows.add("torch.ops.aten.max_pool2d_with_indices.default", "special",
             {flat, ints({2, 2}), ints({2, 2}), ints({0, 0}), ints({1, 1}), false});
    const Tensor large = random(n, {2, 32, 65, 67});
    rows.add("torch.ops.aten.max_pool2d_with_indices.default", "large",
             {large, ints({3, 3}), ints({2, 2}), ints({1, 1}), ints({1, 1}), false});
    rows.add("torch.ops.aten.native_group_norm.default", "large",
             {large, random(n, {32}), random(n, {32}), int64_t(2), int64_t(32), int64_t(65 * 67), int64_t(8), 1e-5});
}

void addPointwise(Rows& rows, Numbers& n) {
    for (const int64_t s : kSizes) {
        const std::string what = std::to_string(s);
        const Tensor x = random(n, {5, s}), y = random(n, {5, s}), row = random(n, {s}), column = random(n, {5, 1});
        for (const char* op : {"relu", "neg", "exp", "sigmoid", "silu", "tanh"})
            for (const Tensor& in : {x, turned(x), spaced(x), expanded(x)})
                rows.add("torch.ops.aten." + std::string(op) + ".default", what, {in});
        for (const char* op : {"add.Tensor", "sub.Tensor"})
            for (const Value& other : {Value(y), Value(turned(y)), Value(row), Value(column), Value(expanded(y))}) {
                rows.add("torch.ops.aten." + std::string(op), what, {x, other, int64_t(1)});
                rows.add("torch.ops.aten." + std::string(op), what + " twice", {spaced(x), other, int64_t(2)});
            }
        for (const char* op : {"mul.Tensor", "div.Tensor", "maximum.default", "minimum.default"})
            for (const Value& other : {Value(y), Value(turned(y)), Value(row), Value(column), Value(spaced(y))})
                rows.add("torch.ops.aten." + std::string(op), what, {x, other});
        rows.add("torch.ops.aten.mul.Tensor", what + " number", {x, 0.1});
        rows.add("torch.ops.aten.mul.Scalar", what, {turned(x), int64_t(3)});
        rows.add("torch.ops.aten.add.Tensor", what + " outer", {column, row, int64_t(1)});
        rows.add("torch.ops.aten.add.Tensor", what + " double", {x, random(n, {5, s}, DType::Float64), int64_t(1)});
    }
}

void addReductions(Rows& rows, Numbers& n) {
    for (const int64_t s : kSizes) {
        const std::string what = std::to_string(s);
        const Tensor x = random(n, {3, s, 5});
        for (const char* op : {"sum.dim_IntList", "mean.dim"})
            for (const Sizes& dims : {Sizes{0}, Sizes{1}, Sizes{-1}, Sizes{0, 1}, Sizes{1, 2}, Sizes{0, 2}, Sizes{}})
                rows.add("torch.ops.aten." + std::string(op), what, {x, ints(dims), true, Value()});
        rows.add("torch.ops.aten.sum.default", what, {x, Value()});
        rows.add("torch.ops.aten.mean.default", what, {turned(x), Value()});
        rows.add("torch.ops.aten.sum.default", what + " as double", {x, DType::Float64});
    }
    rows.add("torch.ops.aten.sum.default", "large", {random(n, {300, 1023}), Value()});
    rows.add("torch.ops.aten.mean.dim", "large", {random(n, {300, 1023}), ints({0}), false, Value()});
}

void addIndexAlong(Rows& rows, Numbers& n) {
    for (const int64_t s : kSizes)
        for (const DType dtype : {DType::Float32, DType::Int64}) {
            const std::string what = std::string(name(dtype)) + " " + std::to_string(s);
            const Tensor x = random(n, {40, 9}, dtype), index = indexBelow(n, s, 40, false);
            for (const Tensor& in : {x, turned(x), expanded(x)}) {
                rows.add("torch.ops.aten.index_select.default", what, {in, int64_t(0), index});
                rows.add("torch.ops.aten.index_add.default", what,
                         {in, int64_t(0), index, random(n, {s, 9}, dtype), int64_t(1)});
            }
            Tensor columns = Tensor::empty(DType::Int64, {40, s}).value(),
                   picked = Tensor::empty(DType::Int64, {s, 9}).value();
            for (int64_t i = 0; i < columns.numel(); ++i)
                columns.data<int64_t>()[i] = n.below(9);
            for (int64_t i = 0; i < picked.numel(); ++i)
                picked.data<int64_t>()[i] = n.below(40);
            rows.add("torch.ops.aten.gather.default", what + " columns", {x, int64_t(1), columns, false});
            rows.add("torch.ops.aten.gather.default", what + " rows", {x, int64_t(-2), picked, false});
        }
    const Tensor wide = random(n, {8300, 1024}); // results beyond what caches hold
    rows.add("torch.ops.aten.index.Tensor", "streamed", {wide, ValueList{indexBelow(n, 8300, 8300, true)}});
    rows.add("torch.ops.aten.index_put.default", "streamed sum",
             {wide, ValueList{indexBelow(n, 700, 8300, true)}, random(n, {700, 1024}), true});
}

void addViews(Rows& rows, Numbers& n) {
    const Tensor x = random(n, {4, 1, 6}), flat = turned(random(n, {4, 6}));
    for (const Sizes& sizes : {Sizes{24}, Sizes{-1, 8}, Sizes{2, 2, 6}, Sizes{4, 1, 6}})
        for (const char* op : {"view", "_unsafe_view", "reshape"})
            rows.add("torch.ops.aten." + std::string(op) + ".default", "", {x, ints(sizes)});
    rows.add("torch.ops.aten.reshape.default", "of a transposed one", {flat, ints({24})});
    rows.add("torch.ops.aten.permute.default", "", {x, ints({2, -3, 1})});
    rows.add("torch.ops.aten.transpose.int", "", {x, int64_t(0), int64_t(-1)});
    for (const Sizes& sizes : {Sizes{4, 3, 6}, Sizes{-1, 1, -1}, Sizes{2, 4, 5, 6}})
        rows.add("torch.ops.aten.expand.default", "", {x, ints(sizes), false});
    for (const auto& [start, end] : {std::pair<Value, Value>{Value(), Value()},
                                     {int64_t(1), int64_t(-1)},
                                     {int64_t(-9), INT64_MAX},
                                     {int64_t(5), int64_t(2)}})
        rows.add("torch.ops.aten.slice.Tensor", "", {x, int64_t(2), start, end, int64_t(2)});
    rows.add("torch.ops.aten.select.int", "", {x, int64_t(-1), int64_t(-2)});
}

/// Large enough that every kernel shares its work among threads.
void addLarge(Rows& rows, Numbers& n) {
    const Tensor x = random(n, {4097, 65}), wide = random(n, {257, 1031}), index = indexBelow(n, 9001, 4097, true);
    rows.add("torch.ops.aten._softmax.default", "large", {x, int64_t(1), false});
    rows.add("torch.ops.aten._log_softmax.default", "large", {wide, int64_t(-1), false});
    rows.add("torch.ops.aten.native_layer_norm.default", "large",
             {x, ints({65}), random(n, {65}), random(n, {65}), 1e-5});
    rows.add("torch.ops.aten.gelu.default", "large", {x, std::string("none")});
    rows.add("torch.ops.aten.clone.default", "large", {turned(x), MemoryFormat::Contiguous});
    for (const DType dtype : {DType::Float32, DType::Float64}) {
        const Tensor tall = random(n, {2, 67, 129}, dtype), even = random(n, {3, 64, 96}, dtype);
        rows.add("torch.ops.aten.clone.default", "turned in tiles", {turned(tall), MemoryFormat::Contiguous});
        rows.add("torch.ops.aten.clone.default", "turned in whole tiles", {turned(even), MemoryFormat::Contiguous});
    }
    for (const Sizes& sizes : {Sizes{1024, 8208}, Sizes{1031, 8209}}) // past the caches; with and without whole lines
        rows.add("torch.ops.aten.clone.default", "huge", {turned(random(n, sizes)), MemoryFormat::Contiguous});
    const Tensor columns =
        indexBelow(n, int64_t(8210) * 1031, 1031, false).asStrided({8210, 1031}, {1031, 1}, 0).value();
    rows.add("torch.ops.aten.gather.default", "huge", {random(n, {8210, 1031}), int64_t(1), columns, false});
    rows.add("torch.ops.aten.index.Tensor", "large", {x, ValueList{index}});
    for (const bool accumulate : {false, true})
        rows.add("torch.ops.aten.index_put.default", accumulate ? "large sum" : "large",
                 {x, ValueList{index}, random(n, {9001, 65}), accumulate});
    rows.add("torch.ops.aten.mm.default", "large", {wide, random(n, {1031, 401})});
    rows.add("torch.ops.aten.bmm.default", "large", {random(n, {9, 65, 129}), random(n, {9, 129, 131})});
    rows.add("torch.ops.aten.convolution.default", "large",
             {random(n, {1, 32, 40, 40}), random(n, {64, 32, 3, 3}), random(n, {64}), ints({1, 1}), ints({1, 1}),
              ints({1, 1}), false, ints({0, 0}), int64_t(1)});
}

} // namespace

void TestCpuBackend::fastEqualsReference_data() {
    QTest::addColumn<std::string>("target");
    QTest::addColumn<SharedValues>("args");
    Rows rows;
    Numbers numbers;
    addProducts(rows, numbers);
    addRows(rows, numbers);
    addConvolutions(rows, numbers);
    addRowIndices(rows, numbers);
    addImages(rows, numbers);
    addPointwise(rows, numbers);
    addReductions(rows, numbers);
    addIndexAlong(rows, numbers);
    addViews(rows, numbers);
    addLarge(rows, numbers);
}

void TestCpuBackend::fastEqualsReference() {
    QFETCH(std::string, target);
    QFETCH(SharedValues, args);
    const ValueList& values = *args;
    const OpDef* op = findOp(target);
    QVERIFY(op && op->reference);
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto reference = op->reference(values, context);
    QVERIFY2(reference.ok(), reference.ok() ? "" : reference.error().str().c_str());
    std::vector<Value> results;
    for (const int threads : {1, 2, 3}) {
        setThreadCount(threads);
        const auto result = runOn(cpuBackend(), *op, values);
        setThreadCount(0);
        QVERIFY2(result.ok(), result.ok() ? "" : result.error().str().c_str());
        const std::string wrong = differenceFrom(*reference, *result);
        QVERIFY2(wrong.empty(), wrong.c_str());
        results.push_back(*result);
    }
    QVERIFY2(sameBits(results[0], results[1]) && sameBits(results[0], results[2]),
             "the number of threads shows in the result");
}

void TestCpuBackend::everyKernelHasAnOperator() {
#define CPU_KERNEL(x)                                                                                                  \
    QVERIFY2(findOp(cpu::x.target), #x);                                                                               \
    QCOMPARE(findCpuKernel(cpu::x.target), &cpu::x);
#include "core/cpu/cpu_kernels.def"
#undef CPU_KERNEL
}

/// NaN, infinities and minus zero come out of the vector loops as they come out of the reference.
void TestCpuBackend::vectorRowsKeepSpecialValues() {
    Numbers numbers;
    Tensor x = random(numbers, {6, 40});
    const auto set = [&](int64_t row, int64_t column, float value) { x.data<float>()[row * 40 + column] = value; };
    set(0, 3, NAN);
    set(1, 39, NAN);
    set(2, 5, INFINITY);
    set(3, 6, -INFINITY);
    for (int64_t i = 0; i < 40; ++i)
        set(4, i, -INFINITY);
    set(5, 0, -0.0f);
    set(5, 1, 120.0f);
    const ValueList plain{x}, softmax{x, int64_t(1), false}, norm{x, ints({40}), Value(), Value(), 1e-5},
        gelu{x, std::string("none")}, tanh{x, std::string("tanh")};
    const std::pair<const char*, const ValueList*> calls[] = {{"torch.ops.aten._softmax.default", &softmax},
                                                              {"torch.ops.aten._log_softmax.default", &softmax},
                                                              {"torch.ops.aten.native_layer_norm.default", &norm},
                                                              {"torch.ops.aten.gelu.default", &gelu},
                                                              {"torch.ops.aten.gelu.default", &tanh},
                                                              {"torch.ops.aten.relu.default", &plain},
                                                              {"torch.ops.aten.exp.default", &plain},
                                                              {"torch.ops.aten.sigmoid.default", &plain},
                                                              {"torch.ops.aten.tanh.default", &plain}};
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    for (const auto& [target, args] : calls) {
        const OpDef& op = *findOp(target);
        QVERIFY(findCpuKernel(op.target)->takes(*args));
        const std::string wrong = differenceFrom(*op.reference(*args, context), *runOn(cpuBackend(), op, *args));
        QVERIFY2(wrong.empty(), (std::string(target) + ": " + wrong).c_str());
    }
}

void TestCpuBackend::outOfBoundsIsTheReferencesError() {
    Numbers numbers;
    const Tensor x = random(numbers, {4, 3});
    Tensor index = indexBelow(numbers, 5, 4, false);
    index.data<int64_t>()[2] = 7;
    const ValueList values{x, ValueList{index}};
    for (const char* target : {"torch.ops.aten.index.Tensor", "torch.ops.aten._unsafe_index.Tensor"}) {
        const auto result = runOn(cpuBackend(), *findOp(target), values);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().what, std::string("index 7 is out of bounds for dimension 0 with size 4"));
    }
    const ValueList put{x, ValueList{index}, random(numbers, {5, 3}), false};
    const auto result = runOn(cpuBackend(), *findOp("torch.ops.aten.index_put.default"), put);
    QVERIFY(!result.ok());
    QCOMPARE(result.error().what, std::string("index 7 is out of bounds for dimension 0 with size 4"));
}

void TestCpuBackend::supportSaysWhy() {
    const auto body = [](Op op, const char* name, const char* target) {
        NodeBody node;
        node.op = op;
        node.name = name;
        node.target = target;
        return node;
    };
    const Graph graph =
        Graph::fromBodies({body(Op::Placeholder, "x", "x"), body(Op::CallFunction, "a", "torch.ops.aten.mm.default"),
                           body(Op::CallFunction, "b", "torch.ops.aten.lgamma.default"),
                           body(Op::CallFunction, "c", "torch.ops.aten.addmn.default"),
                           body(Op::CallModule, "d", "layers.0"),
                           body(Op::CallFunction, "e", "torch.ops.mylib.foo.default"),
                           body(Op::CallFunction, "f", "torch.foo"), body(Op::Output, "output", "output")})
            .value();
    const auto why = [&](const char* name) { return cpuBackend().supports(graph, graph[*graph.find(name)]).why; };
    QVERIFY(cpuBackend().supports(graph, graph[*graph.find("x")]));
    QVERIFY(cpuBackend().supports(graph, graph[*graph.find("a")]));
    QCOMPARE(why("b"), std::string("no kernel for torch.ops.aten.lgamma.default yet"));
    QVERIFY(why("c").starts_with("there is no operator torch.ops.aten.addmn.default; did you mean "));
    QVERIFY(why("c").find("torch.ops.aten.addmm.default") != std::string::npos);
    QCOMPARE(why("e"),
             std::string("no kernel for torch.ops.mylib.foo.default, which is none of PyTorch's own operators"));
    QCOMPARE(why("f"), std::string("torch.foo is a Python function; only operators run here"));
    QCOMPARE(why("d"), std::string("call_module nodes need their Python module, only call_function runs here"));
}

void TestCpuBackend::backendsAreFoundByName() {
    QCOMPARE(findBackend("cpu").value(), &cpuBackend());
    const auto unknown = findBackend("toaster");
    QVERIFY(!unknown.ok());
    QCOMPARE(unknown.error().what, std::string("'toaster' is no device"));
    QVERIFY(unknown.error().next.starts_with("choose one of: cpu"));
    const auto absent = findBackend("mps");
    QVERIFY(!absent.ok());
    QCOMPARE(absent.error().what, std::string("device mps cannot run graphs here"));
}

void TestCpuBackend::describesTheMachine() {
    const auto lines = cpuBackend().description();
    QCOMPARE(lines.size(), size_t(4));
    QVERIFY(lines[0].starts_with("CPU: "));
    QVERIFY(lines[1].starts_with("cores: "));
    QVERIFY(lines[2].starts_with("instruction sets: "));
    QVERIFY(lines[3].starts_with("oneDNN: 2."));
    for (const std::string& line : lines)
        qInfo("%s", line.c_str());
}

QTEST_GUILESS_MAIN(TestCpuBackend)
#include "tst_cpu_backend.moc"
