// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <atomic>
#include <memory>

namespace fxscope {

/// A request to stop that one thread makes and another polls. Copies share the request. Thread safe.
class Cancel {
public:
    void request() { m_requested->store(true, std::memory_order_relaxed); }
    bool requested() const { return m_requested->load(std::memory_order_relaxed); }

private:
    std::shared_ptr<std::atomic<bool>> m_requested = std::make_shared<std::atomic<bool>>(false);
};

} // namespace fxscope
