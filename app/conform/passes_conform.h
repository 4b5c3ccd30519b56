// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/report.h"
#include "core/exec/backend.h"

#include <cstdint>

namespace fxscope::conform {

/// {name, before, after, count}: the pass numpy_kwargs must rename in `count` nodes and give `after` to the letter.
Result<Report> replayNumpyKwargs(const std::string& path, Backend& backend);
/// {name, shapes, decomp, before, before_readable, ...}: both index passes with a proven set (empty: as_written) must
/// leave a graph that holds together, change nothing when run again, and compute the same bits as `before`; alpha may
/// cost one rounding.
Result<Report> replayRandpermRewrites(const std::string& path, const std::string& patterns, Backend& backend);

/// What two graphs compute from the same made-up inputs and the same seed.
struct BitComparison {
    bool ran = false; ///< `before` ran to its end; else `why` says what it stopped at
    bool equal = false;
    std::string why;
    bool close = false; ///< within the tolerances of the dtypes
};
BitComparison compareBits(const Graph& before, const Graph& after, Backend& backend, uint64_t seed);

} // namespace fxscope::conform
