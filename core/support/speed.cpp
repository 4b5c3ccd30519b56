// SPDX-License-Identifier: BSD-3-Clause
#include "core/support/speed.h"

#include <algorithm>
#include <cstdio>

namespace fxscope {
namespace {
constexpr double kNoticed = 1.005, kWhole = 99.5; ///< ratios that are told, and told without decimals
}

std::string speedText(double before, double after) {
    if (!(before > 0 && after > 0))
        return {};
    const double ratio = std::max(before, after) / std::min(before, after);
    if (ratio < kNoticed)
        return "as fast";
    char text[32];
    std::snprintf(text, sizeof text, ratio < kWhole ? "%.2fx " : "%.0fx ", ratio);
    return text + std::string(after < before ? "faster" : "slower");
}

} // namespace fxscope
