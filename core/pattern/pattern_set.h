// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/pattern/pattern_file.h"

#include <memory>
#include <span>

namespace fxscope {

/// A call that a pattern is written with and that its traced form does not have.
struct LostCall {
    std::string target; ///< "aten.slice.Tensor"
    std::string call;   ///< "slice_1 = aten.slice.Tensor(randperm, 0, 0, slice_shape)"
    std::string why;    ///< "with the examples of the file (...) the slice covers everything, so tracing removed it"
};

/// A registered pattern: the file, what tracing made of it, and the tree that phase one matches.
struct PatternEntry {
    PatternSource source;
    Graph searchGraph;      ///< `pattern` as traced with the examples
    Graph replacementGraph; ///< `replacement` likewise, for showing; a match traces it anew with the real shapes
    Pattern pattern;
    Diagnostics notes;          ///< what tracing lost: inputs that nothing in the traced pattern mentions
    std::vector<LostCall> lost; ///< and calls
    const std::string& name() const { return source.name; }
};

/// Traces and converts. Errors as from tracing, and when the file's own examples make no pattern.
Result<std::shared_ptr<const PatternEntry>> makeEntry(PatternSource source);

/// A named set of patterns in the order in which PyTorch registers them.
struct PatternSet {
    std::string name;
    std::vector<std::shared_ptr<const PatternEntry>> entries;
    Diagnostics problems; ///< files that were refused; the other patterns are usable
    /// The entries whose `rule` is one of `rules`; all if it is empty.
    PatternSet only(const std::vector<std::string>& rules) const;
    const PatternEntry* find(std::string_view entryName) const;
    /// The first problem, if no file could be used.
    Result<Done> checkUsable() const;
};

/// The sets whose rewrites passes/ proves, in more forms than their files have: `as_written`, the default, and
/// `fxscope`. They are run by the passes of their rules, and have no match trees.
std::span<const std::string_view> provenPatternSets();
bool isProvenPatternSet(std::string_view name);

/// The traced sets that come with the program, in order of name: the folders under resources/patterns but the proven,
/// which `loadPatternSet` knows too.
std::vector<std::string> patternSetNames();
/// A set that comes with the program (kept once loaded), or a pattern file or a folder of them (read anew).
/// Errors: neither, a folder without a single file that ends in .py; `problems` holds what single files get wrong.
Result<std::shared_ptr<const PatternSet>> loadPatternSet(const std::string& nameOrFolder);
/// A set from texts at hand: (name, text) in any order.
PatternSet makePatternSet(std::string name, const std::vector<std::pair<std::string, std::string>>& files);

} // namespace fxscope
