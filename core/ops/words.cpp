// SPDX-License-Identifier: BSD-3-Clause
#include "core/ops/words.h"

namespace fxscope {

std::string sizesText(const SymSizes& sizes) {
    std::string text = "[";
    for (size_t d = 0; d < sizes.size(); ++d)
        text += (d ? ", " : "") + sizes[d].str();
    return text + "]";
}

std::string sizesText(const Sizes& sizes) { return sizesText(SymSizes(sizes.begin(), sizes.end())); }

std::string_view scalarTypeName(DType dtype) {
    switch (dtype) {
    case DType::Bool: return "Bool";
    case DType::UInt8: return "Byte";
    case DType::Int8: return "Char";
    case DType::Int16: return "Short";
    case DType::Int32: return "Int";
    case DType::Int64: return "Long";
    case DType::Float16: return "Half";
    case DType::Float32: return "Float";
    case DType::Float64: return "Double";
    case DType::BFloat16: return "BFloat16";
    case DType::Complex32: return "ComplexHalf";
    case DType::Complex64: return "ComplexFloat";
    case DType::Complex128: return "ComplexDouble";
    default: return name(dtype);
    }
}

} // namespace fxscope
