// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/protocol.h"

#include <QObject>
#include <QProcess>
#include <QString>

#include <map>
#include <memory>

namespace fxscope {

/// Talks to one `fxscope worker`, started on first use. The worker may die at any time (out of memory, a device fault),
/// or say that it cannot go on with a device: every request under way is then answered by failed(), and a new one takes
/// its place. GUI thread only.
class WorkerClient : public QObject {
    Q_OBJECT
public:
    explicit WorkerClient(QObject* parent = nullptr);
    ~WorkerClient() override; ///< asks the worker to end, kills it after a second

    /// The command line program: beside this one, else in PATH; FXSCOPE_WORKER overrides. Empty if there is none.
    static QString program();

    /// Starts the worker if none runs; devices() are known after ready().
    void start();
    bool isRunning() const { return m_process && m_process->state() != QProcess::NotRunning; }
    qint64 processId() const { return m_process ? m_process->processId() : 0; }
    const std::vector<worker::DeviceInfo>& devices() const { return m_devices; }

    /// Sends `request` under a new id, which is returned; exactly one of answered() and failed() follows later.
    int64_t send(worker::Request request);
    void cancel(int64_t id); ///< the request is then answered by failed() with code "cancelled"

signals:
    void ready(); ///< hello was answered
    void progressed(qint64 id, const fxscope::worker::Progress& progress);
    void answered(qint64 id, std::shared_ptr<const fxscope::worker::Message> message);
    void failed(qint64 id, const fxscope::worker::Error& error);
    void died(const fxscope::Diagnostic& how);

private:
    void write(const worker::Request& request);
    void readFrames();
    void take(const worker::Frame& frame);
    void deliver(std::shared_ptr<const worker::Message> message);
    void processEnded();
    void replace();
    void failAll(const Diagnostic& how);
    QString lastWords() const;

    QProcess* m_process = nullptr;
    worker::FrameReader m_frames;
    std::vector<worker::DeviceInfo> m_devices;
    std::map<int64_t, worker::Verb> m_open; ///< requests without an answer yet
    std::vector<worker::Request> m_unsent;  ///< until the worker has said hello
    QByteArray m_errors;                    ///< the end of its stderr
    int64_t m_nextId = 1;
    int64_t m_hello = -1;
    bool m_ready = false;
};

} // namespace fxscope
