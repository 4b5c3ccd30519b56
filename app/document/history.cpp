// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/history.h"

#include <algorithm>

namespace fxscope {

std::shared_ptr<const Graph> History::version(size_t position) {
    if (position == 0)
        return m_trace->base;
    if (position >= m_trace->steps.size())
        return m_trace->result;
    const auto known =
        std::find_if(m_recent.begin(), m_recent.end(), [&](const auto& v) { return v.first == position; });
    if (known != m_recent.end())
        return known->second;
    m_cursor.moveTo(position);
    m_recent.emplace_back(position, m_cursor.snapshot());
    if (m_recent.size() > kKept)
        m_recent.pop_front();
    return m_recent.back().second;
}

} // namespace fxscope
