// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_kernel.h"

namespace fxscope::cuda {

/// Runs a call on the host: its tensors are copied there, what it makes or writes is copied back. Results that alias an
/// argument alias it on the device. Waits for the device.
Result<Value> runOnHost(const OpDef& op, Values args, Call& call);

/// `value` with every tensor on the device, or on the host.
Result<Value> uploaded(CudaDevice& device, const Value& value);
Result<Value> downloaded(CudaDevice& device, const Value& value);

} // namespace fxscope::cuda
