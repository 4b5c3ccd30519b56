// SPDX-License-Identifier: BSD-3-Clause
// safetensors: u64 N, N bytes of JSON, data. The rules are those of formats.md, section 7.
#include "core/io/bytes.h"
#include "core/io/capture.h"
#include "core/io/limits.h"
#include "core/io/tensor_bytes.h"
#include "core/io/tensor_stream.h"
#include "core/support/text.h"

#include <algorithm>
#include <simdjson.h>

namespace fxscope::io {
namespace {

struct Entry {
    std::string name;
    DType dtype = DType::Float32;
    Sizes sizes;
    uint64_t begin = 0, end = 0;
};

std::string whereIs(const std::string& where, std::string_view name) { return where + ", tensor " + displayText(name); }

Result<Entry> readEntry(std::string_view name, simdjson::dom::element value, const std::string& where) {
    Entry entry;
    entry.name = name;
    std::string_view dtype;
    simdjson::dom::array shape, offsets;
    if (value["dtype"].get(dtype) || value["shape"].get(shape) || value["data_offsets"].get(offsets))
        return Diagnostic{"the entry needs dtype, shape and data_offsets", whereIs(where, name), ""};
    const auto known = dtypeFromSafetensors(dtype);
    if (!known || *known == DType::Float4E2M1FNX2)
        return Diagnostic{"the element type " + displayText(dtype) + " is not supported", whereIs(where, name), ""};
    entry.dtype = *known;
    for (const auto item : shape) {
        int64_t size = 0;
        if (item.get(size) || size < 0)
            return Diagnostic{"a size is no number from 0 up", whereIs(where, name), ""};
        entry.sizes.push_back(size);
    }
    if (offsets.size() != 2 || offsets.at(0).get(entry.begin) || offsets.at(1).get(entry.end) ||
        entry.begin > entry.end)
        return Diagnostic{"data_offsets must be [begin, end]", whereIs(where, name), ""};
    const auto count = elementCount(entry.sizes);
    int64_t bytes = 0;
    if (!count || __builtin_mul_overflow(*count, static_cast<int64_t>(bytesOf(entry.dtype)), &bytes) ||
        static_cast<uint64_t>(bytes) != entry.end - entry.begin)
        return Diagnostic{"data_offsets do not fit dtype and shape", whereIs(where, name), "the file is damaged"};
    return entry;
}

Result<std::vector<Entry>> readHeader(std::string_view header, const std::string& where) {
    simdjson::dom::parser parser;
    simdjson::dom::object root;
    if (const auto error = parser.parse(header.data(), header.size()).get(root))
        return Diagnostic{std::string("the header is no JSON object: ") + simdjson::error_message(error), where, ""};
    std::vector<Entry> entries;
    for (const auto field : root) {
        if (field.key == "__metadata__")
            continue;
        FX_TRY(Entry entry, readEntry(field.key, field.value, where));
        entries.push_back(std::move(entry));
    }
    return entries;
}

/// The ranges must cover the data without gap and overlap.
Result<Done> checkCover(std::vector<Entry>& entries, uint64_t dataSize, const std::string& where) {
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return std::tie(a.begin, a.end) < std::tie(b.begin, b.end); });
    uint64_t at = 0;
    for (const Entry& entry : entries) {
        if (entry.end > dataSize)
            return Diagnostic{"the data of this tensor is cut off", whereIs(where, entry.name), "copy the file again"};
        if (entry.begin != at)
            return Diagnostic{entry.begin > at ? "there is a hole before this tensor" : "this tensor overlaps another",
                              whereIs(where, entry.name), "the file is damaged"};
        at = entry.end;
    }
    if (at != dataSize)
        return Diagnostic{std::to_string(dataSize - at) + " bytes belong to no tensor", where, "the file is damaged"};
    return Done{};
}

} // namespace

Result<TensorMap> loadSafetensors(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                  const std::string& where) {
    if (bytes.size() < 8)
        return Diagnostic{"too short for a safetensors file", where, ""};
    const auto headerSize = numberAt<uint64_t>(bytes, 0);
    if (headerSize > limits().tensorHeader || !inside(bytes, 8, headerSize) || headerSize < 2)
        return Diagnostic{"the header's size is wrong: " + std::to_string(headerSize) + " bytes", where,
                          "this is no safetensors file, or it is cut off"};
    const std::string_view header = textAt(bytes, 8, headerSize);
    if (header[0] != '{')
        return Diagnostic{"the header is no JSON object", where, "this is no safetensors file"};
    FX_TRY(auto entries, readHeader(header, where));
    const auto data = bytes.subspan(8 + headerSize);
    FX_CHECK(checkCover(entries, data.size(), where));
    TensorMap tensors;
    for (const Entry& entry : entries) {
        const auto part = data.subspan(entry.begin, entry.end - entry.begin);
        FX_TRY(Tensor tensor, tensorOf(part, owner, entry.dtype, entry.sizes));
        if (!tensors.emplace(entry.name, std::move(tensor)).second)
            return Diagnostic{"two tensors have this name", whereIs(where, entry.name), "the file is damaged"};
    }
    return tensors;
}

Result<std::string> safetensorsBytes(const TensorMap& tensors) {
    std::vector<SafetensorsEntry> entries;
    uint64_t size = 0;
    for (const auto& [name, tensor] : tensors) {
        FX_TRY(SafetensorsEntry entry, safetensorsEntry(name, tensor));
        size += entry.bytes;
        entries.push_back(std::move(entry));
    }
    std::sort(entries.begin(), entries.end(), comesFirst);
    std::string out = safetensorsHeader(entries);
    out.reserve(out.size() + size);
    for (const SafetensorsEntry& entry : entries) {
        FX_TRY(const Tensor whole, tensors.at(entry.name).contiguous());
        out.append(reinterpret_cast<const char*>(whole.raw()), whole.bytes());
    }
    return out;
}

} // namespace fxscope::io
