// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <initializer_list>
#include <memory>
#include <vector>

namespace fxscope {

/// A list whose copies share their content until one of them changes. Reads like a const vector.
template <class T> class SharedList {
public:
    SharedList() = default;
    SharedList(std::initializer_list<T> items) : SharedList(std::vector<T>(items)) {}
    explicit SharedList(std::vector<T> items)
        : m_items(items.empty() ? nullptr : std::make_shared<std::vector<T>>(std::move(items))) {}

    const std::vector<T>& items() const {
        static const std::vector<T> kNone;
        return m_items ? *m_items : kNone;
    }
    auto begin() const { return items().begin(); }
    auto end() const { return items().end(); }
    auto rbegin() const { return items().rbegin(); }
    auto rend() const { return items().rend(); }
    bool empty() const { return !m_items; }
    size_t size() const { return items().size(); }
    const T& operator[](size_t index) const { return items()[index]; }
    const T& front() const { return items().front(); }
    const T& back() const { return items().back(); }

    void push_back(T item) {
        if (!m_items || m_items.use_count() > 1)
            m_items = std::make_shared<std::vector<T>>(items());
        m_items->push_back(std::move(item));
    }
    bool operator==(const SharedList& other) const { return m_items == other.m_items || items() == other.items(); }

private:
    std::shared_ptr<std::vector<T>> m_items;
};

} // namespace fxscope
