// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/bench/pattern_program.h"
#include "core/bench/measure.h"

#include <optional>
#include <string>
#include <vector>

namespace fxscope::bench {

/// A program as written, or as the index rewrites of one pattern set leave it.
struct FormFigures {
    std::string form; ///< "before", or the set's name
    size_t rewrites = 0;
    std::optional<bool> equal; ///< its output is that of "before", bit for bit; nothing where that was too large to ask
    Figures program;
    std::optional<Figures> rows; ///< with the index given; nothing if a rewrite drew it anew
};
/// One point of a sweep.
struct PatternFigures {
    const PatternProgram* program = nullptr;
    PatternShape shape{};
    std::vector<FormFigures> forms;
    std::vector<std::string> notRewritten; ///< sets that found nothing to rewrite
};

struct PatternBenchOptions {
    std::vector<std::string> sets; ///< pattern sets whose rewrites are measured
    Device device;                 ///< what the program says; `backend` is that device
    MeasureOptions measure;
};
/// Errors: a set that cannot be used, a form that cannot run.
Result<PatternFigures> benchPattern(const PatternProgram& program, const PatternShape& shape, Backend& backend,
                                    const PatternBenchOptions& options);

} // namespace fxscope::bench
