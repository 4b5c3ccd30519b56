// SPDX-License-Identifier: BSD-3-Clause
#include "core/layout/child_process.h"

#include "core/support/text.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace fxscope::layout {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kPollMilliseconds = 20;

/// A child with one socket for its input and output; killed and waited for at the end.
class Child {
public:
    ~Child() {
        closeSocket();
        if (m_pid > 0) {
            kill(m_pid, SIGKILL);
            waitpid(m_pid, nullptr, 0);
        }
    }

    bool start(const std::vector<std::string>& command) {
        int ends[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            return false;
        m_socket = ends[0];
        std::vector<char*> argv;
        for (const std::string& word : command)
            argv.push_back(const_cast<char*>(word.c_str()));
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
        const int failed = posix_spawnp(&m_pid, argv[0], &actions, nullptr, argv.data(), environ);
        posix_spawn_file_actions_destroy(&actions);
        close(ends[1]);
        if (failed)
            m_pid = -1;
        return !failed;
    }

    /// Sends and receives what is possible within a few milliseconds. False: the child has closed its output.
    bool exchange(std::string_view& input, std::string& output) {
        pollfd state{m_socket, static_cast<short>(input.empty() ? POLLIN : POLLIN | POLLOUT), 0};
        if (poll(&state, 1, kPollMilliseconds) < 0)
            return errno == EINTR;
        if (state.revents & POLLOUT)
            send(input);
        return !(state.revents & (POLLIN | POLLHUP | POLLERR)) || receive(output);
    }

    int wait() {
        int status = -1;
        waitpid(m_pid, &status, 0);
        m_pid = -1;
        return status;
    }

private:
    void send(std::string_view& input) {
        const ssize_t sent = ::send(m_socket, input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent > 0)
            input.remove_prefix(static_cast<size_t>(sent));
        else if (sent < 0 && errno != EAGAIN && errno != EINTR)
            input = {};
        if (input.empty())
            shutdown(m_socket, SHUT_WR);
    }
    bool receive(std::string& output) {
        char buffer[1 << 16];
        const ssize_t got = recv(m_socket, buffer, sizeof buffer, MSG_DONTWAIT);
        if (got > 0)
            output.append(buffer, static_cast<size_t>(got));
        return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
    }
    void closeSocket() {
        if (m_socket >= 0)
            close(m_socket);
        m_socket = -1;
    }

    pid_t m_pid = -1;
    int m_socket = -1;
};

} // namespace

std::string findProgram(const std::string& program) {
    const char* path = std::getenv("PATH");
    for (const std::string_view folder : split(path ? path : "/usr/local/bin:/usr/bin:/bin", ':')) {
        const std::string candidate = std::string(folder) + "/" + program;
        if (!folder.empty() && access(candidate.c_str(), X_OK) == 0)
            return candidate;
    }
    return {};
}

Result<std::string> runProgram(const std::vector<std::string>& command, const std::string& input,
                               std::chrono::milliseconds limit, const Cancel& cancel) {
    const Clock::time_point end = Clock::now() + limit;
    Child child;
    if (!child.start(command))
        return Diagnostic{command[0] + " does not start", "", "install it, or use the layered layout"};
    std::string_view rest = input;
    std::string output;
    while (child.exchange(rest, output)) {
        if (cancel.requested())
            return Diagnostic{"the layout was cancelled", "", ""};
        if (Clock::now() > end)
            return Diagnostic{command[0] + " needs more than " + counted(limit.count() / 1000, "second", "seconds"), "",
                              "use the layered layout for this graph"};
    }
    if (const int status = child.wait(); status != 0)
        return Diagnostic{command[0] + " failed with status " + std::to_string(status), "", "use the layered layout"};
    return output;
}

} // namespace fxscope::layout
