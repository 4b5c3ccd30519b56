// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/elements.h"

#include "core/cuda/launch_arguments.h"
#include "core/ops/operand.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <numeric>

// Note [Element kernels]
// Every thread computes `unroll` vectors of up to 16 bytes, a block's threads side by side. Dimensions are sorted so
// that the outputs are written in the order of memory, and those that lie behind one another in all tensors are one. A
// tensor whose last stride is 0 gives one element to a whole vector. All loads of a thread come before its arithmetic:
// memory answers late, and several requests under way hide that.

namespace fxscope::cuda {
namespace {

constexpr int kThreads = 256;

DType typeOfTensor(const Tensor& tensor) { return tensor.dtype(); }
DType typeOfNumber(const Number& number) { return number.dtype; }

/// Whose elements are walked.
const Tensor& placesOf(const Elements& elements) {
    return elements.outputs.empty() ? elements.inputs.front() : elements.outputs.front();
}

Result<std::vector<Tensor>> expanded(const Elements& elements) {
    std::vector<Tensor> tensors = elements.outputs;
    for (const Tensor& input : elements.inputs) {
        FX_TRY(Tensor seen, expandTo(input, placesOf(elements).sizes()));
        tensors.push_back(std::move(seen));
    }
    return tensors;
}

/// One dimension of a walk.
struct Dimension {
    int64_t size;
    std::vector<int64_t> strides;
};

bool merges(const Dimension& outer, const Dimension& inner) {
    for (size_t k = 0; k < inner.strides.size(); ++k)
        if (outer.strides[k] != inner.strides[k] * inner.size)
            return false;
    return true;
}

std::vector<Dimension> mergedDimensions(std::vector<Dimension> dimensions) {
    std::stable_sort(dimensions.begin(), dimensions.end(), [](const Dimension& a, const Dimension& b) {
        return a.strides < b.strides ? false : b.strides < a.strides;
    });
    std::vector<Dimension> merged;
    for (Dimension& next : dimensions) {
        if (!merged.empty() && merges(merged.back(), next)) {
            next.size *= merged.back().size;
            merged.back() = std::move(next);
        } else
            merged.push_back(std::move(next));
    }
    return merged;
}

/// The most elements that all tensors can load at once: 16 bytes of the widest, aligned, within the last dimension.
int vectorOf(const std::vector<Tensor>& tensors, size_t outputs, const std::vector<Dimension>& dimensions) {
    size_t widest = 1;
    for (const Tensor& tensor : tensors)
        widest = std::max(widest, bytesOf(tensor.dtype()));
    int vector = static_cast<int>(std::min<size_t>(8, 16 / widest));
    const Dimension& last = dimensions.back();
    for (size_t k = 0; k < tensors.size(); ++k) {
        if (last.strides[k] != 1 && (last.strides[k] != 0 || k < outputs))
            return 1;
        if (last.strides[k] == 0)
            continue;
        const size_t bytes = bytesOf(tensors[k].dtype());
        const auto address = reinterpret_cast<uintptr_t>(tensors[k].raw());
        for (; vector > 1; vector /= 2) {
            bool fits = address % (bytes * static_cast<size_t>(vector)) == 0;
            for (size_t d = 0; d + 1 < dimensions.size(); ++d)
                fits = fits && dimensions[d].strides[k] % vector == 0;
            if (fits)
                break;
        }
    }
    while (vector > 1 && dimensions.size() > 1 && last.size % vector != 0)
        vector /= 2;
    return vector;
}

bool isWide(const Walk& walk) { return walk.units >= (int64_t(1) << 31); }

/// What sourceOf reads.
KernelKey keyOf(const Elements& e, const Walk& walk, int unroll) {
    KernelKey key('e');
    key.addSmall(walk.vector, unroll, walk.sizes.size(), isWide(walk), walk.aligned, e.coordinates, e.integers.size());
    for (const auto* tensors : {&e.outputs, &e.inputs, &e.raw})
        key.addTypes(*tensors, typeOfTensor);
    key.addTypes(e.numbers, typeOfNumber);
    for (const auto& strides : walk.strides)
        key.addSmall(strides.back() == 0);
    key.add(e.body);
    key.add(e.prologue);
    return key;
}

std::string declarations(const Elements& e, const Walk& walk) {
    std::string text =
        "struct Arguments {\n    unsigned long long units, elements;\n    Fault* fault;\n    long long node;\n";
    for (size_t i = 0; i < e.outputs.size(); ++i)
        text += fmt::format("    O{0}* out{0};\n", i);
    for (size_t i = 0; i < e.inputs.size(); ++i)
        text += fmt::format("    const I{0}* in{0};\n", i);
    for (size_t i = 0; i < e.raw.size(); ++i)
        text += fmt::format("    R{0}* r{0};\n", i);
    for (size_t i = 0; i < e.numbers.size(); ++i)
        text += fmt::format("    unsigned long long n{}[2];\n", i);
    for (size_t i = 0; i < e.integers.size(); ++i)
        text += fmt::format("    long long k{};\n", i);
    text +=
        fmt::format("    long long stride[{}][{}];\n    {} size[{}];\n}};\n", std::max<size_t>(1, walk.strides.size()),
                    walk.sizes.size(), isWide(walk) ? "unsigned long long" : "Divisor", walk.sizes.size());
    return text;
}

std::string aliases(const Elements& e) {
    std::string text;
    for (size_t i = 0; i < e.outputs.size(); ++i)
        text += fmt::format("using O{} = {};\n", i, deviceType(e.outputs[i].dtype()));
    for (size_t i = 0; i < e.inputs.size(); ++i)
        text += fmt::format("using I{} = {};\n", i, deviceType(e.inputs[i].dtype()));
    for (size_t i = 0; i < e.raw.size(); ++i)
        text += fmt::format("using R{} = {};\n", i, deviceType(e.raw[i].dtype()));
    return text;
}

/// Where the unit's elements lie in every tensor; coordinates if they are wanted.
std::string offsets(const Elements& e, const Walk& walk) {
    const size_t rank = walk.sizes.size(), tensors = walk.strides.size();
    const bool wide = isWide(walk);
    std::string text = fmt::format("        {} rest = unit;\n", wide ? "unsigned long long" : "uint32_t");
    for (size_t k = 0; k < tensors; ++k)
        text += fmt::format("        long long p{} = 0;\n", k);
    for (size_t d = rank; d-- > 0;) {
        if (d > 0 && wide)
            text += fmt::format(
                "        {{ const auto q = rest / a.size[{0}]; const long long c = rest - q * a.size[{0}]; rest = q;",
                d);
        else if (d > 0)
            text += fmt::format("        {{ const uint32_t q = a.size[{0}].quotient(rest); const long long c = rest - "
                                "q * a.size[{0}].size; rest = q;",
                                d);
        else
            text += "        { const long long c = rest;";
        for (size_t k = 0; k < tensors; ++k)
            text += fmt::format(" p{0} += c * a.stride[{0}][{1}];", k, d);
        if (e.coordinates)
            text += fmt::format(" place[u][{}] = c;", d);
        text += " }\n";
    }
    return text;
}

/// One element, of 16 bytes, at once.
bool movesWhole(const Tensor& tensor, const Walk& walk) { return bytesOf(tensor.dtype()) == 16 && walk.aligned; }

std::string loads(const Elements& e, const Walk& walk) {
    std::string text;
    for (size_t i = 0; i < e.inputs.size(); ++i) {
        const bool one = walk.vector > 1 && walk.strides[e.outputs.size() + i].back() == 0;
        const size_t k = e.outputs.size() + i;
        if (movesWhole(e.inputs[i], walk))
            text += fmt::format("        load<1>(x{0}[u], a.in{0} + p{1});\n", i, k);
        else if (walk.vector == 1)
            text += fmt::format("        x{0}[u][0] = a.in{0}[p{1}];\n", i, k);
        else if (one)
            text += fmt::format("        {{ const I{0} same = a.in{0}[p{1}];\n        for (int v = 0; v < V; ++v) "
                                "x{0}[u][v] = same; }}\n",
                                i, k);
        else
            text += fmt::format("        if (whole) load<V>(x{0}[u], a.in{0} + p{1});\n        else for (int v = 0; v "
                                "< V; ++v) if (unit * V + v < a.elements) x{0}[u][v] = a.in{0}[p{1} + v];\n",
                                i, k);
    }
    return text;
}

std::string stores(const Elements& e, const Walk& walk) {
    std::string text;
    for (size_t i = 0; i < e.outputs.size(); ++i) {
        if (movesWhole(e.outputs[i], walk))
            text += fmt::format("        store<1>(a.out{0} + at_{0}[u], y{0}[u]);\n", i);
        else if (walk.vector == 1)
            text += fmt::format("        a.out{0}[at_{0}[u]] = y{0}[u][0];\n", i);
        else
            text +=
                fmt::format("        if (whole) store<V>(a.out{0} + at_{0}[u], y{0}[u]);\n        else for (int v = 0; "
                            "v < V; ++v) if (unit * V + v < a.elements) a.out{0}[at_{0}[u] + v] = y{0}[u][v];\n",
                            i);
    }
    return text;
}

/// The body with what it sees, for one element.
std::string element(const Elements& e) {
    std::string text;
    for (size_t i = 0; i < e.inputs.size(); ++i)
        text += fmt::format("            const I{0} in{0} = x{0}[u][v];\n", i);
    for (size_t i = 0; i < e.outputs.size(); ++i)
        text += fmt::format("            O{0}& out{0} = y{0}[u][v];\n", i);
    if (e.coordinates)
        text += "            const long long (&at)[R] = place[u];\n";
    return text + "            " + e.body + "\n";
}

/// `coordinates` is what `size` of the body reads.
std::string constants(const Elements& e, const Walk& walk) {
    std::string text;
    for (size_t i = 0; i < e.raw.size(); ++i)
        text += fmt::format("    R{0}* const r{0} = a.r{0};\n", i);
    for (size_t i = 0; i < e.numbers.size(); ++i)
        text += fmt::format("    const {1} n{0} = *reinterpret_cast<const {1}*>(a.n{0});\n", i,
                            deviceType(e.numbers[i].dtype));
    for (size_t i = 0; i < e.integers.size(); ++i)
        text += fmt::format("    const long long k{0} = a.k{0};\n", i);
    if (e.coordinates) {
        text += "    long long size[R];\n";
        for (size_t d = 0; d < walk.sizes.size(); ++d)
            text += fmt::format("    size[{0}] = a.size[{0}]{1};\n", d, isWide(walk) ? "" : ".size");
        text += "    (void)size;\n";
    }
    return text;
}

} // namespace

std::string_view deviceType(DType dtype) {
    switch (dtype) {
    case DType::Bool: return "bool";
    case DType::UInt8: return "uint8_t";
    case DType::Int8: return "int8_t";
    case DType::Int16: return "int16_t";
    case DType::Int32: return "int32_t";
    case DType::Int64: return "int64_t";
    case DType::UInt16: return "uint16_t";
    case DType::UInt32: return "uint32_t";
    case DType::UInt64: return "uint64_t";
    case DType::Float16: return "Half";
    case DType::BFloat16: return "BFloat16";
    case DType::Float32: return "float";
    case DType::Float64: return "double";
    case DType::Complex64: return "std::complex<float>";
    case DType::Complex128: return "std::complex<double>";
    default: return "";
    }
}

Result<Number> numberOf(const Value& value, DType dtype) {
    FX_TRY(const Tensor tensor, numberTensor(value, dtype));
    Number number{dtype, {}};
    std::memcpy(number.bytes.data(), tensor.raw(), bytesOf(dtype));
    return number;
}

Walk walkOf(const std::vector<Tensor>& tensors, size_t outputs, bool coordinates) {
    const Sizes& sizes = tensors.front().sizes();
    std::vector<Dimension> dimensions;
    const bool single = !coordinates && std::all_of(tensors.begin(), tensors.end(),
                                                    [](const Tensor& tensor) { return tensor.isContiguous(); });
    if (single)
        dimensions.push_back({tensors.front().numel(), std::vector<int64_t>(tensors.size(), 1)});
    for (size_t d = 0; d < sizes.size() && !single; ++d) {
        if (sizes[d] == 1 && !coordinates)
            continue;
        Dimension next{sizes[d], {}};
        for (const Tensor& tensor : tensors)
            next.strides.push_back(tensor.strides()[d]);
        dimensions.push_back(std::move(next));
    }
    if (dimensions.empty())
        dimensions.push_back({1, std::vector<int64_t>(tensors.size(), 1)});
    if (!coordinates && !single)
        dimensions = mergedDimensions(std::move(dimensions));
    Walk walk;
    walk.vector = coordinates ? 1 : vectorOf(tensors, outputs, dimensions);
    walk.elements = tensors.front().numel();
    walk.aligned = std::all_of(tensors.begin(), tensors.end(), [](const Tensor& tensor) {
        return bytesOf(tensor.dtype()) < 16 || reinterpret_cast<uintptr_t>(tensor.raw()) % 16 == 0;
    });
    for (size_t d = 0; d < dimensions.size(); ++d)
        walk.sizes.push_back(dimensions[d].size);
    walk.sizes.back() = (walk.sizes.back() + walk.vector - 1) / walk.vector;
    walk.units = std::accumulate(walk.sizes.begin(), walk.sizes.end(), int64_t(1), std::multiplies<>());
    for (size_t k = 0; k < tensors.size(); ++k) {
        std::vector<int64_t> strides;
        for (const Dimension& dimension : dimensions)
            strides.push_back(dimension.strides[k]);
        strides.back() *= walk.vector;
        walk.strides.push_back(std::move(strides));
    }
    return walk;
}

std::string sourceOf(const Elements& e, const Walk& walk, int unroll) {
    std::string text =
        "#include \"core/cuda/kernels/elements.cuh\"\nusing namespace fxscope;\nusing namespace fxscope::cuda;\n";
    text += e.prologue + aliases(e) + declarations(e, walk);
    text += "#define FX_FAULT(code, index, bound) report(faults, code, node, index, bound)\n";
    text += fmt::format("constexpr int V = {}, U = {}, R = {};\n", walk.vector, unroll, walk.sizes.size());
    text += fmt::format(
        "extern \"C\" __global__ void __launch_bounds__({0}) kernel(const __grid_constant__ Arguments a) {{\n"
        "    const unsigned long long first = (unsigned long long)blockIdx.x * ({0} * U) + threadIdx.x;\n",
        kThreads);
    text += "    [[maybe_unused]] Fault* const faults = a.fault;\n    [[maybe_unused]] const int node = int(a.node);\n";
    text += constants(e, walk);
    for (size_t i = 0; i < e.inputs.size(); ++i)
        text += fmt::format("    I{0} x{0}[U][V];\n", i);
    for (size_t i = 0; i < e.outputs.size(); ++i)
        text += fmt::format("    O{0} y{0}[U][V];\n    long long at_{0}[U];\n", i);
    if (e.coordinates)
        text += "    long long place[U][R];\n";
    const std::string each = fmt::format(
        "#pragma unroll\n    for (int u = 0; u < U; ++u) {{\n        const unsigned long long unit = first + u * {};\n "
        "       if (unit < a.units) {{\n        const bool whole = (unit + 1) * V <= a.elements; (void)whole;\n",
        kThreads);
    text += each + offsets(e, walk);
    for (size_t i = 0; i < e.outputs.size(); ++i)
        text += fmt::format("        at_{0}[u] = p{0};\n", i);
    text += loads(e, walk) + "    } }\n" + each;
    text += "#pragma unroll\n        for (int v = 0; v < V; ++v) {\n" + element(e) + "        }\n";
    return text + stores(e, walk) + "    } }\n}\n";
}

Result<Done> launch(CudaDevice& device, const Elements& elements) {
    if (placesOf(elements).numel() == 0)
        return Done{};
    FX_TRY(const std::vector<Tensor> tensors, expanded(elements));
    const Walk walk = walkOf(tensors, elements.outputs.size(), elements.coordinates);
    const int unroll = walk.units >= (int64_t(1) << 20) ? 4 : 1;
    LaunchArguments arguments;
    arguments.add(static_cast<uint64_t>(walk.units));
    arguments.add(static_cast<uint64_t>(walk.elements));
    arguments.add(device.fault());
    arguments.add(static_cast<int64_t>(device.node()));
    for (const Tensor& tensor : tensors)
        arguments.add(tensor.raw());
    for (const Tensor& tensor : elements.raw)
        arguments.add(tensor.raw());
    for (const Number& number : elements.numbers) {
        uint64_t halves[2];
        std::memcpy(halves, number.bytes.data(), 16);
        arguments.add(halves[0]);
        arguments.add(halves[1]);
    }
    for (const int64_t integer : elements.integers)
        arguments.add(integer);
    for (const auto& strides : walk.strides)
        for (const int64_t stride : strides)
            arguments.add(stride);
    for (const int64_t size : walk.sizes) {
        if (isWide(walk))
            arguments.add(static_cast<uint64_t>(size));
        else
            arguments.add(InvariantDivisor::of(size));
    }
    const int64_t perBlock = int64_t(kThreads) * unroll;
    FX_TRY(const cudaKernel_t kernel,
           device.programs().kernel(keyOf(elements, walk, unroll), [&] { return sourceOf(elements, walk, unroll); }));
    return device.launch(kernel, (walk.units + perBlock - 1) / perBlock, kThreads, arguments.bytes());
}

} // namespace fxscope::cuda
