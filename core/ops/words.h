// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/tensor/tensor.h"

#include <string>

namespace fxscope {

/// "[4, 5]", as PyTorch's messages show sizes.
std::string sizesText(const Sizes& sizes);
std::string sizesText(const SymSizes& sizes);

/// PyTorch's name of a scalar type in its messages: "Float", "Long".
std::string_view scalarTypeName(DType dtype);

} // namespace fxscope
