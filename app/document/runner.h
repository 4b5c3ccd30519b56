// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/document/worker_client.h"
#include "core/rewrite/trace.h"

#include <QObject>
#include <QStringList>

#include <memory>
#include <optional>

namespace fxscope {

/// What a run needs to know of the graph on show.
struct RunSubject {
    QString path; ///< empty: the graph goes as text
    QString graphId;
    QStringList passes;
    QString patterns;                   ///< the pattern set of those that have several
    std::shared_ptr<const Trace> trace; ///< its base is sent where there is no file
};

/// Runs before and after on a device, in the worker, and keeps the comparison. One run at a time.
class Runner : public QObject {
    Q_OBJECT
public:
    explicit Runner(QObject* parent = nullptr);

    WorkerClient& worker() { return m_worker; }
    QStringList devices() const; ///< names, available ones first; "cpu" until the worker has said
    QString device() const { return m_device; }
    void setDevice(const QString& device) { m_device = device; }
    uint64_t seed() const { return m_seed; }
    void setSeed(uint64_t seed) { m_seed = seed; }
    /// Neighbouring elementwise nodes are timed as one; kept in the settings.
    static bool fuses();
    static void setFuses(bool on);
    /// Runs with timing also time the graph replayed as one CUDA graph, on devices that can; kept in the settings.
    static bool replays();
    static void setReplays(bool on);

    /// Compares base and result, `repeats` timed runs of each. Error: one is running.
    Result<Done> compare(const RunSubject& subject, int repeats);
    void cancel();
    bool isRunning() const { return m_loading >= 0 || m_comparing >= 0; }
    QString stage() const { return m_stage; } ///< "before", "after", "load"
    size_t done() const { return m_done; }
    size_t all() const { return m_all; }

    /// The last comparison, null if none; forgotten by clear(), which also cancels.
    std::shared_ptr<const Comparison> result() const { return m_result; }
    const std::optional<Diagnostic>& failure() const { return m_failure; } ///< of the last run; none once another began
    QString resultDevice() const { return m_resultDevice; }
    void clear();

signals:
    void changed();  ///< a run began, got on or ended
    void finished(); ///< result() is new
    void devicesChanged();
    void problem(const fxscope::Diagnostic& what);
    void note(const fxscope::Diagnostic& what); ///< for the log

private:
    void takeAnswer(qint64 id, const std::shared_ptr<const worker::Message>& message);
    void takeFailure(qint64 id, const worker::Error& error);
    void unload(const std::string& handle);

    WorkerClient m_worker;
    QString m_device = QStringLiteral("cpu"), m_runDevice, m_resultDevice, m_stage;
    uint64_t m_seed = 0;
    int64_t m_loading = -1, m_comparing = -1;
    worker::Request m_next; ///< the comparison that follows the load
    size_t m_done = 0, m_all = 0;
    int m_handles = 0;
    std::shared_ptr<const Comparison> m_result;
    std::optional<Diagnostic> m_failure;
};

} // namespace fxscope
