// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/io/capture.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fxscope::test {

/// One text test of a pass: comment lines that say what to expect, `def before(...)` and, if it changes, `def
/// after(...)`.
///   # test: what it shows
///   # expect: 2 matches              or: unchanged            or: unchanged, because "the sentence of the first miss"
///   # patterns: the set, if it is not the pass's default
///   # warns: part of a warning that a step carries
///   # sizes: s57=6, s75=3            values of symbols for the run
///   # run: not, and why
struct PassCase {
    std::string path, pass, patterns;
    std::string title, because, warns, notRun;
    size_t matches = 0;
    SymHints sizes;
    std::shared_ptr<const Graph> before;
    std::optional<Graph> after;
};

/// Errors: unreadable, no `before`, a comment line of unknown form.
Result<PassCase> readPassCase(const std::string& path);
/// Every case below tests/passes, sorted.
std::vector<std::string> passCases();

} // namespace fxscope::test
