// SPDX-License-Identifier: BSD-3-Clause
#include "app/document/worker_client.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QPointer>
#include <QStandardPaths>
#include <QThreadPool>
#include <QTimer>

#include <chrono>

namespace fxscope {
namespace {

/// Larger headers are parsed off the GUI thread: a comparison of 15,000 nodes is megabytes of JSON.
constexpr size_t kParseInline = 16 << 10;
constexpr std::chrono::seconds kFarewell{5}; ///< that a worker has to end in

} // namespace

WorkerClient::WorkerClient(QObject* parent) : QObject(parent) {}

WorkerClient::~WorkerClient() {
    if (!isRunning())
        return;
    m_process->disconnect(this);
    m_process->closeWriteChannel(); // end of input: the worker cancels what runs and ends
    if (!m_process->waitForFinished(1000)) {
        m_process->kill();
        m_process->waitForFinished(1000);
    }
}

QString WorkerClient::program() {
    const QString chosen = qEnvironmentVariable("FXSCOPE_WORKER");
    if (!chosen.isEmpty())
        return chosen;
    const QString here = QCoreApplication::applicationDirPath();
    for (const QString& beside : {here + QStringLiteral("/fxscope"), here + QStringLiteral("/../bin/fxscope")})
        if (QFileInfo(beside).isExecutable())
            return beside;
    return QStandardPaths::findExecutable(QStringLiteral("fxscope"));
}

void WorkerClient::start() {
    if (isRunning())
        return;
    if (m_process)
        m_process->deleteLater(); // this may run inside one of its signals
    m_process = new QProcess(this);
    m_process->setProcessChannelMode(QProcess::SeparateChannels);
    connect(m_process, &QProcess::readyReadStandardOutput, this, &WorkerClient::readFrames);
    connect(m_process, &QProcess::readyReadStandardError, this,
            [this] { m_errors = (m_errors + m_process->readAllStandardError()).right(4096); });
    connect(m_process, &QProcess::finished, this, &WorkerClient::processEnded);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart)
            processEnded();
    });
    m_frames = {};
    m_errors.clear();
    m_ready = false;
    worker::Request hello;
    hello.client = "fxscope-gui";
    hello.id = m_hello = m_nextId++;
    m_process->start(program(), {QStringLiteral("worker")});
    write(hello);
}

int64_t WorkerClient::send(worker::Request request) {
    request.id = m_nextId++;
    m_open.emplace(request.id, request.verb);
    start();
    if (m_ready)
        write(request);
    else
        m_unsent.push_back(request);
    return request.id;
}

void WorkerClient::cancel(int64_t id) {
    if (!m_open.contains(id))
        return;
    worker::Request request;
    request.verb = worker::Verb::Cancel;
    request.of = id;
    send(std::move(request));
}

void WorkerClient::write(const worker::Request& request) {
    const Result<std::string> bytes = worker::encode(worker::toFrame(request));
    if (bytes.ok())
        m_process->write(bytes->data(), static_cast<qint64>(bytes->size()));
    else if (m_open.erase(request.id))
        emit failed(request.id, {"input", bytes.error()});
}

void WorkerClient::readFrames() {
    const QByteArray bytes = m_process->readAllStandardOutput();
    m_frames.feed({bytes.data(), static_cast<size_t>(bytes.size())});
    for (;;) {
        auto frame = m_frames.next();
        if (!frame.ok()) { // not our worker, or a broken one: it cannot be understood any more
            m_errors = QByteArray::fromStdString(frame.error().what);
            return m_process->kill();
        }
        if (!*frame)
            return;
        take(**frame);
    }
}

void WorkerClient::take(const worker::Frame& frame) {
    const auto parse = [](const worker::Frame& from) {
        auto message = worker::parseMessage(from);
        auto shared = std::make_shared<worker::Message>();
        if (message.ok())
            *shared = std::move(message).value();
        else {
            shared->kind = worker::Message::Kind::Error;
            shared->error = {"protocol", message.error()};
        }
        return std::shared_ptr<const worker::Message>(shared);
    };
    if (frame.header.size() < kParseInline)
        return deliver(parse(frame));
    QPointer<WorkerClient> guard(this);
    QThreadPool::globalInstance()->start([guard, parse, frame] {
        auto message = parse(frame);
        QMetaObject::invokeMethod(
            qApp,
            [guard, message] {
                if (guard)
                    guard->deliver(message);
            },
            Qt::QueuedConnection);
    });
}

void WorkerClient::deliver(std::shared_ptr<const worker::Message> message) {
    using Kind = worker::Message::Kind;
    if (message->kind == Kind::Progress)
        return m_open.contains(message->id) ? emit progressed(message->id, message->progress) : void();
    if (message->kind == Kind::Hello && message->id == m_hello) {
        m_devices = message->hello.devices;
        m_ready = true;
        for (const worker::Request& request : std::exchange(m_unsent, {}))
            write(request);
        return emit ready();
    }
    if (!m_open.erase(message->id) && message->id >= 0)
        return; // answered by failed() already
    if (message->kind != Kind::Error)
        return emit answered(message->id, message);
    emit failed(message->id, message->error);
    if (message->error.restart)
        replace();
}

/// The worker cannot go on: a new one stands ready for the next request, and the old one ends when it likes.
void WorkerClient::replace() {
    QProcess* old = std::exchange(m_process, nullptr);
    old->disconnect(this);
    connect(old, &QProcess::finished, old, &QObject::deleteLater);
    QTimer::singleShot(kFarewell, old, &QProcess::kill);
    old->closeWriteChannel();
    m_ready = false;
    failAll({"the worker was started anew after an error of the device", {}, "run again"});
    start();
}

void WorkerClient::processEnded() {
    Diagnostic how{"the worker ended unexpectedly", {}, "run again to start a new one; nothing in the window is lost"};
    if (m_process->error() == QProcess::FailedToStart)
        how = {"the execution service does not start: " + m_process->errorString().toStdString(),
               program().toStdString(), "install the fxscope command line program beside this one"};
    else if (m_process->exitStatus() == QProcess::CrashExit)
        how.what += " (killed or crashed)";
    else
        how.what += " with exit code " + std::to_string(m_process->exitCode());
    if (const QString words = lastWords(); !words.isEmpty())
        how.what += ": " + words.toStdString();
    const bool wasReady = std::exchange(m_ready, false);
    emit died(how);
    failAll(how);
    if (wasReady) // it can work: a new one stands ready for the next request
        QMetaObject::invokeMethod(this, &WorkerClient::start, Qt::QueuedConnection);
}

void WorkerClient::failAll(const Diagnostic& how) {
    m_unsent.clear();
    for (const auto& [id, verb] : std::exchange(m_open, {}))
        emit failed(id, {"died", how});
}

QString WorkerClient::lastWords() const {
    const QStringList lines = QString::fromUtf8(m_errors).split(u'\n', Qt::SkipEmptyParts);
    return lines.isEmpty() ? QString() : lines.last().trimmed();
}

} // namespace fxscope
