// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/runner.h"

#include "core/io/capture.h"

#include <QSettings>

#include <algorithm>

namespace fxscope {
namespace {
QString fuseKey() { return QStringLiteral("run/fuse"); }
QString replayKey() { return QStringLiteral("run/replay"); }
} // namespace

Runner::Runner(QObject* parent) : QObject(parent) {
    connect(&m_worker, &WorkerClient::ready, this, &Runner::devicesChanged);
    connect(&m_worker, &WorkerClient::answered, this, &Runner::takeAnswer);
    connect(&m_worker, &WorkerClient::failed, this, &Runner::takeFailure);
    connect(&m_worker, &WorkerClient::died, this, &Runner::note);
    connect(&m_worker, &WorkerClient::progressed, this, [this](qint64 id, const worker::Progress& progress) {
        if (id != m_loading && id != m_comparing)
            return;
        m_stage = QString::fromStdString(progress.stage);
        m_done = progress.done;
        m_all = progress.all;
        emit changed();
    });
}

QStringList Runner::devices() const {
    QStringList names;
    for (const worker::DeviceInfo& device : m_worker.devices())
        if (device.available)
            names << QString::fromStdString(device.name);
    return names.isEmpty() ? QStringList{QStringLiteral("cpu")} : names;
}

bool Runner::fuses() { return QSettings().value(fuseKey(), false).toBool(); }
void Runner::setFuses(bool on) { QSettings().setValue(fuseKey(), on); }
bool Runner::replays() { return QSettings().value(replayKey(), true).toBool(); }
void Runner::setReplays(bool on) { QSettings().setValue(replayKey(), on); }

Result<Done> Runner::compare(const RunSubject& subject, int repeats) {
    if (isRunning())
        return Diagnostic{"a run is under way", {}, "wait for it, or cancel it"};
    const std::string handle = "window-" + std::to_string(++m_handles);
    worker::Request load;
    load.verb = worker::Verb::Load;
    load.handle = handle;
    load.path = subject.path.toStdString();
    load.graph = subject.graphId.toStdString();
    for (const QString& pass : subject.passes)
        load.passes.push_back(pass.toStdString());
    load.patterns = subject.patterns.toStdString();
    if (subject.path.isEmpty())
        load.payload = io::writeJson(*subject.trace->base);
    m_next = {};
    m_next.verb = worker::Verb::Compare;
    m_next.handle = handle;
    m_next.device = m_device.toStdString();
    m_next.seed = m_seed;
    m_next.repeats = repeats;
    m_next.statistics = true;
    m_next.fuse = fuses();
    m_next.replay = replays() && repeats > 1;
    m_runDevice = m_device;
    m_stage = QStringLiteral("load");
    m_done = m_all = 0;
    m_failure.reset();
    m_loading = m_worker.send(std::move(load));
    emit changed();
    return Done{};
}

void Runner::cancel() { m_worker.cancel(m_comparing >= 0 ? m_comparing : m_loading); }

void Runner::clear() {
    cancel();
    m_loading = m_comparing = -1;
    m_result.reset();
    m_failure.reset();
    emit changed();
    emit finished();
}

void Runner::takeAnswer(qint64 id, const std::shared_ptr<const worker::Message>& message) {
    if (id == m_loading) {
        m_loading = -1;
        for (const Diagnostic& each : message->load.notes)
            emit note(each);
        m_comparing = m_worker.send(m_next);
        emit changed();
    } else if (id == m_comparing) {
        m_comparing = -1;
        // shares the message's memory: a comparison of many nodes is big
        m_result = std::shared_ptr<const Comparison>(message, &message->comparison);
        m_resultDevice = m_runDevice;
        unload(m_next.handle);
        emit changed();
        emit finished();
    } else if (message->kind == worker::Message::Kind::Load) {
        unload(message->load.handle); // given up meanwhile
    }
}

void Runner::takeFailure(qint64 id, const worker::Error& error) {
    if (id != m_loading && id != m_comparing)
        return;
    const bool loaded = id == m_comparing;
    m_loading = m_comparing = -1;
    if (loaded && error.code != "died")
        unload(m_next.handle);
    if (error.code != "cancelled")
        m_failure = error.diagnostic;
    emit changed();
    if (error.code == "cancelled")
        emit note({"the run was cancelled", {}, {}, Severity::Note});
    else
        emit problem(error.diagnostic);
}

void Runner::unload(const std::string& handle) {
    worker::Request request;
    request.verb = worker::Verb::Unload;
    request.handle = handle;
    m_worker.send(std::move(request));
}

} // namespace fxscope
