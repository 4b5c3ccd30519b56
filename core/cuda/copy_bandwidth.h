// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_device.h"

namespace fxscope::cuda {

/// Bytes per second, read and written, of a copy of 512 MiB (of a 32nd of the device's memory where that is less): the
/// median of runs that take 20 ms together, by the device's clock. Error: no memory for the two arrays.
Result<double> copyBandwidth(CudaDevice& device);

} // namespace fxscope::cuda
