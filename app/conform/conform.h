// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/conform/report.h"
#include "core/exec/backend.h"

namespace fxscope::conform {

struct ReplayOptions {
    Backend& backend;
    std::string patterns; ///< the set that index rewrites are replayed with; empty: as_written, checked for soundness
};

/// Replays what PyTorch recorded in a file or folder; the kind of records is recognised by content:
/// streams of random numbers, graphs before and after a pass, calls of operators, whole programs with their values.
/// Records of another device are skipped. Errors: unreadable, damaged, no kind of records that is known.
Result<Report> replay(const std::string& path, const ReplayOptions& options);

// --- one kind each
/// {device, seed, n, first, second, sha256_first, sha256_second}: two successive randperm(n); first elements and hashes
/// of all of them as int64.
Result<Report> replayRandperm(const std::string& path, Backend& backend);
/// {device, seed, n, op, values}: rand, randn, randint(0, 100), bernoulli(0.3), dropout(ones, 0.25), first values.
Result<Report> replayRandom(const std::string& path, Backend& backend);
/// A program NAME.pt2 with NAME.inputs.safetensors and what PyTorch computed: NAME.seedN.nodes.safetensors (every node)
/// or NAME.outputs.safetensors. Integers exactly, floats within rtol 1e-4 and atol 1e-5.
Result<Report> replayProgram(const std::string& path, Backend& backend);
/// The programs of a folder; empty if there are none.
std::vector<std::string> recordedPrograms(const std::string& folder);

} // namespace fxscope::conform
