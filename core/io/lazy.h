// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <functional>
#include <mutex>

namespace fxscope {

/// A value that is made when it is first asked for, and kept, be it an error. Any thread may ask; the others wait.
template <class T> class Lazy {
public:
    explicit Lazy(std::function<Result<T>()> make) : m_make(std::move(make)) {}
    Lazy(const Lazy&) = delete;
    Lazy& operator=(const Lazy&) = delete;

    const Result<T>& get() const {
        std::call_once(m_once, [this] {
            m_value = m_make();
            m_make = nullptr; // and with it what only the making needs
        });
        return m_value;
    }

private:
    mutable std::once_flag m_once;
    mutable std::function<Result<T>()> m_make;
    mutable Result<T> m_value = Diagnostic{"not read yet", {}, {}};
};

} // namespace fxscope
