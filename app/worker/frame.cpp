// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/protocol.h"

namespace fxscope::worker {
namespace {

constexpr size_t kPrefix = 12;          ///< u32 and u64, little-endian
constexpr size_t kCompactAt = 1u << 20; ///< bytes of taken frames that may stay in the buffer

void putNumber(std::string& bytes, uint64_t number, int width) {
    for (int i = 0; i < width; ++i)
        bytes.push_back(static_cast<char>(number >> (8 * i) & 0xff));
}

uint64_t littleEndian(std::string_view bytes) {
    uint64_t value = 0;
    for (size_t i = bytes.size(); i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

Diagnostic tooLong(std::string_view part, uint64_t length, uint64_t limit) {
    return {"a frame's " + std::string(part) + " of " + std::to_string(length) + " bytes is over the limit of " +
                std::to_string(limit),
            "worker protocol", "both ends must speak version " + std::to_string(kProtocol)};
}

Result<Done> checkLengths(uint64_t header, uint64_t payload) {
    if (header > kMaxHeader)
        return tooLong("header", header, kMaxHeader);
    if (payload > kMaxPayload)
        return tooLong("payload", payload, kMaxPayload);
    return Done{};
}

} // namespace

Result<std::string> encode(const Frame& frame) {
    FX_CHECK(checkLengths(frame.header.size(), frame.payload.size()));
    std::string bytes;
    bytes.reserve(kPrefix + frame.header.size() + frame.payload.size());
    putNumber(bytes, frame.header.size(), 4);
    putNumber(bytes, frame.payload.size(), 8);
    return bytes.append(frame.header).append(frame.payload);
}

Result<std::optional<Frame>> FrameReader::next() {
    const std::string_view waiting = std::string_view(m_buffer).substr(m_start);
    if (waiting.size() < kPrefix)
        return std::optional<Frame>();
    const uint64_t header = littleEndian(waiting.substr(0, 4)), payload = littleEndian(waiting.substr(4, 8));
    FX_CHECK(checkLengths(header, payload));
    if (waiting.size() - kPrefix < header + payload)
        return std::optional<Frame>();
    Frame frame{std::string(waiting.substr(kPrefix, header)), std::string(waiting.substr(kPrefix + header, payload))};
    m_start += kPrefix + header + payload;
    if (m_start == m_buffer.size() || m_start > kCompactAt) {
        m_buffer.erase(0, m_start);
        m_start = 0;
    }
    return std::optional(std::move(frame));
}

} // namespace fxscope::worker
