// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/graph.h"

#include <string>

namespace fxscope::io {

/// The two ways in which PyTorch prints an argument: as Python (readable text), and as str(graph) does, where nodes
/// carry a %, strings and dict keys are bare, and devices are "cuda:0".
enum class Dialect { Python, Printed };
void appendArgument(std::string& out, const Graph& graph, const Argument& argument, Dialect dialect = Dialect::Python);

} // namespace fxscope::io
