// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/gui.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/io/limits.h"
#include "core/support/text.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

using namespace fxscope;
using namespace fxscope::cli;

namespace {

void addVerbs(Command app) {
    for (const auto add : {addShow, addList, addPasses, addApply, addExplain, addDiff, addLint, addRun, addCompare,
                           addBench, addExport, addConform, addWorker, addDoctor})
        add(app);
}

std::vector<std::string> verbNames(const CLI::App& app) {
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        names.push_back(command->get_name());
    return names;
}

/// No verb: the window. A word that is no file is more likely a misspelt verb.
std::optional<int> startWindow(const CLI::App& app, const std::vector<std::string>& arguments) {
    const auto names = verbNames(app);
    if (arguments.empty())
        return startGui({});
    const std::string& first = arguments.front();
    if (first.starts_with('-') || std::find(names.begin(), names.end(), first) != names.end())
        return std::nullopt;
    std::error_code ignored;
    if (std::filesystem::exists(first, ignored))
        return startGui(arguments);
    const auto near = nearest(first, names, 1);
    const bool isWord = first.find_first_of("./") == std::string::npos;
    return fail({isWord ? "'" + first + "' is neither a verb nor a file" : "no such file", isWord ? "" : first,
                 isWord && !near.empty() ? "did you mean 'fxscope " + near.front() + "'? See: fxscope --help"
                                         : "check the path; verbs are listed by: fxscope --help"});
}

int usageError(const CLI::App& app, const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    const std::string command = chosen.empty() ? "fxscope" : "fxscope " + chosen.front()->get_name();
    std::string what = error.what();
    if (!what.empty() && what.back() == '.')
        what.pop_back();
    return fail({what, "usage", "see: " + command + " --help"});
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    int exitCode = 0;
    CLI::App app("fxscope: look at FX graphs before and after passes, run both, compare", "fxscope");
    app.set_version_flag("--version", "fxscope " FXSCOPE_VERSION);
    app.require_subcommand(1);
    app.footer("fxscope FILE opens the window.\nExit codes: 0 fine, 1 the answer is no, differs or failed, 2 unusable "
               "input or usage.");
    addVerbs({app, exitCode});
    if (const char* text = std::getenv("FXSCOPE_LIMITS")) {
        const auto limits = io::parseLimits(text);
        if (!limits.ok())
            return fail({limits.error().what, "FXSCOPE_LIMITS", limits.error().next});
        io::setLimits(*limits);
    }
    if (const auto window = startWindow(app, arguments))
        return *window;
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return error.get_exit_code() == 0 ? app.exit(error) : usageError(app, error);
    } catch (const std::bad_alloc&) {
        return fail({"out of memory", "", "use smaller inputs, or another machine"}, 1);
    }
    return exitCode;
}
