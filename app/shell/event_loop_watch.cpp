// SPDX-License-Identifier: BSD-3-Clause
#include "app/shell/event_loop_watch.h"

#include <algorithm>

namespace fxscope {

EventLoopWatch::EventLoopWatch(QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(1);
    connect(&m_timer, &QTimer::timeout, this, &EventLoopWatch::tick);
    m_clock.start();
}

void EventLoopWatch::start() {
    m_clock.start();
    m_longest = m_lastUs = 0;
    m_timer.start();
}

void EventLoopWatch::tick() {
    const qint64 now = m_clock.nsecsElapsed() / 1000;
    m_longest = std::max(m_longest, now - m_lastUs);
    m_lastUs = now;
}

} // namespace fxscope
