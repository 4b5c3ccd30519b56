// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/support/result.h"

#include <cstddef>

namespace fxscope {

/// Bytes per second, read and written, of a copy of so many bytes on all threads: the median of runs that take a fifth
/// of a second together. Error: no memory for the two arrays.
Result<double> cpuCopyBandwidth(size_t bytes = size_t(64) << 20);

} // namespace fxscope
