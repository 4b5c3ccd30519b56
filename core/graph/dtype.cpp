// SPDX-License-Identifier: BSD-3-Clause
#include "core/graph/dtype.h"

#include "core/support/text.h"

#include <array>

namespace fxscope {
namespace {

constexpr std::array<DTypeInfo, kDTypeCount> kDTypes{{
    {DType::Bool, "bool", "b8", 12, 1, "BOOL", "|b1"},
    {DType::UInt8, "uint8", "u8", 1, 1, "U8", "|u1"},
    {DType::Int8, "int8", "i8", 2, 1, "I8", "|i1"},
    {DType::Int16, "int16", "i16", 3, 2, "I16", "<i2"},
    {DType::Int32, "int32", "i32", 4, 4, "I32", "<i4"},
    {DType::Int64, "int64", "i64", 5, 8, "I64", "<i8"},
    {DType::Float16, "float16", "f16", 6, 2, "F16", "<f2"},
    {DType::Float32, "float32", "f32", 7, 4, "F32", "<f4"},
    {DType::Float64, "float64", "f64", 8, 8, "F64", "<f8"},
    {DType::Complex32, "complex32", "c32", 9, 4, "", ""},
    {DType::BFloat16, "bfloat16", "bf16", 13, 2, "BF16", ""},
    {DType::Complex64, "complex64", "c64", 10, 8, "C64", "<c8"},
    {DType::Complex128, "complex128", "c128", 11, 16, "", "<c16"},
    {DType::UInt16, "uint16", "u16", 28, 2, "U16", "<u2"},
    {DType::UInt32, "uint32", "u32", 34, 4, "U32", "<u4"},
    {DType::UInt64, "uint64", "u64", 35, 8, "U64", "<u8"},
    {DType::Float8E4M3FN, "float8_e4m3fn", "f8e4m3fn", 29, 1, "F8_E4M3", ""},
    {DType::Float8E5M2, "float8_e5m2", "f8e5m2", 30, 1, "F8_E5M2", ""},
    {DType::Float8E4M3FNUZ, "float8_e4m3fnuz", "f8e4m3fnuz", 31, 1, "", ""},
    {DType::Float8E5M2FNUZ, "float8_e5m2fnuz", "f8e5m2fnuz", 32, 1, "", ""},
    {DType::Float8E8M0FNU, "float8_e8m0fnu", "f8e8m0fnu", 33, 1, "F8_E8M0", ""},
    {DType::Float4E2M1FNX2, "float4_e2m1fn_x2", "f4e2m1fnx2", -1, 1, "F4", ""},
}};

template <class Member, class Wanted> std::optional<DType> lookUp(Member DTypeInfo::*member, const Wanted& wanted) {
    for (const DTypeInfo& entry : kDTypes)
        if (entry.*member == wanted)
            return entry.dtype;
    return std::nullopt;
}

constexpr std::array<std::pair<std::string_view, DType>, 8> kAliases{{
    {"float", DType::Float32},
    {"double", DType::Float64},
    {"half", DType::Float16},
    {"long", DType::Int64},
    {"int", DType::Int32},
    {"short", DType::Int16},
    {"cfloat", DType::Complex64},
    {"cdouble", DType::Complex128},
}};

constexpr std::string_view kDeviceTypes[] = {"cpu",    "cuda", "xpu",  "mps",    "hpu",  "xla",
                                             "meta",   "mtia", "hip",  "ipu",    "maia", "lazy",
                                             "vulkan", "ve",   "fpga", "mkldnn", "npu",  "privateuseone"};
constexpr std::string_view kLayouts[] = {"sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr",
                                         "sparse_bsc", "_mkldnn",    "strided"};
constexpr std::string_view kMemoryFormats[] = {"contiguous_format", "channels_last", "channels_last_3d",
                                               "preserve_format"};

std::string_view withoutTorch(std::string_view text) { return text.starts_with("torch.") ? text.substr(6) : text; }

} // namespace

const DTypeInfo& info(DType dtype) { return kDTypes[static_cast<size_t>(dtype)]; }

std::optional<DType> dtypeFromTorch(std::string_view text) {
    text = withoutTorch(text);
    if (const auto dtype = lookUp(&DTypeInfo::torch, text))
        return dtype;
    for (const auto& [alias, dtype] : kAliases)
        if (alias == text)
            return dtype;
    return std::nullopt;
}

std::optional<DType> dtypeFromReadable(std::string_view text) { return lookUp(&DTypeInfo::readable, text); }
std::optional<DType> dtypeFromPt2(int number) { return number <= 0 ? std::nullopt : lookUp(&DTypeInfo::pt2, number); }
std::optional<DType> dtypeFromSafetensors(std::string_view text) {
    return text.empty() ? std::nullopt : lookUp(&DTypeInfo::safetensors, text);
}
std::optional<DType> dtypeFromNpy(std::string_view text) {
    return text.empty() ? std::nullopt : lookUp(&DTypeInfo::npy, text);
}

bool isFloating(DType dtype) {
    switch (dtype) {
    case DType::Float16:
    case DType::BFloat16:
    case DType::Float32:
    case DType::Float64:
    case DType::Float8E4M3FN:
    case DType::Float8E5M2:
    case DType::Float8E4M3FNUZ:
    case DType::Float8E5M2FNUZ:
    case DType::Float8E8M0FNU:
    case DType::Float4E2M1FNX2: return true;
    default: return false;
    }
}
bool isComplex(DType dtype) {
    return dtype == DType::Complex32 || dtype == DType::Complex64 || dtype == DType::Complex128;
}
bool isIntegral(DType dtype, bool includeBool) {
    return dtype == DType::Bool ? includeBool : !isFloating(dtype) && !isComplex(dtype);
}

std::optional<Device> Device::parse(std::string_view text) {
    const size_t colon = text.find(':');
    const std::string_view type = text.substr(0, colon);
    for (const std::string_view known : kDeviceTypes) {
        if (known != type)
            continue;
        if (colon == std::string_view::npos)
            return Device{std::string(type), -1};
        const auto index = parseInt(text.substr(colon + 1));
        if (!index || *index < 0 || *index > 1'000'000)
            return std::nullopt;
        return Device{std::string(type), static_cast<int>(*index)};
    }
    return std::nullopt;
}

std::string_view name(Layout layout) { return kLayouts[static_cast<size_t>(layout) - 1]; }
std::optional<Layout> layoutFromName(std::string_view text) {
    text = withoutTorch(text);
    for (size_t i = 0; i < std::size(kLayouts); ++i)
        if (kLayouts[i] == text)
            return static_cast<Layout>(i + 1);
    return std::nullopt;
}

std::string_view name(MemoryFormat format) { return kMemoryFormats[static_cast<size_t>(format) - 1]; }
std::optional<MemoryFormat> memoryFormatFromName(std::string_view text) {
    text = withoutTorch(text);
    for (size_t i = 0; i < std::size(kMemoryFormats); ++i)
        if (kMemoryFormats[i] == text)
            return static_cast<MemoryFormat>(i + 1);
    return std::nullopt;
}

} // namespace fxscope
