// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/service.h"

namespace CLI {
class App;
}

namespace fxscope::cli {

/// Options that several verbs share, with one wording.
void addGraphOptions(CLI::App& command, service::LoadOptions& options);      ///< FILE, --graph
void addPassOptions(CLI::App& command, service::LoadOptions& options);       ///< --pass, --patterns
void addExecuteOptions(CLI::App& command, service::ExecuteOptions& options); ///< --device, --seed, --inputs
void addJson(CLI::App& command, bool& json);
struct ToleranceOptions {
    double rtol = -1, atol = -1;
    /// Nothing if neither was given; one alone leaves the other 0.
    std::optional<Tolerance> tolerance() const;
};
void addToleranceOptions(CLI::App& command, ToleranceOptions& options);

/// Loads, printing what reading had to say on stderr.
Result<service::Loaded> loadAndWarn(const service::LoadOptions& options);

} // namespace fxscope::cli
