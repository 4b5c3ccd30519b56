// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/cli/command.h"
#include "app/worker/service.h"

namespace fxscope::cli {

/// Options that several verbs share, with one wording.
void addGraphOptions(Command& command, service::LoadOptions& options);                ///< FILE, --graph
OptionRef addPassOptions(Command& command, service::LoadOptions& options);            ///< --pass (returned), --patterns
void addDeviceOptions(Command& command, std::string& device, DeviceOptions& options); ///< --device, --tf32
void addExecuteOptions(Command& command, service::ExecuteOptions& options); ///< those, --seed, --skip, --inputs
/// How often a graph is timed, and as what.
struct TimingOptions {
    int repeats = 1;
    bool fuse = false, noReplay = false;
};
/// --repeat N (--repeats), --fuse, --no-replay. `what` says what is repeated.
void addTimingOptions(Command& command, TimingOptions& options, const char* what);
void addJson(Command& command, bool& json);
struct ToleranceOptions {
    double rtol = -1, atol = -1;
    /// Nothing if neither was given; one alone leaves the other 0.
    std::optional<Tolerance> tolerance() const;
};
void addToleranceOptions(Command& command, ToleranceOptions& options);

/// A note if `graph` names several graphs of a capture, of which one is taken.
std::optional<Diagnostic> ambiguity(const Capture& capture, const std::string& graph, const GraphEntry& taken);

/// Loads, printing what reading had to say on stderr.
Result<service::Loaded> loadAndWarn(const service::LoadOptions& options);

} // namespace fxscope::cli
