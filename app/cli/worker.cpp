// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/verbs.h"
#include "app/worker/server.h"

#include <csignal>
#include <unistd.h>

namespace fxscope::cli {
namespace {

int serveClient() {
    std::signal(SIGPIPE, SIG_IGN); // a client that is gone ends the input too
    const int out = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO); // whatever a library prints must not come between frames
    const int exitCode = worker::serve(STDIN_FILENO, out);
    close(out);
    return exitCode;
}

} // namespace

void addWorker(Command& app) {
    Command command = app.add("worker", "serve a window: run and compare over stdin and stdout");
    command.onRun([] { return serveClient(); });
}

} // namespace fxscope::cli
