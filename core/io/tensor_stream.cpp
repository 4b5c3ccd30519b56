// SPDX-License-Identifier: BSD-3-Clause
#include "core/io/tensor_stream.h"

#include "core/io/bytes.h"
#include "core/io/json_text.h"
#include "core/support/text.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace fxscope::io {
namespace {

Diagnostic notWritten(const std::string& path) {
    return {"the file cannot be written", path, "look at its folder's permissions and the space that is left"};
}

} // namespace

std::string safetensorsHeader(const std::vector<SafetensorsEntry>& entries) {
    std::string header = "{";
    uint64_t at = 0;
    for (const SafetensorsEntry& entry : entries) {
        header += header.size() > 1 ? "," : "";
        appendJsonString(header, entry.name);
        header += ":{\"dtype\":\"" + std::string(info(entry.dtype).safetensors) + "\",\"shape\":[";
        for (size_t i = 0; i < entry.sizes.size(); ++i)
            header += (i ? "," : "") + std::to_string(entry.sizes[i]);
        header += "],\"data_offsets\":[" + std::to_string(at) + "," + std::to_string(at + entry.bytes) + "]}";
        at += entry.bytes;
    }
    header += '}';
    header.resize((header.size() + 7) / 8 * 8, ' ');
    std::string out;
    appendNumber(out, static_cast<uint64_t>(header.size()));
    return out + header;
}

Result<SafetensorsEntry> safetensorsEntry(const std::string& name, const Tensor& tensor) {
    if (!tensor.defined() || info(tensor.dtype()).safetensors.empty() || tensor.dtype() == DType::Float4E2M1FNX2)
        return Diagnostic{"safetensors has no element type for " +
                              (tensor.defined() ? std::string(fxscope::name(tensor.dtype())) : "an undefined tensor"),
                          "tensor " + displayText(name), "convert it first"};
    return SafetensorsEntry{name, tensor.dtype(), tensor.sizes(), tensor.bytes()};
}

bool comesFirst(const SafetensorsEntry& a, const SafetensorsEntry& b) {
    const size_t left = bytesOf(a.dtype), right = bytesOf(b.dtype);
    return left != right ? left > right : a.name < b.name;
}

Result<TensorStream> TensorStream::create(const std::string& path) {
    TensorStream stream(path);
    stream.m_data.open(stream.m_part, std::ios::in | std::ios::out | std::ios::trunc | std::ios::binary);
    if (!stream.m_data)
        return notWritten(path);
    return stream;
}

TensorStream::TensorStream(TensorStream&& other) noexcept
    : m_path(std::move(other.m_path)), m_part(std::exchange(other.m_part, {})), m_data(std::move(other.m_data)),
      m_places(std::move(other.m_places)), m_size(other.m_size) {}

TensorStream::~TensorStream() {
    if (m_part.empty() || !m_data.is_open())
        return;
    m_data.close();
    std::remove(m_part.c_str());
}

Result<Done> TensorStream::add(const std::string& name, const Tensor& tensor) {
    FX_TRY(SafetensorsEntry entry, safetensorsEntry(name, tensor));
    FX_TRY(const Tensor whole, tensor.contiguous());
    if (whole.bytes() > 0)
        m_data.write(reinterpret_cast<const char*>(whole.raw()), static_cast<std::streamsize>(whole.bytes()));
    if (!m_data)
        return notWritten(m_part);
    m_places.push_back({std::move(entry), m_size});
    m_size += whole.bytes();
    return Done{};
}

Result<Done> TensorStream::finish() {
    std::sort(m_places.begin(), m_places.end(),
              [](const Place& a, const Place& b) { return comesFirst(a.entry, b.entry); });
    for (size_t i = 1; i < m_places.size(); ++i)
        if (m_places[i].entry.name == m_places[i - 1].entry.name)
            return Diagnostic{"two tensors have this name", m_path + ", tensor " + displayText(m_places[i].entry.name),
                              "rename one of the nodes"};
    std::vector<SafetensorsEntry> entries;
    for (const Place& place : m_places)
        entries.push_back(place.entry);
    const std::string header = safetensorsHeader(entries);
    std::ofstream out(m_path, std::ios::binary | std::ios::trunc);
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
    FX_CHECK(copyOrdered(out));
    out.close();
    return out ? Result<Done>(Done{}) : notWritten(m_path);
}

Result<Done> TensorStream::copyOrdered(std::ofstream& out) {
    constexpr uint64_t kChunk = 1 << 20;
    std::vector<char> chunk(kChunk);
    for (const Place& place : m_places) {
        m_data.seekg(static_cast<std::streamoff>(place.begin));
        for (uint64_t left = place.entry.bytes; left > 0; left -= std::min(left, kChunk)) {
            const auto count = static_cast<std::streamsize>(std::min(left, kChunk));
            if (!m_data.read(chunk.data(), count) || !out.write(chunk.data(), count))
                return notWritten(m_path);
        }
    }
    return Done{};
}

} // namespace fxscope::io
