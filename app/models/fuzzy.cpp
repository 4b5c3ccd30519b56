// SPDX-License-Identifier: BSD-3-Clause
#include "app/models/fuzzy.h"

#include <algorithm>

namespace fxscope {
namespace {

constexpr int kWhole = 2000, kBegin = 400, kTogether = 300, kWordBegin = 20, kNeighbour = 10, kLetter = 4;
constexpr qsizetype kLongest = 100; ///< shorter texts gain what they lack of it

QChar small(QChar c) { return c.unicode() < 128 && !c.isUpper() ? c : c.toLower(); }

bool beginsWord(QStringView text, qsizetype at) {
    if (at == 0)
        return true;
    const QChar before = text[at - 1], here = text[at];
    return !before.isLetterOrNumber() || (here.isUpper() && before.isLower()) || (here.isDigit() && !before.isDigit());
}

/// Letter by letter; one that begins a word is preferred to the next one, if the rest still fits behind it.
bool placeLetters(QStringView text, QStringView wanted, std::vector<int>& places) {
    qsizetype at = 0;
    for (const QChar c : wanted) {
        if (c == u' ')
            continue;
        while (at < text.size() && small(text[at]) != c)
            ++at;
        if (at == text.size())
            return false;
        places.push_back(static_cast<int>(at++));
    }
    // From the end each letter moves towards the one behind it, or to the beginning of a word: "ad2" in "add_2_add".
    int end = static_cast<int>(text.size());
    for (size_t i = places.size(); i-- > 0;) {
        const QChar c = small(text[places[i]]);
        const int first = places[i];
        int best = first;
        for (int other = first; other < end; ++other)
            if (small(text[other]) == c && (other + 1 == end || beginsWord(text, other)))
                best = other;
        if (best + 1 == end || beginsWord(text, best))
            places[i] = best;
        end = places[i];
    }
    return true;
}

} // namespace

FuzzyMatch fuzzyMatch(QStringView text, QStringView wanted) {
    FuzzyMatch match;
    const qsizetype whole = wanted.contains(u' ') ? -1 : text.indexOf(wanted, 0, Qt::CaseInsensitive);
    if (whole >= 0)
        for (qsizetype i = 0; i < wanted.size(); ++i)
            match.places.push_back(static_cast<int>(whole + i));
    else if (!placeLetters(text, wanted, match.places))
        return {};
    match.score = static_cast<int>(kLongest - std::min(kLongest, text.size()));
    if (whole >= 0)
        match.score += kTogether + (whole == 0 ? kBegin : 0) + (text.size() == wanted.size() ? kWhole : 0);
    for (size_t i = 0; i < match.places.size(); ++i) {
        match.score += kLetter;
        if (beginsWord(text, match.places[i]))
            match.score += kWordBegin;
        if (i > 0 && match.places[i] == match.places[i - 1] + 1)
            match.score += kNeighbour;
    }
    return match;
}

} // namespace fxscope
