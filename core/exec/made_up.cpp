// SPDX-License-Identifier: BSD-3-Clause
#include "core/exec/made_up.h"

#include "core/ops/op.h"
#include "core/tensor/half.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <set>

namespace fxscope {
namespace {

bool isAny(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// "index_put" of "torch.ops.aten.index_put.default".
std::string_view packetOf(const Node& node) {
    if (node.op != Op::CallFunction || !node.target.isAten())
        return {};
    const std::string_view name = node.target.shortName().substr(5);
    return name.substr(0, name.find('.'));
}

/// Does the result hold the same numbers as the first argument (or a part of them)?
bool passesOn(std::string_view packet) {
    return isAny(packet, {"view",
                          "_unsafe_view",
                          "reshape",
                          "unsqueeze",
                          "squeeze",
                          "expand",
                          "slice",
                          "select",
                          "permute",
                          "clone",
                          "_to_copy",
                          "to",
                          "alias",
                          "detach",
                          "flatten",
                          "contiguous",
                          "lift_fresh_copy",
                          "repeat",
                          "transpose",
                          "t",
                          "gather",
                          "index_select",
                          "index",
                          "flip",
                          "roll",
                          "as_strided"});
}

std::optional<int64_t> sizeOf(const Graph& graph, const Argument& tensor, int64_t dim, const SymHints& symbols) {
    if (!tensor.isNode() || !graph[tensor.asNode()].tensor())
        return std::nullopt;
    const SymSizes& sizes = graph[tensor.asNode()].tensor()->sizes;
    const int64_t rank = static_cast<int64_t>(sizes.size()), at = dim < 0 ? dim + rank : dim;
    return at < 0 || at >= rank ? std::nullopt : sizes[static_cast<size_t>(at)].eval(symbols);
}

bool isBoolTensor(const Graph& graph, const Argument& argument) {
    return argument.isNode() && graph[argument.asNode()].tensor() &&
           graph[argument.asNode()].tensor()->dtype == DType::Bool;
}

/// x[None, i, j]: `index` at position p of the list indexes dimension p; a mask before it would take several.
std::optional<int64_t> listBound(const Graph& graph, const Node& user, NodeId index, const SymHints& symbols) {
    if (user.args.size() < 2 || !user.args[1].isSequence())
        return std::nullopt;
    const ArgumentList& indices = user.args[1].items();
    for (size_t i = 0; i < indices.size() && !isBoolTensor(graph, indices[i]); ++i)
        if (indices[i] == Argument::node(index))
            return sizeOf(graph, user.args[0], static_cast<int64_t>(i), symbols);
    return std::nullopt;
}

std::optional<int64_t> boundBy(const Graph& graph, const Node& user, NodeId index, const SymHints& symbols) {
    const std::string_view packet = packetOf(user);
    if (isAny(packet, {"index", "_unsafe_index", "index_put", "index_put_", "_unsafe_index_put"}))
        return listBound(graph, user, index, symbols);
    const auto isArgument = [&](size_t i) { return user.args.size() > i && user.args[i] == Argument::node(index); };
    if (packet == "embedding" && isArgument(1))
        return sizeOf(graph, user.args[0], 0, symbols);
    if (isAny(packet, {"embedding_dense_backward"}) && isArgument(1) && user.args.size() > 2 && user.args[2].isInt())
        return user.args[2].asInt();
    if (isAny(packet, {"nll_loss_forward", "nll_loss"}) && isArgument(1))
        return sizeOf(graph, user.args[0], 1, symbols);
    const bool dimFirst =
        isAny(packet, {"index_select", "gather", "scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy",
                       "index_fill", "scatter_", "scatter_add_", "index_add_"});
    if (dimFirst && isArgument(2) && user.args[1].isInt())
        return sizeOf(graph, user.args[0], user.args[1].asInt(), symbols);
    return std::nullopt;
}

bool needsPositive(const Node& user, NodeId input) {
    const std::string_view packet = packetOf(user);
    if (isAny(packet, {"rsqrt", "sqrt", "log", "log2", "log10"}))
        return true;
    const bool batchNorm = packet.find("batch_norm") != std::string_view::npos;
    return batchNorm && user.args.size() > 4 && user.args[4] == Argument::node(input); // running_var
}

/// Box-Muller over the generator's 53-bit uniforms; this stream is ours, not torch.randn's.
class Normals {
public:
    explicit Normals(Generator& generator) : m_generator(generator) {}
    double operator()() {
        if (m_spare)
            return *std::exchange(m_spare, std::nullopt);
        const double radius = std::sqrt(-2 * std::log(1 - uniform())), angle = 2 * std::numbers::pi * uniform();
        m_spare = radius * std::sin(angle);
        return radius * std::cos(angle);
    }

private:
    double uniform() { return static_cast<double>(m_generator.random64() >> 11) * 0x1p-53; }
    Generator& m_generator;
    std::optional<double> m_spare;
};

template <class T, class Next> void fillAs(Tensor& tensor, const Next& next) {
    T* out = tensor.data<T>();
    for (int64_t i = 0, n = tensor.numel(); i < n; ++i)
        out[i] = static_cast<T>(next());
}

bool fillFloats(Tensor& tensor, Generator& generator, bool positive) {
    Normals normal(generator);
    const auto real = [&] { return positive ? std::abs(normal()) + 0.1 : normal(); };
    const auto single = [&] { return static_cast<float>(real()); };
    switch (tensor.dtype()) {
    case DType::Float32: fillAs<float>(tensor, real); return true;
    case DType::Float64: fillAs<double>(tensor, real); return true;
    case DType::Float16: fillAs<Half>(tensor, single); return true;
    case DType::BFloat16: fillAs<BFloat16>(tensor, single); return true;
    case DType::Complex64:
        fillAs<std::complex<float>>(tensor, [&] { return std::complex<float>(single(), single()); });
        return true;
    case DType::Complex128:
        fillAs<std::complex<double>>(tensor, [&] { return std::complex(real(), real()); });
        return true;
    default: return false;
    }
}

bool fillIntegers(Tensor& tensor, Generator& generator, int64_t bound) {
    const auto next = [&] {
        return bound < 1 ? 0 : static_cast<int64_t>(generator.random64() % static_cast<uint64_t>(bound));
    };
    switch (bytesOf(tensor.dtype())) {
    case 1: fillAs<int8_t>(tensor, next); return true;
    case 2: fillAs<int16_t>(tensor, next); return true;
    case 4: fillAs<int32_t>(tensor, next); return true;
    case 8: fillAs<int64_t>(tensor, next); return true;
    default: return false;
    }
}

bool fill(Tensor& tensor, const InputUse& use, Generator& generator, std::string& how) {
    constexpr int64_t kSmall = 10;
    if (tensor.dtype() == DType::Bool)
        return how = "true or false", fillIntegers(tensor, generator, 2);
    if (!isIntegral(tensor.dtype()))
        return how = use.positive ? "positive normal" : "normal", fillFloats(tensor, generator, use.positive);
    how = use.indexBound ? "indices below " + std::to_string(*use.indexBound) : "integers below 10";
    return fillIntegers(tensor, generator, use.indexBound.value_or(kSmall));
}

/// Sizes or strides as numbers; error: one has no value.
Result<Sizes> evaluated(const SymSizes& sizes, const SymHints& symbols) {
    Sizes numbers;
    for (const SymInt& size : sizes) {
        const auto number = size.eval(symbols);
        if (!number)
            return Diagnostic{"the size " + size.str() + " has no value", {}, "give this input with --inputs"};
        numbers.push_back(*number);
    }
    return numbers;
}

/// Dense in another order of dimensions (a transposed weight): no gaps and no element twice.
bool isDense(const Tensor& rowMajor, const Sizes& strides) {
    int64_t last = 0;
    for (size_t i = 0; i < strides.size(); ++i)
        last += (rowMajor.size(i) - 1) * strides[i];
    return rowMajor.numel() > 0 && last + 1 == rowMajor.numel() &&
           std::none_of(strides.begin(), strides.end(), [](int64_t s) { return s <= 0; });
}

Result<Tensor> withStrides(Tensor rowMajor, const TensorMeta& meta, const SymHints& symbols) {
    if (!meta.strides)
        return rowMajor;
    FX_TRY(Sizes strides, evaluated(*meta.strides, symbols));
    if (strides == rowMajor.strides() || !isDense(rowMajor, strides))
        return rowMajor;
    FX_TRY(Tensor strided, Tensor::emptyStrided(meta.dtype, rowMajor.sizes(), strides));
    copyElements(rowMajor, strided);
    return strided;
}

/// Different for each placeholder name, so that two inputs of one shape do not hold the same numbers.
uint64_t seedFor(std::string_view name, uint64_t seed) {
    uint64_t hash = 0xcbf29ce484222325u ^ seed;
    for (const char c : name)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    return hash;
}

Result<Value> makeUpTensor(const Graph& graph, const Node& node, const SymHints& symbols, uint64_t seed,
                           std::string& how) {
    const TensorMeta& meta = node.meta.tensor();
    FX_TRY(Sizes sizes, evaluated(meta.sizes, symbols));
    FX_TRY(Tensor tensor, Tensor::empty(meta.dtype, std::move(sizes)));
    Generator generator(seedFor(node.name, seed));
    if (!fill(tensor, usesOf(graph, node.id, symbols), generator, how))
        return Diagnostic{
            "no values are made up for torch." + std::string(name(meta.dtype)), {}, "give this input with --inputs"};
    FX_TRY(Tensor strided, withStrides(std::move(tensor), meta, symbols));
    return Value(std::move(strided));
}

} // namespace

InputUse usesOf(const Graph& graph, NodeId placeholder, const SymHints& symbols) {
    InputUse use;
    std::vector<NodeId> open{placeholder};
    std::set<NodeId> seen{placeholder};
    while (!open.empty()) {
        const NodeId value = open.back();
        open.pop_back();
        for (const NodeId id : graph[value].users) {
            const Node& user = graph[id];
            if (const auto bound = boundBy(graph, user, value, symbols))
                use.indexBound = std::min(use.indexBound.value_or(*bound), *bound);
            use.positive = use.positive || needsPositive(user, value);
            if (passesOn(packetOf(user)) && user.args.size() > 0 && user.args[0] == Argument::node(value) &&
                seen.insert(id).second)
                open.push_back(id);
        }
    }
    return use;
}

Result<Value> makeUp(const Graph& graph, NodeId placeholder, const SymHints& symbols, uint64_t seed, std::string& how) {
    const Node& node = graph[placeholder];
    switch (node.meta.kind()) {
    case ValueMeta::Kind::Tensor: return makeUpTensor(graph, node, symbols, seed, how);
    case ValueMeta::Kind::None: how = "None"; return Value();
    case ValueMeta::Kind::SymInt:
        if (const auto number = node.meta.symInt().eval(symbols)) {
            how = node.meta.symInt().str() + " = " + std::to_string(*number);
            return Value(*number);
        }
        return Diagnostic{
            "the size " + node.meta.symInt().str() + " has no value", {}, "give this input with --inputs"};
    case ValueMeta::Kind::SymFloat: how = "0.5"; return Value(0.5);
    case ValueMeta::Kind::SymBool: how = "true"; return Value(true);
    default: return Diagnostic{"the file does not say what this input is", {}, "give it with --inputs"};
    }
}

} // namespace fxscope
