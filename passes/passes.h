// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/pass.h"

namespace fxscope {

/// A named sequence of passes ("misc" runs the three rules of PyTorch's misc_patterns.py).
struct Pipeline {
    std::string name, summary;
    std::vector<std::string> passes;
};

std::span<const Pass* const> allPasses(); ///< all_passes.def, in its order
std::span<const Pipeline> allPipelines();
/// The passes that names of passes and pipelines stand for, in order. Error: an unknown name, with near ones.
Result<std::vector<const Pass*>> resolvePasses(std::span<const std::string> names);

} // namespace fxscope
