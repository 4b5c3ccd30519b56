// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/node.h"

#include <string_view>

namespace fxscope::io {

/// What a form that leaves things out needs to know of an operator's parameters.
struct CallParameter {
    std::string_view name;
    bool keywordOnly = false, hasDefault = false, isString = false;
};
/// The parameters of PyTorch's operator `target` in order; empty for what is none.
std::vector<CallParameter> callParameters(Target target);

} // namespace fxscope::io
