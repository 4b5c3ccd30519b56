// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/run.h"

#include <optional>

namespace fxscope {

/// Nodes that add y to different rows of x in one pass, written in operators of PyTorch (n rows, k of them indexed):
///
///     inverse = index_put(full([n], -1), [index], iota(k))
///     out = where(inverse >= 0, x + alpha * y[clamp_min(inverse, 0)], x)        rows along any dimension
///
/// As one call they are fxscope.index_add_once(x, dim, index, y, alpha), whatever the index holds: of several
/// entries for a row the last counts (on a card any, as with index_put).
struct AddOnce {
    std::vector<NodeId> nodes; ///< in list order, `out` last; nobody else uses the others
    NodeId x, index, y;
    int64_t dim = 0;
    Argument alpha;
};

/// The form that ends in `root`; nothing if it is not that to the letter, or one of its values is used elsewhere.
std::optional<AddOnce> findAddOnce(const Graph& graph, NodeId root);
PlannedCall callOf(const AddOnce& add);

} // namespace fxscope
