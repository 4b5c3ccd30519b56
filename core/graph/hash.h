// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/argument.h"

#include <functional>
#include <string_view>

namespace fxscope {

/// What a reference to a node adds to a hash.
using NodeHash = std::function<uint64_t(NodeId)>;

/// A running hash over texts, numbers and arguments. Equal input gives equal values on every machine.
class Hash {
public:
    void add(std::string_view text) {
        for (const char c : text)
            m_value = (m_value ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
        add(text.size());
    }
    void add(uint64_t number) {
        m_value ^= number + 0x9E3779B97F4A7C15ull + (m_value << 6) + (m_value >> 2);
        m_value *= 0xFF51AFD7ED558CCDull;
    }
    void add(const Argument& argument, const NodeHash& node);
    uint64_t value() const { return m_value; }

private:
    uint64_t m_value = 0xCBF29CE484222325ull;
};

} // namespace fxscope
