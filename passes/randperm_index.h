// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "passes/index_sets.h"

namespace fxscope {

/// index(x, idx) = _unsafe_index(x, idx)      every index tensor provably in bounds of its dimension
/// Any dtype, any number of index tensors, any dimension; distinct entries are not needed. index_select of a row-major
/// x likewise, where no entry counts from the end (it refuses those). The one node is retargeted: nothing moves.
class RandpermIndex : public Pass {
public:
    std::string_view name() const override { return "randperm_index"; }
    std::string_view summary() const override {
        return "a gather whose index is provably in bounds (x[randperm(n)[:k]]) loses its bounds check";
    }
    std::vector<std::string> patternSets() const override { return indexPatternSets(); }
    bool takesPatternFiles() const override { return true; }
    Result<Done> run(PassContext& context) const override;
};

} // namespace fxscope
