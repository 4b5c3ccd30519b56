// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fxscope {

/// Element types of tensors, named as in torch (torch.float32 ...).
enum class DType : uint8_t {
    Bool,
    UInt8,
    Int8,
    Int16,
    Int32,
    Int64,
    Float16,
    Float32,
    Float64,
    Complex32,
    BFloat16,
    Complex64,
    Complex128,
    UInt16,
    UInt32,
    UInt64,
    Float8E4M3FN,
    Float8E5M2,
    Float8E4M3FNUZ,
    Float8E5M2FNUZ,
    Float8E8M0FNU,
    Float4E2M1FNX2,
};
inline constexpr int kDTypeCount = 22;

/// The names one dtype has in the forms that graphs and tensors are stored in. Empty or -1: not in that form.
struct DTypeInfo {
    DType dtype;
    std::string_view torch;       ///< "float32" (printed torch.float32)
    std::string_view readable;    ///< "f32"
    int pt2;                      ///< number in torch.export's schema (not ATen's ScalarType)
    size_t bytes;                 ///< of one element
    std::string_view safetensors; ///< "F32"
    std::string_view npy;         ///< "<f4"
};
const DTypeInfo& info(DType dtype);

inline std::string_view name(DType dtype) { return info(dtype).torch; }
inline size_t bytesOf(DType dtype) { return info(dtype).bytes; }

std::optional<DType> dtypeFromTorch(std::string_view name); ///< "float32", also "torch.float32", "float", "long" ...
std::optional<DType> dtypeFromReadable(std::string_view abbreviation);
std::optional<DType> dtypeFromPt2(int number);
std::optional<DType> dtypeFromSafetensors(std::string_view name);
std::optional<DType> dtypeFromNpy(std::string_view descr);

bool isFloating(DType dtype); ///< float16, bfloat16, float32, float64, float8*
bool isComplex(DType dtype);
bool isIntegral(DType dtype, bool includeBool = false);

/// A device as PyTorch compares them: type and index; no index (-1) differs from index 0.
struct Device {
    std::string type = "cpu";
    int index = -1;
    bool operator==(const Device&) const = default;
    std::string str() const { return index < 0 ? type : type + ":" + std::to_string(index); }
    /// "cpu", "cuda:0"; nothing if `text` names no device type PyTorch knows.
    static std::optional<Device> parse(std::string_view text);
};

/// torch.layout; values are torch.export's numbers.
enum class Layout : uint8_t { SparseCoo = 1, SparseCsr, SparseCsc, SparseBsr, SparseBsc, Mkldnn, Strided };
std::string_view name(Layout layout); ///< "strided"
std::optional<Layout> layoutFromName(std::string_view name);

/// torch.memory_format; values are torch.export's numbers.
enum class MemoryFormat : uint8_t { Contiguous = 1, ChannelsLast, ChannelsLast3d, Preserve };
std::string_view name(MemoryFormat format); ///< "contiguous_format"
std::optional<MemoryFormat> memoryFormatFromName(std::string_view name);

} // namespace fxscope
