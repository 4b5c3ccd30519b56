// SPDX-License-Identifier: BSD-3-Clause
// numpy's array file. See formats.md, section 7.
#include "core/io/npy.h"

#include "core/io/bytes.h"
#include "core/io/python_values.h"
#include "core/io/tensor_bytes.h"
#include "core/support/text.h"

#include <algorithm>

namespace fxscope::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";

struct NpyHeader {
    DType dtype = DType::Float32;
    bool fortran = false, swapped = false;
    Sizes sizes;
    uint64_t dataOffset = 0;
};

/// The text of the header's dict, and where the data begins.
Result<std::string_view> headerText(std::span<const std::byte> bytes, uint64_t& dataOffset, const std::string& where) {
    if (!isNpy(bytes) || bytes.size() < 12)
        return Diagnostic{"this is no .npy file", where, ""};
    const auto major = numberAt<uint8_t>(bytes, 6);
    if (major < 1 || major > 3)
        return Diagnostic{"version " + std::to_string(major) + " of .npy, expected 1 to 3", where, ""};
    const uint64_t start = major == 1 ? 10 : 12;
    const uint64_t size = major == 1 ? numberAt<uint16_t>(bytes, 8) : numberAt<uint32_t>(bytes, 8);
    if (!inside(bytes, start, size))
        return Diagnostic{"the header is cut off", where, "copy the file again"};
    dataOffset = start + size;
    return textAt(bytes, start, size);
}

Result<Done> readType(const Argument& value, NpyHeader& header, const std::string& where) {
    if (value.kind() != Argument::Kind::String || value.asString().empty())
        return Diagnostic{"records are not read, only plain numbers", where, "store each field as an array"};
    std::string descr = value.asString();
    header.swapped = descr[0] == '>';
    if (header.swapped || descr[0] == '=')
        descr[0] = '<';
    auto dtype = dtypeFromNpy(descr);
    if (!dtype && descr[0] == '<') // one byte has no order
        dtype = dtypeFromNpy("|" + descr.substr(1));
    if (!dtype && descr.ends_with("V2"))
        return Diagnostic{"elements of type " + descr + ": numpy has no bfloat16, the type was lost", where,
                          "save the tensor as .safetensors"};
    if (!dtype)
        return Diagnostic{"elements of type " + displayText(value.asString()) + " are not read", where,
                          "store numbers that torch has too"};
    header.dtype = *dtype;
    return Done{};
}

Result<NpyHeader> parseHeader(std::span<const std::byte> bytes, const std::string& where) {
    NpyHeader header;
    FX_TRY(const std::string_view text, headerText(bytes, header.dataOffset, where));
    const NameTable names;
    PythonValues values(text, names);
    Argument dict;
    if (!values.value(dict) || dict.kind() != Argument::Kind::Dict)
        return Diagnostic{"the header is no plain dict", where, "the file is damaged"};
    bool typed = false, shaped = false;
    for (const Kwarg& entry : dict.dict()) {
        const Argument& value = entry.second;
        if (entry.first == "descr") {
            FX_CHECK(readType(value, header, where));
            typed = true;
        } else if (entry.first == "fortran_order") {
            header.fortran = value.kind() == Argument::Kind::Bool && value.asBool();
        } else if (entry.first == "shape" && value.kind() == Argument::Kind::Tuple) {
            for (const Argument& item : value.items()) {
                if (!item.isInt() || item.asInt() < 0)
                    return Diagnostic{"a size in the shape is no number from 0 up", where, "the file is damaged"};
                header.sizes.push_back(item.asInt());
            }
            shaped = true;
        }
    }
    if (!typed || !shaped)
        return Diagnostic{"the header needs descr, fortran_order and shape", where, "the file is damaged"};
    return header;
}

/// A copy with the bytes of each number reversed; a complex one is two numbers.
Result<Tensor> swapBytes(const Tensor& tensor) {
    FX_TRY(Tensor copy, tensor.clone());
    const size_t size = bytesOf(copy.dtype()) / (isComplex(copy.dtype()) ? 2 : 1);
    for (std::byte* at = copy.raw(); at != copy.raw() + copy.bytes(); at += size)
        std::reverse(at, at + size);
    return copy;
}

} // namespace

bool isNpy(std::span<const std::byte> bytes) { return textAt(bytes, 0, std::min<size_t>(bytes.size(), 6)) == kMagic; }

Result<Tensor> readNpy(std::span<const std::byte> bytes, std::shared_ptr<const void> owner, const std::string& where) {
    FX_TRY(NpyHeader header, parseHeader(bytes, where));
    const auto count = elementCount(header.sizes);
    const auto data = bytes.subspan(header.dataOffset);
    if (!count || static_cast<uint64_t>(*count) > data.size() / bytesOf(header.dtype))
        return Diagnostic{"the data is shorter than the shape says", where, "the file is cut off; copy it again"};
    FX_TRY(auto storage, storageOf(data.first(static_cast<size_t>(*count) * bytesOf(header.dtype)), std::move(owner),
                                   bytesOf(header.dtype)));
    Sizes strides = rowMajorStrides(header.sizes);
    if (header.fortran) {
        int64_t step = 1;
        for (size_t i = 0; i < header.sizes.size(); ++i) {
            strides[i] = step;
            step *= std::max<int64_t>(header.sizes[i], 1);
        }
    }
    FX_TRY(Tensor tensor,
           Tensor::view(std::move(storage), header.dtype, std::move(header.sizes), std::move(strides), 0));
    return header.swapped && bytesOf(header.dtype) > 1 ? swapBytes(tensor) : Result<Tensor>(std::move(tensor));
}

Result<std::string> npyBytes(const Tensor& tensor, const std::string& where) {
    if (!tensor.defined() || info(tensor.dtype()).npy.empty())
        return Diagnostic{"numpy has no element type for " +
                              (tensor.defined() ? std::string(name(tensor.dtype())) : "an undefined tensor"),
                          where, "save it as .safetensors"};
    FX_TRY(const Tensor whole, tensor.contiguous());
    std::string shape = "(";
    for (size_t i = 0; i < whole.dim(); ++i)
        shape += (i ? ", " : "") + std::to_string(whole.size(i));
    shape += whole.dim() == 1 ? ",)" : ")";
    std::string header =
        "{'descr': '" + std::string(info(whole.dtype()).npy) + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 11, ' ');
    header += '\n';
    std::string out(kMagic);
    out += std::string_view("\1\0", 2);
    appendNumber(out, static_cast<uint16_t>(header.size()));
    out += header;
    return out.append(reinterpret_cast<const char*>(whole.raw()), whole.bytes());
}

} // namespace fxscope::io
