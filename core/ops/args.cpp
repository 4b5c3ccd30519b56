// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/args.h"

#include "core/tensor/device_memory.h"

#include <algorithm>

namespace fxscope {
namespace {

std::string shown(const Value& value) { return value.str(); }

std::string shown(const MetaArg& arg) {
    struct Printer {
        std::string operator()(std::monostate) const { return "None"; }
        std::string operator()(const TensorMeta& t) const { return ValueMeta::tensor(t).str(); }
        std::string operator()(const SymInt& i) const { return i.str(); }
        std::string operator()(const SymNumber& n) const { return n.expression; }
        std::string operator()(bool b) const { return Value(b).str(); }
        std::string operator()(double d) const { return Value(d).str(); }
        std::string operator()(const std::complex<double>& c) const { return Value(c).str(); }
        std::string operator()(const std::string& s) const { return Value(s).str(); }
        std::string operator()(DType d) const { return Value(d).str(); }
        std::string operator()(const Device& d) const { return Value(d).str(); }
        std::string operator()(Layout l) const { return Value(l).str(); }
        std::string operator()(MemoryFormat m) const { return Value(m).str(); }
        std::string operator()(const MetaArgs& list) const { return "a list of " + std::to_string(list.size()); }
    };
    return std::visit(Printer{}, arg.v);
}

template <class Arg> Diagnostic wrongArgument(std::span<const Arg> args, size_t i, std::string_view wanted) {
    return Diagnostic{"argument " + std::to_string(i) + " must be " + std::string(wanted) + ", got " +
                          (i < args.size() ? shown(args[i]) : "nothing"),
                      "", ""};
}

const ValueList* asList(const Value& value) { return std::get_if<ValueList>(&value.v); }
const MetaArgs* asList(const MetaArg& arg) { return std::get_if<MetaArgs>(&arg.v); }
const Tensor* asTensor(const Value& value) { return std::get_if<Tensor>(&value.v); }
const TensorMeta* asTensor(const MetaArg& arg) { return std::get_if<TensorMeta>(&arg.v); }

/// An int, or a float or bool that is one.
std::optional<int64_t> asInt(const Value& value) {
    if (const double* d = std::get_if<double>(&value.v))
        return *d == std::trunc(*d) && std::abs(*d) < 0x1p62 ? std::optional(static_cast<int64_t>(*d)) : std::nullopt;
    if (const Tensor* t = asTensor(value); t && t->numel() == 1 && isIntegral(t->dtype(), true))
        return static_cast<int64_t>(elementAsDouble(*t, 0)); // a size computed by .item() upstream
    return value.isNumber() ? std::optional(value.toInt()) : std::nullopt;
}
std::optional<SymInt> asSym(const MetaArg& arg) {
    if (const SymInt* i = std::get_if<SymInt>(&arg.v))
        return *i;
    if (const bool* b = std::get_if<bool>(&arg.v))
        return SymInt(*b);
    return std::nullopt;
}
std::optional<int64_t> asInt(const MetaArg& arg) {
    const auto sym = asSym(arg);
    return sym && sym->isConstant() ? std::optional(sym->constant()) : std::nullopt;
}

template <class T, class Arg>
Result<std::vector<T>> listOf(std::span<const Arg> args, size_t i, std::string_view wanted, auto&& element) {
    const auto* list = i < args.size() ? asList(args[i]) : nullptr;
    if (!list)
        return wrongArgument(args, i, wanted);
    std::vector<T> result;
    for (const Arg& item : *list) {
        std::optional<T> one = element(item);
        if (!one)
            return wrongArgument(args, i, wanted);
        result.push_back(std::move(*one));
    }
    return result;
}

template <class T, class Arg>
Result<T> one(std::span<const Arg> args, size_t i, std::string_view wanted, auto&& element) {
    std::optional<T> value = i < args.size() ? element(args[i]) : std::nullopt;
    if (!value)
        return wrongArgument(args, i, wanted);
    return std::move(*value);
}

constexpr auto kTensor = [](const auto& arg) {
    const auto* tensor = asTensor(arg);
    return tensor ? std::optional(*tensor) : std::nullopt;
};
constexpr auto kMaybeTensor = [](const auto& arg) {
    using T = std::remove_cvref_t<decltype(*asTensor(arg))>;
    std::optional<std::optional<T>> result;
    if (const T* tensor = asTensor(arg))
        result.emplace(*tensor);
    else if (arg.isNone())
        result.emplace();
    return result;
};
constexpr auto kInt = [](const auto& arg) { return asInt(arg); };
constexpr auto kSym = [](const MetaArg& arg) { return asSym(arg); };

/// `read` unless the argument is None.
template <class T, class Arg> Result<std::optional<T>> maybe(std::span<const Arg> args, size_t i, auto&& read) {
    if (isNoneAt(args, i))
        return std::optional<T>();
    FX_TRY(T value, read(args, i));
    return std::optional<T>(std::move(value));
}

template <class T> std::optional<T> optionalAt(Metas metas, size_t i) {
    const T* value = i < metas.size() ? std::get_if<T>(&metas[i].v) : nullptr;
    return value ? std::optional(*value) : std::nullopt;
}

} // namespace

Result<Tensor> tensorAt(Values values, size_t i) { return one<Tensor>(values, i, "a tensor", kTensor); }
Result<TensorMeta> tensorAt(Metas metas, size_t i) { return one<TensorMeta>(metas, i, "a tensor", kTensor); }
Result<std::optional<Tensor>> optionalTensorAt(Values values, size_t i) {
    return maybe<Tensor>(values, i, [](Values v, size_t k) { return tensorAt(v, k); });
}

Result<ValueMeta> inferFirst(Metas metas) {
    FX_TRY(TensorMeta first, tensorAt(metas, 0));
    return ValueMeta::tensor(std::move(first));
}
Result<std::optional<TensorMeta>> optionalTensorAt(Metas metas, size_t i) {
    return maybe<TensorMeta>(metas, i, [](Metas m, size_t k) { return tensorAt(m, k); });
}
Result<std::vector<Tensor>> tensorsAt(Values values, size_t i) {
    return listOf<Tensor>(values, i, "a list of tensors", kTensor);
}
Result<std::vector<TensorMeta>> tensorsAt(Metas metas, size_t i) {
    return listOf<TensorMeta>(metas, i, "a list of tensors", kTensor);
}
Result<std::vector<std::optional<Tensor>>> optionalTensorsAt(Values values, size_t i) {
    return listOf<std::optional<Tensor>>(values, i, "a list of tensors and None", kMaybeTensor);
}
Result<std::vector<std::optional<TensorMeta>>> optionalTensorsAt(Metas metas, size_t i) {
    return listOf<std::optional<TensorMeta>>(metas, i, "a list of tensors and None", kMaybeTensor);
}

Result<int64_t> intAt(Values values, size_t i) { return one<int64_t>(values, i, "an int", kInt); }
Result<int64_t> intAt(Metas metas, size_t i) { return one<int64_t>(metas, i, "an int", kInt); }
Result<std::optional<int64_t>> optionalIntAt(Values values, size_t i) {
    return maybe<int64_t>(values, i, [](Values v, size_t k) { return intAt(v, k); });
}
Result<std::optional<int64_t>> optionalIntAt(Metas metas, size_t i) {
    return maybe<int64_t>(metas, i, [](Metas m, size_t k) { return intAt(m, k); });
}
Result<Sizes> intsAt(Values values, size_t i) { return listOf<int64_t>(values, i, "a list of ints", kInt); }
Result<Sizes> intsAt(Metas metas, size_t i) { return listOf<int64_t>(metas, i, "a list of ints", kInt); }
Result<SymInt> symIntAt(Metas metas, size_t i) { return one<SymInt>(metas, i, "an int", kSym); }
Result<std::optional<SymInt>> optionalSymIntAt(Metas metas, size_t i) {
    return maybe<SymInt>(metas, i, [](Metas m, size_t k) { return symIntAt(m, k); });
}
Result<SymSizes> symIntsAt(Metas metas, size_t i) { return listOf<SymInt>(metas, i, "a list of ints", kSym); }

Result<bool> boolAt(Values values, size_t i) {
    return one<bool>(values, i, "a bool", [](const Value& value) {
        return value.isNumber() ? std::optional(value.toDouble() != 0) : std::nullopt;
    });
}
Result<bool> boolAt(Metas metas, size_t i) {
    return one<bool>(metas, i, "a bool", [](const MetaArg& arg) -> std::optional<bool> {
        if (const bool* b = std::get_if<bool>(&arg.v))
            return *b;
        const auto number = asInt(arg);
        return number ? std::optional(*number != 0) : std::nullopt;
    });
}
Result<double> doubleAt(Values values, size_t i) {
    return one<double>(values, i, "a number", [](const Value& value) {
        return value.isNumber() ? std::optional(value.toDouble()) : std::nullopt;
    });
}
Result<std::optional<double>> optionalDoubleAt(Values values, size_t i) {
    return maybe<double>(values, i, [](Values v, size_t k) { return doubleAt(v, k); });
}
Result<std::string_view> stringAt(Values values, size_t i) {
    return one<std::string_view>(values, i, "a string", [](const Value& value) {
        const auto* text = std::get_if<std::string>(&value.v);
        return text ? std::optional<std::string_view>(*text) : std::nullopt;
    });
}

std::optional<DType> dtypeAt(Metas metas, size_t i) { return optionalAt<DType>(metas, i); }
std::optional<Device> deviceAt(Metas metas, size_t i) { return optionalAt<Device>(metas, i); }
std::optional<MemoryFormat> memoryFormatAt(Metas metas, size_t i) { return optionalAt<MemoryFormat>(metas, i); }

Result<size_t> wrapDim(int64_t dim, size_t rank) {
    const auto dims = static_cast<int64_t>(std::max<size_t>(rank, 1));
    if (dim < -dims || dim >= dims)
        return Diagnostic{"Dimension out of range (expected to be in range of [" + std::to_string(-dims) + ", " +
                              std::to_string(dims - 1) + "], but got " + std::to_string(dim) + ")",
                          "", ""};
    return static_cast<size_t>(dim < 0 ? dim + dims : dim);
}

Result<std::vector<size_t>> wrapDims(const Sizes& dims, size_t rank) {
    std::vector<size_t> wrapped;
    for (const int64_t dim : dims) {
        FX_TRY(const size_t one, wrapDim(dim, rank));
        if (std::find(wrapped.begin(), wrapped.end(), one) != wrapped.end())
            return Diagnostic{"dim " + std::to_string(one) + " appears multiple times in the list of dims", "", ""};
        wrapped.push_back(one);
    }
    return wrapped;
}

MetaArg metaArg(const Value& value) {
    struct Converter {
        MetaArg operator()(std::monostate) const { return {}; }
        MetaArg operator()(const Tensor& t) const {
            TensorMeta meta = t.meta();
            meta.storageOffset = SymInt(t.offset());
            return {std::move(meta)};
        }
        MetaArg operator()(bool b) const { return {b}; }
        MetaArg operator()(int64_t i) const { return {SymInt(i)}; }
        MetaArg operator()(double d) const { return {d}; }
        MetaArg operator()(const std::complex<double>& c) const { return {c}; }
        MetaArg operator()(const std::string& s) const { return {s}; }
        MetaArg operator()(DType d) const { return {d}; }
        MetaArg operator()(const Device& d) const { return {d}; }
        MetaArg operator()(Layout l) const { return {l}; }
        MetaArg operator()(MemoryFormat m) const { return {m}; }
        MetaArg operator()(const ValueList& list) const { return {metaArgs(list)}; }
    };
    return std::visit(Converter{}, value.v);
}

MetaArgs metaArgs(Values values) {
    MetaArgs metas;
    for (const Value& value : values)
        metas.push_back(metaArg(value));
    return metas;
}

Result<Tensor> allocate(const TensorMeta& meta) {
    const auto numbers = [](const SymSizes& from) -> Result<Sizes> {
        Sizes to;
        for (const SymInt& size : from) {
            if (!size.isConstant())
                return Diagnostic{"size " + size.str() + " is symbolic", "", ""};
            to.push_back(size.constant());
        }
        return to;
    };
    FX_TRY(Sizes sizes, numbers(meta.sizes));
    Sizes strides = rowMajorStrides(sizes);
    if (meta.strides) {
        FX_TRY(strides, numbers(*meta.strides));
    }
    if (DeviceMemory* memory = currentMemory())
        return memory->empty(meta.dtype, std::move(sizes), std::move(strides));
    return Tensor::emptyStrided(meta.dtype, std::move(sizes), std::move(strides));
}

Result<Tensor> allocateResult(Infer infer, Values values) {
    FX_TRY(const ValueMeta meta, infer(metaArgs(values)));
    if (!meta.isTensor())
        return Diagnostic{"the shape rule gives no tensor", "", ""};
    return allocate(meta.tensor());
}

} // namespace fxscope
