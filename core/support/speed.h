// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>

namespace fxscope {

/// "1.21x faster", "1.21x slower", "as fast": two durations in the same unit. Empty if one of them is not positive.
std::string speedText(double before, double after);

} // namespace fxscope
