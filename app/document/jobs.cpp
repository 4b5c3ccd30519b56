// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/jobs.h"

#include <algorithm>

namespace fxscope {

Jobs::Jobs(QObject* parent) : QObject(parent) { m_pool.setMaxThreadCount(std::max(2, QThread::idealThreadCount())); }

Jobs::~Jobs() {
    for (auto& [tag, lane] : m_lanes)
        lane.running->cancel.request();
    m_lanes.clear();
    m_pool.waitForDone();
}

void Jobs::enqueue(const QString& tag, std::shared_ptr<Job> job) {
    const auto lane = m_lanes.find(tag);
    if (lane == m_lanes.end())
        return launch(tag, std::move(job));
    lane->second.running->cancel.request();
    lane->second.waiting = std::move(job);
}

void Jobs::launch(const QString& tag, std::shared_ptr<Job> job) {
    m_lanes[tag].running = job;
    job->since.start();
    m_pool.start([this, tag, job] {
        const JobProgress progress = [this, tag, raw = job.get()](size_t done, size_t all) {
            QMetaObject::invokeMethod(
                this, [=, this] { report(tag, raw, done, all); }, Qt::QueuedConnection);
        };
        // The body may hold the only reference to big data: it dies here, off the GUI thread.
        Delivery delivery = std::exchange(job->body, {})(job->cancel, progress);
        QMetaObject::invokeMethod(
            this, [this, tag, job, delivery = std::move(delivery)] { finish(tag, job, delivery); },
            Qt::QueuedConnection);
    });
    emit changed();
}

void Jobs::finish(const QString& tag, const std::shared_ptr<Job>& job, const Delivery& delivery) {
    const auto lane = m_lanes.find(tag);
    if (lane == m_lanes.end() || lane->second.running != job)
        return;
    const std::shared_ptr<Job> next = std::move(lane->second.waiting);
    m_lanes.erase(lane);
    if (next)
        return launch(tag, next); // replaced: its result is out of date
    if (!job->cancel.requested())
        delivery();
    else
        emit cancelled(tag);
    emit changed();
}

void Jobs::report(const QString& tag, const Job* job, size_t done, size_t all) {
    const auto lane = m_lanes.find(tag);
    if (lane == m_lanes.end() || lane->second.running.get() != job)
        return;
    lane->second.running->done = done;
    lane->second.running->all = all;
}

void Jobs::cancel(const QString& tag) {
    const auto lane = m_lanes.find(tag);
    if (lane == m_lanes.end())
        return;
    lane->second.waiting.reset();
    lane->second.running->cancel.request();
}

void Jobs::cancelAll() {
    for (auto& [tag, lane] : m_lanes) {
        lane.waiting.reset();
        lane.running->cancel.request();
    }
}

std::vector<JobInfo> Jobs::running() const {
    std::vector<JobInfo> list;
    for (const auto& [tag, lane] : m_lanes)
        list.push_back(
            {tag, lane.running->title, lane.running->since.elapsed(), lane.running->done, lane.running->all});
    std::stable_sort(list.begin(), list.end(),
                     [](const JobInfo& a, const JobInfo& b) { return a.runningMs > b.runningMs; });
    return list;
}

} // namespace fxscope
