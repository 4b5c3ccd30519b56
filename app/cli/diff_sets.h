// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/cli/options.h"

namespace fxscope::cli {

struct SetDiffOptions {
    service::LoadOptions load;
    std::vector<std::string> patterns; ///< two sets
    bool json = false;
};
/// Prints what two pattern sets match on one graph; returns the exit code.
int diffSets(const SetDiffOptions& options);

} // namespace fxscope::cli
