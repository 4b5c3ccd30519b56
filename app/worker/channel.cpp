// SPDX-License-Identifier: BSD-3-Clause
#include "app/worker/channel.h"

#include <cerrno>
#include <unistd.h>
#include <vector>

namespace fxscope::worker {

Result<std::optional<Frame>> Channel::receive() {
    std::vector<char> buffer(1 << 16);
    for (;;) {
        FX_TRY(auto frame, m_reader.next());
        if (frame)
            return frame;
        const ssize_t count = ::read(m_in, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count > 0) {
            m_reader.feed({buffer.data(), static_cast<size_t>(count)});
            continue;
        }
        if (m_reader.empty())
            return std::optional<Frame>();
        return Diagnostic{"the input ended within a frame", "worker protocol", {}};
    }
}

bool Channel::send(const Message& message) {
    auto bytes = encode(toFrame(message));
    if (!bytes)
        bytes = encode(toFrame({.kind = Message::Kind::Error, .id = message.id, .error = {"failed", bytes.error()}}));
    const std::lock_guard lock(m_mutex);
    for (size_t sent = 0; sent < bytes->size();) {
        const ssize_t count = ::write(m_out, bytes->data() + sent, bytes->size() - sent);
        if (count < 0 && errno != EINTR)
            return false;
        sent += count > 0 ? static_cast<size_t>(count) : 0;
    }
    return true;
}

} // namespace fxscope::worker
