// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/library.h"

namespace fxscope::cuda {

/// A library whose work kernels of our own can do as well, only slower. Error: it is not there, or the environment
/// variable FXSCOPE_CUDA_LIBRARIES is "off".
Result<Library> openOptional(const std::vector<std::string>& names);

} // namespace fxscope::cuda
