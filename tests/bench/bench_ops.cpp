// SPDX-License-Identifier: BSD-3-Clause
#include "core/compare/compare.h"
#include "core/cpu/copy_bandwidth.h"
#include "core/cpu/parallel.h"
#include "core/exec/traffic.h"
#include "core/ops/kernel_util.h"

#include <fmt/format.h>

#include <chrono>
#include <cstring>
#include <random>

// Times single operators of the cpu backend: median, spread, the bytes that must move (bytesMoved), GB/s, and the share
// of the bandwidth that a copy of large arrays reaches here in the same run. Each answer is first compared with the
// reference kernel's.
//
// The last two lines are six elementwise calls, one by one and fused into one pass over memory.
//
//     bench_ops [MEGABYTES] [NAME...]      size of the large operands, 64 unless given; only operators that contain
//     NAME

namespace {

using namespace fxscope;
using Clock = std::chrono::steady_clock;

struct BenchCase {
    std::string name;
    Target target;
    ValueList args;
};

double median(std::vector<double> times) {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

/// Seconds of `body`: at least 5 runs and 0.4 seconds, after two that do not count.
std::vector<double> timed(const std::function<void()>& body) {
    std::vector<double> times;
    body();
    body();
    for (double sum = 0; times.size() < 5 || sum < 0.4; sum += times.back()) {
        const auto begin = Clock::now();
        body();
        times.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    }
    return times;
}

Tensor random(const Sizes& sizes, uint32_t seed) {
    Tensor tensor = Tensor::empty(DType::Float32, sizes).value();
    std::mt19937 engine(seed);
    std::normal_distribution<float> normal;
    for (int64_t i = 0; i < tensor.numel(); ++i)
        tensor.data<float>()[i] = normal(engine);
    return tensor;
}

/// The first `count` of a permutation of [0, size).
Tensor permutation(int64_t size, int64_t count) {
    std::vector<int64_t> all(static_cast<size_t>(size));
    for (size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<int64_t>(i);
    std::shuffle(all.begin(), all.end(), std::mt19937(7));
    Tensor tensor = Tensor::empty(DType::Int64, {count}).value();
    std::copy_n(all.begin(), count, tensor.data<int64_t>());
    return tensor;
}

Tensor columnIndices(const Sizes& sizes, int64_t below) {
    Tensor tensor = Tensor::empty(DType::Int64, sizes).value();
    std::mt19937_64 engine(9);
    for (int64_t i = 0; i < tensor.numel(); ++i)
        tensor.data<int64_t>()[i] = static_cast<int64_t>(engine() % static_cast<uint64_t>(below));
    return tensor;
}

/// A float matrix of this many megabytes with rows of 256 columns.
std::vector<BenchCase> cases(int64_t megabytes) {
    const int64_t columns = 256, rows = megabytes * (1 << 20) / (columns * 4), half = rows / 2;
    const Tensor x = random({rows, columns}, 1), y = random({rows, columns}, 2), part = random({half, columns}, 3);
    const Tensor rowIndex = permutation(rows, half), bias = random({columns}, 4),
                 columnIndex = columnIndices({rows, columns}, columns);
    const Tensor turned = x.asStrided({columns, rows}, {1, columns}, 0).value();
    const Value none, list(ValueList{rowIndex}), dim0(int64_t(0)), last(int64_t(-1)), one(int64_t(1)), no(false),
        yes(true);
    const Value dims(ValueList{Value(int64_t(1))}), shape(ValueList{Value(columns)});
    return {
        {"index (half of the rows)", "torch.ops.aten.index.Tensor", {x, list}},
        {"_unsafe_index", "torch.ops.aten._unsafe_index.Tensor", {x, list}},
        {"index_select", "torch.ops.aten.index_select.default", {x, dim0, rowIndex}},
        {"index_put (half of the rows)", "torch.ops.aten.index_put.default", {x, list, part, no}},
        {"_unsafe_index_put", "torch.ops.aten._unsafe_index_put.default", {x, list, part, no}},
        {"index_put accumulate", "torch.ops.aten.index_put.default", {x, list, part, yes}},
        {"index_add", "torch.ops.aten.index_add.default", {x, dim0, rowIndex, part, one}},
        {"gather (dim 1)", "torch.ops.aten.gather.default", {x, one, columnIndex, no}},
        {"add", "torch.ops.aten.add.Tensor", {x, y, one}},
        {"add bias", "torch.ops.aten.add.Tensor", {x, bias, one}},
        {"mul number", "torch.ops.aten.mul.Tensor", {x, Value(0.5)}},
        {"relu", "torch.ops.aten.relu.default", {x}},
        {"sigmoid", "torch.ops.aten.sigmoid.default", {x}},
        {"tanh", "torch.ops.aten.tanh.default", {x}},
        {"gelu", "torch.ops.aten.gelu.default", {x, Value(std::string("none"))}},
        {"softmax", "torch.ops.aten._softmax.default", {x, last, no}},
        {"layer_norm", "torch.ops.aten.native_layer_norm.default", {x, shape, bias, bias, Value(1e-5)}},
        {"sum (dim 1)", "torch.ops.aten.sum.dim_IntList", {x, dims, no, none}},
        {"clone", "torch.ops.aten.clone.default", {x, none}},
        {"contiguous of a transpose", "torch.ops.aten.clone.default", {turned, Value(MemoryFormat::Contiguous)}},
    };
}

/// The result of the backend, if the reference kernel's is the same; they are compared one by one.
std::optional<Value> checked(const OpDef& op, const ValueList& args, Backend& backend) {
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto fast = backend.run(op, args, context), reference = op.reference(args, context);
    if (!fast.ok() || !reference.ok()) {
        fmt::print(stderr, "{}\n", (fast.ok() ? reference : fast).error().str());
        return std::nullopt;
    }
    std::vector<Tensor> a, b;
    forEachTensor(*fast, [&](const Tensor& t) { a.push_back(t); });
    forEachTensor(*reference, [&](const Tensor& t) { b.push_back(t); });
    bool same = a.size() == b.size();
    for (size_t i = 0; same && i < a.size(); ++i)
        same = compareTensors(a[i], b[i], Tolerance{1e-5, 1e-5}).equal;
    return same ? std::optional(*fast) : std::nullopt;
}

/// sigmoid(x * 0.5 + bias) * y + x, and relu of that: of three whole tensors that must move, one is written.
std::vector<FusedCall> chain(int64_t megabytes) {
    const int64_t columns = 256, rows = megabytes * (1 << 20) / (columns * 4);
    const Tensor x = random({rows, columns}, 1), y = random({rows, columns}, 2), bias = random({columns}, 4);
    const Value one(int64_t(1));
    const auto op = [](const char* name) { return findOp(Target(std::string("torch.ops.aten.") + name)); };
    return {{op("mul.Tensor"), {x, Value(0.5)}, {}, false},
            {op("add.Tensor"), {Value(), bias, one}, {{0, 0}}, false},
            {op("sigmoid.default"), {Value()}, {{0, 1}}, false},
            {op("mul.Tensor"), {Value(), y}, {{0, 2}}, false},
            {op("add.Tensor"), {Value(), x, one}, {{0, 3}}, false},
            {op("relu.default"), {Value()}, {{0, 4}}, true}};
}

struct Line {
    std::string name;
    double bytes, copy;
};

void printTimed(const Line& line, const std::function<void()>& body) {
    const auto times = timed(body);
    const double seconds = median(times), spread = (*std::max_element(times.begin(), times.end()) -
                                                    *std::min_element(times.begin(), times.end())) /
                                                   seconds;
    fmt::print("{:30}{:11.3f}{:8.0f}%{:10.1f}{:9.1f}{:7.0f}%\n", line.name, seconds * 1e3, 100 * spread,
               line.bytes / 1e6, line.bytes / seconds / 1e9, 100 * line.bytes / seconds / line.copy);
}

/// False: fused and unfused values differ.
bool timeChain(Backend& backend, int64_t megabytes, double copy) {
    const std::vector<FusedCall> calls = chain(megabytes);
    Generator generator;
    const Cancel cancel;
    KernelContext context{generator, cancel};
    const auto fused = backend.runFused(calls, {}, context), apart = backend.Backend::runFused(calls, {}, context);
    if (!fused.ok() || !apart.ok() ||
        !compareTensors((*fused)[0].tensor(), (*apart)[0].tensor(), Tolerance{0, 0}).equal)
        return false;
    const auto bytes = static_cast<double>(bytesMoved(calls, *fused));
    printTimed({"six calls one by one", bytes, copy},
               [&] { std::ignore = backend.Backend::runFused(calls, {}, context); });
    printTimed({"six calls fused", bytes, copy}, [&] { std::ignore = backend.runFused(calls, {}, context); });
    return true;
}

int run(int64_t megabytes, const std::vector<std::string>& names) {
    Backend& backend = **findBackend("cpu");
    const auto measured = cpuCopyBandwidth(static_cast<size_t>(megabytes) << 20);
    if (!measured.ok())
        return fmt::print(stderr, "{}\n", measured.error().str()), 2;
    const double copy = *measured;
    fmt::print("{} threads, operands of {} MiB, copy {:.1f} GB/s read and written\n", threadCount(), megabytes,
               copy / 1e9);
    fmt::print("{:30}{:>11}{:>9}{:>10}{:>9}{:>8}\n", "operator", "median ms", "spread", "MB", "GB/s", "share");
    int wrong = 0;
    const auto wanted = [&](const std::string& line) {
        return names.empty() || std::any_of(names.begin(), names.end(), [&](const std::string& name) {
                   return line.find(name) != std::string::npos;
               });
    };
    for (const BenchCase& bench : cases(megabytes)) {
        if (!wanted(bench.name))
            continue;
        const OpDef& op = *findOp(bench.target);
        const auto result = checked(op, bench.args, backend);
        if (!result) {
            fmt::print("{:30} differs from the reference\n", bench.name);
            ++wrong;
            continue;
        }
        const auto bytes = static_cast<double>(bytesMoved(op, bench.args, *result));
        printTimed({bench.name, bytes, copy}, [&] {
            Generator generator;
            const Cancel cancel;
            KernelContext context{generator, cancel};
            std::ignore = backend.run(op, bench.args, context);
        });
    }
    if (wanted("six calls fused") && !timeChain(backend, megabytes, copy)) {
        fmt::print("six calls fused differ from the same one by one\n");
        ++wrong;
    }
    return wrong == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const bool sized = !words.empty() && std::isdigit(static_cast<unsigned char>(words[0][0]));
    const int64_t megabytes = sized ? std::max(1, std::atoi(words[0].c_str())) : 64;
    return run(megabytes, {words.begin() + (sized ? 1 : 0), words.end()});
}
