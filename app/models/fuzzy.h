// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <QString>

#include <vector>

namespace fxscope {

/// How well letters that were typed stand for a text; see fuzzyMatch.
struct FuzzyMatch {
    int score = -1; ///< negative: they do not
    std::vector<int> places;
    bool ok() const { return score >= 0; }
};

/// The letters of `wanted` (already lower case; spaces count for nothing) in this order somewhere in `text`. Letters
/// side by side and at the beginning of words score; of two texts with the same letters the shorter one wins.
FuzzyMatch fuzzyMatch(QStringView text, QStringView wanted);

} // namespace fxscope
