// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/graph/dtype.h"

#include <string>
#include <string_view>

namespace fxscope::cuda {

// Sources of the kernels that draw; their Arguments are laid out in random.cpp.

/// Elements of a dense tensor, each made by a `maker` ("Uniform", "Integers" ...: a template of random_elements.h).
std::string fillSource(std::string_view maker, DType dtype);
/// Output and mask of native_dropout.
std::string dropoutSource(DType dtype);

} // namespace fxscope::cuda
