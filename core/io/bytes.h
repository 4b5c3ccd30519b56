// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace fxscope::io {

/// A little-endian number at `offset`, which must lie inside.
template <class T> T numberAt(std::span<const std::byte> bytes, uint64_t offset) {
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}
/// Whether [offset, offset + size) lies inside, without wrapping round.
inline bool inside(std::span<const std::byte> bytes, uint64_t offset, uint64_t size) {
    return offset <= bytes.size() && size <= bytes.size() - offset;
}
inline std::string_view textAt(std::span<const std::byte> bytes, uint64_t offset, uint64_t size) {
    return {reinterpret_cast<const char*>(bytes.data()) + offset, static_cast<size_t>(size)};
}
template <class T> void appendNumber(std::string& out, T value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

} // namespace fxscope::io
