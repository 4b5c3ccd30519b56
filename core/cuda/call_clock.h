// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include "core/exec/backend.h"

#include <cuda_runtime_api.h>

namespace fxscope::cuda {

/// Times by the device's own clock: an event before and one after each call, read when all is done. What a call waits
/// for the host counts as its own.
class EventClock final : public CallClock {
public:
    explicit EventClock(cudaStream_t stream) : m_stream(stream) {}
    ~EventClock() override;
    void begin() override { record(); }
    void end() override { record(); }
    Result<std::vector<std::chrono::nanoseconds>> read() override;

private:
    void record();
    cudaStream_t m_stream;
    std::vector<cudaEvent_t> m_events; ///< begin, end, begin, end ...
    cudaError_t m_failed = cudaSuccess;
};

} // namespace fxscope::cuda
