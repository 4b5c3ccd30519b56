// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/bench/pattern_bench.h"
#include "core/exec/traffic.h"

namespace fxscope::bench {

/// One measured graph beside what it is held against: the bytes that the form "before" of it must move.
struct BenchLine {
    const PatternFigures* point;
    const FormFigures* form;
    bool program; ///< the whole program; else with the index given
    const Figures* figures;
    double bytes = 0, floorSeconds = 0; ///< bytes / copy bandwidth

    double seconds() const { return std::chrono::duration<double>(figures->cold.median).count(); }
    double bytesPerSecond() const { return bytes / seconds(); }
    double timesFloor() const { return seconds() / floorSeconds; }
};
/// Per form the one with the index given (if there is one), then the program.
std::vector<BenchLine> linesOf(const PatternFigures& point, const CopyBandwidth& copy);

/// A line per BenchLine under a line of column names. Times in microseconds, with cold and warm caches: the median and
/// what a fifth of the runs is below and above; GB are 10^9 bytes.
std::string csvOf(const std::vector<PatternFigures>& points, const CopyBandwidth& copy);
/// {device, copyGBs, points: [{pattern, rows, columns, kept, dtype, notRewritten, forms: [{form, rewrites, equal, rows:
/// {...}, program: {...}}]}]}; times in nanoseconds, nodes with their bytes and floors.
std::string jsonOf(const std::vector<PatternFigures>& points, const CopyBandwidth& copy);
/// {warm, cold, replayed, remarks, nodes} of one graph.
std::string jsonOf(const Figures& figures, const CopyBandwidth& copy);

} // namespace fxscope::bench
