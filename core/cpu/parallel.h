// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>

namespace fxscope {

/// Threads that kernels of the cpu backend use: one per core unless set. Zero means one per core again.
int threadCount();
void setThreadCount(int threads);

/// Calls body(begin, end) for parts that together are [0, count), from several threads when there is more than `grain`
/// of work, and returns when all are done. Parts end at multiples of `grain`; `body` must give the same result however
/// the range is cut there. Inside a part further calls run on the thread at hand.
void parallelFor(int64_t count, int64_t grain, const std::function<void(int64_t begin, int64_t end)>& body);

/// While it lives, libraries called on this thread use no other threads.
class SingleThread {
public:
    SingleThread();
    ~SingleThread();
    SingleThread(const SingleThread&) = delete;
    SingleThread& operator=(const SingleThread&) = delete;

private:
    int m_before;
};

} // namespace fxscope
