// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "app/worker/service.h"

namespace fxscope::cli {

/// Recorded tensors of a file against what was computed.
struct Expectation {
    std::string path;
    Comparison comparison;
};
/// Compares every recorded tensor; what was computed beyond them does not count.
Comparison compareExpected(const TensorMap& actual, const TensorMap& recorded, std::optional<Tolerance> tolerance);
/// Nodes by name, and outputs as out0 and as output.0, the two ways in which recordings call them.
TensorMap everyTensor(const Graph& graph, const RunResult& result);

/// "expected    2 of 2 values equal (file)", and a table of those that are not.
void printExpectation(const Expectation& expectation);
/// Rows of values that differ, at most `limit`, then a count; empty if all are equal.
std::string differingTable(const Comparison& comparison, size_t limit = 20);

} // namespace fxscope::cli
