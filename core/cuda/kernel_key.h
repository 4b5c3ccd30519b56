// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/dtype.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fxscope::cuda {

/// What the source of a kernel depends on, written down: equal keys stand for equal sources, and are made in a fraction
/// of the time. `kind` tells sources apart that are made in different ways.
class KernelKey {
public:
    explicit KernelKey(char kind) {
        m_text.reserve(1024);
        m_text.push_back(kind);
    }
    void add(std::string_view text) {
        add(static_cast<int64_t>(text.size()));
        m_text.append(text);
    }
    void add(int64_t number) { m_text.append(reinterpret_cast<const char*>(&number), sizeof number); }
    /// A few values that fit a byte each.
    template <class... Small> void addSmall(Small... values) { (m_text.push_back(static_cast<char>(values)), ...); }
    /// The dtypes of tensors or numbers, and how many they are.
    template <class Range> void addTypes(const Range& range, DType (*typeOf)(const typename Range::value_type&)) {
        addSmall(range.size());
        for (const auto& item : range)
            addSmall(typeOf(item));
    }
    const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

} // namespace fxscope::cuda
