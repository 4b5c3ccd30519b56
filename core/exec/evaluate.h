// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/symbols.h"
#include "core/ops/op.h"

namespace fxscope {

/// What arguments refer to while a graph runs.
struct Scope {
    const std::vector<Value>& values; ///< by node index
    const SymHints& symbols;
};
/// An argument as a kernel takes it. Errors: kinds that no kernel takes (dict, slice, opaque text), a size without
/// value.
Result<Value> evaluate(const Argument& argument, const Scope& scope);

/// The schema of a call: PyTorch's, or the operator's own signature. Null: neither.
const Schema* schemaOf(const OpDef& op);

} // namespace fxscope
