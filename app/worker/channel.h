// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/protocol.h"

#include <mutex>

namespace fxscope::worker {

/// Frames over two file descriptors. Sending is thread safe; receiving belongs to one thread.
class Channel {
public:
    Channel(int in, int out) : m_in(in), m_out(out) {}
    /// Blocks. Nothing: the input has ended. Error: it ended within a frame, or holds no frame.
    Result<std::optional<Frame>> receive();
    /// False: the other end is gone.
    bool send(const Message& message);

private:
    int m_in, m_out;
    FrameReader m_reader;
    std::mutex m_mutex;
};

} // namespace fxscope::worker
