// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/cuda/cuda_device.h"

namespace fxscope::cuda {

/// Times by the device's own clock: an event before and one after each call, read when all is done. What a call waits
/// for the host counts as its own.
class EventClock final : public CallClock {
public:
    explicit EventClock(CudaDevice& device) : m_device(device) {}
    ~EventClock() override;
    void begin() override { record(); }
    void end() override { record(); }
    Result<std::vector<std::chrono::nanoseconds>> read() override;

private:
    void record();
    CudaDevice& m_device;
    std::vector<cudaEvent_t> m_events; ///< begin, end, begin, end ...
    cudaError_t m_failed = cudaSuccess;
};

} // namespace fxscope::cuda
