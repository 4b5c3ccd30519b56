// SPDX-License-Identifier: BSD-3-Clause
#pragma once
#include <cstdint>

// What a checked kernel says instead of reaching outside its memory. The host reads it after the work is done.

namespace fxscope::cuda {

enum FaultCode : int { kNoFault = 0, kIndexOutOfRange, kDivisionByZero, kAssertionFailed, kBadProbability };

/// In memory that host and device share. Only the first fault is kept.
struct Fault {
    int code;
    int node; ///< as the launch was told
    long long index, bound;
};

#if defined(__CUDACC__) || defined(__CUDACC_RTC__)
__device__ inline void report(Fault* fault, int code, int node, long long index, long long bound) {
    if (atomicCAS_system(&fault->code, 0, code) != 0)
        return;
    fault->node = node;
    fault->index = index;
    fault->bound = bound;
    __threadfence_system();
}
#endif

} // namespace fxscope::cuda
