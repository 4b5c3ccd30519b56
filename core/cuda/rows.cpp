// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/rows.h"

#include "core/cuda/launch_arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

// Note [Rows and teams]
// A team of threads works on one row. Where the elements of a row are neighbours in memory, so are the threads of its
// team, which load vectors of up to 16 bytes: 1 to 32 threads for short rows, with several rows a block, a whole block
// for long ones. Where rows are neighbours and their elements are not (a reduction over the first dimension), threads
// side by side take rows side by side, and the lanes of a team stand above one another in the block. A fold of fewer
// rows than fill the device is split: blocks share a row, write accumulators, and a second kernel joins these in order,
// so that results do not change from run to run.

namespace fxscope::cuda {
namespace {

constexpr int kJoiningLanes = 32; ///< of the kernel that joins the parts of a row
constexpr int kLoadsUnderWay = 4, kColumnLoadsUnderWay = 8;

DType typeOfTensor(const Tensor& tensor) { return tensor.dtype(); }
DType typeOfNumber(const Number& number) { return number.dtype; }

/// What sourceOf reads of what folds and other work have in common.
KernelKey keyOf(char kind, const RowKernel& kernel, const RowPlan& plan) {
    KernelKey key(kind);
    key.addSmall(plan.vector, plan.splits > 1, plan.wide(), plan.rowSizes.size(), plan.elementSizes.size(),
                 kernel.integers.size());
    key.add(plan.columns);
    key.add(plan.lanes);
    for (const auto* tensors : {&kernel.outputs, &kernel.inputs, &kernel.raw})
        key.addTypes(*tensors, typeOfTensor);
    key.addTypes(kernel.numbers, typeOfNumber);
    for (const auto& strides : plan.elementStrides)
        key.addSmall(strides.back() == 0, strides.back() == 1);
    key.add(kernel.prologue);
    return key;
}

KernelKey keyOf(const Fold& fold, const RowPlan& plan, bool joining) {
    KernelKey key = keyOf(joining ? 'j' : 'f', fold, plan);
    for (const std::string* text : {&fold.accumulator, &fold.start, &fold.add, &fold.join, &fold.finish})
        key.add(*text);
    return key;
}

KernelKey keyOf(const RowWork& work, const RowPlan& plan) {
    KernelKey key = keyOf('w', work, plan);
    key.add(work.body);
    return key;
}

size_t tensorCount(const RowKernel& kernel) { return kernel.outputs.size() + kernel.inputs.size(); }

std::string typesOf(const RowKernel& kernel) {
    std::string text;
    const auto name = [&](char letter, const std::vector<Tensor>& tensors) {
        for (size_t i = 0; i < tensors.size(); ++i)
            text += fmt::format("using {}{} = {};\n", letter, i, deviceType(tensors[i].dtype()));
    };
    name('O', kernel.outputs);
    name('I', kernel.inputs);
    name('R', kernel.raw);
    return text;
}

std::string argumentsOf(const RowKernel& kernel, const RowPlan& plan) {
    std::string text = "struct Arguments {\n    long long rows, count, splits, chunk;\n    void* parts;\n"
                       "    Fault* fault;\n    long long node;\n";
    for (size_t i = 0; i < kernel.outputs.size(); ++i)
        text += fmt::format("    O{0}* out{0};\n", i);
    for (size_t i = 0; i < kernel.inputs.size(); ++i)
        text += fmt::format("    const I{0}* in{0};\n", i);
    for (size_t i = 0; i < kernel.raw.size(); ++i)
        text += fmt::format("    R{0}* r{0};\n", i);
    for (size_t i = 0; i < kernel.numbers.size(); ++i)
        text += fmt::format("    unsigned long long n{}[2];\n", i);
    for (size_t i = 0; i < kernel.integers.size(); ++i)
        text += fmt::format("    long long k{};\n", i);
    text += fmt::format("    long long rowStride[{0}][{1}], elementStride[{0}][{2}];\n    Extent rowSize[{1}], "
                        "elementSize[{2}];\n}};\n",
                        tensorCount(kernel), plan.rowSizes.size(), plan.elementSizes.size());
    return text;
}

/// What statements see besides elements.
std::string constantsOf(const RowKernel& kernel) {
    std::string text;
    for (size_t i = 0; i < kernel.raw.size(); ++i)
        text += fmt::format("        R{0}* const r{0} = a.r{0}; (void)r{0};\n", i);
    for (size_t i = 0; i < kernel.numbers.size(); ++i)
        text += fmt::format("        const {1} n{0} = *reinterpret_cast<const {1}*>(a.n{0}); (void)n{0};\n", i,
                            deviceType(kernel.numbers[i].dtype));
    for (size_t i = 0; i < kernel.integers.size(); ++i)
        text += fmt::format("        const long long k{0} = a.k{0}; (void)k{0};\n", i);
    return text + "        const long long count = a.count; (void)count;\n";
}

std::string teamOf(const RowPlan& plan) {
    return plan.columns ? fmt::format("ColumnTeam<{}, {}>", plan.columns, plan.lanes)
                        : fmt::format("RowTeam<{}>", plan.lanes);
}

std::string beginning(const RowKernel& kernel, const RowPlan& plan) {
    std::string text = "#include \"core/cuda/kernels/rows.cuh\"\nusing namespace fxscope;\n"
                       "using namespace fxscope::cuda;\n";
    text += plan.wide() ? "using Index = unsigned long long;\nusing Extent = WideExtent;\n"
                        : "using Index = uint32_t;\nusing Extent = Divisor;\n";
    text += typesOf(kernel) + kernel.prologue + argumentsOf(kernel, plan);
    return text + "#define FX_FAULT(code, index, bound) report(a.fault, code, int(a.node), index, bound)\n";
}

std::string kernelHead(int threads) {
    return fmt::format("extern \"C\" __global__ void __launch_bounds__({}) kernel(const __grid_constant__ Arguments a) "
                       "{{\n",
                       threads);
}

/// The row of this thread, and where it begins in every tensor. A thread without one works on the last and writes
/// nothing, for its team must be complete.
std::string rowOfThread(const RowKernel& kernel) {
    return fmt::format("    const bool live = row < a.rows;\n    if (!live) row = a.rows - 1;\n"
                       "    long long base[{0}] = {{}};\n    addOffsets(base, Index(row), a.rowSize, a.rowStride);\n",
                       tensorCount(kernel));
}

// --- folds

std::string batchOf(const Fold& fold) {
    std::string text = "    template <int V> struct Batch {\n";
    for (size_t i = 0; i < fold.inputs.size(); ++i)
        text += fmt::format("        I{0} x{0}[V];\n", i);
    return text + "    };\n";
}

std::string loadOf(const Fold& fold, const RowPlan& plan) {
    std::string text = fmt::format("    template <int V> __device__ void load(Batch<V>& b, const long long (&p)[{}]) "
                                   "const {{\n",
                                   tensorCount(fold));
    for (size_t i = 0; i < fold.inputs.size(); ++i) {
        const size_t k = fold.outputs.size() + i;
        if (plan.vector > 1 && plan.elementStrides[k].back() == 0)
            text += fmt::format("        {{ const I{0} same = a.in{0}[p[{1}]]; for (int v = 0; v < V; ++v) b.x{0}[v] = "
                                "same; }}\n",
                                i, k);
        else
            text += fmt::format("        if constexpr (V == 1) b.x{0}[0] = a.in{0}[p[{1}]];\n"
                                "        else cuda::load<V>(b.x{0}, a.in{0} + p[{1}]);\n",
                                i, k);
    }
    return text + "    }\n";
}

/// `Folding`, through which foldRow of rows.cuh works.
std::string foldingOf(const Fold& fold, const RowPlan& plan) {
    std::string text = fmt::format("struct Folding {{\n    const Arguments& a;\n    using A = {};\n", fold.accumulator);
    text += fmt::format("    __device__ A start() const {{ return {}; }}\n", fold.start) + batchOf(fold);
    text += fmt::format("    __device__ void step(long long (&p)[{}], long long i) const {{ addOffsets(p, Index(i), "
                        "a.elementSize, a.elementStride); }}\n",
                        tensorCount(fold));
    text += loadOf(fold, plan);
    text += "    template <int V> __device__ void add(A& acc, const Batch<V>& b, int v, long long i) const {\n" +
            constantsOf(fold);
    for (size_t i = 0; i < fold.inputs.size(); ++i)
        text += fmt::format("        const I{0} in{0} = b.x{0}[v]; (void)in{0};\n", i);
    text += "        (void)i;\n        " + fold.add + "\n    }\n";
    text += "    __device__ void join(A& acc, const A& other) const {\n        " + fold.join + "\n    }\n";
    text += fmt::format("    __device__ void finish(const A& acc, long long row, const long long (&p)[{}]) const {{\n",
                        tensorCount(fold));
    text += constantsOf(fold) + "        (void)row;\n";
    for (size_t i = 0; i < fold.outputs.size(); ++i)
        text += fmt::format("        O{0}& out{0} = a.out{0}[p[{0}]];\n", i);
    return text + "        " + fold.finish + "\n    }\n};\n";
}

// --- other work

constexpr std::string_view kEachElement =
    "#define FX_EACH(i) _Pragma(\"unroll 4\") for (long long i = lane; i < count; i += lanes)\n";
/// A loop within the loop, which the compiler unrolls: the first round loads all V elements, the last one stores them.
constexpr std::string_view kEachVector = R"(
struct Spot {
    long long first;
    int v;
    __device__ operator long long() const { return first + v; }
};
#define FX_EACH(i) _Pragma("unroll 2") for (long long first_ = lane * V; first_ < count; first_ += lanes * V) \
    _Pragma("unroll") for (int v_ = 0; v_ < V; ++v_) if (const Spot i{first_, v_}; true)
)";

/// Element `i` of tensor `k`, from the beginning of the row's.
std::string placeOf(size_t k) {
    return fmt::format("base[{0}] + offsetOf(Index(i), a.elementSize, a.elementStride[{0}])", k);
}

bool isVector(const RowPlan& plan, size_t k) { return plan.vector > 1 && plan.elementStrides[k].back() == 1; }

/// put0 and old0 of output `i`, which is tensor `k`.
std::string writingOf(size_t i, size_t k, const RowPlan& plan) {
    const std::string one = fmt::format("if (live) a.out{}[{}] = x;", i, placeOf(k));
    std::string text = fmt::format(
        "    const auto old{0} = [&](long long i) -> O{0} {{ return a.out{0}[{1}]; }}; (void)old{0};\n", i, placeOf(k));
    if (!isVector(plan, k))
        return text + fmt::format("    const auto put{0} = [&](long long i, O{0} x) {{ {1} }};\n", i, one);
    return text + fmt::format("    O{0} y{0}[V];\n"
                              "    const auto put{0} = [&](auto i, O{0} x) {{\n"
                              "        if constexpr (std::is_same_v<decltype(i), Spot>) {{\n"
                              "            y{0}[i.v] = x;\n"
                              "            if (i.v == V - 1 && live) store<V>(a.out{0} + base[{1}] + i.first, y{0});\n"
                              "        }} else {{ {2} }}\n    }};\n",
                              i, k, one);
}

/// in0 of input `i`, which is tensor `k`.
std::string readingOf(size_t i, size_t k, const RowPlan& plan) {
    const std::string one = fmt::format("return a.in{}[{}];", i, placeOf(k));
    if (!isVector(plan, k))
        return fmt::format("    const auto in{0} = [&](long long i) -> I{0} {{ {1} }}; (void)in{0};\n", i, one);
    return fmt::format("    I{0} x{0}[V];\n"
                       "    const auto in{0} = [&](auto i) -> I{0} {{\n"
                       "        if constexpr (std::is_same_v<decltype(i), Spot>) {{\n"
                       "            if (i.v == 0) load<V>(x{0}, a.in{0} + base[{1}] + i.first);\n"
                       "            return x{0}[i.v];\n"
                       "        }} else {{ {2} }}\n    }}; (void)in{0};\n",
                       i, k, one);
}

LaunchArguments filledArguments(CudaDevice& device, const RowKernel& kernel, const RowPlan& plan, const void* parts) {
    LaunchArguments arguments;
    for (const int64_t number : {plan.rows, plan.count, plan.splits, plan.chunk})
        arguments.add(number);
    arguments.add(parts);
    arguments.add(device.fault());
    arguments.add(static_cast<int64_t>(device.node()));
    for (const auto* tensors : {&kernel.outputs, &kernel.inputs, &kernel.raw})
        for (const Tensor& tensor : *tensors)
            arguments.add(tensor.raw());
    for (const Number& number : kernel.numbers)
        for (size_t half = 0; half < 2; ++half) {
            uint64_t word = 0;
            std::memcpy(&word, number.bytes.data() + 8 * half, 8);
            arguments.add(word);
        }
    for (const int64_t integer : kernel.integers)
        arguments.add(integer);
    for (const auto* strides : {&plan.rowStrides, &plan.elementStrides})
        for (const auto& ofTensor : *strides)
            for (const int64_t stride : ofTensor)
                arguments.add(stride);
    for (const auto* sizes : {&plan.rowSizes, &plan.elementSizes})
        for (const int64_t size : *sizes) {
            if (plan.wide())
                arguments.add(static_cast<uint64_t>(std::max<int64_t>(1, size)));
            else
                arguments.add(InvariantDivisor::of(std::max<int64_t>(1, size)));
        }
    return arguments;
}

/// The most bytes an accumulator may have, for the memory that parts of rows wait in.
constexpr size_t kMostAccumulatorBytes = 32;

} // namespace

std::string sourceOf(const Fold& fold, const RowPlan& plan, bool joining) {
    std::string text = beginning(fold, plan) + foldingOf(fold, plan);
    text += fmt::format("static_assert(sizeof(Folding::A) <= {});\n", kMostAccumulatorBytes);
    if (joining) {
        text += fmt::format("using Team = RowTeam<{}>;\n", kJoiningLanes) + kernelHead(128);
        text += "    const Folding fold{a};\n    const Team team;\n"
                "    long long row = (long long)blockIdx.x * Team::kRows + team.slot;\n" +
                rowOfThread(fold) +
                "    const Folding::A* const parts = static_cast<const Folding::A*>(a.parts) + row * a.splits;\n"
                "    Folding::A acc = fold.start();\n"
                "    for (long long s = team.lane; s < a.splits; s += Team::kLanes) fold.join(acc, parts[s]);\n"
                "    team.join(acc, [&](Folding::A& x, const Folding::A& y) { fold.join(x, y); });\n";
        return text + "    if (live && team.lane == 0) fold.finish(acc, row, base);\n}\n";
    }
    text += fmt::format("using Team = {};\n", teamOf(plan)) + kernelHead(plan.threads());
    text +=
        fmt::format("    const Folding fold{{a}};\n    const Team team;\n"
                    "    const long long blocks = (a.rows + Team::kRows - 1) / Team::kRows;\n"
                    "    const long long split = blockIdx.x / blocks;\n"
                    "    long long row = (blockIdx.x - split * blocks) * Team::kRows + team.slot;\n{0}"
                    "    const long long from = split * a.chunk, end = from + a.chunk;\n"
                    "    const Folding::A acc = foldRow<Team, {1}, {2}>(team, fold, base, from, end < a.count ? end "
                    ": a.count);\n    if (!live || team.lane != 0) return;\n",
                    rowOfThread(fold), plan.vector, plan.columns ? kColumnLoadsUnderWay : kLoadsUnderWay);
    text += plan.splits > 1 ? "    static_cast<Folding::A*>(a.parts)[row * a.splits + split] = acc;\n"
                            : "    fold.finish(acc, row, base);\n";
    return text + "}\n";
}

std::string sourceOf(const RowWork& work, const RowPlan& plan) {
    std::string text = beginning(work, plan);
    text += plan.vector > 1 ? fmt::format("constexpr int V = {};\n{}", plan.vector, kEachVector) : kEachElement;
    text += fmt::format("using Team = {};\n", teamOf(plan)) + kernelHead(plan.threads());
    text += "    const Team team;\n    long long row = (long long)blockIdx.x * Team::kRows + team.slot;\n" +
            rowOfThread(work) + constantsOf(work);
    text += "    constexpr long long lanes = Team::kLanes;\n    const long long lane = team.lane;\n";
    for (size_t i = 0; i < work.outputs.size(); ++i)
        text += writingOf(i, i, plan);
    for (size_t i = 0; i < work.inputs.size(); ++i)
        text += readingOf(i, work.outputs.size() + i, plan);
    return text + work.body + "\n}\n";
}

Result<Done> launch(CudaDevice& device, const Fold& fold) {
    const RowPlan plan = planOf(fold, device.facts().multiprocessors);
    if (plan.rows == 0)
        return Done{};
    Tensor parts;
    if (plan.splits > 1) {
        const int64_t bytes = plan.rows * plan.splits * static_cast<int64_t>(kMostAccumulatorBytes);
        FX_TRY(parts, device.pool().empty(DType::UInt8, {bytes}));
    }
    LaunchArguments arguments = filledArguments(device, fold, plan, parts.defined() ? parts.raw() : nullptr);
    FX_TRY(const cudaKernel_t kernel,
           device.programs().kernel(keyOf(fold, plan, false), [&] { return sourceOf(fold, plan, false); }));
    FX_CHECK(device.launch(kernel, plan.blocks() * plan.splits, plan.threads(), arguments.bytes()));
    if (plan.splits == 1)
        return Done{};
    FX_TRY(const cudaKernel_t joining,
           device.programs().kernel(keyOf(fold, plan, true), [&] { return sourceOf(fold, plan, true); }));
    constexpr int64_t kRows = 128 / kJoiningLanes;
    return device.launch(joining, (plan.rows + kRows - 1) / kRows, 128, arguments.bytes());
}

Result<Done> launch(CudaDevice& device, const RowWork& work) {
    const RowPlan plan = planOf(work, device.facts().multiprocessors);
    if (plan.rows == 0)
        return Done{};
    FX_TRY(const cudaKernel_t kernel,
           device.programs().kernel(keyOf(work, plan), [&] { return sourceOf(work, plan); }));
    return device.launch(kernel, plan.blocks(), plan.threads(), filledArguments(device, work, plan, nullptr).bytes());
}

size_t keptOf(const DimSet& dims) { return static_cast<size_t>(std::count(dims.begin(), dims.end(), false)); }

Result<Tensor> rowsOf(const Tensor& x, const DimSet& dims) {
    Sizes sizes, strides;
    for (const bool reduced : {false, true})
        for (size_t d = 0; d < x.dim(); ++d)
            if (dims[d] == reduced) {
                sizes.push_back(x.size(d));
                strides.push_back(x.strides()[d]);
            }
    return x.asStrided(std::move(sizes), std::move(strides), x.offset());
}

Result<Tensor> rowResult(const Tensor& out, const DimSet& dims) {
    const bool all = out.dim() == dims.size(); // reduced dimensions are still there
    Sizes sizes, strides;
    for (size_t d = 0, at = 0; d < dims.size(); ++d) {
        if (!dims[d]) {
            sizes.push_back(out.size(at));
            strides.push_back(out.strides()[at]);
        }
        at += all || !dims[d];
    }
    sizes.resize(dims.size(), 1);
    strides.resize(dims.size(), 0);
    return out.asStrided(std::move(sizes), std::move(strides), out.offset());
}

Number doubleNumber(double value) {
    Number number{DType::Float64, {}};
    std::memcpy(number.bytes.data(), &value, sizeof value);
    return number;
}

} // namespace fxscope::cuda
