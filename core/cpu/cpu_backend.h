// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"

namespace fxscope {

/// The backend that is always there: the kernels of cpu_kernels.def, and the reference for every other call. One
/// object.
Backend& cpuBackend();

} // namespace fxscope
