// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/symbols.h"

#include <optional>

namespace fxscope {

/// What the users of an input need of its values. Seen through views, casts and copies.
struct InputUse {
    std::optional<int64_t> indexBound; ///< it indexes a dimension of this size: values in [0, bound)
    bool positive = false;             ///< a variance, or under a root or logarithm
};
InputUse usesOf(const Graph& graph, NodeId placeholder, const SymHints& symbols);

/// A value for a placeholder of which only metadata is known: normals for floats, 0..9 for integers, valid indices
/// where it is used as such, both values for bool. The same seed gives the same value, whatever the other inputs are.
/// `how` becomes "normal", "indices below 96" ... Errors: unknown metadata, a size without a value, no memory.
Result<Value> makeUp(const Graph& graph, NodeId placeholder, const SymHints& symbols, uint64_t seed, std::string& how);

} // namespace fxscope
