// SPDX-License-Identifier: BSD-3-Clause
#include "core/tensor/tensor.h"

#include "core/support/text.h"
#include "core/tensor/block_cache.h"
#include "core/tensor/device_memory.h"
#include "core/tensor/half.h"
#include "core/tensor/value.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <tuple>

namespace fxscope {
namespace {

/// A size as blocks have it: whole cache lines, at least one.
size_t roundedUp(size_t bytes) {
    constexpr size_t kLine = BlockCache::kAlignment;
    return (std::max<size_t>(bytes, 1) + kLine - 1) / kLine * kLine;
}

std::string sizesText(const Sizes& sizes) {
    std::string text = "[";
    for (size_t i = 0; i < sizes.size(); ++i)
        text += (i ? ", " : "") + std::to_string(sizes[i]);
    return text + "]";
}

/// Elements from the first to the furthest one, both included; 0 for an empty tensor; nothing on overflow.
std::optional<int64_t> extent(const Sizes& sizes, const Sizes& strides) {
    int64_t furthest = 0;
    for (size_t i = 0; i < sizes.size(); ++i) {
        int64_t step = 0;
        if (sizes[i] == 0)
            return 0;
        if (sizes[i] < 0 || strides[i] < 0 || __builtin_mul_overflow(sizes[i] - 1, strides[i], &step) ||
            __builtin_add_overflow(furthest, step, &furthest))
            return std::nullopt;
    }
    return furthest == INT64_MAX ? std::nullopt : std::optional(furthest + 1);
}

template <size_t Bytes> void copyStrided(const Tensor& from, Tensor& to) {
    struct Unit {
        std::byte bytes[Bytes];
    };
    const size_t rank = from.dim();
    if (from.numel() == 0)
        return;
    const Unit* source = reinterpret_cast<const Unit*>(from.raw());
    Unit* target = reinterpret_cast<Unit*>(to.raw());
    if (rank == 0) {
        *target = *source;
        return;
    }
    const int64_t inner = from.size(rank - 1), sourceStep = from.strides()[rank - 1],
                  targetStep = to.strides()[rank - 1];
    Sizes index(rank, 0);
    for (;;) {
        if (sourceStep == 1 && targetStep == 1)
            std::memcpy(target, source, static_cast<size_t>(inner) * Bytes);
        else
            for (int64_t i = 0; i < inner; ++i)
                target[i * targetStep] = source[i * sourceStep];
        size_t d = rank - 1;
        for (; d-- > 0;) {
            source += from.strides()[d];
            target += to.strides()[d];
            if (++index[d] < from.size(d))
                break;
            source -= from.strides()[d] * from.size(d);
            target -= to.strides()[d] * from.size(d);
            index[d] = 0;
        }
        if (d == SIZE_MAX)
            return;
    }
}

} // namespace

Result<std::shared_ptr<Storage>> Storage::allocate(size_t bytes) {
    const size_t rounded = roundedUp(bytes);
    void* memory = rounded < bytes ? nullptr : BlockCache::shared().take(rounded);
    if (!memory)
        return Diagnostic{"no memory for " + std::to_string(bytes) + " bytes", "",
                          "use smaller inputs or close other programs"};
    return std::shared_ptr<Storage>(new Storage(static_cast<std::byte*>(memory), bytes, nullptr));
}

std::shared_ptr<Storage> Storage::view(std::span<const std::byte> bytes, std::shared_ptr<const void> owner) {
    return std::shared_ptr<Storage>(new Storage(const_cast<std::byte*>(bytes.data()), bytes.size(), std::move(owner)));
}

std::shared_ptr<Storage> Storage::onDevice(std::byte* data, size_t bytes, std::shared_ptr<const void> owner,
                                           DeviceMemory* memory) {
    return std::shared_ptr<Storage>(new Storage(data, bytes, std::move(owner), memory));
}

Storage::~Storage() {
    if (!m_owner)
        BlockCache::shared().give(m_data, roundedUp(m_bytes));
}

std::optional<int64_t> elementCount(std::span<const int64_t> sizes) {
    int64_t count = 1;
    bool empty = false;
    for (const int64_t size : sizes) {
        if (size < 0)
            return std::nullopt;
        empty = empty || size == 0;
        if (size != 0 && __builtin_mul_overflow(count, size, &count))
            return std::nullopt;
    }
    return empty ? 0 : count;
}

Sizes rowMajorStrides(const Sizes& sizes) {
    Sizes strides(sizes.size());
    int64_t step = 1;
    for (size_t i = sizes.size(); i-- > 0;) {
        strides[i] = step;
        step *= std::max<int64_t>(sizes[i], 1);
    }
    return strides;
}

Result<Tensor> Tensor::empty(DType dtype, Sizes sizes) {
    if (!elementCount(sizes))
        return Diagnostic{"sizes " + sizesText(sizes) + " are no tensor", "",
                          "sizes must not be negative, nor their product beyond 2^63"};
    Sizes strides = rowMajorStrides(sizes);
    return emptyStrided(dtype, std::move(sizes), std::move(strides));
}

Result<Tensor> Tensor::zeros(DType dtype, Sizes sizes) {
    FX_TRY(Tensor result, empty(dtype, std::move(sizes)));
    std::memset(result.raw(), 0, result.bytes());
    return result;
}

Result<Tensor> Tensor::emptyStrided(DType dtype, Sizes sizes, Sizes strides) {
    const auto elements = elementCount(sizes) && sizes.size() == strides.size() ? extent(sizes, strides) : std::nullopt;
    size_t bytes = 0;
    if (!elements || __builtin_mul_overflow(static_cast<size_t>(*elements), bytesOf(dtype), &bytes))
        return Diagnostic{"sizes " + sizesText(sizes) + " with strides " + sizesText(strides) + " are no tensor", "",
                          ""};
    FX_TRY(auto storage, Storage::allocate(bytes));
    return view(std::move(storage), dtype, std::move(sizes), std::move(strides), 0);
}

Result<Tensor> Tensor::view(std::shared_ptr<Storage> storage, DType dtype, Sizes sizes, Sizes strides, int64_t offset) {
    const auto count = elementCount(sizes);
    const auto elements = count && sizes.size() == strides.size() ? extent(sizes, strides) : std::nullopt;
    const auto room = static_cast<int64_t>(storage->bytes() / bytesOf(dtype));
    if (!elements || offset < 0 || (*elements > 0 && *elements > room - offset))
        return Diagnostic{"a view of " + sizesText(sizes) + " with strides " + sizesText(strides) + " and offset " +
                              std::to_string(offset) + " reaches outside its storage of " + std::to_string(room) +
                              " elements",
                          "", ""};
    Tensor tensor;
    tensor.m_storage = std::move(storage);
    tensor.m_dtype = dtype;
    tensor.m_sizes = std::move(sizes);
    tensor.m_strides = std::move(strides);
    tensor.m_offset = *elements ? offset : 0;
    tensor.m_numel = *count;
    return tensor;
}

bool Tensor::isContiguous() const {
    int64_t step = 1;
    for (size_t i = dim(); i-- > 0;) {
        if (m_sizes[i] == 0)
            return true;
        if (m_sizes[i] != 1 && m_strides[i] != step)
            return false;
        step *= m_sizes[i];
    }
    return true;
}

Result<Tensor> Tensor::asStrided(Sizes sizes, Sizes strides, int64_t offset) const {
    return view(m_storage, m_dtype, std::move(sizes), std::move(strides), offset);
}

Result<Tensor> Tensor::contiguous() const { return isContiguous() ? Result<Tensor>(*this) : clone(); }

Result<Tensor> Tensor::clone() const {
    if (!onHost()) {
        FX_TRY(Tensor copy, m_storage->memory()->empty(m_dtype, m_sizes, rowMajorStrides(m_sizes)));
        FX_CHECK(m_storage->memory()->copy(*this, copy));
        return copy;
    }
    FX_TRY(Tensor copy, empty(m_dtype, m_sizes));
    copyElements(*this, copy);
    return copy;
}

TensorMeta Tensor::meta() const {
    TensorMeta meta;
    meta.dtype = m_dtype;
    meta.sizes.assign(m_sizes.begin(), m_sizes.end());
    meta.strides.emplace(m_strides.begin(), m_strides.end());
    meta.device = onHost() ? Device{} : Device{"cuda", m_storage->memory()->index()};
    return meta;
}

void copyElements(const Tensor& from, Tensor& to) {
    if (!from.onHost() || !to.onHost()) {
        DeviceMemory* memory = from.onHost() ? to.storage()->memory() : from.storage()->memory();
        std::ignore = memory->copy(from, to); // it keeps its errors until it is waited for
        return;
    }
    if (from.isContiguous() && to.isContiguous()) {
        if (from.numel())
            std::memcpy(to.raw(), from.raw(), from.bytes());
        return;
    }
    switch (bytesOf(from.dtype())) {
    case 1: return copyStrided<1>(from, to);
    case 2: return copyStrided<2>(from, to);
    case 4: return copyStrided<4>(from, to);
    case 8: return copyStrided<8>(from, to);
    default: return copyStrided<16>(from, to);
    }
}

double elementAsDouble(const Tensor& tensor, int64_t i) {
    int64_t at = 0;
    for (size_t d = tensor.dim(); d-- > 0;) {
        at += i % tensor.size(d) * tensor.strides()[d];
        i /= tensor.size(d);
    }
    switch (tensor.dtype()) {
    case DType::Bool:
    case DType::UInt8: return tensor.data<uint8_t>()[at];
    case DType::Int8: return tensor.data<int8_t>()[at];
    case DType::Int16: return tensor.data<int16_t>()[at];
    case DType::Int32: return tensor.data<int32_t>()[at];
    case DType::Int64: return static_cast<double>(tensor.data<int64_t>()[at]);
    case DType::UInt16: return tensor.data<uint16_t>()[at];
    case DType::UInt32: return tensor.data<uint32_t>()[at];
    case DType::UInt64: return static_cast<double>(tensor.data<uint64_t>()[at]);
    case DType::Float16: return tensor.data<Half>()[at];
    case DType::BFloat16: return tensor.data<BFloat16>()[at];
    case DType::Float32: return tensor.data<float>()[at];
    case DType::Float64: return tensor.data<double>()[at];
    case DType::Complex64: return tensor.data<float>()[2 * at];
    case DType::Complex128: return tensor.data<double>()[2 * at];
    default: return 0;
    }
}

int64_t Value::toInt() const {
    if (const bool* b = std::get_if<bool>(&v))
        return *b;
    if (const int64_t* i = std::get_if<int64_t>(&v))
        return *i;
    return static_cast<int64_t>(std::get<double>(v));
}

double Value::toDouble() const {
    if (const bool* b = std::get_if<bool>(&v))
        return *b;
    if (const int64_t* i = std::get_if<int64_t>(&v))
        return static_cast<double>(*i);
    return std::get<double>(v);
}

std::string Value::str() const {
    struct Printer {
        std::string operator()(std::monostate) const { return "None"; }
        std::string operator()(const Tensor& t) const { return ValueMeta::tensor(t.meta()).str(); }
        std::string operator()(bool b) const { return b ? "True" : "False"; }
        std::string operator()(int64_t i) const { return std::to_string(i); }
        std::string operator()(double d) const { return reprFloat(d); }
        std::string operator()(std::complex<double> c) const {
            return "(" + reprFloat(c.real()) + (c.imag() < 0 ? "" : "+") + reprFloat(c.imag()) + "j)";
        }
        std::string operator()(const std::string& s) const { return reprString(s); }
        std::string operator()(DType d) const { return "torch." + std::string(name(d)); }
        std::string operator()(const Device& d) const { return d.str(); }
        std::string operator()(Layout l) const { return "torch." + std::string(name(l)); }
        std::string operator()(MemoryFormat m) const { return "torch." + std::string(name(m)); }
        std::string operator()(const ValueList& list) const {
            std::string text = "[";
            for (size_t i = 0; i < list.size(); ++i)
                text += (i ? ", " : "") + list[i].str();
            return text + "]";
        }
    };
    return std::visit(Printer{}, v);
}

void forEachTensor(const Value& value, const std::function<void(const Tensor&)>& visit) {
    if (value.isTensor())
        visit(value.tensor());
    else if (value.isList())
        for (const Value& item : value.list())
            forEachTensor(item, visit);
}

} // namespace fxscope
