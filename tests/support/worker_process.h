// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/protocol.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QString>

namespace fxscope::worker {

/// A real worker, spoken to over its pipes.
class WorkerProcess {
public:
    explicit WorkerProcess(const QString& program = qEnvironmentVariable("FXSCOPE_BINARY_DIR") + "/bin/fxscope",
                           const QProcessEnvironment& environment = QProcessEnvironment::systemEnvironment()) {
        m_process.setProcessEnvironment(environment);
        m_process.start(program, {"worker"});
        if (!m_process.waitForStarted(kWait))
            qFatal("%s does not start", qPrintable(program));
    }
    ~WorkerProcess() { end(); }
    void sendBytes(const std::string& bytes) { m_process.write(bytes.data(), static_cast<qint64>(bytes.size())); }
    void send(const Request& request) { sendBytes(encode(toFrame(request)).value()); }
    Message receive() {
        for (;;) {
            auto frame = m_reader.next();
            if (!frame.ok())
                qFatal("%s", frame.error().str().c_str());
            if (*frame)
                return parseMessage(**frame).value();
            if (m_process.bytesAvailable() == 0 && !m_process.waitForReadyRead(kWait))
                qFatal("no answer; stderr: %s", m_process.readAllStandardError().constData());
            const QByteArray bytes = m_process.readAllStandardOutput();
            m_reader.feed({bytes.constData(), static_cast<size_t>(bytes.size())});
        }
    }
    /// The answer, progress left out.
    Message ask(const Request& request) {
        send(request);
        Message message = receive();
        while (message.kind == Message::Kind::Progress)
            message = receive();
        return message;
    }
    Message hello() { return ask({.verb = Verb::Hello, .id = 1, .client = "test"}); }
    int end() {
        m_process.closeWriteChannel();
        return m_process.waitForFinished(kWait) ? m_process.exitCode() : -1;
    }
    bool waitForEnd() { return m_process.state() == QProcess::NotRunning || m_process.waitForFinished(kWait); }
    int exitCode() const { return m_process.exitCode(); }

private:
    static constexpr int kWait = 120'000; ///< ms; a first run may compile kernels
    QProcess m_process;
    FrameReader m_reader;
};

inline QString said(const Message& message) { return QString::fromStdString(message.error.diagnostic.str()); }

} // namespace fxscope::worker
