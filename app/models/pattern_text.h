// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_set.h"

#include <QString>

#include <vector>

namespace fxscope {

/// A line of a pattern; `lost`: a call that the traced pattern has no more, and why.
struct PatternLine {
    QString text, why;
    bool isLost = false;
};

/// `def pattern` as the file has it.
QString patternSource(const PatternEntry& entry);
/// The calls that the pattern is written with, in order; those that tracing lost are marked.
std::vector<PatternLine> tracedCalls(const PatternEntry& entry);

} // namespace fxscope
