// SPDX-License-Identifier: BSD-3-Clause
// Inside passes only: what randperm_index_add looks for, whatever it then writes.
#pragma once

#include "passes/index_match.h"

namespace fxscope {

enum class AdditionForm { IndexPut, IndexAdd };

/// The one addition an anchor asks for: x[..., index] += alpha * y at dimension `dim`.
struct Addition {
    AdditionForm form = AdditionForm::IndexPut;
    bool inPlace = false;
    NodeId root, x, index;
    int64_t dim = 0;
    Argument y, alpha = Argument::integer(1);
    ArgumentList indices; ///< as index_put takes them
};

/// index_put with accumulate, index_add, in place or not; nothing for other calls.
std::optional<AdditionForm> additionFormOf(const Node& node);

/// The addition that `node` asks for, if no row is addressed twice, or why it is none.
std::variant<Addition, Miss> matchAddition(IndexQuestions& ask, const Node& node, AdditionForm form);

/// The step's match: x, index, y, alpha if it is not 1, and the nodes that the facts rest on.
Match matchOf(IndexQuestions& ask, const Addition& add);

bool isOne(const Argument& alpha);

} // namespace fxscope
