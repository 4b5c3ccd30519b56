// SPDX-License-Identifier: BSD-3-Clause
#include "core/cuda/call_clock.h"

#include "core/cuda/check.h"

namespace fxscope::cuda {

EventClock::~EventClock() {
    for (const cudaEvent_t event : m_events)
        m_device.giveEvent(event);
}

void EventClock::record() {
    const cudaEvent_t event = m_device.takeEvent();
    if (event)
        m_events.push_back(event);
    const cudaError_t answer = event ? cudaEventRecord(event, m_device.stream()) : cudaErrorMemoryAllocation;
    if (m_failed == cudaSuccess)
        m_failed = answer;
}

Result<std::vector<std::chrono::nanoseconds>> EventClock::read() {
    FX_CHECK(check(m_failed, "timing a call"));
    std::vector<std::chrono::nanoseconds> times;
    if (!m_events.empty())
        FX_CHECK(check(cudaEventSynchronize(m_events.back()), "waiting for the device"));
    for (size_t i = 0; i + 1 < m_events.size(); i += 2) {
        float milliseconds = 0;
        FX_CHECK(check(cudaEventElapsedTime(&milliseconds, m_events[i], m_events[i + 1]), "timing a call"));
        times.emplace_back(static_cast<int64_t>(static_cast<double>(milliseconds) * 1e6));
    }
    return times;
}

} // namespace fxscope::cuda
