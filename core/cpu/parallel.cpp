// SPDX-License-Identifier: BSD-3-Clause
#include "core/cpu/parallel.h"

#include <algorithm>
#include <omp.h>
#include <thread>

namespace fxscope {

// OpenMP and not a pool of ours: oneDNN brings OpenMP's threads anyway, and two pools would fight for the cores.

int threadCount() { return omp_get_max_threads(); }

void setThreadCount(int threads) {
    omp_set_num_threads(threads > 0 ? threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
}

SingleThread::SingleThread() : m_before(omp_get_max_threads()) { omp_set_num_threads(1); }
SingleThread::~SingleThread() { omp_set_num_threads(m_before); }

void parallelFor(int64_t count, int64_t grain, const std::function<void(int64_t, int64_t)>& body) {
    if (count <= 0)
        return;
    const int64_t step = std::max<int64_t>(grain, 1), parts = (count + step - 1) / step;
    const int64_t threads = omp_in_parallel() ? 1 : std::min<int64_t>(threadCount(), parts);
    if (threads == 1)
        return body(0, count);
#pragma omp parallel num_threads(static_cast <int>(threads))
    {
        const int64_t me = omp_get_thread_num(), team = omp_get_num_threads();
        const int64_t begin = parts * me / team * step, end = std::min(count, parts * (me + 1) / team * step);
        if (begin < end)
            body(begin, end);
    }
}

} // namespace fxscope
