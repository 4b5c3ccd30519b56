// SPDX-License-Identifier: BSD-3-Clause
#include "app/cli/gui.h"
#include "app/cli/json_print.h"
#include "app/cli/options.h"
#include "app/cli/print.h"
#include "app/cli/verbs.h"
#include "core/exec/backend.h"
#include "core/ops/schema.h"
#include "core/support/text.h"

#include <fmt/format.h>

#include <cstdio>
#include <unistd.h>

namespace fxscope::cli {
namespace {

/// First line that a command prints; empty if it fails.
std::string outputOf(const char* command) {
    FILE* pipe = popen(command, "r");
    if (!pipe)
        return {};
    char line[256] = {};
    const bool read = std::fgets(line, sizeof line, pipe) != nullptr;
    return pclose(pipe) == 0 && read ? std::string(trim(line)) : std::string();
}

std::string pytorch() {
    const std::string version =
        outputOf("python3 -c \"import importlib.metadata as m; print(m.version('torch'))\" 2>/dev/null");
    return version.empty() ? "not found by python3; only needed to run what is exported" : version;
}

std::string kernels() {
    size_t operators = 0, functions = 0;
    for (const OpDef* op : allOps())
        if (op->reference)
            ++(op->signature.empty() ? operators : functions);
    return fmt::format("{} of the {} that PyTorch has have a kernel; and {} functions of Python", operators,
                       schemaCount(), functions);
}

void printFindings(const std::vector<std::pair<std::string, std::string>>& findings) {
    for (const auto& [label, text] : findings)
        printField(label, text);
}

int doctor(bool json) {
    const std::string gui = guiProgram();
    const std::string window = access(gui.c_str(), X_OK) == 0 ? gui : "not installed (wanted: " + gui + ")";
    const std::string operators = kernels();
    Json devices = Json::array();
    std::vector<std::pair<std::string, std::string>> findings{{"fxscope", FXSCOPE_VERSION}};
    for (const Backend* backend : allBackends()) {
        const Support support = backend->available();
        devices.push_back({{"name", backend->name()},
                           {"available", support.ok},
                           {"why", support.why},
                           {"description", backend->description()}});
        findings.emplace_back(backend->name(), support ? "available" : "not available: " + support.why);
        for (const std::string& line : backend->description())
            findings.emplace_back("", line);
    }
    const std::string torch = pytorch();
    findings.insert(findings.end(), {{"operators", operators}, {"window", window}, {"PyTorch", torch}});
    if (json)
        printJson({{"version", FXSCOPE_VERSION},
                   {"devices", devices},
                   {"operators", operators},
                   {"window", window},
                   {"pytorch", torch}});
    else
        printFindings(findings);
    return 0;
}

} // namespace

void addDoctor(Command& app) {
    auto json = std::make_shared<bool>(false);
    Command command = app.add("doctor", "say what this machine offers, and why not");
    addJson(command, *json);
    command.onRun([json] { return doctor(*json); });
}

} // namespace fxscope::cli
