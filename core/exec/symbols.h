// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"
#include "core/support/result.h"
#include "core/tensor/value.h"

namespace fxscope {

/// Checks an actual size against the one a graph states. A plain symbol without a value gets this one, so that all
/// inputs agree. Error: they differ, both named.
Result<Done> unifySize(const SymInt& stated, int64_t actual, SymHints& symbols);
/// The same for all sizes, and the dtype, of a tensor. Unknown metadata fits everything.
Result<Done> unifyTensor(const TensorMeta& stated, const Tensor& actual, SymHints& symbols);
/// The same for what a placeholder gets: a tensor or a number.
Result<Done> unifyValue(const ValueMeta& stated, const Value& actual, SymHints& symbols);

/// Every symbol that placeholders mention, in order of appearance.
std::vector<std::string> symbolsOfInputs(const Graph& graph);
/// Gives the symbols of inputs that have no value one: the graph's hint, else 6, 10, 14 ... within their range, so that
/// two different symbols are told apart.
void chooseSymbols(const Graph& graph, SymHints& symbols);

} // namespace fxscope
