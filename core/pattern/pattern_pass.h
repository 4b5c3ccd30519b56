// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_run.h"
#include "core/rewrite/pass.h"

#include <string>
#include <vector>

namespace fxscope {

/// Runs a set as a pass: each applied match is a step named after its pattern, each miss is noted, nodes are sorted at
/// the end as PyTorch's joint pass does (a step of its own, if anything moved). Where PyTorch would stop with an
/// exception the run ends and the pass gets a warning with PyTorch's words.
/// `rules`: only the entries whose `rule` is one of these; empty: the whole set, as PyTorch runs it.
Result<Done> runPatternPass(PassContext& context, const PatternSet& set, const std::vector<std::string>& rules = {});

} // namespace fxscope
