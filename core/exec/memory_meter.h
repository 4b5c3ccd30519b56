// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/value.h"

#include <algorithm>
#include <memory>
#include <unordered_map>

namespace fxscope {

/// Bytes of the storages that the run allocated and still holds. Inputs, and views of them, do not count.
class MemoryMeter {
public:
    void ignore(const Value& value) {
        forEachTensor(value, [&](const Tensor& x) { m_inputs.insert_or_assign(x.storage().get(), x.storage()); });
    }
    void add(const Value& value) {
        forEachTensor(value, [&](const Tensor& tensor) {
            const Storage* storage = tensor.storage().get();
            if (storage && !isInput(storage) && m_holders[storage]++ == 0)
                m_now += static_cast<int64_t>(storage->bytes());
        });
        m_peak = std::max(m_peak, m_now);
    }
    void remove(const Value& value) {
        forEachTensor(value, [&](const Tensor& tensor) {
            const auto found = m_holders.find(tensor.storage().get());
            if (found == m_holders.end() || --found->second > 0)
                return;
            m_now -= static_cast<int64_t>(found->first->bytes());
            m_holders.erase(found);
        });
    }
    /// A result was written over an input: the meter's count without that, while both would have been there.
    void reused(int64_t bytes) { m_without = std::max(m_without, m_now + bytes); }
    int64_t peak() const { return m_peak; }
    int64_t peakWithoutReuse() const { return std::max(m_peak, m_without); }

private:
    /// Copies of inputs on a device die before the run ends, and others come to lie at their place.
    bool isInput(const Storage* storage) const {
        const auto found = m_inputs.find(storage);
        return found != m_inputs.end() && !found->second.expired();
    }
    std::unordered_map<const Storage*, std::weak_ptr<Storage>> m_inputs;
    std::unordered_map<const Storage*, int> m_holders;
    int64_t m_now = 0, m_peak = 0, m_without = 0;
};

} // namespace fxscope
