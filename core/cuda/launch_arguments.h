// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace fxscope::cuda {

/// The argument struct of a kernel, field by field, as the device's compiler lays it out.
class LaunchArguments {
public:
    template <class T> void add(const T& value) { add(&value, sizeof(T), alignof(T)); }
    /// The bytes of a value whose type only the device knows.
    void add(const void* value, size_t bytes, size_t alignment) {
        const size_t at = (m_bytes.size() + alignment - 1) / alignment * alignment;
        m_bytes.resize(at + bytes);
        std::memcpy(m_bytes.data() + at, value, bytes);
    }
    std::span<const std::byte> bytes() {
        m_bytes.resize((m_bytes.size() + 15) / 16 * 16);
        return m_bytes;
    }

private:
    std::vector<std::byte> m_bytes;
};

/// The device's Divisor (kernels/elements.cuh) by `size`, from 1 to 2^31 - 1: q = (umulhi(n, factor) + n) >> shift for
/// n below 2^31 (division by invariant integers, Granlund and Montgomery).
struct InvariantDivisor {
    uint32_t size, factor, shift;
    static InvariantDivisor of(int64_t size) {
        const auto d = static_cast<uint32_t>(size);
        uint32_t shift = 0;
        while (shift < 31 && (uint64_t(1) << shift) < d)
            ++shift;
        const uint64_t factor = ((uint64_t(1) << 32) * ((uint64_t(1) << shift) - d)) / d + 1;
        return {d, static_cast<uint32_t>(factor), shift};
    }
};

} // namespace fxscope::cuda
