// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/cancel.h"
#include "core/support/result.h"

#include <QElapsedTimer>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QThreadPool>

#include <functional>
#include <map>
#include <memory>
#include <type_traits>

namespace fxscope {

/// What a running job reports of itself; any thread may call.
using JobProgress = std::function<void(size_t done, size_t all)>;

/// A job as the window shows it.
struct JobInfo {
    QString tag, title;
    qint64 runningMs = 0;
    size_t done = 0, all = 0; ///< all == 0: not known
};

/// Long work off the GUI thread. Jobs carry a tag: a newer job with the same tag replaces the waiting one and cancels
/// the running one, so at most one of a tag runs and only the newest result is delivered. GUI thread only, except
/// progress.
class Jobs : public QObject {
    Q_OBJECT
public:
    explicit Jobs(QObject* parent = nullptr);
    ~Jobs() override; ///< cancels everything and waits

    /// Runs `work(const Cancel&)` or `work(const Cancel&, const JobProgress&)` on the pool. What it returns (T, or the
    /// T of a Result<T>) goes to `deliver`, a function or a
    /// member of `context`, on the GUI thread, unless `context` is gone or the job was replaced or
    /// cancelled. The Diagnostic of a failed Result goes to failed().
    template <class Work, class Context, class Deliver>
    void start(const QString& tag, const QString& title, Work work, Context* context, Deliver deliver);

    void cancel(const QString& tag); ///< the running and the waiting job of this tag
    void cancelAll();
    bool isRunning(const QString& tag) const { return m_lanes.count(tag) != 0; }
    bool isIdle() const { return m_lanes.empty(); }
    std::vector<JobInfo> running() const; ///< oldest first

signals:
    void changed(); ///< a job began or ended
    void failed(const QString& tag, const fxscope::Diagnostic& problem);
    void cancelled(const QString& tag); ///< by cancel(), not by a newer job

private:
    using Delivery = std::function<void()>; ///< runs on the GUI thread
    using Body = std::function<Delivery(const Cancel&, const JobProgress&)>;
    struct Job {
        QString title;
        Body body;
        Cancel cancel;
        QElapsedTimer since;
        size_t done = 0, all = 0;
    };
    struct Lane {
        std::shared_ptr<Job> running, waiting;
    };
    void enqueue(const QString& tag, std::shared_ptr<Job> job);
    void launch(const QString& tag, std::shared_ptr<Job> job);
    void finish(const QString& tag, const std::shared_ptr<Job>& job, const Delivery& delivery);
    void report(const QString& tag, const Job* job, size_t done, size_t all);

    QThreadPool m_pool;
    std::map<QString, Lane> m_lanes;
};

namespace detail {
template <class T> struct Unwrapped {
    using Type = T;
    static constexpr bool canFail = false;
};
template <class T> struct Unwrapped<Result<T>> {
    using Type = T;
    static constexpr bool canFail = true;
};
template <class Context, class Deliver, class T> void deliverTo(Context& context, Deliver& deliver, T&& value) {
    if constexpr (std::is_member_function_pointer_v<Deliver>)
        (context.*deliver)(std::forward<T>(value));
    else
        deliver(std::forward<T>(value));
}
} // namespace detail

template <class Work, class Context, class Deliver>
void Jobs::start(const QString& tag, const QString& title, Work work, Context* context, Deliver deliver) {
    auto run = [work = std::move(work)](const Cancel& cancel, const JobProgress& progress) mutable {
        if constexpr (std::is_invocable_v<Work&, const Cancel&, const JobProgress&>)
            return work(cancel, progress);
        else
            return work(cancel);
    };
    using Returned = decltype(run(std::declval<const Cancel&>(), std::declval<const JobProgress&>()));
    QPointer<Context> guard(context);
    Body body = [this, tag, run, guard, deliver](const Cancel& cancel,
                                                 const JobProgress& progress) mutable -> Delivery {
        auto value = std::make_shared<Returned>(run(cancel, progress));
        return [this, tag, guard, deliver, value]() mutable {
            if constexpr (detail::Unwrapped<Returned>::canFail) {
                if (!value->ok())
                    emit failed(tag, value->error());
                else if (guard)
                    detail::deliverTo(*guard, deliver, std::move(*value).value());
            } else if (guard) {
                detail::deliverTo(*guard, deliver, std::move(*value));
            }
        };
    };
    auto job = std::make_shared<Job>();
    job->title = title;
    job->body = std::move(body);
    enqueue(tag, std::move(job));
}

} // namespace fxscope
