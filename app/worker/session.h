// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/protocol.h"
#include "app/worker/service.h"

#include <functional>
#include <map>

namespace fxscope::worker {

/// What one client has loaded, and the work on it. Used by one thread.
class Session {
public:
    using Report = std::function<void(const Message&)>;
    /// Works off one request (not hello, cancel or quit); progress goes to `report`. The answer carries the request's
    /// id.
    Message answer(const Request& request, const Cancel& cancel, const Report& report);

private:
    using Outcome = std::variant<Message, Error>;
    Outcome load(const Request& request, const Cancel& cancel);
    Outcome run(const Request& request, const Cancel& cancel, const Report& report);
    Outcome compare(const Request& request, const Cancel& cancel, const Report& report);
    Outcome dispatch(const Request& request, const Cancel& cancel, const Report& report);

    std::map<std::string, service::Loaded> m_loaded; ///< by handle
};

/// The answer to hello.
Message helloAnswer(int64_t id);

} // namespace fxscope::worker
