// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "passes/index_sets.h"

namespace fxscope {

/// index_put(x, idx, y, accumulate=True) = index_put(x, idx, x[idx] + y)      idx one tensor, no row addressed twice
/// index_add(x, dim, i, y, alpha)        = index_put(x, [..., i], x[..., i] + alpha * y)      y shaped as x but for dim
/// With the pattern set `fxscope` an addition that is not in place passes over memory once (see add_once.h).
/// Any dimension, slice and dtype (y's is x's); in-place forms stay in place. Each result element gets the same one
/// addition: bit for bit equal, but for alpha != 1 on floating-point numbers, which rounds once more. The gather is
/// unchecked where the index is provably in bounds. The index node is kept, so that random numbers stay the same.
class RandpermIndexAdd : public Pass {
public:
    std::string_view name() const override { return "randperm_index_add"; }
    std::string_view summary() const override {
        return "an accumulating index_put or index_add at distinct rows (randperm) becomes gather, add and a plain "
               "store";
    }
    std::vector<std::string> patternSets() const override { return indexPatternSets(); }
    bool takesPatternFiles() const override { return true; }
    Result<Done> run(PassContext& context) const override;
};

} // namespace fxscope
