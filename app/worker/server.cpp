// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/server.h"

#include "app/worker/channel.h"
#include "app/worker/queue.h"
#include "app/worker/session.h"

#include <thread>

namespace fxscope::worker {
namespace {

/// Reads requests on a thread of its own, so that a cancel is seen while something runs.
class Server {
public:
    Server(int in, int out) : m_channel(in, out) {}

    int serve() {
        std::thread reader([this] { readAll(); });
        while (auto item = m_queue.pop()) {
            if (item->request.verb == Verb::Quit) {
                m_channel.send({.kind = Message::Kind::Done, .id = item->request.id});
                break; // the reader has ended with this request
            }
            m_channel.send(m_session.answer(item->request, item->cancel,
                                            [this](const Message& message) { m_channel.send(message); }));
            m_queue.done(item->request.id);
        }
        reader.join();
        return m_exitCode;
    }

private:
    void readAll() {
        for (;;) {
            auto frame = m_channel.receive();
            if (!frame) {
                m_exitCode = 2;
                refuse(-1, frame.error());
                return m_queue.close(true);
            }
            if (!*frame)
                return m_queue.close(true);
            if (!take(**frame))
                return m_queue.close(false);
        }
    }

    /// False: no more is read.
    bool take(const Frame& frame) {
        int64_t id = -1;
        auto request = parseRequest(frame, id);
        if (!request) {
            refuse(id, request.error());
            return true;
        }
        if (request->verb == Verb::Hello)
            return greet(*request);
        if (!m_greeted) {
            refuse(id, {"the first request must be hello", "worker protocol", {}});
            return true;
        }
        if (request->verb == Verb::Cancel) {
            m_queue.cancel(request->of);
            m_channel.send({.kind = Message::Kind::Done, .id = id});
            return true;
        }
        const bool more = request->verb != Verb::Quit;
        m_queue.push(std::move(request).value());
        return more;
    }

    bool greet(const Request& request) {
        m_greeted = request.protocol == kProtocol;
        if (m_greeted)
            m_channel.send(helloAnswer(request.id));
        else
            refuse(request.id, {"the client speaks protocol " + std::to_string(request.protocol) + ", this worker " +
                                    std::to_string(kProtocol) + " (fxscope " FXSCOPE_VERSION ")",
                                "worker protocol", "use programs of the same version"});
        return true;
    }

    void refuse(int64_t id, const Diagnostic& why) {
        m_channel.send({.kind = Message::Kind::Error, .id = id, .error = {"protocol", why}});
    }

    Channel m_channel;
    RequestQueue m_queue;
    Session m_session;
    bool m_greeted = false;
    int m_exitCode = 0; ///< written by the reader before it ends
};

} // namespace

int serve(int in, int out) { return Server(in, out).serve(); }

} // namespace fxscope::worker
