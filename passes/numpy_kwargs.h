// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/rewrite/pass.h"

namespace fxscope {

/// f(x, axis=1, keepdims=True) = f(x, dim=1, keepdim=True)      f a torch function that PyTorch knows a signature of
/// As PyTorch's NumpyCompatNormalization: keyword order stays, positional arguments are not looked at, methods, modules
/// and ATen operators stay. Two keywords that become one are silent there; here the step carries a warning.
class NumpyKwargs : public Pass {
public:
    std::string_view name() const override { return "numpy_kwargs"; }
    std::string_view summary() const override {
        return "NumPy's keyword names (axis, keepdims, x, a, x1, x2) become torch's";
    }
    Result<Done> run(PassContext& context) const override;

    /// Every anchor: a call with a keyword. A miss names the first condition that fails (codes of matcher.md 9, K).
    static std::variant<Match, Miss> match(const Graph& graph, const Node& node);
};

} // namespace fxscope
