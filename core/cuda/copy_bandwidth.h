// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_device.h"

namespace fxscope::cuda {

/// Bytes per second, read and written, of a copy of 1 GiB (of an eighth of the device's memory where that is less): the
/// median of runs that take a tenth of a second together, by the device's clock. Error: no memory for the two arrays.
Result<double> copyBandwidth(CudaDevice& device);

} // namespace fxscope::cuda
