// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/protocol.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>

namespace fxscope::worker {

/// Requests between the thread that reads them and the one that works them off, each with its Cancel. Thread safe.
class RequestQueue {
public:
    struct Item {
        Request request;
        Cancel cancel;
    };
    void push(Request request) {
        const std::lock_guard lock(m_mutex);
        const Cancel cancel;
        m_open.insert_or_assign(request.id, cancel);
        m_waiting.push_back({std::move(request), cancel});
        m_changed.notify_one();
    }
    /// Waits for the next one; nothing once close() was called and all are taken.
    std::optional<Item> pop() {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [&] { return m_closed || !m_waiting.empty(); });
        if (m_waiting.empty())
            return std::nullopt;
        Item item = std::move(m_waiting.front());
        m_waiting.pop_front();
        return item;
    }
    /// Of a request that waits or runs; others are not touched.
    void cancel(int64_t id) {
        const std::lock_guard lock(m_mutex);
        if (const auto found = m_open.find(id); found != m_open.end())
            found->second.request();
    }
    void done(int64_t id) {
        const std::lock_guard lock(m_mutex);
        m_open.erase(id);
    }
    /// No more will come; what is open is cancelled if `cancelOpen`.
    void close(bool cancelOpen) {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
        for (auto& [id, cancel] : m_open)
            if (cancelOpen)
                cancel.request();
        m_changed.notify_one();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<Item> m_waiting;
    std::map<int64_t, Cancel> m_open;
    bool m_closed = false;
};

} // namespace fxscope::worker
