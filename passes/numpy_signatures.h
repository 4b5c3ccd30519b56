// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fxscope {

/// What PyTorch calls the parameter that NumPy calls `keyword` ("axis" -> "dim"); empty if NumPy's name is not special.
std::string_view torchKeyword(std::string_view keyword);

/// The NumPy keywords that stand for a parameter of the function printed as `target`; nothing if PyTorch knows no
/// signature of it. Functions printed under the module that defines them ("torch.functional.split") are found under
/// their public name. Thread safe; lives for ever.
const std::vector<std::string_view>* numpyKeywords(std::string_view target);

} // namespace fxscope
