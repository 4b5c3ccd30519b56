// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/layout/layout.h"

namespace fxscope::layout {

/// Shifts a placement so that all boxes and paths lie at or right of and below (0, 0), and measures its width and
/// height.
void frame(Placement& placement, std::span<const Box> boxes);

} // namespace fxscope::layout
