// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace fxscope {

/// Measures the longest time the event loop of this thread did not answer: the gap between two shots of a timer of one
/// millisecond. What else the machine does counts too.
class EventLoopWatch : public QObject {
    Q_OBJECT
public:
    explicit EventLoopWatch(QObject* parent = nullptr);
    void start(); ///< forgets earlier gaps
    void stop() { m_timer.stop(); }
    qint64 longestGapUs() const { return m_longest; }
    qint64 elapsedMs() const { return m_clock.elapsed(); }

private:
    void tick();
    QElapsedTimer m_clock;
    QTimer m_timer;
    qint64 m_lastUs = 0, m_longest = 0;
};

} // namespace fxscope
